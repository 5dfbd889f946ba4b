// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include <QObject>

namespace lipsync::ui {

class StatisticsHistory;

/// Which stretch of the history all charts show, whether it follows the newest sample, and where a person reads it.
/// Times are the history's seconds. The history must outlive the span.
class ChartSpan final : public QObject {
    Q_OBJECT

public:
    static constexpr double kFirstSeconds = 60;
    static constexpr double kShortestSeconds = 5;

    explicit ChartSpan(const StatisticsHistory& history, QObject* parent = nullptr);

    double seconds() const { return m_seconds; }
    /// The newest time shown.
    double end() const;
    double begin() const { return end() - m_seconds; }

    /// While paused the span stands still; the history goes on.
    bool isPaused() const { return m_heldEnd.has_value(); }
    void setPaused(bool isPaused);

    /// Shows `factor` times as many seconds, and keeps `fixed` where it is as far as the history reaches.
    void zoom(double factor);
    void zoomAround(double factor, double fixed);
    /// Moves through the history; pauses.
    void pan(double seconds);
    /// As at first, and following.
    void reset();

    /// Seconds before end() that are read out; nothing when none are.
    std::optional<double> readAge() const { return m_readAge; }
    std::optional<double> readTime() const;
    void read(std::optional<double> age);

Q_SIGNALS:
    void changed();
    void pausedChanged(bool isPaused);
    void readChanged();

private:
    void hold(double end);

    const StatisticsHistory& m_history;
    double m_seconds = kFirstSeconds;
    std::optional<double> m_heldEnd;
    std::optional<double> m_readAge;
};

} // namespace lipsync::ui
