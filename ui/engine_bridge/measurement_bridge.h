// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"
#include "ui/engine_bridge/engine_post.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <QObject>
#include <QString>

namespace lipsync::ui {

/// What is measured on the engine's workers.
enum class Measurement { Tuning, Comparison, Capacity };

/// Measurements on the engine's workers for the window, one at a time. Events of one that was cancelled or replaced are
/// dropped. Engine and post must outlive the bridge.
class MeasurementBridge final : public QObject {
    Q_OBJECT

public:
    MeasurementBridge(Engine& engine, EnginePost& post, QObject* parent = nullptr);
    /// Cancels what runs.
    ~MeasurementBridge() override;

    /// Nothing while none runs.
    std::optional<Measurement> running() const { return m_running; }

    /// While another one runs these do nothing and say false. Otherwise the signal of its end follows, or failed().
    bool startTuning(const TuningRequest& request);
    bool startComparison(const ComparisonRequest& request);
    bool startCapacity(const CapacityRequest& request);
    /// Asks it to stop; cancelled() follows once the workers have their plan back.
    void cancel();

Q_SIGNALS:
    void runningChanged();
    void progressed(lipsync::ui::Measurement what, double share, const QString& doing);
    void measured(const lipsync::TuningCell& cell);
    void tuned(const lipsync::TuningOutcome& outcome);
    void compared(const std::vector<lipsync::StrategyFigures>& figures);
    void planned(const lipsync::CapacityFigures& figures);
    void cancelled(lipsync::ui::Measurement what);
    void failed(lipsync::ui::Measurement what, const lipsync::Error& error);

private:
    using Job = std::uint64_t;

    Job begin(Measurement what);
    template <typename Outcome, typename Tell> auto finisher(Job job, Tell tell);
    auto progressTeller(Job job);
    void end(Job job, const Error* error);

    Engine& m_engine;
    EnginePost& m_post;
    Job m_job = 0;
    std::optional<Measurement> m_running;
    std::unique_ptr<Operation> m_operation;
};

} // namespace lipsync::ui
