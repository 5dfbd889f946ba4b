// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"
#include "ui/engine_bridge/work_lane.h"

#include <cstdint>
#include <memory>
#include <vector>

#include <QObject>
#include <QStringList>

namespace lipsync::ui {

/// The engine's last frames at one moment.
struct TraceReading {
    std::vector<metrics::FrameTrace> frames; ///< the oldest first
    QStringList devices; ///< names, as the frames count them
};

/// Reads frame traces on the thread "ui-trace". The engine must outlive the bridge.
class TraceBridge final : public QObject {
    Q_OBJECT

public:
    explicit TraceBridge(Engine& engine, QObject* parent = nullptr);

    /// read() follows. One that is under way is not overtaken.
    void read();
    /// explained() follows, unless another frame is asked about before.
    void explain(const metrics::FrameTrace& frame);

    /// The trace as Chrome and Perfetto open it; waits for the engine, so not from the window's thread.
    QByteArray json();

Q_SIGNALS:
    void framesRead(const std::shared_ptr<const lipsync::ui::TraceReading>& reading);
    void explained(const QString& sentence);

private:
    Engine& m_engine;
    bool m_isReading = false;
    std::uint64_t m_question = 0;
    WorkLane m_lane{*this, QStringLiteral("ui-trace")};
};

} // namespace lipsync::ui
