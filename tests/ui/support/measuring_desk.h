// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/actions/action_registry.h"
#include "ui/concurrency/concurrency_model.h"
#include "ui/engine_bridge/engine_post.h"
#include "ui/engine_bridge/measurement_bridge.h"
#include "ui/engine_bridge/pool_bridge.h"
#include "ui/support/fake_engine.h"

#include <QAction>
#include <QLabel>
#include <QSettings>
#include <QStringList>
#include <QTemporaryDir>

#include <string>

namespace lipsync::test {

/// What panels of measurements stand on, over a fake engine with a processor of four cores.
struct MeasuringDesk {
    QTemporaryDir folder;
    QSettings settings{folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat};
    FakeEngine engine;
    ui::EnginePost post;
    ui::MeasurementBridge bridge{engine, post};
    ui::PoolBridge pool{engine};
    ui::ConcurrencyModel concurrency{pool, settings};
    ui::ActionRegistry actions;

    QAction* action(const char* id) const { return actions.action(QString::fromLatin1(id)); }

    /// Visible texts of labels with that look, a line for each.
    static QString shown(const QWidget& panel, const char* look)
    {
        QStringList texts;
        for (const QLabel* label : panel.findChildren<QLabel*>(QString::fromLatin1(look)))
            if (label->isVisibleTo(&panel))
                texts << label->text();
        return texts.join(u'\n');
    }
};

inline ConcurrencyPlan planWith(int workers, int batch)
{
    ConcurrencyPlan plan;
    plan.devices = {{"cpu", workers}};
    plan.batchSizes = batchSizesUpTo(batch);
    return plan;
}

} // namespace lipsync::test
