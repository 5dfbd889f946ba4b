// SPDX-License-Identifier: GPL-3.0-or-later
#include "audio/feature_track.h"

#include "engine/audio/test_sound.h"
#include "nn/formula_weights.h"

#include <QtTest>

#include <cmath>

using namespace lipsync;
using namespace lipsync::audio;

/// FeatureTrack with the real network, on weights made by formula.
class EncoderFeaturesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void aStreamGivesTheSameBitsAsAFile();
    void groupsOfAnotherSizeAgreeClosely();
    void silenceAndASingleSampleAreFinite();

private:
    std::vector<float> tableOf(std::span<const float> sound, std::size_t largestPiece, int encodeBatch);

    std::unique_ptr<nn::AudioEncoder> m_encoder;
};

void EncoderFeaturesTest::initTestCase()
{
    nn::RunOptions options;
    options.threads = 1;
    auto encoder = nn::AudioEncoder::create(nn::formulaAudioEncoderWeights(), options);
    QVERIFY(encoder.has_value());
    m_encoder = std::move(*encoder);
}

std::vector<float> EncoderFeaturesTest::tableOf(std::span<const float> sound, std::size_t largestPiece, int encodeBatch)
{
    FeatureTrackOptions options;
    options.encodeBatch = encodeBatch;
    FeatureTrack track(featureEncoder(*m_encoder), options);
    bool accepted = true;
    inRandomPieces(sound, 3, largestPiece,
                   [&](std::span<const float> piece) { accepted = accepted && track.push(piece).has_value(); });
    std::vector<float> table;
    if (!accepted || !track.finish())
        return table;
    for (std::size_t row = 0; row < track.featureRows(); ++row)
        table.insert(table.end(), track.feature(row).begin(), track.feature(row).end());
    return table;
}

void EncoderFeaturesTest::aStreamGivesTheSameBitsAsAFile()
{
    const auto sound = testSound(20000);
    const auto file = tableOf(sound, sound.size(), FeatureTrackOptions{}.encodeBatch);
    QCOMPARE(file.size(), videoFrameCount(sound.size()) * kFeatureSize);
    for (const std::size_t largest : {160U, 3200U})
        QVERIFY(tableOf(sound, largest, FeatureTrackOptions{}.encodeBatch) == file);
}

void EncoderFeaturesTest::groupsOfAnotherSizeAgreeClosely()
{
    const auto sound = testSound(20000);
    const auto one = tableOf(sound, sound.size(), 1);
    const auto eight = tableOf(sound, sound.size(), 8);
    QVERIFY(!one.empty());
    QCOMPARE(one.size(), eight.size());
    for (std::size_t i = 0; i < one.size(); ++i)
        QVERIFY(std::abs(one[i] - eight[i]) < 1e-3F); // features reach about 43 with these weights
}

void EncoderFeaturesTest::silenceAndASingleSampleAreFinite()
{
    for (const std::size_t samples : {1U, 16000U}) {
        const auto table = tableOf(std::vector<float>(samples), samples, 4);
        QCOMPARE(table.size(), videoFrameCount(samples) * kFeatureSize);
        QVERIFY(std::ranges::all_of(table, [](float value) { return std::isfinite(value); }));
    }
}

QTEST_GUILESS_MAIN(EncoderFeaturesTest)
#include "encoder_features_test.moc"
