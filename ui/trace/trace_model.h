// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/engine_bridge/trace_bridge.h"

#include <memory>
#include <optional>
#include <vector>

#include <QAbstractTableModel>
#include <QObject>

namespace lipsync::ui {

/// A row of the timeline: a worker, or the frames that no worker computed.
struct TraceLane {
    std::optional<std::uint32_t> worker;
    QString name;
};

/// Where a frame lies on the timeline: computing, or waiting for what never came.
struct TraceBox {
    std::size_t frame = 0; ///< index into TraceModel::frames()
    double from = 0, to = 0; ///< seconds since the first frame ever read
    int lane = 0;
    int row = 0, rows = 1; ///< its place among the frames of its batch
};

/// The engine's last frames, laid out in lanes, and one that is looked at closely. Bridge must outlive it.
class TraceModel final : public QObject {
    Q_OBJECT

public:
    explicit TraceModel(TraceBridge& bridge, QObject* parent = nullptr);

    const std::vector<metrics::FrameTrace>& frames() const { return m_reading->frames; }
    const std::vector<TraceLane>& lanes() const { return m_lanes; }
    /// In the order of their beginning.
    const std::vector<TraceBox>& boxes() const { return m_boxes; }
    /// Seconds since the first frame ever read.
    double secondsOf(TimePoint time) const { return seconds(time - m_origin); }
    /// When the last of the frames ended; 0 without frames.
    double end() const { return m_end; }

    /// The late frames, the newest first.
    const std::vector<std::size_t>& lateFrames() const { return m_late; }

    /// The chosen frame stays chosen while newer ones come, as long as the engine keeps it.
    const metrics::FrameTrace* chosen() const;
    std::optional<std::size_t> chosenIndex() const { return m_chosen; }
    /// Asks why it took so long; explained() follows.
    void choose(std::optional<std::size_t> frame);
    /// The engine's sentence about the chosen frame; empty until it has come.
    const QString& explanation() const { return m_explanation; }

Q_SIGNALS:
    void changed(); ///< frames and lanes
    void chosenChanged();
    void explained();

private:
    void take(const std::shared_ptr<const TraceReading>& reading);
    void findLanes();
    void layOut();

    TraceBridge& m_bridge;
    std::shared_ptr<const TraceReading> m_reading = std::make_shared<TraceReading>();
    std::vector<TraceLane> m_lanes;
    std::vector<TraceBox> m_boxes;
    std::vector<std::size_t> m_late;
    std::optional<std::size_t> m_chosen;
    QString m_explanation;
    TimePoint m_origin{};
    double m_end = 0;
};

/// The late frames as a table.
class LateFramesModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Frame, Class, Lateness, Whole, Longest, Worker };

    explicit LateFramesModel(const TraceModel& trace, QObject* parent = nullptr);

    /// Index into TraceModel::frames() of a row.
    std::size_t frameOf(int row) const { return m_rows[static_cast<std::size_t>(row)]; }
    int rowOf(std::size_t frame) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    void follow();

    const TraceModel& m_trace;
    std::vector<std::size_t> m_rows;
};

} // namespace lipsync::ui
