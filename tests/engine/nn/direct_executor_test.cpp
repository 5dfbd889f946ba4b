// SPDX-License-Identifier: GPL-3.0-or-later
// The direct executor computes what LibTorch computes, and keeps image halves without changing a byte.
#include "engine/nn/executor_case.h"

#include "nn/direct/audio_encoder_run.h"
#include "nn/direct/executor.h"
#include "nn/generator.h"
#include "support/resident_memory.h"

#include <QTest>

#include <cstring>
#include <limits>
#include <thread>

using namespace lipsync;
using namespace lipsync::nn;
using namespace lipsync::nn::direct;
using namespace lipsync::test;

namespace {

std::shared_ptr<const DirectNetwork> formulaNetwork(const GeneratorSpec& spec, const KernelSet& kernels)
{
    auto network = DirectNetwork::create(formulaWeights(spec), spec, kernels);
    return network ? *network : nullptr;
}

Drawn drawFormula(const GeneratorSpec& spec, const KernelSet& kernels, int threads)
{
    const auto network = formulaNetwork(spec, kernels);
    if (!network)
        return {};
    DirectExecutor executor(network, threads);
    return lipsync::test::drawFormula(executor, spec);
}

std::vector<std::uint8_t> draw(DirectExecutor& executor, const GeneratorSpec& spec, std::uint32_t frame)
{
    std::vector<std::uint8_t> output(spec.pictureBytes());
    const auto bytes = formulaFrame(spec, frame);
    const auto good = executor.run(bytes.data(), 3 * static_cast<std::size_t>(spec.pictureSize()), // one row
                                   formulaFeatures(spec.audioElements()), output);
    return good ? output : std::vector<std::uint8_t>{};
}

GeneratorSpec small()
{
    return {GeneratorKind::SyncTalk2D160, AudioMode::Ave, 8};
}

} // namespace

class DirectExecutorTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (!kernelsFloat())
            QSKIP("This processor has no kernels of the direct executor.");
    }

    void memoryGoesBackToTheSystem()
    {
        constexpr std::size_t kBytes = std::size_t{64} << 20;
        const double before = residentMb(), half = kBytes / 2e6;
        {
            Buffer buffer(kBytes + 1);
            QVERIFY(buffer.bytes() > kBytes);
            QCOMPARE(reinterpret_cast<std::uintptr_t>(buffer.as<std::byte>()) % 64, 0U);
            QCOMPARE(std::ranges::count(std::span(buffer.as<char>(), buffer.bytes()), 0), qsizetype(buffer.bytes()));
            std::memset(buffer.as<char>(), 1, buffer.bytes());
            QVERIFY(residentMb() >= before + half);
        }
        QVERIFY(residentMb() < before + half);
    }

    void valuesAreThoseOfLibTorch()
    {
        for (const auto& [name, spec] : unetCases()) {
            const auto reference = drawFormulaWithLibTorch(spec);
            for (const auto* kernels : {kKernelsAvx2, kernelsFloat()}) {
                const auto drawn = drawFormula(spec, *kernels, 2);
                QVERIFY(drawn.good);
                const float worst = farthest(drawn.values, reference);
                QVERIFY2(worst <= 1e-4F, qPrintable(QString("%1, %2: %3").arg(name, kernels->name).arg(worst)));
            }
        }
    }

    void picturesAreTheGoldenOnes()
    {
        // From golden_forward.json of the specification: of the originals in float64.
        const std::map<std::size_t, double> golden{{0, 0.48253162375527486},     {43885, 0.30184142949552717},
                                                   {61440, 0.4206258192434435},  {102400, 0.49079872063203855},
                                                   {204800, 0.4774755621105051}, {307199, 0.4933302032307391}};
        const GeneratorSpec spec{GeneratorKind::SyncTalk2D328, AudioMode::Ave, 32};
        const auto drawn = drawFormula(spec, *kernelsFloat(), 1);
        const auto pixels = static_cast<std::size_t>(spec.pictureSize()) * static_cast<std::size_t>(spec.pictureSize());
        for (const auto& [index, value] : golden)
            QVERIFY(std::abs(drawn.values[index % pixels * 3 + index / pixels] - value) <= 1e-4);
    }

    void bytesAreThoseOfTheLibTorchGenerator()
    {
        for (const auto kind : {GeneratorKind::SyncTalk2D160, GeneratorKind::SyncTalk2D328}) {
            const GeneratorSpec spec{kind, AudioMode::Ave, 16};
            const int different = bytesOffLibTorch(spec, Executor::Direct);
            QVERIFY2(different >= 0 && different * 1000 <= static_cast<int>(spec.pictureBytes()),
                     qPrintable(QString::number(different)));
        }
    }

    void bf16IsCloseToFp32()
    {
        if (!kernelsBf16())
            QSKIP("This processor does not compute in bfloat16.");
        for (const auto kind : {GeneratorKind::SyncTalk2D160, GeneratorKind::SyncTalk2D328}) {
            const GeneratorSpec spec{kind, AudioMode::Ave, 32};
            const auto exact = drawFormula(spec, *kernelsFloat(), 2), rounded = drawFormula(spec, *kernelsBf16(), 2);
            QVERIFY(exact.good && rounded.good);
            const double decibels = likeness(exact.values, rounded.values);
            QVERIFY2(decibels >= 45, qPrintable(QString::number(decibels)));
        }
    }

    void theNumberOfThreadsChangesNoByte()
    {
        const auto network = formulaNetwork(small(), *kernelsFloat());
        DirectExecutor one(network, 1);
        const auto expected = draw(one, small(), 0);
        QVERIFY(!expected.empty());
        for (const int threads : {2, 3, 7}) {
            DirectExecutor several(network, threads);
            for (int frame = 0; frame < 3; ++frame)
                QCOMPARE(draw(several, small(), 0), expected);
        }
    }

    void executorsOnThreadsMakeTheSameBytes()
    {
        const auto network = formulaNetwork(small(), *kernelsFloat());
        const auto cache = std::make_shared<ImageHalfCache>(std::size_t{64} << 20);
        DirectExecutor alone(network, 1);
        std::vector<std::vector<std::uint8_t>> expected;
        for (std::uint32_t frame = 0; frame < 4; ++frame)
            expected.push_back(draw(alone, small(), frame));
        std::atomic<int> wrong{0};
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < 2; ++i) {
                threads.emplace_back([&] {
                    DirectExecutor executor(network, 2, cache);
                    for (std::uint32_t frame = 0; frame < 8; ++frame)
                        wrong += draw(executor, small(), frame % 4) != expected[frame % 4];
                });
            }
        }
        QCOMPARE(wrong.load(), 0);
    }

    void keptHalvesChangeNoByte_data()
    {
        QTest::addColumn<bool>("bf16");
        QTest::newRow("fp32") << false;
        QTest::newRow("bf16") << true;
    }

    void keptHalvesChangeNoByte()
    {
        QFETCH(bool, bf16);
        const auto* kernels = bf16 ? kernelsBf16() : kernelsFloat();
        if (!kernels)
            QSKIP("This processor does not compute in bfloat16.");
        const auto network = formulaNetwork(small(), *kernels);
        const auto cache = std::make_shared<ImageHalfCache>(std::size_t{64} << 20);
        DirectExecutor without(network, 2), with(network, 2, cache);
        for (const std::uint32_t frame : {0, 1, 0, 2, 1, 0})
            QCOMPARE(draw(with, small(), frame), draw(without, small(), frame));
        QCOMPARE(cache->misses(), std::uint64_t{3});
        QCOMPARE(cache->hits(), std::uint64_t{3});
        // Another sound on a half that is kept.
        std::vector<std::uint8_t> made[2];
        const std::vector<float> silence(small().audioElements());
        const auto bytes = formulaFrame(small(), 0);
        DirectExecutor* const executors[] = {&with, &without};
        for (int i = 0; i < 2; ++i) {
            made[i].resize(bytes.size());
            QVERIFY(
                executors[i]->run(bytes.data(), 3 * static_cast<std::size_t>(small().pictureSize()), silence, made[i]));
        }
        QCOMPARE(made[0], made[1]);
        QVERIFY(made[0] != draw(with, small(), 0));
    }

    void theBudgetOfHalvesIsKept()
    {
        const auto network = formulaNetwork(small(), *kernelsFloat());
        const auto one = network->imageHalfBytes() + small().pictureBytes();
        const auto cache = std::make_shared<ImageHalfCache>(2 * one + one / 2);
        DirectExecutor executor(network, 1, cache);
        for (const std::uint32_t frame : {0, 1, 0, 2, 0, 1}) { // 2 displaces 1, which was used before 0
            QVERIFY(!draw(executor, small(), frame).empty());
            QVERIFY(cache->heldBytes() <= 2 * one + one / 2);
        }
        QCOMPARE(cache->hits(), std::uint64_t{2});
        QCOMPARE(cache->misses(), std::uint64_t{4});
        QVERIFY(cache->heldBytes() >= 2 * network->imageHalfBytes());
        cache->setBudget(one - 1);
        QCOMPARE(cache->heldBytes(), std::size_t{0});
        QVERIFY(!draw(executor, small(), 0).empty());
        QCOMPARE(cache->heldBytes(), std::size_t{0});
    }

    void halvesAreKeptUntilComputingThemIsFaster()
    {
        using namespace std::chrono_literals;
        using Way = KeepingTrial::Way;
        for (const bool isMemorySlow : {false, true}) {
            const auto network = formulaNetwork(small(), *kernelsFloat()),
                       other = formulaNetwork(small(), *kernelsFloat());
            const auto cache = std::make_shared<ImageHalfCache>(std::size_t{64} << 20);
            DirectExecutor executor(network, 1, cache), otherExecutor(other, 1, cache);
            const auto expected = draw(executor, small(), 0);
            draw(otherExecutor, small(), 0);
            std::map<Way, int> ways;
            for (int i = 0; i < KeepingTrial::kFrames; ++i) {
                QVERIFY(cache->isWorthwhile(*network));
                const auto way = cache->nextWay(*network);
                ++ways[way];
                // One time of either is disturbed.
                const auto took = (way == Way::Read) == isMemorySlow ? 3ms : 2ms;
                cache->record(*network, way, i < 2 ? 50ms : took);
            }
            QCOMPARE(ways[Way::Read], ways[Way::Compute]);
            QCOMPARE(cache->isWorthwhile(*network), !isMemorySlow);
            QVERIFY(cache->isWorthwhile(*other));
            const auto hits = cache->hits(), held = cache->heldBytes();
            QCOMPARE(draw(executor, small(), 0), expected);
            QCOMPARE(draw(executor, small(), 1), draw(executor, small(), 1));
            QCOMPARE(cache->hits(), hits + (isMemorySlow ? 0 : 2));
            QCOMPARE(cache->heldBytes(), isMemorySlow ? held : 3 * held / 2); // of two networks, or of the other alone
            QVERIFY(!draw(otherExecutor, small(), 0).empty());
            QCOMPARE(cache->hits(), hits + (isMemorySlow ? 1 : 3));
            // Another executor was still computing one when the trial ended.
            cache->keep(*network, formulaFrame(small(), 2), std::make_shared<ImageHalf>(*network));
            QCOMPARE(cache->heldBytes(), isMemorySlow ? held : 2 * held);
        }
    }

    void framesOfATrialAreTheSame()
    {
        const auto network = formulaNetwork(small(), *kernelsFloat());
        const auto cache = std::make_shared<ImageHalfCache>(std::size_t{64} << 20);
        DirectExecutor with(network, 2, cache), without(network, 2);
        const auto expected = draw(without, small(), 0);
        for (int i = 0; i <= 2 * KeepingTrial::kFrames; ++i)
            QCOMPARE(draw(with, small(), 0), expected);
        QVERIFY(cache->hits() >= KeepingTrial::kFrames);
    }

    void networksDoNotShareHalves()
    {
        const auto first = formulaNetwork(small(), *kernelsFloat()), second = formulaNetwork(small(), *kernelsFloat());
        const auto cache = std::make_shared<ImageHalfCache>(std::size_t{64} << 20);
        DirectExecutor a(first, 1, cache), b(second, 1, cache);
        draw(a, small(), 0);
        draw(b, small(), 0);
        QCOMPARE(cache->hits(), std::uint64_t{0});
        cache->forget(*first);
        draw(b, small(), 0);
        QCOMPARE(cache->hits(), std::uint64_t{1});
        draw(a, small(), 0);
        QCOMPARE(cache->misses(), std::uint64_t{3});
    }

    void whatIsNotANumberIsTold()
    {
        for (const auto* kernels : {kKernelsAvx2, kernelsFloat(), kernelsBf16()}) {
            if (!kernels)
                continue;
            DirectExecutor executor(formulaNetwork(small(), *kernels), 2);
            std::vector<std::uint8_t> output(small().pictureBytes());
            const auto bytes = formulaFrame(small(), 0);
            const auto rowBytes = 3 * static_cast<std::size_t>(small().pictureSize());
            std::vector<float> window(small().audioElements(), 0.5F);
            QVERIFY(executor.run(bytes.data(), rowBytes, window, output));
            window[window.size() / 2] = std::numeric_limits<float>::quiet_NaN();
            QVERIFY(!executor.run(bytes.data(), rowBytes, window, output));
            std::ranges::fill(window, std::numeric_limits<float>::max()); // grows beyond all numbers
            QVERIFY(!executor.run(bytes.data(), rowBytes, window, output));
            std::ranges::fill(window, 0.5F);
            QVERIFY(executor.run(bytes.data(), rowBytes, window, output));
        }
    }

    void audioFeaturesAreThoseOfLibTorch()
    {
        const auto weights = formulaAudioEncoderWeights();
        constexpr int kWindows = 6; // more than are computed together
        constexpr std::size_t kWindow = std::size_t{80} * 16, kFeature = 512;
        const auto mel = formulaMel(kWindows * kWindow);
        const auto reference = forwardAudioEncoder(weights, Form::Folded, mel, kWindows);
        const auto network = AudioEncoderNetwork::create(weights);
        QVERIFY(network);
        for (const int threads : {1, 3}) {
            AudioEncoderRun encoder(*network, threads);
            std::vector<float> features(kWindows * kFeature), alone(kFeature);
            encoder.run(mel, kWindows, features);
            for (std::size_t i = 0; i < features.size(); ++i)
                QVERIFY(std::abs(features[i] - reference.values[i]) <= 1e-4F);
            for (std::size_t b = 0; b < kWindows; ++b) {
                encoder.run(std::span(mel).subspan(b * kWindow, kWindow), 1, alone);
                QVERIFY(std::ranges::equal(alone, std::span(features).subspan(b * kFeature, kFeature)));
            }
        }
        auto incomplete = weights;
        incomplete.erase("audio_encoder.7.conv_block.1.bias");
        QVERIFY(!AudioEncoderNetwork::create(incomplete));
    }

    void whatIsNotCoveredRunsWithLibTorch()
    {
        const GeneratorSpec spec{GeneratorKind::Wav2Lip96, AudioMode::Mel, 4};
        QVERIFY(!DirectNetwork::covers(spec));
        const auto weights = formulaWeights(spec);
        const auto automatic = Generator::create(weights, spec, {.threads = 1});
        QVERIFY(automatic && (*automatic)->executor() == Executor::LibTorch);
        const auto direct = Generator::create(weights, spec, {.threads = 1, .executor = Executor::Direct});
        QVERIFY(!direct && direct.error().code == ErrorCode::Usage);
        const auto refused = DirectNetwork::create(weights, spec, *kernelsFloat());
        QVERIFY(!refused && refused.error().code == ErrorCode::Usage);
    }

    void weightsThatAreMissingAreNamed()
    {
        auto weights = formulaWeights(small());
        weights.erase("up2.conv.double_conv.1.conv.4.running_var");
        const auto refused = DirectNetwork::create(weights, small(), *kernelsFloat());
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::InvalidInput);
        QVERIFY(refused.error().message.find("up2.conv.double_conv.1.conv.4.running_var") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(DirectExecutorTest)
#include "direct_executor_test.moc"
