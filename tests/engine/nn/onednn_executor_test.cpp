// SPDX-License-Identifier: GPL-3.0-or-later
// oneDNN computes what LibTorch computes, and leaves LibTorch's threads alone.
#include "engine/nn/executor_case.h"

#include "nn/generator.h"
#include "nn/onednn/onednn_network.h"

#include <QTest>

#include <limits>
#include <thread>

using namespace lipsync;
using namespace lipsync::nn;
using namespace lipsync::nn::onednn;
using namespace lipsync::test;

namespace {

std::unique_ptr<FrameExecutor> formulaExecutor(const GeneratorSpec& spec, bool bf16, int threads)
{
    const auto network = OnednnNetwork::create(formulaWeights(spec), spec, bf16);
    return network ? makeOnednnExecutor(*network, threads) : nullptr;
}

GeneratorSpec small()
{
    return {GeneratorKind::SyncTalk2D160, AudioMode::Ave, 8};
}

std::vector<std::uint8_t> draw(FrameExecutor& executor, const GeneratorSpec& spec, std::uint32_t frame)
{
    std::vector<std::uint8_t> output(spec.pictureBytes());
    const auto bytes = formulaFrame(spec, frame);
    const auto good = executor.run(bytes.data(), 3 * static_cast<std::size_t>(spec.pictureSize()), // one row
                                   formulaFeatures(spec.audioElements()), output, {});
    return good ? output : std::vector<std::uint8_t>{};
}

} // namespace

class OnednnExecutorTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (!OnednnNetwork::covers(small()))
            QSKIP("This build has no oneDNN, or this processor no AVX2.");
    }

    void valuesAreThoseOfLibTorch()
    {
        for (const auto& [name, spec] : unetCases()) {
            const auto executor = formulaExecutor(spec, false, 2);
            QVERIFY2(executor, name);
            const auto drawn = drawFormula(*executor, spec);
            QVERIFY2(drawn.good, name);
            const float worst = farthest(drawn.values, drawFormulaWithLibTorch(spec));
            QVERIFY2(worst <= 1e-4F, qPrintable(QString("%1: %2").arg(name).arg(worst)));
        }
    }

    void bf16IsCloseToFp32()
    {
        if (!OnednnNetwork::hasBf16())
            QSKIP("This processor does not compute in bfloat16.");
        for (const auto kind : {GeneratorKind::SyncTalk2D160, GeneratorKind::SyncTalk2D328}) {
            const GeneratorSpec spec{kind, AudioMode::Ave, 32};
            const auto exact = drawFormula(*formulaExecutor(spec, false, 2), spec);
            const auto rounded = drawFormula(*formulaExecutor(spec, true, 2), spec);
            QVERIFY(exact.good && rounded.good);
            const double decibels = likeness(exact.values, rounded.values);
            QVERIFY2(decibels >= 45, qPrintable(QString::number(decibels)));
        }
    }

    void bytesAreThoseOfTheLibTorchGenerator()
    {
        for (const auto kind : {GeneratorKind::SyncTalk2D160, GeneratorKind::SyncTalk2D328}) {
            const GeneratorSpec spec{kind, AudioMode::Ave, 16};
            const int different = bytesOffLibTorch(spec, Executor::OneDnn);
            QVERIFY2(different >= 0 && different * 1000 <= static_cast<int>(spec.pictureBytes()),
                     qPrintable(QString::number(different)));
        }
    }

    void framesDoNotDependOnThoseBefore()
    {
        const auto executor = formulaExecutor(small(), false, 2);
        const auto first = draw(*executor, small(), 0), second = draw(*executor, small(), 1);
        QVERIFY(!first.empty() && first != second);
        QCOMPARE(draw(*executor, small(), 0), first);
        QCOMPARE(draw(*executor, small(), 1), second);
    }

    void replicasOnThreadsMakeTheSameBytes()
    {
        const auto network = OnednnNetwork::create(formulaWeights(small()), small(), false);
        QVERIFY(network);
        const auto alone = makeOnednnExecutor(*network, 1);
        std::vector<std::vector<std::uint8_t>> expected;
        for (std::uint32_t frame = 0; frame < 4; ++frame)
            expected.push_back(draw(*alone, small(), frame));
        std::atomic<int> wrong{0};
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < 2; ++i) {
                threads.emplace_back([&] {
                    const auto executor = makeOnednnExecutor(*network, 1);
                    for (std::uint32_t frame = 0; frame < 8; ++frame)
                        wrong += draw(*executor, small(), frame % 4) != expected[frame % 4];
                });
            }
        }
        QCOMPARE(wrong.load(), 0);
    }

    void theThreadsOfLibTorchAreLeftAlone()
    {
        const auto before = torchThreads();
        const auto executor = formulaExecutor(small(), false, before + 1);
        QCOMPARE(torchThreads(), before);
        QVERIFY(!draw(*executor, small(), 0).empty());
        QCOMPARE(torchThreads(), before);
    }

    void whatIsNotANumberIsTold()
    {
        for (const bool bf16 : {false, true}) {
            if (bf16 && !OnednnNetwork::hasBf16())
                continue;
            const auto executor = formulaExecutor(small(), bf16, 2);
            std::vector<std::uint8_t> output(small().pictureBytes());
            const auto bytes = formulaFrame(small(), 0);
            const auto rowBytes = 3 * static_cast<std::size_t>(small().pictureSize());
            std::vector<float> window(small().audioElements(), 0.5F);
            QVERIFY(executor->run(bytes.data(), rowBytes, window, output, {}));
            window[window.size() / 2] = std::numeric_limits<float>::quiet_NaN();
            QVERIFY(!executor->run(bytes.data(), rowBytes, window, output, {}));
            std::ranges::fill(window, std::numeric_limits<float>::max()); // grows beyond all numbers
            QVERIFY(!executor->run(bytes.data(), rowBytes, window, output, {}));
            std::ranges::fill(window, 0.5F);
            QVERIFY(executor->run(bytes.data(), rowBytes, window, output, {}));
        }
    }

    void whatIsNotCoveredIsRefused()
    {
        const GeneratorSpec spec{GeneratorKind::Wav2Lip96, AudioMode::Mel, 4};
        QVERIFY(!OnednnNetwork::covers(spec));
        const auto weights = formulaWeights(spec);
        const auto asked = Generator::create(weights, spec, {.threads = 1, .executor = Executor::OneDnn});
        QVERIFY(!asked && asked.error().code == ErrorCode::Usage);
        const auto refused = OnednnNetwork::create(weights, spec, false);
        QVERIFY(!refused && refused.error().code == ErrorCode::Usage);
    }

    void weightsThatAreMissingAreNamed()
    {
        auto weights = formulaWeights(small());
        weights.erase("up2.conv.double_conv.1.conv.4.running_var");
        const auto refused = OnednnNetwork::create(weights, small(), false);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::InvalidInput);
        QVERIFY(refused.error().message.find("up2.conv.double_conv.1.conv.4.running_var") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(OnednnExecutorTest)
#include "onednn_executor_test.moc"
