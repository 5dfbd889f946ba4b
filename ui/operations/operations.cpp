// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/operations/operations.h"

#include <utility>

namespace lipsync::ui {

Operations::Operations(Engine& engine, QObject* parent)
    : QObject(parent)
    , m_import(engine)
    , m_preparation(engine)
    , m_training(engine)
{
    for (Line* line : {&m_import, &m_preparation, &m_training}) {
        connect(&line->model, &OperationModel::changed, this, &Operations::follow);
        connect(&line->model, &OperationModel::done, this,
                [this](const OperationReport& report) { Q_EMIT avatarMade(report.avatar); });
    }
}

OperationModel& Operations::model(OperationKind kind)
{
    switch (kind) {
    case OperationKind::Import:
        return m_import.model;
    case OperationKind::Preparation:
        return m_preparation.model;
    case OperationKind::Training:
        break;
    }
    return m_training.model;
}

bool Operations::isRunning() const
{
    return m_import.model.isRunning() || m_preparation.model.isRunning() || m_training.model.isRunning();
}

void Operations::cancelAll()
{
    for (Line* line : {&m_import, &m_preparation, &m_training})
        line->model.cancel();
}

void Operations::follow()
{
    const bool isRunning = this->isRunning();
    if (std::exchange(m_wasRunning, isRunning) != isRunning)
        Q_EMIT runningChanged(isRunning);
}

} // namespace lipsync::ui
