// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/trace/trace_model.h"

#include "ui/trace/frame_look.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <QLocale>

namespace lipsync::ui {
namespace {

constexpr std::size_t kMostLateRows = 500;
constexpr int kWaitingRows = 6; // of the lane of frames that were not computed

bool isSame(const metrics::FrameTrace& one, const metrics::FrameTrace& other)
{
    return one.stream == other.stream && one.sequence == other.sequence && one.submitted == other.submitted;
}

} // namespace

TraceModel::TraceModel(TraceBridge& bridge, QObject* parent)
    : QObject(parent)
    , m_bridge(bridge)
{
    connect(&bridge, &TraceBridge::framesRead, this, &TraceModel::take);
    connect(&bridge, &TraceBridge::explained, this, [this](const QString& sentence) {
        m_explanation = sentence;
        Q_EMIT explained();
    });
}

const metrics::FrameTrace* TraceModel::chosen() const
{
    return m_chosen ? &frames()[*m_chosen] : nullptr;
}

void TraceModel::choose(std::optional<std::size_t> frame)
{
    if (frame == m_chosen)
        return;
    m_chosen = frame;
    m_explanation.clear();
    Q_EMIT chosenChanged();
    if (m_chosen)
        m_bridge.explain(frames()[*m_chosen]);
}

void TraceModel::take(const std::shared_ptr<const TraceReading>& reading)
{
    std::optional<std::size_t> chosenNow;
    if (const metrics::FrameTrace* before = chosen()) {
        const auto found = std::find_if(reading->frames.begin(), reading->frames.end(),
                                        [&](const metrics::FrameTrace& frame) { return isSame(frame, *before); });
        if (found != reading->frames.end())
            chosenNow = static_cast<std::size_t>(found - reading->frames.begin());
    }
    const bool isLost = m_chosen && !chosenNow;
    m_reading = reading;
    m_chosen = chosenNow;
    if (m_origin == TimePoint{} && !frames().empty())
        m_origin = frames().front().submitted;
    findLanes();
    layOut();
    Q_EMIT changed();
    if (isLost) {
        m_explanation.clear();
        Q_EMIT chosenChanged();
    }
}

void TraceModel::findLanes()
{
    std::map<std::uint32_t, std::uint32_t> devices;
    bool haveSomeOnlyWaited = false;
    for (const metrics::FrameTrace& frame : frames()) {
        if (frame.isComputed())
            devices[frame.worker] = frame.device;
        else
            haveSomeOnlyWaited = true;
    }
    m_lanes.clear();
    for (const auto& [worker, device] : devices) {
        const auto place = static_cast<qsizetype>(device);
        const QString name = place < m_reading->devices.size() ? m_reading->devices[place] : QString::number(device);
        m_lanes.push_back({worker, tr("Worker %1 · %2").arg(worker).arg(name)});
    }
    if (haveSomeOnlyWaited)
        m_lanes.push_back({std::nullopt, tr("Not computed")});
}

void TraceModel::layOut()
{
    std::map<std::uint32_t, int> laneOfWorker;
    for (std::size_t lane = 0; lane < m_lanes.size(); ++lane)
        if (m_lanes[lane].worker)
            laneOfWorker[*m_lanes[lane].worker] = static_cast<int>(lane);
    std::map<std::uint64_t, int> framesOfBatch;
    int waiting = 0;
    m_boxes.clear();
    m_late.clear();
    m_end = 0;
    for (std::size_t i = 0; i < frames().size(); ++i) {
        const metrics::FrameTrace& frame = frames()[i];
        TraceBox box;
        box.frame = i;
        if (frame.isComputed()) {
            box.from = secondsOf(frame.started);
            box.to = secondsOf(frame.finished);
            box.lane = laneOfWorker[frame.worker];
            box.row = framesOfBatch[frame.batch]++;
            box.rows = std::max(frame.batchSize, box.row + 1);
        } else {
            box.from = secondsOf(frame.submitted);
            box.to = secondsOf(frame.end());
            box.lane = static_cast<int>(m_lanes.size()) - 1;
            box.row = waiting++ % kWaitingRows;
            box.rows = kWaitingRows;
        }
        m_end = std::max(m_end, secondsOf(frame.end()));
        m_boxes.push_back(box);
        if (frame.isLate())
            m_late.push_back(i);
    }
    std::stable_sort(m_boxes.begin(), m_boxes.end(),
                     [](const TraceBox& one, const TraceBox& other) { return one.from < other.from; });
    std::reverse(m_late.begin(), m_late.end());
}

LateFramesModel::LateFramesModel(const TraceModel& trace, QObject* parent)
    : QAbstractTableModel(parent)
    , m_trace(trace)
{
    connect(&trace, &TraceModel::changed, this, &LateFramesModel::follow);
    follow();
}

int LateFramesModel::rowOf(std::size_t frame) const
{
    const auto found = std::find(m_rows.begin(), m_rows.end(), frame);
    return found == m_rows.end() ? -1 : static_cast<int>(found - m_rows.begin());
}

int LateFramesModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int LateFramesModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : Worker + 1;
}

QVariant LateFramesModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const metrics::FrameTrace& frame = m_trace.frames()[frameOf(index.row())];
    if (role == Qt::ToolTipRole || role == Qt::AccessibleDescriptionRole)
        return frameText(frame);
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(
            (index.column() == Lateness || index.column() == Whole ? Qt::AlignTrailing : Qt::AlignLeading) |
            Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    const auto inMs = [](Duration duration) {
        return tr("%1 ms").arg(QLocale().toString(milliseconds(duration), 'f', 1));
    };
    switch (index.column()) {
    case Frame:
        return tr("%1 · stream %2").arg(frame.sequence).arg(frame.stream);
    case Class:
        return classText(frame.frameClass);
    case Lateness:
        return frame.outcome == metrics::FrameOutcome::Expired ? lookText(FrameLook::Expired) : inMs(frame.lateness());
    case Whole:
        return inMs(frame.end() - frame.submitted);
    case Longest: {
        const std::pair<Duration, QString> parts[] = {{frame.queueTime(), tr("queue")},
                                                      {frame.computeTime(), tr("network")},
                                                      {frame.pasteTime(), tr("paste")},
                                                      {frame.deliverTime(), tr("delivery")}};
        return std::max_element(std::begin(parts), std::end(parts),
                                [](const auto& one, const auto& other) { return one.first < other.first; })
            ->second;
    }
    case Worker:
        return frame.isComputed() ? QString::number(frame.worker) : tr("none");
    default:
        return {};
    }
}

QVariant LateFramesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Frame:
        return tr("Late frame");
    case Class:
        return tr("For");
    case Lateness:
        return tr("Late by");
    case Whole:
        return tr("In all");
    case Longest:
        return tr("Longest in");
    case Worker:
        return tr("Worker");
    default:
        return {};
    }
}

void LateFramesModel::follow()
{
    const auto& late = m_trace.lateFrames();
    beginResetModel();
    m_rows.assign(late.begin(), late.begin() + static_cast<std::ptrdiff_t>(std::min(late.size(), kMostLateRows)));
    endResetModel();
}

} // namespace lipsync::ui
