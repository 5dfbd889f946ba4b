// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/network_spec.h"

#include "nn/formula_weights.h"

#include <QTest>

using namespace lipsync;
using namespace lipsync::nn;

class NetworkSpecTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aGeneratorIsReadOffItsWeights_data();
    void aGeneratorIsReadOffItsWeights();
    void otherWeightsAreNotAGenerator();
    void aWidthThatCannotBeIsRefused_data();
    void aWidthThatCannotBeIsRefused();
    void sizesAreThoseOfTheSpecification();
    void namesAreReadAndWritten();
};

void NetworkSpecTest::aGeneratorIsReadOffItsWeights_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<int>("mode");
    QTest::addColumn<int>("width");
    for (const auto kind : {GeneratorKind::SyncTalk2D328, GeneratorKind::SyncTalk2D160}) {
        for (const auto mode : {AudioMode::Ave, AudioMode::Hubert, AudioMode::Wenet}) {
            for (const int width : {2, 4, 16, 32}) {
                const GeneratorSpec spec{kind, mode, width};
                QTest::newRow(spec.name().c_str()) << static_cast<int>(kind) << static_cast<int>(mode) << width;
            }
        }
    }
}

void NetworkSpecTest::aGeneratorIsReadOffItsWeights()
{
    QFETCH(int, kind);
    QFETCH(int, mode);
    QFETCH(int, width);
    const GeneratorSpec spec{static_cast<GeneratorKind>(kind), static_cast<AudioMode>(mode), width};
    const auto weights = formulaWeights(spec);
    // Ave and hubert have the same weights: only for them does the wish count.
    const auto detected = detectGenerator(weights, spec.mode);
    QVERIFY2(detected.has_value(), detected ? "" : detected.error().message.c_str());
    QVERIFY2(*detected == spec, detected->name().c_str());
    const auto unasked = detectGenerator(weights);
    QVERIFY(unasked.has_value());
    QVERIFY(unasked->mode == (spec.mode == AudioMode::Wenet ? AudioMode::Wenet : AudioMode::Ave));
}

void NetworkSpecTest::otherWeightsAreNotAGenerator()
{
    for (const auto& weights : {WeightSet{}, formulaAudioEncoderWeights()}) {
        const auto detected = detectGenerator(weights);
        QVERIFY(!detected.has_value());
        QCOMPARE(detected.error().code, ErrorCode::InvalidInput);
    }
    QVERIFY(QString::fromStdString(detectGenerator(formulaAudioEncoderWeights()).error().message)
                .contains("audio_encoder.0.conv_block.0.bias"));
}

void NetworkSpecTest::aWidthThatCannotBeIsRefused_data()
{
    QTest::addColumn<int>("width");
    for (const int width : {0, 1, 3, 33, 258, 1 << 30})
        QTest::addRow("%d", width) << width;
}

void NetworkSpecTest::aWidthThatCannotBeIsRefused()
{
    QFETCH(int, width);
    auto weights = formulaWeights({GeneratorKind::SyncTalk2D160, AudioMode::Ave, 2});
    weights["inc.inconv.0.conv.6.weight"].shape[0] = width;
    const auto detected = detectGenerator(weights);
    QVERIFY(!detected.has_value());
    QVERIFY(QString::fromStdString(detected.error().message).contains(QString::number(width)));
}

void NetworkSpecTest::sizesAreThoseOfTheSpecification()
{
    const GeneratorSpec large{GeneratorKind::SyncTalk2D328, AudioMode::Ave, 32};
    QCOMPARE(large.pictureSize(), 320);
    QCOMPARE(large.cropSize(), 328);
    QCOMPARE(large.pictureBytes(), std::size_t{307200});
    QCOMPARE(large.audioShape(), (std::array<int, 3>{32, 16, 16}));
    QCOMPARE(large.audioElements(), std::size_t{16 * 512});
    QCOMPARE(mouthMask(large.kind), (std::array<int, 4>{5, 5, 310, 305}));
    const GeneratorSpec small{GeneratorKind::SyncTalk2D160, AudioMode::Hubert, 32};
    QCOMPARE(small.pictureSize(), 160);
    QCOMPARE(small.cropSize(), 168);
    QCOMPARE(small.audioElements(), std::size_t{32768});
    QCOMPARE(mouthMask(small.kind), (std::array<int, 4>{5, 5, 150, 145}));
    QCOMPARE((GeneratorSpec{GeneratorKind::SyncTalk2D160, AudioMode::Wenet, 32}).audioElements(), std::size_t{131072});
}

void NetworkSpecTest::namesAreReadAndWritten()
{
    QCOMPARE((GeneratorSpec{GeneratorKind::SyncTalk2D328, AudioMode::Wenet, 32}).name(),
             std::string("synctalk2d_328_wenet"));
    QCOMPARE((GeneratorSpec{GeneratorKind::SyncTalk2D160, AudioMode::Ave, 16}).name(),
             std::string("synctalk2d_160_ave (width 16)"));
    for (const auto mode : {AudioMode::Ave, AudioMode::Hubert, AudioMode::Wenet})
        QVERIFY(parseAudioMode(toString(mode)) == mode);
    for (const auto kind : {GeneratorKind::SyncTalk2D328, GeneratorKind::SyncTalk2D160})
        QVERIFY(parseGeneratorKind(toString(kind)) == kind);
    QVERIFY(!parseAudioMode("Ave") && !parseAudioMode(""));
    QVERIFY(!parseGeneratorKind("wav2lip_96"));
}

QTEST_GUILESS_MAIN(NetworkSpecTest)
#include "network_spec_test.moc"
