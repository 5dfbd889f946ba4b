// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/concurrency/concurrency_panel.h"

#include "ui/actions/action_registry.h"
#include "ui/concurrency/concurrency_actions.h"
#include "ui/concurrency/concurrency_model.h"
#include "ui/concurrency/plan_form.h"
#include "ui/concurrency/plan_texts.h"
#include "ui/concurrency/worker_list.h"
#include "ui/forms/form_area.h"
#include "ui/forms/form_parts.h"
#include "ui/forms/side_by_side.h"

#include <QAction>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace lipsync::ui {
namespace {

using namespace action_id;

QString id(const char* name)
{
    return QString::fromLatin1(name);
}

} // namespace

ConcurrencyPanel::ConcurrencyPanel(PoolBridge& bridge, ConcurrencyModel& model, WorkerModel& workers,
                                   ActionRegistry& actions, QWidget* parent)
    : QWidget(parent)
    , m_model(model)
    , m_actions(actions)
    , m_workers(new WorkerList(bridge, workers, actions))
    , m_state(makeSentence("muted", tr("State of the settings")))
    , m_failure(makeSentence("failure", tr("Why the settings were not applied")))
    , m_inForce(makeSentence("muted", tr("Settings in force")))
{
    auto* form = new QWidget;
    auto* scrolled = new QVBoxLayout(form);
    scrolled->setContentsMargins(0, 0, 0, 0);
    scrolled->setSpacing(6);
    scrolled->addWidget(new PlanForm(model));
    m_buttons = makeButtons();
    scrolled->addWidget(m_buttons);
    scrolled->addWidget(m_inForce);
    scrolled->addWidget(makeHeading(tr("Running workers")));
    scrolled->addWidget(m_workers, 1);
    QVBoxLayout* column = makeDockContent(*this, tr("Concurrency"));
    column->addWidget(new FormArea(form), 1);
    // What applies the settings, and what became of them, is seen wherever the form is scrolled to.
    column->addWidget(m_failure);
    column->addWidget(m_state);
    column->addWidget(makeDecision());
    connectActions();
    connect(&model, &ConcurrencyModel::changed, this, &ConcurrencyPanel::follow);
    connect(&model, &ConcurrencyModel::applied, this, [this] {
        m_news = tr("The settings are in force.");
        follow();
    });
    connect(&model, &ConcurrencyModel::savedAsDefault, this, [this] {
        m_news = tr("The studio will start with these settings.");
        follow();
    });
    follow();
}

void ConcurrencyPanel::setTokens(const ThemeTokens& tokens)
{
    m_workers->setTokens(tokens);
}

void ConcurrencyPanel::addCommand(const QString& action)
{
    m_buttons->layout()->addWidget(makeActionButton(m_actions.action(action)));
}

QWidget* ConcurrencyPanel::makeButtons()
{
    auto* buttons = new QWidget;
    auto* column = new QVBoxLayout(buttons);
    column->setContentsMargins(0, 4, 0, 0);
    column->setSpacing(6);
    column->addWidget(makeActionButton(m_actions.action(id(kSaveDefaultPlan))));
    return buttons;
}

QWidget* ConcurrencyPanel::makeDecision()
{
    QPushButton* apply = makeActionButton(m_actions.action(id(kApplyPlan)));
    apply->setObjectName(QStringLiteral("primary"));
    QPushButton* revert = makeActionButton(m_actions.action(id(kRevertPlan)));
    constexpr int kGap = 6;
    return new SideBySide({apply, revert}, apply, kGap);
}

void ConcurrencyPanel::connectActions()
{
    connect(m_actions.action(id(kApplyPlan)), &QAction::triggered, &m_model, qOverload<>(&ConcurrencyModel::apply));
    connect(m_actions.action(id(kRevertPlan)), &QAction::triggered, &m_model, &ConcurrencyModel::revert);
    connect(m_actions.action(id(kSaveDefaultPlan)), &QAction::triggered, &m_model, &ConcurrencyModel::saveAsDefault);
}

void ConcurrencyPanel::follow()
{
    const QString problem = m_model.problem();
    m_actions.action(id(kApplyPlan))->setEnabled(m_model.canApply());
    m_actions.action(id(kRevertPlan))->setEnabled(m_model.isChanged() && !m_model.isApplying());
    m_actions.action(id(kSaveDefaultPlan))->setEnabled(problem.isEmpty());
    if (m_model.isApplying())
        say(*m_state, tr("Applying: the new workers start while the old ones go on…"));
    else if (!problem.isEmpty())
        say(*m_state, problem);
    else if (m_model.isChanged())
        say(*m_state, tr("Changed, but not applied yet."));
    else
        say(*m_state, m_news.isEmpty() ? tr("These settings are in force.") : m_news);
    const QString& refusal = m_model.refusal();
    say(*m_failure, refusal.isEmpty() ? QString() : tr("The settings were not applied: %1").arg(refusal));
    say(*m_inForce, tr("In force: %1").arg(planText(m_model.plan())));
}

} // namespace lipsync::ui
