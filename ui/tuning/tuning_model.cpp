// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tuning/tuning_model.h"

#include "ui/engine_bridge/qt_conversion.h"

#include <algorithm>
#include <set>

namespace lipsync::ui {

TuningModel::TuningModel(MeasurementBridge& bridge, QObject* parent)
    : QObject(parent)
    , m_bridge(bridge)
{
    connect(&bridge, &MeasurementBridge::runningChanged, this, &TuningModel::changed);
    connect(&bridge, &MeasurementBridge::progressed, this,
            [this](Measurement what, double share, const QString& doing) {
                if (what != Measurement::Tuning)
                    return;
                m_progress = std::clamp(share, 0.0, 1.0);
                m_doing = doing;
                Q_EMIT changed();
            });
    connect(&bridge, &MeasurementBridge::measured, this, &TuningModel::take);
    connect(&bridge, &MeasurementBridge::tuned, this, &TuningModel::finish);
    connect(&bridge, &MeasurementBridge::cancelled, this, [this](Measurement what) {
        if (what == Measurement::Tuning)
            tell(tr("Stopped; nothing was saved. The workers have their settings of before."), false);
    });
    connect(&bridge, &MeasurementBridge::failed, this, [this](Measurement what, const Error& error) {
        if (what == Measurement::Tuning)
            tell(toText(error), true);
    });
}

void TuningModel::setAvatar(const std::filesystem::path& avatar)
{
    if (avatar == m_avatar)
        return;
    m_avatar = avatar;
    m_cells.clear();
    m_outcome.reset();
    tell({}, false);
}

void TuningModel::setGoal(const std::optional<double>& p99Ms)
{
    if (p99Ms == m_goalP99Ms)
        return;
    m_goalP99Ms = p99Ms;
    Q_EMIT changed();
}

void TuningModel::setSeconds(double seconds)
{
    m_seconds = seconds;
}

void TuningModel::startSearch()
{
    start(false);
}

void TuningModel::startMap()
{
    start(true);
}

void TuningModel::cancel()
{
    if (!isRunning())
        return;
    m_bridge.cancel();
    m_doing = tr("stopping");
    Q_EMIT changed();
}

bool TuningModel::canStart() const
{
    return hasAvatar() && !m_bridge.running();
}

std::vector<int> TuningModel::workers() const
{
    std::set<int> workers;
    for (const auto& [place, cell] : m_cells)
        workers.insert(place.first);
    return {workers.begin(), workers.end()};
}

std::vector<int> TuningModel::batches() const
{
    std::set<int> batches;
    for (const auto& [place, cell] : m_cells)
        batches.insert(place.second);
    return {batches.begin(), batches.end()};
}

const TuningCell* TuningModel::cell(int workers, int batch) const
{
    const auto found = m_cells.find({workers, batch});
    return found == m_cells.end() ? nullptr : &found->second;
}

double TuningModel::mostFramesPerSecond() const
{
    double most = 0;
    for (const auto& [place, cell] : m_cells)
        most = std::max(most, cell.figures.framesPerSecond);
    return most;
}

bool TuningModel::isOverGoal(const TuningCell& cell) const
{
    return m_goalP99Ms && cell.problem.empty() && cell.figures.p99Ms > *m_goalP99Ms;
}

bool TuningModel::isChosen(const TuningCell& cell) const
{
    return m_outcome && cell.plan == m_outcome->chosen;
}

QStringList TuningModel::explanation() const
{
    QStringList sentences;
    if (m_outcome)
        for (const std::string& sentence : m_outcome->explanation)
            sentences << QString::fromStdString(sentence);
    return sentences;
}

void TuningModel::start(bool isWholeMap)
{
    if (!canStart())
        return;
    m_cells.clear();
    m_outcome.reset();
    m_progress = 0;
    m_doing.clear();
    m_message.clear();
    m_hasFailed = false;
    TuningRequest request;
    request.avatar = m_avatar;
    request.goalP99Ms = m_goalP99Ms;
    request.seconds = m_seconds;
    request.wholeMap = isWholeMap;
    m_bridge.startTuning(request);
}

void TuningModel::take(const TuningCell& cell)
{
    m_cells.insert_or_assign(std::pair(cell.workers, cell.largestBatch), cell);
    Q_EMIT changed();
}

void TuningModel::finish(const TuningOutcome& outcome)
{
    m_outcome = outcome;
    for (auto cell = outcome.cells.rbegin(); cell != outcome.cells.rend(); ++cell) // the first is the best
        m_cells.insert_or_assign(std::pair(cell->workers, cell->largestBatch), *cell);
    m_progress = 1;
    tell({}, false);
    Q_EMIT tuned();
}

void TuningModel::tell(const QString& message, bool isFailure)
{
    m_message = message;
    m_hasFailed = isFailure;
    Q_EMIT changed();
}

} // namespace lipsync::ui
