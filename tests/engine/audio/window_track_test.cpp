// SPDX-License-Identifier: GPL-3.0-or-later
#include "audio/feature_table.h"
#include "audio/mel_track.h"

#include "engine/audio/test_sound.h"

#include <QtTest>

#include <limits>

using namespace lipsync;
using namespace lipsync::audio;

namespace {

constexpr std::size_t kMelWindow = 80 * 16;

std::vector<float> windowOf(const WindowTrack& track, std::size_t frame, std::size_t size)
{
    std::vector<float> window(size, std::numeric_limits<float>::quiet_NaN());
    return track.window(frame, window) ? window : std::vector<float>{};
}

/// Wav2Lip's loop as section 3.5 describes it: how many windows it cuts.
std::size_t countedFrames(std::size_t columns, double framesPerSecond)
{
    std::size_t count = 0;
    while (static_cast<std::size_t>(static_cast<double>(count) * (80.0 / framesPerSecond)) + 16 <= columns)
        ++count;
    return count + 1;
}

NpyArray table(std::vector<std::size_t> shape)
{
    NpyArray array{std::move(shape), {}};
    std::size_t count = 1;
    for (const auto side : array.shape)
        count *= side;
    for (std::size_t i = 0; i < count; ++i)
        array.values.push_back(static_cast<float>(i + 1));
    return array;
}

} // namespace

class WindowTrackTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void melFramesAreCountedAsWav2LipDoes_data()
    {
        QTest::addColumn<double>("framesPerSecond");
        for (const double rate : {15.0, 20.0, 23.976, 25.0, 29.97, 30.0, 50.0, 60.0, 120.0})
            QTest::addRow("%g", rate) << rate;
    }

    void melFramesAreCountedAsWav2LipDoes()
    {
        QFETCH(double, framesPerSecond);
        for (std::size_t columns = 16; columns < 3000; columns += columns < 400 ? 1 : 37)
            QCOMPARE(melFrameCount(columns, framesPerSecond), countedFrames(columns, framesPerSecond));
        QCOMPARE(melFrameCount(3, framesPerSecond), melFrameCount(16, framesPerSecond));
    }

    void aMelWindowIsTheSpectrogramAroundItsFrame()
    {
        const auto sound = testSound(24000);
        const auto mel = melSpectrogram(sound, StftPadding::Reflect);
        const auto columns = mel.size() / 80;
        MelTrack track(25.0, StftPadding::Reflect);
        QVERIFY(track.push(sound) && track.finish());
        QCOMPARE(*track.frameCount(), countedFrames(columns, 25.0));
        QCOMPARE(track.framesOf(24000).value(), *track.frameCount());
        for (std::size_t frame = 0; frame < *track.frameCount(); ++frame) {
            const auto start = std::min(static_cast<std::size_t>(static_cast<double>(frame) * 3.2), columns - 16);
            const auto window = windowOf(track, frame, kMelWindow);
            QCOMPARE(window.size(), kMelWindow);
            for (std::size_t band = 0; band < 80; ++band) {
                for (std::size_t column = 0; column < 16; ++column)
                    QCOMPARE(window[band * 16 + column], mel[(start + column) * 80 + band]);
            }
        }
        // What stands before the first sample shows in the first window.
        MelTrack other(25.0, StftPadding::Zero);
        QVERIFY(other.push(sound) && other.finish());
        QVERIFY(windowOf(other, 0, kMelWindow) != windowOf(track, 0, kMelWindow));
        QVERIFY(windowOf(other, 5, kMelWindow) == windowOf(track, 5, kMelWindow));
    }

    void aStreamOfSoundGivesTheSameWindowsAsAFile()
    {
        const auto sound = testSound(50000);
        MelTrack file(30.0, StftPadding::Reflect), stream(30.0, StftPadding::Reflect);
        QVERIFY(file.push(sound) && file.finish());
        std::vector<std::vector<float>> early;
        inRandomPieces(sound, 3, 5000, [&](std::span<const float> piece) {
            QVERIFY(stream.push(piece).has_value());
            QVERIFY(!stream.frameCount());
            while (early.size() < stream.readyFrames())
                early.push_back(windowOf(stream, early.size(), kMelWindow));
        });
        QVERIFY(early.size() + 10 > *file.frameCount());
        QVERIFY(stream.finish().has_value());
        QCOMPARE(*stream.frameCount(), *file.frameCount());
        for (std::size_t frame = 0; frame < *file.frameCount(); ++frame) {
            const auto expected = windowOf(file, frame, kMelWindow);
            QVERIFY(windowOf(stream, frame, kMelWindow) == expected);
            QVERIFY(frame >= early.size() || early[frame] == expected);
        }
    }

    void aSoundOfNoLengthIsSilence()
    {
        MelTrack track(25.0, StftPadding::Reflect);
        QVERIFY(track.finish().has_value());
        QCOMPARE(*track.frameCount(), track.framesOf(0).value());
        QVERIFY(*track.frameCount() >= 1);
        QCOMPARE(windowOf(track, 0, kMelWindow), std::vector<float>(kMelWindow, -4.0f));
        QVERIFY(!track.push(testSound(10)));
        QVERIFY(windowOf(track, *track.frameCount(), kMelWindow).empty());
        QVERIFY(windowOf(track, 0, kMelWindow - 1).empty());
    }

    void aTableGivesTheRowsAroundAFrame()
    {
        auto made = FeatureTable::create(table({10, 2, 3}), {.featureSize = 6, .windowRows = 4, .framesPerSecond = 25});
        QVERIFY(made.has_value());
        auto& features = **made;
        QCOMPARE(features.readyFrames(), std::size_t{10}); // whatever sound is still to come
        const auto first = windowOf(features, 0, 24); // rows −2 to 1
        for (std::size_t i = 0; i < 12; ++i) {
            QCOMPARE(first[i], 0.0f);
            QCOMPARE(first[12 + i], static_cast<float>(i + 1));
        }
        const auto last = windowOf(features, 9, 24); // rows 7 to 10
        QCOMPARE(last.front(), 43.0f);
        QCOMPARE(last[17], 60.0f);
        QCOMPARE(last[18], 0.0f);
        QVERIFY(windowOf(features, 10, 24).empty());
        QVERIFY(features.push(testSound(6400)) && features.finish());
        QCOMPARE(*features.frameCount(), std::size_t{10});
        QVERIFY(!features.push(testSound(1)));
    }

    void rowsOfHalfAFrameAreTakenInPairs()
    {
        // Hubert makes fifty rows of 1024 numbers a second; what is left over is dropped, as the original drops it.
        const auto made =
            FeatureTable::create(table({9, 3}), {.featureSize = 6, .windowRows = 2, .framesPerSecond = 25});
        QVERIFY(made.has_value());
        QCOMPARE(*(*made)->frameCount(), std::size_t{4});
        QCOMPARE(windowOf(**made, 1, 12), (std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}));
    }

    void tablesOfOtherNetworksAreRefused()
    {
        const FeatureTableOptions options{.featureSize = 6, .windowRows = 4, .framesPerSecond = 25};
        for (const auto& shape : {std::vector<std::size_t>{60}, {10, 4}, {0, 6}, {1, 3}, {10, 7}, {10, 0}, {10, 12}}) {
            const auto made = FeatureTable::create(table(shape), options);
            QVERIFY(!made.has_value());
            QCOMPARE(made.error().code, ErrorCode::InvalidInput);
            QVERIFY(made.error().message.find("6 numbers") != std::string::npos);
        }
        auto broken = table({10, 6});
        broken.values[7] = std::numeric_limits<float>::infinity();
        QVERIFY(!FeatureTable::create(std::move(broken), options));
    }

    void aTableOfAnotherVoiceIsRefused()
    {
        const auto made =
            FeatureTable::create(table({250, 6}), {.featureSize = 6, .windowRows = 4, .framesPerSecond = 25});
        const auto& features = **made; // 10 s
        QCOMPARE(features.framesOf(160000).value(), std::size_t{250});
        QVERIFY(features.framesOf(160000 + 8000) && features.framesOf(160000 - 8000));
        QVERIFY(!features.framesOf(160000 + 16000) && !features.framesOf(160000 - 16000) && !features.framesOf(0));
    }
};

QTEST_GUILESS_MAIN(WindowTrackTest)
#include "window_track_test.moc"
