// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/count_histogram.h"
#include "metrics/latency_histogram.h"

#include <QtTest>

#include <algorithm>
#include <random>
#include <thread>
#include <vector>

using namespace lipsync;
using namespace lipsync::metrics;
using namespace std::chrono_literals;

namespace {

constexpr double kAllowedError = 1.0 / 64;
constexpr int kWriters = 4;

/// Durations spread evenly over the orders of magnitude from 1 µs to 1 h.
std::vector<Duration> someDurations(std::size_t count, unsigned seed)
{
    std::mt19937_64 random(seed);
    std::uniform_real_distribution<double> exponent(3.0, 12.556);
    std::vector<Duration> durations(count);
    for (Duration& duration : durations)
        duration = Duration(static_cast<std::int64_t>(std::pow(10.0, exponent(random))));
    return durations;
}

/// The percentile by definition: nearest rank, in hundredths of a per cent so that no rounding hides in it.
Duration exactPercentile(const std::vector<Duration>& sorted, std::size_t hundredths)
{
    const std::size_t rank = (hundredths * sorted.size() + 9999) / 10000;
    return sorted[std::max<std::size_t>(rank, 1) - 1];
}

bool isNear(Duration measured, Duration exact)
{
    const double error = std::abs(seconds(measured) - seconds(exact));
    return error <= kAllowedError * seconds(exact);
}

} // namespace

class HistogramTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void nothingRecordedIsNothing();
    void percentilesAreThoseOfTheSortedDurations_data();
    void percentilesAreThoseOfTheSortedDurations();
    void everyDurationIsKeptWithinTheAllowedError();
    void extremesAreExact();
    void fourWritersLoseNothing();
    void mergedSnapshotsAreOneOfAllDurations();
    void aDifferenceIsWhatCameBetween();
    void aDifferenceOfNothingNewIsEmpty();
    void summariesAreInMilliseconds();
    void countsAreExact();
    void countsBeyondTheLimitAreInTheLast();
    void countsOfFourWritersAddUp();
    void countDifferencesAndSumsOfSnapshots();
};

void HistogramTest::nothingRecordedIsNothing()
{
    const HistogramSnapshot nothing = LatencyHistogram().snapshot();
    QCOMPARE(nothing.count(), std::uint64_t{0});
    QVERIFY(nothing.mean() == 0ns && nothing.min() == 0ns && nothing.max() == 0ns && nothing.percentile(99) == 0ns);
    QCOMPARE(nothing.summary().p50Ms, 0.0);
}

void HistogramTest::percentilesAreThoseOfTheSortedDurations_data()
{
    QTest::addColumn<int>("count");
    for (const int count : {1, 2, 3, 10, 999, 1000, 1001, 100000})
        QTest::addRow("%d durations", count) << count;
}

void HistogramTest::percentilesAreThoseOfTheSortedDurations()
{
    QFETCH(int, count);
    auto durations = someDurations(static_cast<std::size_t>(count), 1);
    LatencyHistogram histogram;
    for (const Duration duration : durations)
        histogram.record(duration);
    std::sort(durations.begin(), durations.end());
    const HistogramSnapshot snapshot = histogram.snapshot();
    QCOMPARE(snapshot.count(), static_cast<std::uint64_t>(count));
    for (const std::size_t hundredths : {0, 1, 100, 1000, 5000, 9000, 9500, 9900, 9990, 9999, 10000}) {
        const double percent = static_cast<double>(hundredths) / 100;
        const Duration exact = exactPercentile(durations, hundredths);
        const Duration measured = snapshot.percentile(percent);
        QVERIFY2(isNear(measured, exact),
                 qPrintable(QString("p%1: %2 ns for %3 ns").arg(percent).arg(measured.count()).arg(exact.count())));
    }
    QVERIFY(snapshot.percentile(0) == durations.front());
    QVERIFY(snapshot.percentile(100) == durations.back());
    QVERIFY(snapshot.percentile(-5) == durations.front());
    QVERIFY(snapshot.percentile(500) == durations.back());
    Duration sum{};
    for (const Duration duration : durations)
        sum += duration;
    QVERIFY(snapshot.sum() == sum);
    QVERIFY(snapshot.mean() == sum / count);
}

void HistogramTest::everyDurationIsKeptWithinTheAllowedError()
{
    // Both sides of every power of two, where buckets change their width, and one past the last.
    for (Duration power = 1us; power < 2h; power *= 2) {
        for (const Duration duration : {power - 1ns, power, power + 1ns}) {
            LatencyHistogram histogram;
            histogram.record(1ns);
            histogram.record(duration);
            histogram.record(3h);
            const Duration measured = histogram.snapshot().percentile(50);
            if (duration >= 1us && duration < Duration(std::int64_t{1} << 42))
                QVERIFY2(isNear(measured, duration), qPrintable(QString::number(duration.count())));
        }
    }
}

void HistogramTest::extremesAreExact()
{
    LatencyHistogram histogram;
    histogram.record(1234567ns);
    QVERIFY(histogram.snapshot().percentile(50) == 1234567ns);
    histogram.record(-5ns);
    histogram.record(100h);
    const HistogramSnapshot snapshot = histogram.snapshot();
    QVERIFY(snapshot.min() == 0ns);
    QVERIFY(snapshot.max() == 100h);
    QVERIFY(snapshot.percentile(100) == 100h);
    QVERIFY(snapshot.sum() == 100h + 1234567ns);
}

void HistogramTest::fourWritersLoseNothing()
{
    constexpr std::size_t kEach = 50000;
    LatencyHistogram histogram;
    std::atomic<bool> areWriting{true};
    std::jthread reader([&] {
        std::uint64_t last = 0;
        while (areWriting) {
            const std::uint64_t count = histogram.snapshot().count();
            QVERIFY(count >= last);
            last = count;
        }
    });
    LatencyHistogram alone;
    {
        std::vector<std::jthread> writers;
        for (unsigned seed = 0; seed < kWriters; ++seed) {
            writers.emplace_back([&histogram, seed] {
                for (const Duration duration : someDurations(kEach, seed))
                    histogram.record(duration);
            });
        }
        for (unsigned seed = 0; seed < kWriters; ++seed) {
            for (const Duration duration : someDurations(kEach, seed))
                alone.record(duration);
        }
    }
    areWriting = false;
    reader.join();
    const HistogramSnapshot together = histogram.snapshot();
    const HistogramSnapshot expected = alone.snapshot();
    QCOMPARE(together.count(), std::uint64_t{kWriters * kEach});
    QVERIFY(together.sum() == expected.sum());
    QVERIFY(together.min() == expected.min());
    QVERIFY(together.max() == expected.max());
    for (const double percent : {1.0, 50.0, 95.0, 99.0, 99.9})
        QVERIFY(together.percentile(percent) == expected.percentile(percent));
}

void HistogramTest::mergedSnapshotsAreOneOfAllDurations()
{
    LatencyHistogram one, other, both;
    for (const Duration duration : someDurations(1000, 1)) {
        one.record(duration);
        both.record(duration);
    }
    for (const Duration duration : someDurations(500, 2)) {
        other.record(duration);
        both.record(duration);
    }
    HistogramSnapshot merged;
    merged.merge(one.snapshot());
    merged.merge(HistogramSnapshot());
    merged.merge(other.snapshot());
    const HistogramSnapshot expected = both.snapshot();
    QCOMPARE(merged.count(), expected.count());
    QVERIFY(merged.sum() == expected.sum() && merged.min() == expected.min() && merged.max() == expected.max());
    for (const double percent : {0.0, 10.0, 50.0, 99.9})
        QVERIFY(merged.percentile(percent) == expected.percentile(percent));
}

void HistogramTest::aDifferenceIsWhatCameBetween()
{
    LatencyHistogram histogram;
    for (int i = 0; i < 1000; ++i)
        histogram.record(1ms);
    histogram.record(10s);
    const HistogramSnapshot earlier = histogram.snapshot();
    for (int i = 0; i < 90; ++i)
        histogram.record(20ms);
    for (int i = 0; i < 10; ++i)
        histogram.record(40ms);
    const HistogramSnapshot interval = histogram.snapshot().since(earlier);
    QCOMPARE(interval.count(), std::uint64_t{100});
    QVERIFY(interval.mean() == 22ms);
    QVERIFY(isNear(interval.percentile(50), 20ms));
    QVERIFY(isNear(interval.percentile(90), 20ms));
    QVERIFY(isNear(interval.percentile(99), 40ms));
    // A bucket is at most twice the allowed error wide.
    QVERIFY(interval.min() <= 20ms && interval.min() >= 20ms * (1 - 2 * kAllowedError));
    QVERIFY(interval.max() >= 40ms && interval.max() <= 40ms * (1 + 2 * kAllowedError));
    QCOMPARE(histogram.snapshot().since(HistogramSnapshot()).count(), std::uint64_t{1101});
}

void HistogramTest::aDifferenceOfNothingNewIsEmpty()
{
    LatencyHistogram histogram;
    histogram.record(5ms);
    const HistogramSnapshot snapshot = histogram.snapshot();
    QCOMPARE(snapshot.since(snapshot).count(), std::uint64_t{0});
    QVERIFY(snapshot.since(snapshot).percentile(50) == 0ns);
    QCOMPARE(HistogramSnapshot().since(snapshot).count(), std::uint64_t{0});
}

void HistogramTest::summariesAreInMilliseconds()
{
    LatencyHistogram histogram;
    for (int i = 1; i <= 1000; ++i)
        histogram.record(i * 1ms);
    const LatencySummary summary = histogram.snapshot().summary();
    QCOMPARE(summary.count, std::uint64_t{1000});
    QCOMPARE(summary.meanMs, 500.5);
    QVERIFY(std::abs(summary.p50Ms - 500) <= 500 * kAllowedError);
    QVERIFY(std::abs(summary.p95Ms - 950) <= 950 * kAllowedError);
    QVERIFY(std::abs(summary.p99Ms - 990) <= 990 * kAllowedError);
    QVERIFY(std::abs(summary.p999Ms - 999) <= 999 * kAllowedError);
    QCOMPARE(summary.maxMs, 1000.0);
}

void HistogramTest::countsAreExact()
{
    CountHistogram histogram(64);
    QCOMPARE(histogram.snapshot().mean(), 0.0);
    QCOMPARE(histogram.snapshot().max(), std::int64_t{0});
    QCOMPARE(histogram.snapshot().percentile(99), std::int64_t{0});
    for (int number = 1; number <= 10; ++number) {
        for (int times = 0; times < number; ++times)
            histogram.record(number);
    }
    const CountSnapshot snapshot = histogram.snapshot();
    QCOMPARE(snapshot.counts.size(), std::size_t{65});
    QCOMPARE(snapshot.counts[7], std::uint64_t{7});
    QCOMPARE(snapshot.total, std::uint64_t{55});
    QCOMPARE(snapshot.mean(), 7.0);
    QCOMPARE(snapshot.max(), std::int64_t{10});
    QCOMPARE(snapshot.percentile(0), std::int64_t{1});
    QCOMPARE(snapshot.percentile(50), std::int64_t{7}); // 28 of 55 are 7 or less
    QCOMPARE(snapshot.percentile(100), std::int64_t{10});
}

void HistogramTest::countsBeyondTheLimitAreInTheLast()
{
    CountHistogram histogram(8);
    histogram.record(-3);
    histogram.record(8);
    histogram.record(1000);
    const CountSnapshot snapshot = histogram.snapshot();
    QCOMPARE(snapshot.counts.front(), std::uint64_t{1});
    QCOMPARE(snapshot.counts.back(), std::uint64_t{2});
    QCOMPARE(snapshot.sum, std::int64_t{1008});
    QCOMPARE(snapshot.max(), std::int64_t{8});
}

void HistogramTest::countsOfFourWritersAddUp()
{
    constexpr int kRounds = 10000;
    CountHistogram histogram(64);
    {
        std::vector<std::jthread> writers;
        for (int writer = 0; writer < kWriters; ++writer) {
            writers.emplace_back([&histogram] {
                for (int i = 0; i < kRounds; ++i)
                    histogram.record(i % 65);
            });
        }
    }
    const CountSnapshot snapshot = histogram.snapshot();
    QCOMPARE(snapshot.total, std::uint64_t{kWriters * kRounds});
    QCOMPARE(snapshot.counts[0], std::uint64_t{kWriters * ((kRounds + 64) / 65)});
}

void HistogramTest::countDifferencesAndSumsOfSnapshots()
{
    CountHistogram histogram(64);
    histogram.record(64);
    const CountSnapshot earlier = histogram.snapshot();
    histogram.record(4);
    histogram.record(8);
    const CountSnapshot interval = histogram.snapshot().since(earlier);
    QCOMPARE(interval.total, std::uint64_t{2});
    QCOMPARE(interval.mean(), 6.0);
    QCOMPARE(interval.max(), std::int64_t{8});
    CountSnapshot merged;
    merged.merge(earlier);
    merged.merge(interval);
    QCOMPARE(merged.total, std::uint64_t{3});
    QCOMPARE(merged.sum, std::int64_t{76});
    QVERIFY(merged.counts == histogram.snapshot().counts);
}

QTEST_GUILESS_MAIN(HistogramTest)
#include "histogram_test.moc"
