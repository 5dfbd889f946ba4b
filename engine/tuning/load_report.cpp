// SPDX-License-Identifier: GPL-3.0-or-later
#include "tuning/load_generator.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace lipsync::tuning {

namespace {

constexpr double kStableWithin = 0.03;

/// 97.5th percentile of Student's t distribution by degrees of freedom, from 2.
double studentT(std::size_t freedom)
{
    constexpr std::array<double, 9> kTable{4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228};
    constexpr double kNormal = 1.96;
    if (freedom < 2)
        return kTable.front();
    if (freedom - 2 < kTable.size())
        return kTable[freedom - 2];
    return kNormal + 2.4 / static_cast<double>(freedom); // within 1 % of the table above 10
}

} // namespace

double LoadReport::framesPerSecond() const
{
    return seconds > 0 ? static_cast<double>(frames) / seconds : 0;
}

double LoadReport::meanBatch() const
{
    return batches > 0 ? static_cast<double>(successes) / batches : 0;
}

std::optional<double> LoadReport::uncertainty() const
{
    const auto count = intervalRates.size();
    if (count < 3)
        return {};
    double sum = 0, squares = 0;
    for (const double rate : intervalRates)
        sum += rate;
    const double mean = sum / static_cast<double>(count);
    if (mean <= 0)
        return {};
    for (const double rate : intervalRates)
        squares += (rate - mean) * (rate - mean);
    const double deviation = std::sqrt(squares / static_cast<double>(count - 1));
    return studentT(count - 1) * deviation / std::sqrt(static_cast<double>(count)) / mean;
}

bool LoadReport::isStable() const
{
    const auto half = uncertainty();
    return half && *half <= kStableWithin;
}

void LoadReport::merge(const LoadReport& other)
{
    requests += other.requests;
    successes += other.successes;
    failures += other.failures;
    refusals += other.refusals;
    latency.merge(other.latency);
    frames += other.frames;
    seconds += other.seconds;
    batches += other.batches;
    intervalRates.insert(intervalRates.end(), other.intervalRates.begin(), other.intervalRates.end());
    if (!firstFailure)
        firstFailure = other.firstFailure;
    interrupted = interrupted || other.interrupted;
}

} // namespace lipsync::tuning
