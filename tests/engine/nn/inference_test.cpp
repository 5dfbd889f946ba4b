// SPDX-License-Identifier: GPL-3.0-or-later
// Generator and AudioEncoder, the forms in which networks are used, against the modules they are made of.
#include "engine/nn/reference_network.h"

#include "nn/audio_encoder.h"
#include "nn/formula_weights.h"
#include "nn/generator.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <thread>

using namespace lipsync;
using namespace lipsync::nn;
using namespace lipsync::test;

namespace {

constexpr int kThreads = 2;

GeneratorSpec smallGenerator(int width = 16)
{
    return {GeneratorKind::SyncTalk2D160, AudioMode::Ave, width};
}

/// Bytes that change from pixel to pixel and from picture to picture.
std::vector<std::uint8_t> testPictures(const GeneratorSpec& spec, int batch)
{
    std::vector<std::uint8_t> bytes(spec.pictureBytes() * static_cast<std::size_t>(batch));
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<std::uint8_t>(127.5 + 127.5 * formulaNumber(static_cast<std::uint32_t>(i), 7));
    return bytes;
}

/// The network's input as section 1.11 of the specification has it: B×6×S×S, picture and masked picture, over 255.
std::vector<float> networkInput(const GeneratorSpec& spec, const std::vector<std::uint8_t>& pictures, int batch)
{
    const int size = spec.pictureSize();
    const auto [maskX, maskY, maskWidth, maskHeight] = mouthMask(spec.kind);
    const std::size_t plane = static_cast<std::size_t>(size) * size;
    std::vector<float> input(pictures.size() * 2);
    for (int b = 0; b < batch; ++b) {
        for (int y = 0; y < size; ++y) {
            for (int x = 0; x < size; ++x) {
                const std::size_t pixel = static_cast<std::size_t>(y) * size + x;
                const bool masked = x >= maskX && x < maskX + maskWidth && y >= maskY && y < maskY + maskHeight;
                for (int c = 0; c < 3; ++c) {
                    const float value = static_cast<float>(pictures[(b * plane + pixel) * 3 + c]) / 255.0f;
                    input[(b * 6 + c) * plane + pixel] = value;
                    input[(b * 6 + 3 + c) * plane + pixel] = masked ? 0.0f : value;
                }
            }
        }
    }
    return input;
}

/// B×3×S×S numbers as rows of B,G,R bytes: times 255, truncated (specification, section 1.12).
std::vector<std::uint8_t> truncatedBytes(const GeneratorSpec& spec, const std::vector<float>& output)
{
    const std::size_t plane = static_cast<std::size_t>(spec.pictureSize()) * spec.pictureSize();
    std::vector<std::uint8_t> bytes(output.size());
    for (std::size_t i = 0; i < output.size(); ++i) {
        const std::size_t picture = i / (3 * plane), channel = i / plane % 3, pixel = i % plane;
        bytes[(picture * plane + pixel) * 3 + channel] = static_cast<std::uint8_t>(output[i] * 255.0f);
    }
    return bytes;
}

std::vector<std::uint8_t> run(Generator& generator, const std::vector<std::uint8_t>& pictures,
                              const std::vector<float>& windows, int batch)
{
    std::vector<std::uint8_t> output(pictures.size());
    const auto status = generator.run(pictures, windows, batch, output);
    return status ? output : std::vector<std::uint8_t>{};
}

double peakSignalToNoise(const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b)
{
    if (a.size() != b.size() || a.empty())
        return 0;
    double squares = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        squares += (a[i] - b[i]) * (a[i] - b[i]);
    return squares == 0 ? 99.0 : 10 * std::log10(255.0 * 255.0 * static_cast<double>(a.size()) / squares);
}

} // namespace

class InferenceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void bytesAreTheTruncatedOutputOfTheNetwork_data();
    void bytesAreTheTruncatedOutputOfTheNetwork();
    void aPictureDoesNotDependOnItsBatch();
    void bf16IsCloseToFp32_data();
    void bf16IsCloseToFp32();
    void encoderGivesTheFeaturesOfItsNetwork();
    void replicasOfAnEncoderHearTheSameAndOutliveIt();
    void encoderAcceptsEveryPrefixOfItsNames_data();
    void encoderAcceptsEveryPrefixOfItsNames();
    void batchesOfWrongSizeAreRefused();
    void weightsThatDoNotFitAreNamed();
};

void InferenceTest::bytesAreTheTruncatedOutputOfTheNetwork_data()
{
    QTest::addColumn<int>("mode");
    QTest::newRow("ave") << static_cast<int>(AudioMode::Ave);
    QTest::newRow("hubert") << static_cast<int>(AudioMode::Hubert);
    QTest::newRow("wenet") << static_cast<int>(AudioMode::Wenet);
}

void InferenceTest::bytesAreTheTruncatedOutputOfTheNetwork()
{
    QFETCH(int, mode);
    const GeneratorSpec spec{GeneratorKind::SyncTalk2D160, static_cast<AudioMode>(mode), 16};
    const auto weights = formulaWeights(spec);
    const auto pictures = testPictures(spec, 2);
    const auto windows = formulaFeatures(2 * spec.audioElements());
    const auto generator = Generator::create(weights, spec, {.threads = kThreads});
    QVERIFY(generator.has_value());

    const auto bytes = run(**generator, pictures, windows, 2);
    const auto expected =
        forwardGenerator(spec, weights, Form::Folded, networkInput(spec, pictures, 2), windows, 2).values;
    const auto truncated = truncatedBytes(spec, expected);
    QCOMPARE(bytes.size(), truncated.size());
    // Memory layouts round differently in the last bits, which may carry a number over a whole one, never further.
    std::size_t differing = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        QVERIFY(std::abs(bytes[i] - truncated[i]) <= 1);
        differing += bytes[i] != truncated[i] ? 1 : 0;
    }
    QVERIFY2(differing <= bytes.size() / 1000, qPrintable(QString("%1 bytes differ").arg(differing)));
}

void InferenceTest::aPictureDoesNotDependOnItsBatch()
{
    const auto spec = smallGenerator();
    const auto generator = Generator::create(formulaWeights(spec), spec, {.threads = kThreads});
    QVERIFY(generator.has_value());
    const auto pictures = testPictures(spec, 3);
    const auto windows = formulaFeatures(3 * spec.audioElements());
    const auto together = run(**generator, pictures, windows, 3);
    for (int i = 0; i < 3; ++i) {
        const auto bytes = static_cast<std::ptrdiff_t>(spec.pictureBytes());
        const auto elements = static_cast<std::ptrdiff_t>(spec.audioElements());
        const auto alone = run(**generator, {pictures.begin() + i * bytes, pictures.begin() + (i + 1) * bytes},
                               {windows.begin() + i * elements, windows.begin() + (i + 1) * elements}, 1);
        const std::vector<std::uint8_t> share(together.begin() + i * bytes, together.begin() + (i + 1) * bytes);
        QVERIFY(peakSignalToNoise(alone, share) > 60);
    }
}

void InferenceTest::bf16IsCloseToFp32_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<int>("mode");
    const auto row = [](GeneratorKind kind, AudioMode mode) {
        QTest::newRow(GeneratorSpec{kind, mode}.name().c_str()) << static_cast<int>(kind) << static_cast<int>(mode);
    };
    row(GeneratorKind::SyncTalk2D160, AudioMode::Ave);
    row(GeneratorKind::Ultralight160, AudioMode::Hubert);
    row(GeneratorKind::Wav2Lip96, AudioMode::Mel);
}

void InferenceTest::bf16IsCloseToFp32()
{
    QFETCH(int, kind);
    QFETCH(int, mode);
    const GeneratorSpec spec{static_cast<GeneratorKind>(kind), static_cast<AudioMode>(mode), 32};
    const auto weights = formulaWeights(spec);
    const auto exact = Generator::create(weights, spec, {.precision = Precision::Fp32, .threads = kThreads});
    const auto fast = Generator::create(weights, spec, {.precision = Precision::Bf16, .threads = kThreads});
    QVERIFY(exact.has_value() && fast.has_value());
    const auto pictures = testPictures(spec, 1);
    const auto windows = formulaFeatures(spec.audioElements());
    const auto decibels = peakSignalToNoise(run(**exact, pictures, windows, 1), run(**fast, pictures, windows, 1));
    QVERIFY2(decibels >= 35, qPrintable(QString("%1 dB").arg(decibels)));
}

void InferenceTest::encoderGivesTheFeaturesOfItsNetwork()
{
    const auto weights = formulaAudioEncoderWeights();
    const auto encoder = AudioEncoder::create(weights, {.threads = kThreads});
    QVERIFY(encoder.has_value());
    const auto mel = formulaMel(std::size_t{3} * kMelBands * kMelWindowColumns);
    std::vector<float> features(std::size_t{3} * kAudioFeatureSize);
    QVERIFY((*encoder)->encode(mel, 3, features).has_value());
    const auto expected = forwardAudioEncoder(weights, Form::Plain, mel, 3);
    for (std::size_t i = 0; i < features.size(); ++i)
        QVERIFY(std::abs(features[i] - expected.values[i]) < 1e-4f);
}

void InferenceTest::replicasOfAnEncoderHearTheSameAndOutliveIt()
{
    const auto mel = formulaMel(std::size_t{kMelBands} * kMelWindowColumns);
    for (const auto executor : {Executor::LibTorch, Executor::Auto}) {
        auto encoder = AudioEncoder::create(formulaAudioEncoderWeights(), {.threads = 1, .executor = executor});
        QVERIFY(encoder.has_value());
        std::vector<float> features(kAudioFeatureSize), others(kAudioFeatureSize);
        QVERIFY((*encoder)->encode(mel, 1, features).has_value());
        const auto one = (*encoder)->replica(1).value(), another = one->replica(1).value();
        encoder->reset();
        std::thread beside([&] { static_cast<void>(another->encode(mel, 1, others)); });
        std::vector<float> again(kAudioFeatureSize);
        const auto encoded = one->encode(mel, 1, again);
        beside.join();
        QVERIFY(encoded.has_value());
        QCOMPARE(again, features);
        QCOMPARE(others, features);
    }
}

void InferenceTest::encoderAcceptsEveryPrefixOfItsNames_data()
{
    QTest::addColumn<QString>("prefix");
    QTest::newRow("bare") << "";
    QTest::newRow("the encoder's") << "audio_encoder.";
    QTest::newRow("of a parallel checkpoint") << "module.audio_encoder.";
}

void InferenceTest::encoderAcceptsEveryPrefixOfItsNames()
{
    QFETCH(QString, prefix);
    WeightSet renamed;
    for (const auto& [name, weight] : formulaAudioEncoderWeights())
        renamed.emplace(prefix.toStdString() + name.substr(std::string("audio_encoder.").size()), weight);
    const auto encoder = AudioEncoder::create(renamed);
    QVERIFY2(encoder.has_value(), encoder ? "" : encoder.error().message.c_str());
}

void InferenceTest::batchesOfWrongSizeAreRefused()
{
    const auto spec = smallGenerator();
    const auto generator = Generator::create(formulaWeights(spec), spec);
    QVERIFY(generator.has_value());
    const auto pictures = testPictures(spec, 1);
    const auto windows = formulaFeatures(spec.audioElements());
    std::vector<std::uint8_t> output(pictures.size());
    QVERIFY(!(*generator)->run(pictures, windows, 0, output).has_value());
    QVERIFY(!(*generator)->run(pictures, windows, 2, output).has_value());
    QVERIFY(!(*generator)->run({}, windows, 1, output).has_value());
    QVERIFY(!(*generator)->run(pictures, {}, 1, output).has_value());
    QVERIFY(!(*generator)->run(pictures, windows, 1, {}).has_value());

    const auto encoder = AudioEncoder::create(formulaAudioEncoderWeights());
    QVERIFY(encoder.has_value());
    std::vector<float> features(kAudioFeatureSize);
    QVERIFY(!(*encoder)->encode({}, 1, features).has_value());
    QVERIFY(!(*encoder)->encode(formulaMel(kMelBands * kMelWindowColumns), 2, features).has_value());
}

void InferenceTest::weightsThatDoNotFitAreNamed()
{
    const auto spec = smallGenerator();
    auto weights = formulaWeights(spec);
    weights.erase("outc.conv.bias");
    weights["inc.inconv.0.conv.0.weight"] = {{2, 2}, {1, 2, 3, 4}};
    weights["somebody.else"] = {{1}, {0}};
    const auto generator = Generator::create(weights, spec);
    QVERIFY(!generator.has_value());
    QCOMPARE(generator.error().code, ErrorCode::InvalidInput);
    const auto message = QString::fromStdString(generator.error().message);
    QVERIFY2(message.contains("outc.conv.bias is missing"), qPrintable(message));
    QVERIFY2(message.contains("inc.inconv.0.conv.0.weight is [2, 2] instead of [12, 6, 1, 1]"), qPrintable(message));
    QVERIFY2(message.contains("somebody.else is not part of it"), qPrintable(message));
    QVERIFY2(message.contains("synctalk2d_160_ave (width 16)"), qPrintable(message));

    QVERIFY(!Generator::create({}, spec).has_value());
    QVERIFY(!AudioEncoder::create(formulaWeights(spec)).has_value());
}

QTEST_GUILESS_MAIN(InferenceTest)
#include "inference_test.moc"
