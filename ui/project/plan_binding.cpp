// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/project/plan_binding.h"

#include "ui/concurrency/concurrency_model.h"

#include <utility>

#include <QScopedValueRollback>

namespace lipsync::ui {

PlanBinding::PlanBinding(ProjectDocument& document, ConcurrencyModel& concurrency, QObject* parent)
    : QObject(parent)
    , m_document(document)
    , m_concurrency(concurrency)
    , m_ownPlan(concurrency.plan())
{
    connect(&concurrency, &ConcurrencyModel::applied, this, &PlanBinding::take);
    connect(&document, &ProjectDocument::replaced, this, [this] {
        if (m_document.data().plan)
            give();
        else
            m_ownPlan = m_concurrency.plan();
    });
    connect(&document, &ProjectDocument::partChanged, this, [this](ProjectPart part) {
        if (part == ProjectPart::Plan && !m_isTaking)
            give();
    });
}

void PlanBinding::take()
{
    if (std::exchange(m_isDue, false)) {
        give();
        return;
    }
    const QScopedValueRollback taking(m_isTaking, true);
    if (m_document.data().plan || m_concurrency.plan() != m_ownPlan)
        m_document.setPlan(m_concurrency.plan());
}

void PlanBinding::fill()
{
    const QScopedValueRollback taking(m_isTaking, true);
    if (!m_document.data().plan)
        m_document.fillPlan(m_concurrency.plan());
}

void PlanBinding::give()
{
    const ConcurrencyPlan& wanted = m_document.data().plan ? *m_document.data().plan : m_ownPlan;
    m_isDue = m_concurrency.isApplying();
    if (m_isDue || wanted == m_concurrency.plan())
        return;
    m_concurrency.setDraft(wanted);
    m_concurrency.apply();
}

} // namespace lipsync::ui
