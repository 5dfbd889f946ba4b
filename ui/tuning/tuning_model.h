// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"
#include "ui/engine_bridge/measurement_bridge.h"

#include <filesystem>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <QObject>
#include <QString>
#include <QStringList>

namespace lipsync::ui {

/// What was measured of workers × batch on this machine for the avatar on the desk, and the search for the best of it.
class TuningModel final : public QObject {
    Q_OBJECT

public:
    /// Bridge must outlive the model.
    explicit TuningModel(MeasurementBridge& bridge, QObject* parent = nullptr);

    /// Another avatar begins with an empty map.
    void setAvatar(const std::filesystem::path& avatar);
    bool hasAvatar() const { return !m_avatar.empty(); }

    /// The longest p99 of a good setting, in milliseconds; nothing: only frames a second count.
    const std::optional<double>& goal() const { return m_goalP99Ms; }
    void setGoal(const std::optional<double>& p99Ms);
    double seconds() const { return m_seconds; }
    void setSeconds(double seconds);

    /// Searches for the best setting. Does nothing without an avatar or while anything is measured.
    void startSearch();
    /// Measures every cell.
    void startMap();
    void cancel();
    bool canStart() const;
    bool isRunning() const { return m_bridge.running() == Measurement::Tuning; }
    double progress() const { return m_progress; }
    const QString& doing() const { return m_doing; }

    /// Numbers of workers and largest batches of the map, ascending.
    std::vector<int> workers() const;
    std::vector<int> batches() const;
    /// Null where nothing was measured.
    const TuningCell* cell(int workers, int batch) const;
    /// Most frames a second on the map; 0 without any.
    double mostFramesPerSecond() const;
    bool isOverGoal(const TuningCell& cell) const;

    /// What the last search chose; nothing before.
    const std::optional<TuningOutcome>& outcome() const { return m_outcome; }
    bool isChosen(const TuningCell& cell) const;
    /// The sentences of the engine on its choice.
    QStringList explanation() const;
    /// How the last measurement ended, where it was not well: a failure, or that it was cancelled.
    const QString& message() const { return m_message; }
    bool hasFailed() const { return m_hasFailed; }

Q_SIGNALS:
    void changed();
    void tuned(); ///< a search has ended well; what it found is saved for avatar and machine

private:
    void start(bool isWholeMap);
    void take(const TuningCell& cell);
    void finish(const TuningOutcome& outcome);
    void tell(const QString& message, bool isFailure);

    MeasurementBridge& m_bridge;
    std::filesystem::path m_avatar;
    std::optional<double> m_goalP99Ms = 40; ///< studio.md: preview p99 ≤ 40 ms
    double m_seconds = 60;
    std::map<std::pair<int, int>, TuningCell> m_cells; ///< by workers and batch
    std::optional<TuningOutcome> m_outcome;
    double m_progress = 0;
    QString m_doing;
    QString m_message;
    bool m_hasFailed = false;
};

} // namespace lipsync::ui
