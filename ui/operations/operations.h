// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"
#include "ui/engine_bridge/operation_bridge.h"
#include "ui/operations/operation_model.h"

#include <filesystem>

#include <QObject>

namespace lipsync::ui {

enum class OperationKind { Import, Preparation, Training };

/// The ways in which avatars are made: one import, one preparation and one training at a time, beside one another.
class Operations final : public QObject {
    Q_OBJECT

public:
    /// The engine must outlive it; the destructor cancels what runs.
    explicit Operations(Engine& engine, QObject* parent = nullptr);

    OperationModel& model(OperationKind kind);
    /// Whether any is under way.
    bool isRunning() const;
    void cancelAll();

Q_SIGNALS:
    void runningChanged(bool isRunning);
    /// One of them has made an avatar, or made it better.
    void avatarMade(const std::filesystem::path& avatar);

private:
    /// A kind's way to the engine and its state.
    struct Line {
        explicit Line(Engine& engine)
            : bridge(engine)
            , model(bridge)
        {
        }
        OperationBridge bridge;
        OperationModel model;
    };

    void follow();

    Line m_import;
    Line m_preparation;
    Line m_training;
    bool m_wasRunning = false;
};

} // namespace lipsync::ui
