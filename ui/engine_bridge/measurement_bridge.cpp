// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/engine_bridge/measurement_bridge.h"

#include <string>
#include <utility>

namespace lipsync::ui {

MeasurementBridge::MeasurementBridge(Engine& engine, EnginePost& post, QObject* parent)
    : QObject(parent)
    , m_engine(engine)
    , m_post(post)
{
}

MeasurementBridge::~MeasurementBridge()
{
    if (m_operation)
        m_operation->cancel();
    m_post.retire(std::move(m_operation));
}

// What the engine calls at the end of a job: tells the outcome, unless it is an error or the job is over.
template <typename Outcome, typename Tell> auto MeasurementBridge::finisher(Job job, Tell tell)
{
    return [this, job, tell](Result<Outcome> finished) {
        m_post.post([this, job, tell, finished = std::move(finished)] {
            if (job != m_job || !m_running)
                return;
            if (!finished) {
                end(job, &finished.error());
                return;
            }
            end(job, nullptr);
            tell(*finished);
        });
    };
}

auto MeasurementBridge::progressTeller(Job job)
{
    return [this, job](double share, const std::string& doing) {
        m_post.post([this, job, share, doing = QString::fromStdString(doing)] {
            if (job == m_job && m_running)
                Q_EMIT progressed(*m_running, share, doing);
        });
    };
}

bool MeasurementBridge::startTuning(const TuningRequest& request)
{
    if (m_running)
        return false;
    const Job job = begin(Measurement::Tuning);
    TuningEvents events;
    events.progress = progressTeller(job);
    events.measured = [this, job](const TuningCell& cell) {
        m_post.post([this, job, cell] {
            if (job == m_job && m_running)
                Q_EMIT measured(cell);
        });
    };
    events.finished = finisher<TuningOutcome>(job, [this](const TuningOutcome& outcome) { Q_EMIT tuned(outcome); });
    m_operation = m_engine.startTuning(request, std::move(events));
    return true;
}

bool MeasurementBridge::startComparison(const ComparisonRequest& request)
{
    if (m_running)
        return false;
    const Job job = begin(Measurement::Comparison);
    ComparisonEvents events;
    events.progress = progressTeller(job);
    events.finished = finisher<std::vector<StrategyFigures>>(
        job, [this](const std::vector<StrategyFigures>& figures) { Q_EMIT compared(figures); });
    m_operation = m_engine.startComparison(request, std::move(events));
    return true;
}

bool MeasurementBridge::startCapacity(const CapacityRequest& request)
{
    if (m_running)
        return false;
    const Job job = begin(Measurement::Capacity);
    CapacityEvents events;
    events.finished =
        finisher<CapacityFigures>(job, [this](const CapacityFigures& figures) { Q_EMIT planned(figures); });
    m_operation = m_engine.startCapacity(request, std::move(events));
    return true;
}

void MeasurementBridge::cancel()
{
    if (m_operation)
        m_operation->cancel();
}

MeasurementBridge::Job MeasurementBridge::begin(Measurement what)
{
    m_running = what;
    ++m_job;
    Q_EMIT runningChanged();
    return m_job;
}

void MeasurementBridge::end(Job job, const Error* error)
{
    if (job != m_job || !m_running)
        return;
    const Measurement what = *std::exchange(m_running, std::nullopt);
    m_post.retire(std::move(m_operation));
    Q_EMIT runningChanged();
    if (error && error->code == ErrorCode::Interrupted)
        Q_EMIT cancelled(what);
    else if (error)
        Q_EMIT failed(what, *error);
}

} // namespace lipsync::ui
