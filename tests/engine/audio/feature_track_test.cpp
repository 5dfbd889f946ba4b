// SPDX-License-Identifier: GPL-3.0-or-later
#include "audio/feature_track.h"

#include "engine/audio/test_sound.h"

#include <QtTest>

#include <cmath>
#include <limits>

using namespace lipsync;
using namespace lipsync::audio;

namespace {

constexpr std::size_t kWindowElements = 80 * 16;

/// A stand-in for the network whose features show the window they came from and its place in the batch.
Status tellingEncoder(std::span<const float> windows, int batch, std::span<float> features)
{
    for (std::size_t i = 0; i < static_cast<std::size_t>(batch); ++i) {
        for (std::size_t k = 0; k < kFeatureSize; ++k)
            features[i * kFeatureSize + k] = windows[i * kWindowElements + (k * 7 + 3) % kWindowElements];
        features[i * kFeatureSize] = static_cast<float>(i);
    }
    return {};
}

/// Puts the whole window's columns into the feature: element c of it is band 40 of the window's column c.
Status columnEncoder(std::span<const float> windows, int batch, std::span<float> features)
{
    for (std::size_t i = 0; i < static_cast<std::size_t>(batch); ++i) {
        for (std::size_t c = 0; c < 16; ++c)
            features[i * kFeatureSize + c] = windows[i * kWindowElements + 40 * 16 + c];
    }
    return {};
}

std::vector<float> tableOf(const FeatureTrack& track)
{
    std::vector<float> table;
    for (std::size_t row = 0; row < track.featureRows(); ++row)
        table.insert(table.end(), track.feature(row).begin(), track.feature(row).end());
    return table;
}

std::vector<float> windowOf(const FeatureTrack& track, std::size_t frame)
{
    std::vector<float> window(kFeatureWindowElements, std::numeric_limits<float>::quiet_NaN());
    return track.window(frame, window) ? window : std::vector<float>{};
}

} // namespace

class FeatureTrackTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void windowCountsAreTheOriginals_data();
    void windowCountsAreTheOriginals();
    void windowStartsAreSixteenFifths();
    void lastWindowsTakeTheLastColumns();
    void framesOfASoundAreWindowsAndTwo();
    void eachFeatureHearsItsWindow();
    void bothEndsOfTheTableAreRepeated();
    void rowsOutsideTheTableAreZero();
    void aStreamGivesTheSameBitsAsAFile_data();
    void aStreamGivesTheSameBitsAsAFile();
    void readyWindowsNeverChange();
    void framesFollowTheSoundClosely();
    void tinyVoicesHaveFourFrames_data();
    void tinyVoicesHaveFourFrames();
    void silenceIsFinite();
    void wrongUseIsRefused();
    void senselessOptionsAreRefused();
    void aFailureOfTheEncoderIsFinal();
};

void FeatureTrackTest::windowCountsAreTheOriginals_data()
{
    QTest::addColumn<int>("columns");
    QTest::addColumn<int>("windows");
    // int(((T - 16) / 80.0) * 25.0) + 2 as Python evaluates it.
    QTest::newRow("T=16") << 16 << 2;
    QTest::newRow("T=19") << 19 << 2;
    QTest::newRow("T=20") << 20 << 3;
    QTest::newRow("T=52") << 52 << 13;
    QTest::newRow("T=96") << 96 << 27;
    QTest::newRow("T=384, where integers would give 117") << 384 << 116;
    QTest::newRow("T=880") << 880 << 272;
    QTest::newRow("T=1674") << 1674 << 520;
    QTest::newRow("T=1, extended") << 1 << 2;
    QTest::newRow("T=0, extended") << 0 << 2;
}

void FeatureTrackTest::windowCountsAreTheOriginals()
{
    QFETCH(int, columns);
    QFETCH(int, windows);
    QCOMPARE(melWindowCount(static_cast<std::size_t>(columns)), static_cast<std::size_t>(windows));
}

void FeatureTrackTest::windowStartsAreSixteenFifths()
{
    for (std::size_t i = 0; i < 200000; ++i) {
        if (melWindowStart(i) != 16 * i / 5)
            QFAIL(qPrintable(QString("window %1 starts at %2").arg(i).arg(melWindowStart(i))));
    }
    // Section 1.7: over the first 200,000 lengths the exact formula differs from doubles 1026 times.
    int different = 0;
    for (std::size_t columns = 16; columns < 200000; ++columns)
        different += melWindowCount(columns) != (columns - 16) * 5 / 16 + 2 ? 1 : 0;
    QCOMPARE(different, 1026);
}

void FeatureTrackTest::lastWindowsTakeTheLastColumns()
{
    QCOMPARE(melWindowStartWithin(52, 11, 25.0), std::size_t{35});
    QCOMPARE(melWindowStartWithin(52, 12, 25.0), std::size_t{36}); // 38 would reach to 54
    QCOMPARE(melWindowStartWithin(16, 1, 25.0), std::size_t{0});
}

void FeatureTrackTest::framesOfASoundAreWindowsAndTwo()
{
    for (const std::size_t samples : {0, 1, 2999, 3000, 3800, 16000, 76600, 100001}) {
        FeatureTrack track(tellingEncoder);
        QVERIFY(track.push(testSound(samples)).has_value());
        QVERIFY(!track.frameCount().has_value());
        QVERIFY(track.finish().has_value());
        const std::size_t columns = std::max<std::size_t>(16, 1 + samples / 200);
        QCOMPARE(*track.frameCount(), melWindowCount(columns) + 2);
        QCOMPARE(*track.frameCount(), videoFrameCount(samples));
        QCOMPARE(track.featureRows(), *track.frameCount());
        QCOMPARE(track.readyFrames(), *track.frameCount());
    }
}

void FeatureTrackTest::eachFeatureHearsItsWindow()
{
    const auto sound = testSound(10240);
    const auto mel = melSpectrogram(sound);
    FeatureTrack track(columnEncoder);
    QVERIFY(track.push(sound).has_value() && track.finish().has_value());
    QCOMPARE(track.featureRows(), std::size_t{15});
    for (std::size_t window = 0; window < 13; ++window) {
        const std::size_t start = std::min<std::size_t>(16 * window / 5, 52 - 16);
        for (std::size_t c = 0; c < 16; ++c)
            QCOMPARE(track.feature(window + 1)[c], mel[(start + c) * 80 + 40]);
    }
}

void FeatureTrackTest::bothEndsOfTheTableAreRepeated()
{
    FeatureTrack track(tellingEncoder);
    QVERIFY(track.push(testSound(16000)).has_value() && track.finish().has_value());
    const std::size_t rows = track.featureRows();
    QVERIFY(std::ranges::equal(track.feature(0), track.feature(1)));
    QVERIFY(std::ranges::equal(track.feature(rows - 2), track.feature(rows - 1)));
    QVERIFY(!std::ranges::equal(track.feature(1), track.feature(2)));
    QVERIFY(!std::ranges::equal(track.feature(rows - 4), track.feature(rows - 1)));
}

void FeatureTrackTest::rowsOutsideTheTableAreZero()
{
    FeatureTrack track(tellingEncoder);
    QVERIFY(track.push(testSound(16000)).has_value() && track.finish().has_value());
    const auto rows = static_cast<std::ptrdiff_t>(track.featureRows());
    for (std::ptrdiff_t frame = 0; frame < rows; ++frame) {
        const auto window = windowOf(track, static_cast<std::size_t>(frame));
        QCOMPARE(window.size(), kFeatureWindowElements);
        for (std::ptrdiff_t i = 0; i < 16; ++i) {
            const auto row = std::span(window).subspan(static_cast<std::size_t>(i) * 512, 512);
            const std::ptrdiff_t source = frame - 8 + i;
            if (source < 0 || source >= rows)
                QVERIFY(std::ranges::all_of(row, [](float value) { return value == 0.0F; }));
            else
                QVERIFY(std::ranges::equal(row, track.feature(static_cast<std::size_t>(source))));
        }
    }
}

void FeatureTrackTest::aStreamGivesTheSameBitsAsAFile_data()
{
    QTest::addColumn<int>("samples");
    QTest::addColumn<int>("encodeBatch");
    QTest::addColumn<double>("framesPerSecond");
    QTest::newRow("eleven seconds") << 176000 << 1 << 25.0;
    QTest::newRow("groups of 4") << 176123 << 4 << 25.0;
    QTest::newRow("groups of 8 and a short sound") << 5000 << 8 << 25.0;
    QTest::newRow("T=384") << 76600 << 3 << 25.0;
    QTest::newRow("30 frames a second") << 100000 << 4 << 30.0;
    QTest::newRow("a window a column and more") << 50000 << 1 << 120.0;
    QTest::newRow("20 ms") << 320 << 4 << 25.0;
}

void FeatureTrackTest::aStreamGivesTheSameBitsAsAFile()
{
    QFETCH(int, samples);
    QFETCH(int, encodeBatch);
    QFETCH(double, framesPerSecond);
    const FeatureTrackOptions options{framesPerSecond, encodeBatch, StftPadding::Zero};
    const auto sound = testSound(static_cast<std::size_t>(samples));
    FeatureTrack file(tellingEncoder, options);
    QVERIFY(file.push(sound).has_value() && file.finish().has_value());
    QCOMPARE(*file.frameCount(), videoFrameCount(sound.size(), framesPerSecond));
    const auto whole = tableOf(file);
    for (const std::size_t largest : {1000U, 7000U, 100000U}) {
        FeatureTrack stream(tellingEncoder, options);
        inRandomPieces(sound, 5, largest,
                       [&](std::span<const float> piece) { QVERIFY(stream.push(piece).has_value()); });
        QVERIFY(stream.finish().has_value());
        QVERIFY(tableOf(stream) == whole);
    }
}

void FeatureTrackTest::readyWindowsNeverChange()
{
    for (const double framesPerSecond : {25.0, 60.0, 120.0}) {
        FeatureTrack track(tellingEncoder, {framesPerSecond, 2, StftPadding::Zero});
        std::vector<std::vector<float>> early;
        inRandomPieces(testSound(30000), 9, 900, [&](std::span<const float> piece) {
            QVERIFY(track.push(piece).has_value());
            while (early.size() < track.readyFrames())
                early.push_back(windowOf(track, early.size()));
        });
        QVERIFY(!early.empty());
        QVERIFY(track.finish().has_value());
        QVERIFY(early.size() <= track.readyFrames());
        for (std::size_t frame = 0; frame < early.size(); ++frame)
            QVERIFY(windowOf(track, frame) == early[frame]);
    }
}

void FeatureTrackTest::framesFollowTheSoundClosely()
{
    // Frame i needs row i + 7, feature i + 6, hence columns up to floor(3.2 (i + 6)) + 15 and 400 samples beyond.
    FeatureTrack track(tellingEncoder, {25.0, 1, StftPadding::Zero});
    const auto sound = testSound(32000);
    std::size_t taken = 0;
    for (std::size_t frame = 0; frame < 20; ++frame) {
        const std::size_t needed = (16 * (frame + 6) / 5 + 15) * 200 + 400;
        QVERIFY(track.push(std::span(sound).subspan(taken, needed - 1 - taken)).has_value());
        QCOMPARE(track.readyFrames(), frame);
        QVERIFY(track.push(std::span(sound).subspan(needed - 1, 1)).has_value());
        QCOMPARE(track.readyFrames(), frame + 1);
        taken = needed;
    }
}

void FeatureTrackTest::tinyVoicesHaveFourFrames_data()
{
    QTest::addColumn<int>("samples");
    for (const int samples : {0, 1, 320, 2999, 3000})
        QTest::addRow("%d samples", samples) << samples;
}

void FeatureTrackTest::tinyVoicesHaveFourFrames()
{
    QFETCH(int, samples);
    FeatureTrack track(tellingEncoder);
    QVERIFY(track.push(std::vector<float>(static_cast<std::size_t>(samples), 0.5F)).has_value());
    QVERIFY(track.finish().has_value());
    QCOMPARE(*track.frameCount(), std::size_t{4});
    for (std::size_t frame = 0; frame < 4; ++frame) {
        const auto window = windowOf(track, frame);
        QCOMPARE(window.size(), kFeatureWindowElements);
        QVERIFY(std::ranges::all_of(window, [](float value) { return std::isfinite(value); }));
    }
}

void FeatureTrackTest::silenceIsFinite()
{
    FeatureTrack track(columnEncoder);
    QVERIFY(track.push(std::vector<float>(16000)).has_value() && track.finish().has_value());
    for (std::size_t row = 0; row < track.featureRows(); ++row)
        QCOMPARE(track.feature(row)[0], -4.0F);
}

void FeatureTrackTest::wrongUseIsRefused()
{
    FeatureTrack track(tellingEncoder);
    std::vector<float> window(kFeatureWindowElements);
    QVERIFY(!track.window(0, window).has_value());
    QVERIFY(track.push(testSound(16000)).has_value() && track.finish().has_value());
    QVERIFY(track.window(0, window).has_value());
    QVERIFY(!track.window(*track.frameCount(), window).has_value());
    QVERIFY(!track.window(0, std::span(window).first(512)).has_value());
    QCOMPARE(track.push(window).error().code, ErrorCode::Usage);
    QVERIFY(track.finish().has_value());
}

void FeatureTrackTest::senselessOptionsAreRefused()
{
    const FeatureTrackOptions senseless[] = {{0.0, 1, StftPadding::Zero},
                                             {-25.0, 1, StftPadding::Zero},
                                             {std::numeric_limits<double>::quiet_NaN(), 1, StftPadding::Zero},
                                             {std::numeric_limits<double>::infinity(), 1, StftPadding::Zero},
                                             {25.0, 0, StftPadding::Zero}};
    for (const FeatureTrackOptions& options : senseless) {
        FeatureTrack track(tellingEncoder, options);
        QCOMPARE(track.push(testSound(100)).error().code, ErrorCode::Usage);
        QCOMPARE(track.finish().error().code, ErrorCode::Usage);
    }
    FeatureTrack withoutEncoder(FeatureEncoder{});
    QVERIFY(!withoutEncoder.finish().has_value());
}

void FeatureTrackTest::aFailureOfTheEncoderIsFinal()
{
    int calls = 0;
    FeatureTrack track([&](std::span<const float> windows, int batch, std::span<float> features) -> Status {
        if (++calls == 3)
            return failure(ErrorCode::Resource, "No memory.");
        return tellingEncoder(windows, batch, features);
    });
    QCOMPARE(track.push(testSound(16000)).error().code, ErrorCode::Resource);
    QCOMPARE(track.push(testSound(16000)).error().code, ErrorCode::Resource);
    QCOMPARE(track.finish().error().code, ErrorCode::Resource);
    QVERIFY(!track.frameCount().has_value());
    QCOMPARE(calls, 3);
}

QTEST_GUILESS_MAIN(FeatureTrackTest)
#include "feature_track_test.moc"
