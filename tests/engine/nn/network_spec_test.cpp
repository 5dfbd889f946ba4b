// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/network_spec.h"

#include "nn/network_shapes.h"

#include <QTest>

#include <climits>

using namespace lipsync;
using namespace lipsync::nn;

namespace {

/// Weights as far as detection looks at them.
WeightSet namesAndShapes(const NetworkShapes& shapes)
{
    WeightSet weights;
    for (const auto& [name, shape] : shapes)
        weights[name].shape = shape;
    return weights;
}

/// Whether the weights do not tell which of the two it is.
bool isAveOrHubert(const GeneratorSpec& spec)
{
    const bool syncTalk = spec.kind == GeneratorKind::SyncTalk2D328 || spec.kind == GeneratorKind::SyncTalk2D160;
    return syncTalk && (spec.mode == AudioMode::Ave || spec.mode == AudioMode::Hubert);
}

CustomGeometry exampleGeometry()
{
    CustomGeometry geometry;
    geometry.pictureSize = 64;
    geometry.mask = {0, 32, 64, 32};
    geometry.audioShape = {16, 32, 32};
    geometry.featureRows = 8;
    return geometry;
}

} // namespace

class NetworkSpecTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aGeneratorIsReadOffItsWeights_data();
    void aGeneratorIsReadOffItsWeights();
    void aveOrHubertIsAskedWhereItCannotBeTold();
    void otherWeightsAreNotAGenerator_data();
    void otherWeightsAreNotAGenerator();
    void aWidthThatCannotBeIsRefused_data();
    void aWidthThatCannotBeIsRefused();
    void sizesAreThoseOfTheSpecification();
    void profilesAreThoseOfTheSpecification();
    void aGeometryOfOnesOwnIsChecked();
    void namesAreReadAndWritten();
};

void NetworkSpecTest::aGeneratorIsReadOffItsWeights_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<int>("mode");
    QTest::addColumn<int>("width");
    for (auto spec : knownGenerators()) {
        for (const int width : {2, 4, 16, 32}) {
            spec.width = width;
            QTest::newRow(spec.name().c_str()) << static_cast<int>(spec.kind) << static_cast<int>(spec.mode) << width;
        }
    }
}

void NetworkSpecTest::aGeneratorIsReadOffItsWeights()
{
    QFETCH(int, kind);
    QFETCH(int, mode);
    QFETCH(int, width);
    const GeneratorSpec spec{static_cast<GeneratorKind>(kind), static_cast<AudioMode>(mode), width};
    const auto weights = namesAndShapes(generatorShapes(spec));
    const auto detected = detectGenerator(weights, spec.mode);
    QVERIFY2(detected.has_value(), detected ? "" : detected.error().message.c_str());
    QVERIFY2(detected->sharesWeightsWith(spec), detected->name().c_str());
    QVERIFY(detected->mode == spec.mode);
    QCOMPARE(detected->width, spec.width);
    QVERIFY(!isAudioEncoder(weights));
    for (const auto other : kAudioModes) {
        const bool same = isAveOrHubert(spec) && (other == AudioMode::Ave || other == AudioMode::Hubert);
        QCOMPARE(detectGenerator(weights, other).has_value(), same || other == spec.mode);
    }
}

void NetworkSpecTest::aveOrHubertIsAskedWhereItCannotBeTold()
{
    for (const auto& spec : knownGenerators()) {
        const auto detected = detectGenerator(namesAndShapes(generatorShapes(spec)));
        QCOMPARE(detected.has_value(), !isAveOrHubert(spec));
        if (detected)
            continue;
        QCOMPARE(detected.error().code, ErrorCode::Usage);
        QVERIFY(detected.error().message.find("--mode ave or --mode hubert") != std::string::npos);
    }
}

void NetworkSpecTest::otherWeightsAreNotAGenerator_data()
{
    QTest::addColumn<QStringList>("names");
    QTest::addColumn<QString>("said");
    QTest::newRow("nothing") << QStringList{} << "no tensors";
    QTest::newRow("audio encoder") << QStringList{"audio_encoder.0.conv_block.0.weight"} << "audio encoder";
    QTest::newRow("bare audio encoder") << QStringList{"0.conv_block.0.weight", "1.conv_block.0.weight"}
                                        << "audio encoder";
    QTest::newRow("SyncNet") << QStringList{"audio_encoder.0.conv_block.0.weight", "face_encoder.0.conv_block.0.weight"}
                             << "SyncNet";
    QTest::newRow("discriminator") << QStringList{"binary_pred.0.weight", "face_encoder_blocks.0.0.conv_block.0.weight"}
                                   << "discriminator";
    QTest::newRow("VGG") << QStringList{"features.0.weight"} << "VGG";
    QTest::newRow("anything") << QStringList{"layer.weight"} << "layer.weight";
}

void NetworkSpecTest::otherWeightsAreNotAGenerator()
{
    QFETCH(QStringList, names);
    QFETCH(QString, said);
    WeightSet weights;
    for (const auto& name : names)
        weights[name.toStdString()].shape = {32, 3, 7, 7};
    const auto detected = detectGenerator(weights);
    QVERIFY(!detected.has_value());
    QCOMPARE(detected.error().code, ErrorCode::InvalidInput);
    QVERIFY2(QString::fromStdString(detected.error().message).contains(said), detected.error().message.c_str());
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
    auto weights = namesAndShapes(generatorShapes({GeneratorKind::SyncTalk2D160, AudioMode::Ave, 2}));
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

void NetworkSpecTest::profilesAreThoseOfTheSpecification()
{
    // Sections 1.11, 1.13, 3.5 and 4.3, and the table of section 8.
    const auto large = profileOf(GeneratorKind::SyncTalk2D328, AudioMode::Ave);
    QVERIFY(large.cropResize == CropResize::Cubic && large.loop == LoopRule::PingPong && large.squareCrop);
    QVERIFY(large.order == PictureOrder::ReferenceFirst && large.melPadding == StftPadding::Zero);
    QVERIFY(large.endsAreDoubled);
    QCOMPARE(large.featureRows, 16);
    QCOMPARE(large.featureSize(), std::size_t{512});
    QCOMPARE(profileOf(GeneratorKind::SyncTalk2D160, AudioMode::Hubert).featureSize(), std::size_t{2 * 1024});

    const auto ultralight = profileOf(GeneratorKind::Ultralight160, AudioMode::Hubert);
    QVERIFY(ultralight.cropResize == CropResize::Area && ultralight.order == PictureOrder::ReferenceFirst);
    QCOMPARE(ultralight.cropSize(), 168);
    QCOMPARE(ultralight.mask, (std::array<int, 4>{5, 5, 150, 145}));
    QCOMPARE(ultralight.featureRows, 8);
    QCOMPARE(ultralight.featureSize(), std::size_t{2 * 1024});
    QCOMPARE(ultralight.frameRate, 25.0);
    QVERIFY(!ultralight.endsAreDoubled);
    QCOMPARE(profileOf(GeneratorKind::Ultralight160, AudioMode::Wenet).frameRate, 20.0);
    QVERIFY(profileOf(GeneratorKind::UltralightClassic160, AudioMode::Hubert).loop == LoopRule::Mirror);

    const auto wav2Lip = profileOf(GeneratorKind::Wav2Lip96, AudioMode::Mel);
    QVERIFY(wav2Lip.cropResize == CropResize::Linear && wav2Lip.loop == LoopRule::Modulo && !wav2Lip.squareCrop);
    QVERIFY(wav2Lip.order == PictureOrder::MaskedFirst && wav2Lip.melPadding == StftPadding::Reflect);
    QCOMPARE(wav2Lip.cropSize(), 96);
    QCOMPARE(wav2Lip.mask, (std::array<int, 4>{0, 48, 96, 48}));
    QCOMPARE(wav2Lip.audioElements(), std::size_t{80 * 16});
    QCOMPARE(profileOf(GeneratorKind::Wav2Lip256, AudioMode::Mel).mask, (std::array<int, 4>{0, 128, 256, 128}));
}

void NetworkSpecTest::aGeometryOfOnesOwnIsChecked()
{
    const auto good = exampleGeometry();
    QVERIFY(problemOf(good, AudioMode::Hubert).empty());
    const GeneratorSpec spec{GeneratorKind::TorchScript, AudioMode::Hubert, 32, good};
    QCOMPARE(spec.cropSize(), 64);
    QCOMPARE(spec.profile().featureSize(), std::size_t{2048});
    const auto refused = [&](auto&& change, AudioMode mode = AudioMode::Hubert) {
        auto bad = good;
        change(bad);
        return !problemOf(bad, mode).empty();
    };
    QVERIFY(refused([](auto& g) { g.pictureSize = 0; }));
    QVERIFY(refused([](auto& g) { g.pictureSize = kMaxCustomPicture + 1; }));
    QVERIFY(refused([](auto& g) { g.cropBorder = -1; }));
    QVERIFY(refused([](auto& g) { g.mask = {1, 32, 64, 32}; }));
    QVERIFY(refused([](auto& g) { g.mask = {0, 0, 0, 0}; }));
    QVERIFY(refused([](auto& g) { g.mask[0] = INT_MAX; }));
    QVERIFY(refused([](auto& g) { g.audioShape = {INT_MAX, INT_MAX, INT_MAX}; }));
    QVERIFY(refused([](auto& g) { g.audioShape[1] = 0; }));
    QVERIFY(refused([](auto& g) { g.featureRows = 7; }));
    QVERIFY(refused([](auto&) {}, AudioMode::Ave)); // 512 numbers a row
    QVERIFY(refused([](auto&) {}, AudioMode::Mel)); // 1 × 80 × 16
    QVERIFY(!refused([](auto& g) { g.audioShape = {1, 80, 16}; }, AudioMode::Mel));
}

void NetworkSpecTest::namesAreReadAndWritten()
{
    QCOMPARE((GeneratorSpec{GeneratorKind::SyncTalk2D328, AudioMode::Wenet, 32}).name(),
             std::string("synctalk2d_328_wenet"));
    QCOMPARE((GeneratorSpec{GeneratorKind::SyncTalk2D160, AudioMode::Ave, 16}).name(),
             std::string("synctalk2d_160_ave (width 16)"));
    QCOMPARE((GeneratorSpec{GeneratorKind::Wav2Lip96, AudioMode::Mel, 32}).name(), std::string("wav2lip_96"));
    QStringList names;
    for (const auto& spec : knownGenerators())
        names << QString::fromStdString(spec.name());
    names.sort();
    // The files of the specification's key tables that are generators.
    QCOMPARE(names,
             (QStringList{"synctalk2d_160_ave", "synctalk2d_160_hubert", "synctalk2d_160_wenet", "synctalk2d_328_ave",
                          "synctalk2d_328_hubert", "synctalk2d_328_wenet", "ultralight_classic_livetalking_hubert",
                          "ultralight_classic_livetalking_wenet", "ultralight_current_hubert",
                          "ultralight_current_wenet", "wav2lip_256_livetalking", "wav2lip_96"}));
    for (const auto mode : kAudioModes)
        QVERIFY(parseAudioMode(toString(mode)) == mode);
    for (const auto kind : kGeneratorKinds)
        QVERIFY(parseGeneratorKind(toString(kind)) == kind);
    QVERIFY(!parseAudioMode("Ave") && !parseAudioMode(""));
    QVERIFY(!parseGeneratorKind("wav2lip"));
}

QTEST_GUILESS_MAIN(NetworkSpecTest)
#include "network_spec_test.moc"
