// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include <filesystem>
#include <vector>

#include <QElapsedTimer>
#include <QImage>
#include <QObject>
#include <QString>

namespace lipsync::ui {

class OperationBridge;

enum class OperationState { Idle, Running, Cancelling, Done, Cancelled, Failed };

/// An import, a preparation or a training from its request to its end.
class OperationModel final : public QObject {
    Q_OBJECT

public:
    explicit OperationModel(OperationBridge& bridge, QObject* parent = nullptr);

    /// Starts, unless one runs.
    template <typename Request> void start(const Request& request)
    {
        if (begin())
            startAt(request);
    }
    void cancel();
    /// Forgets how the last one ended, unless one runs.
    void reset();

    /// frameReady() or frameUnreadable() follows; only the newest wish counts.
    void wantFrame(const std::filesystem::path& video, double seconds);
    /// devicesReady() follows.
    void wantDevices();

    OperationState state() const { return m_state; }
    bool isRunning() const { return m_state == OperationState::Running || m_state == OperationState::Cancelling; }
    /// 0 to 1.
    double fraction() const;
    /// What is going on or how it ended, in a sentence.
    QString statusText() const;
    /// Figures of what is going on; sentences for the operator once it is done.
    QString detailText() const;
    /// The newest picture worth seeing; null without one.
    const QImage& picture() const { return m_picture; }
    /// Of one that is done.
    const OperationReport& report() const { return m_report; }

Q_SIGNALS:
    void changed();
    void pictureChanged();
    /// Done, whatever its warnings say.
    void done(const lipsync::OperationReport& report);
    void failed(const QString& reason);
    void frameReady(const QImage& frame);
    void frameUnreadable(const QString& reason);
    void devicesReady(const std::vector<lipsync::DeviceStatus>& devices);

private:
    bool begin();
    void startAt(const ImportRequest& request);
    void startAt(const PrepareRequest& request);
    void startAt(const TrainRequest& request);
    void follow(const OperationProgress& progress);
    void finish(const OperationReport& report);
    void end(OperationState state);
    void show(const std::filesystem::path& picture);

    OperationBridge& m_bridge;
    OperationState m_state = OperationState::Idle;
    OperationProgress m_progress;
    OperationReport m_report;
    QString m_failure;
    QImage m_picture;
    std::filesystem::path m_pictureFile;
    QElapsedTimer m_clock; ///< since the start
};

} // namespace lipsync::ui
