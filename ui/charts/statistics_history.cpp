// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/statistics_history.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lipsync::ui {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
constexpr double kMbInGb = 1000;
constexpr double kPercent = 100;
constexpr int kMostDevices = 64;

void setAt(std::vector<double>& values, int place, double value)
{
    if (place >= static_cast<int>(values.size()))
        values.resize(static_cast<std::size_t>(place) + 1, kUnknown);
    values[static_cast<std::size_t>(place)] = value;
}

// A name that holds a comma or a quote is quoted: RFC 4180.
QByteArray csvName(const QString& name)
{
    QByteArray text = name.toUtf8();
    if (!text.contains(',') && !text.contains('"') && !text.contains('\n'))
        return text;
    return '"' + text.replace("\"", "\"\"") + '"';
}

void addNumber(QByteArray& line, double value, int decimals)
{
    line += ',';
    if (!std::isnan(value))
        line += QByteArray::number(value, 'f', decimals);
}

double at(const std::vector<double>& values, int place)
{
    return place < static_cast<int>(values.size()) ? values[static_cast<std::size_t>(place)] : kUnknown;
}

QByteArray csvHead(const QStringList& devices, std::size_t batchSizes)
{
    QByteArray head = "seconds,frames_per_second,latency_p50_ms,latency_p95_ms,latency_p99_ms,waiting_preview,"
                      "waiting_live,waiting_export,process_memory_gb,worker_processes_memory_gb";
    for (const QString& device : devices)
        head += ',' + csvName(device + QStringLiteral("_use_percent")) + ',' +
            csvName(device + QStringLiteral("_memory_gb"));
    for (std::size_t size = 1; size < batchSizes; ++size)
        head += ",batches_of_" + QByteArray::number(static_cast<qulonglong>(size));
    return head + '\n';
}

} // namespace

void StatisticsHistory::append(const StatsSnapshot& snapshot)
{
    if (!isEmpty() && snapshot.time < m_first + fromMilliseconds(1000 * end()))
        clear();
    if (isEmpty())
        m_first = snapshot.time;
    HistorySample sample;
    sample.time = seconds(snapshot.time - m_first);
    sample.framesPerSecond = snapshot.framesPerSecond;
    const LatencySummary& latency = snapshot.recentEndToEnd;
    sample.p50Ms = latency.count > 0 ? latency.p50Ms : kUnknown;
    sample.p95Ms = latency.count > 0 ? latency.p95Ms : kUnknown;
    sample.p99Ms = latency.count > 0 ? latency.p99Ms : kUnknown;
    for (std::size_t i = 0; i < kFrameClasses; ++i)
        sample.waiting[i] = static_cast<double>(snapshot.classes[i].queue.now);
    for (const DeviceStatus& device : snapshot.devices) {
        const int number = deviceNumber(device.name);
        if (number < 0)
            continue;
        setAt(sample.deviceUse, number, device.utilisation ? kPercent * *device.utilisation : kUnknown);
        setAt(sample.deviceMemoryGb, number, device.memoryTotalMb > 0 ? device.memoryUsedMb / kMbInGb : kUnknown);
    }
    sample.processGb = snapshot.process.residentMb / kMbInGb;
    sample.childrenGb = snapshot.process.childrenMb / kMbInGb;
    sample.batchSizes = snapshot.batchSizes;
    m_samples.push_back(std::move(sample));
    while (m_samples.size() > kMostSamples || end() - begin() > kLongestSeconds)
        m_samples.pop_front();
    Q_EMIT appended();
}

void StatisticsHistory::clear()
{
    m_samples.clear();
    m_devices.clear();
    Q_EMIT cleared();
}

std::pair<std::size_t, std::size_t> StatisticsHistory::between(double from, double to) const
{
    const auto first = std::lower_bound(m_samples.begin(), m_samples.end(), from,
                                        [](const HistorySample& sample, double time) { return sample.time < time; });
    const auto last = std::upper_bound(first, m_samples.end(), to,
                                       [](double time, const HistorySample& sample) { return time < sample.time; });
    return {static_cast<std::size_t>(first - m_samples.begin()), static_cast<std::size_t>(last - m_samples.begin())};
}

const HistorySample* StatisticsHistory::nearest(double time) const
{
    if (isEmpty())
        return nullptr;
    const std::size_t after = between(time, time).first;
    if (after == 0)
        return &m_samples.front();
    if (after == m_samples.size())
        return &m_samples.back();
    const HistorySample& later = m_samples[after];
    const HistorySample& earlier = m_samples[after - 1];
    return later.time - time < time - earlier.time ? &later : &earlier;
}

std::vector<std::uint64_t> StatisticsHistory::batchesBetween(double from, double to) const
{
    const auto [first, last] = between(from, to);
    if (first >= last)
        return {};
    // What the first sample counted came before it, except where there is nothing before the history.
    const std::vector<std::uint64_t>& earlier = m_samples[first == 0 ? 0 : first - 1].batchSizes;
    std::vector<std::uint64_t> batches = m_samples[last - 1].batchSizes;
    for (std::size_t size = 0; size < batches.size() && size < earlier.size(); ++size)
        batches[size] -= std::min(batches[size], earlier[size]);
    while (!batches.empty() && batches.back() == 0)
        batches.pop_back();
    return batches;
}

QByteArray StatisticsHistory::toCsv(const std::deque<HistorySample>& samples, const QStringList& devices)
{
    constexpr int kDecimals = 3;
    std::size_t batchSizes = 0;
    for (const HistorySample& sample : samples)
        batchSizes = std::max(batchSizes, sample.batchSizes.size());
    QByteArray csv = csvHead(devices, batchSizes);
    for (const HistorySample& sample : samples) {
        csv += QByteArray::number(sample.time, 'f', kDecimals);
        addNumber(csv, sample.framesPerSecond, kDecimals);
        for (const double latency : {sample.p50Ms, sample.p95Ms, sample.p99Ms})
            addNumber(csv, latency, kDecimals);
        for (const double frames : sample.waiting)
            addNumber(csv, frames, 0);
        addNumber(csv, sample.processGb, kDecimals);
        addNumber(csv, sample.childrenGb, kDecimals);
        for (int device = 0; device < devices.size(); ++device) {
            addNumber(csv, at(sample.deviceUse, device), 1);
            addNumber(csv, at(sample.deviceMemoryGb, device), kDecimals);
        }
        for (std::size_t size = 1; size < batchSizes; ++size)
            addNumber(csv, size < sample.batchSizes.size() ? static_cast<double>(sample.batchSizes[size]) : 0, 0);
        csv += '\n';
    }
    return csv;
}

int StatisticsHistory::deviceNumber(const std::string& name)
{
    const QString device = QString::fromStdString(name);
    const auto known = m_devices.indexOf(device);
    if (known >= 0)
        return static_cast<int>(known);
    if (m_devices.size() >= kMostDevices)
        return -1;
    m_devices.append(device);
    return static_cast<int>(m_devices.size()) - 1;
}

} // namespace lipsync::ui
