// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"
#include "ui/engine_bridge/work_lane.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include <QImage>
#include <QObject>

namespace lipsync::ui {

/// One long operation of the engine for the window, and what has to be read for its form. Events of an operation that
/// was given up are dropped. The engine must outlive the bridge, whose destructor cancels what runs and lets it clean
/// up.
class OperationBridge final : public QObject {
    Q_OBJECT

public:
    explicit OperationBridge(Engine& engine, QObject* parent = nullptr);
    ~OperationBridge() override;

    /// Starts, unless one runs: progressed() follows, then finished(), cancelled() or failed().
    void start(const ImportRequest& request);
    void start(const PrepareRequest& request);
    void start(const TrainRequest& request);
    void cancel();
    bool isRunning() const { return m_operation != nullptr; }

    /// frameRead() or frameUnreadable() follows; only the newest wish counts.
    void readFrame(const std::filesystem::path& video, double seconds);
    /// devicesRead() follows.
    void readDevices();
    /// pictureRead() follows if it can be read; only the newest wish counts.
    void readPicture(const std::filesystem::path& picture);

Q_SIGNALS:
    void progressed(const lipsync::OperationProgress& progress);
    void finished(const lipsync::OperationReport& report);
    void cancelled();
    void failed(const lipsync::Error& error);
    void frameRead(const QImage& frame);
    void frameUnreadable(const lipsync::Error& error);
    void devicesRead(const std::vector<lipsync::DeviceStatus>& devices);
    void pictureRead(const QImage& picture);

private:
    using Job = std::uint64_t;

    void start(const std::function<std::unique_ptr<Operation>(OperationEvents)>& start);
    void finish(Job job, const Result<OperationReport>& finished);
    void retire();

    Engine& m_engine;
    Job m_lastJob = 0;
    Job m_operationJob = 0;
    Job m_frameJob = 0;
    Job m_pictureJob = 0;
    std::unique_ptr<Operation> m_operation;
    WorkLane m_reading{*this, QStringLiteral("ui-operation")};
    WorkLane m_retirement{*this, QStringLiteral("ui-retirement")};
};

} // namespace lipsync::ui
