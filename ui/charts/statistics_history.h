// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include <QByteArray>
#include <QObject>
#include <QStringList>

namespace lipsync::ui {

/// One poll, as charts show it. What was not known is NaN.
struct HistorySample {
    double time = 0; ///< seconds since the first sample
    double framesPerSecond = 0;
    double p50Ms = 0, p95Ms = 0, p99Ms = 0; ///< of the last seconds
    std::array<double, kFrameClasses> waiting{}; ///< frames, by FrameClass
    std::vector<double> deviceUse; ///< per cent, by device
    std::vector<double> deviceMemoryGb; ///< by device
    double processGb = 0, childrenGb = 0;
    std::vector<std::uint64_t> batchSizes; ///< [n] = batches of n frames since the engine started
};

/// The last fifteen minutes of the engine's statistics.
class StatisticsHistory final : public QObject {
    Q_OBJECT

public:
    static constexpr double kLongestSeconds = 15 * 60;
    static constexpr std::size_t kMostSamples = 9000; // ten a second

    using QObject::QObject;

    /// A snapshot older than the last one starts the history anew.
    void append(const StatsSnapshot& snapshot);
    void clear();

    const std::deque<HistorySample>& samples() const { return m_samples; }
    bool isEmpty() const { return m_samples.empty(); }
    /// Times of the oldest and the newest sample; 0 without samples.
    double begin() const { return isEmpty() ? 0 : m_samples.front().time; }
    double end() const { return isEmpty() ? 0 : m_samples.back().time; }
    /// Names of the devices as the samples count them.
    const QStringList& devices() const { return m_devices; }

    /// Indices of the first sample at or after `from` and of the one after the last at or before `to`.
    std::pair<std::size_t, std::size_t> between(double from, double to) const;
    /// The sample nearest to a time; nothing without samples.
    const HistorySample* nearest(double time) const;
    /// Batches by their size that were started from `from` to `to`; ends with the largest size that occurred.
    std::vector<std::uint64_t> batchesBetween(double from, double to) const;

    /// All of it as comma-separated values with a line of names; made of values only, so any thread may do it to a copy.
    static QByteArray toCsv(const std::deque<HistorySample>& samples, const QStringList& devices);

Q_SIGNALS:
    void appended();
    void cleared();

private:
    int deviceNumber(const std::string& name);

    std::deque<HistorySample> m_samples;
    QStringList m_devices;
    TimePoint m_first{};
};

} // namespace lipsync::ui
