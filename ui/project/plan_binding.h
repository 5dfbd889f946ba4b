// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/project/project_document.h"

#include <QObject>

namespace lipsync::ui {

class ConcurrencyModel;

/// Keeps the project's plan and the one in force the same: a plan that was applied is an edit of the project, and the
/// plan of a project that is opened, or of an edit that is taken back, is applied. Both must outlive it.
class PlanBinding final : public QObject {
    Q_OBJECT

public:
    PlanBinding(ProjectDocument& document, ConcurrencyModel& concurrency, QObject* parent = nullptr);

    /// A project that has no plan gets the one in force, before it is written; that is no edit.
    void fill();

private:
    void take();
    void give();

    ProjectDocument& m_document;
    ConcurrencyModel& m_concurrency;
    ConcurrencyPlan m_ownPlan; ///< of the machine, before the project had one
    bool m_isTaking = false;
    bool m_isDue = false; ///< another plan is being applied; the project's comes after it
};

} // namespace lipsync::ui
