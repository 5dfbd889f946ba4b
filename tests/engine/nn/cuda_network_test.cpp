// SPDX-License-Identifier: GPL-3.0-or-later
// Whole networks through the CUDA kernels, block by block on the processor, against LibTorch in float32; and what is kept
// of template frames on a device.
#include "engine/nn/host_launcher.h"

#include "nn/cuda/fused_pass.h"
#include "nn/cuda/image_halves.h"
#include "nn/cuda/shapes.h"
#include "nn/formula_weights.h"
#include "nn/generator.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

using namespace lipsync;
using namespace lipsync::nn;
using namespace lipsync::nn::cuda;
using namespace lipsync::test;

namespace {

constexpr int kFrames = 2;

std::vector<std::uint8_t> pictures(const GeneratorSpec& spec)
{
    std::vector<std::uint8_t> bytes(spec.pictureBytes() * kFrames);
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<std::uint8_t>(127.5 + 127.5 * formulaNumber(static_cast<std::uint32_t>(i), 50));
    return bytes;
}

/// A batch of kFrames through a network, in the processor's memory.
class Drawing {
public:
    explicit Drawing(std::shared_ptr<const FusedNetwork> network)
        : m_network(std::move(network))
        , m_pictures(pictures(m_network->spec))
        , m_windows(formulaFeatures(m_network->spec.audioElements() * kFrames))
        , m_memory(FusedPass::numbersOf(*m_network) * kFrames, kNoNumber)
        , m_halves(m_network->imageHalfNumbers() * kFrames, kNoNumber)
        , bytes(m_pictures.size())
    {
        for (std::size_t i = 0; i < kFrames; ++i) {
            const auto at = i * m_network->spec.pictureBytes();
            m_requests.push_back(
                {m_pictures.data() + at, m_halves.data() + i * m_network->imageHalfNumbers(), bytes.data() + at});
        }
    }

    void run(Launcher& launcher, int fresh)
    {
        std::ranges::fill(m_memory, kNoNumber);
        std::ranges::fill(bytes, std::uint8_t{0});
        FusedBatch batch;
        batch.requests = m_requests.data();
        batch.windows = m_windows.data();
        batch.faults = faults.data();
        batch.pictureRowBytes = 3 * static_cast<std::size_t>(m_network->spec.pictureSize());
        batch.pictures = kFrames;
        batch.fresh = fresh;
        FusedPass(*m_network, m_network->weights.data(), m_memory.data()).run(batch, launcher);
    }

private:
    static constexpr std::uint16_t kNoNumber = 0xFFFF;

    std::shared_ptr<const FusedNetwork> m_network;
    std::vector<std::uint8_t> m_pictures;
    std::vector<float> m_windows;
    std::vector<std::uint16_t> m_memory, m_halves;
    std::vector<PictureRequest> m_requests;

public:
    std::vector<std::uint8_t> bytes;
    std::vector<int> faults = std::vector<int>(kFrames);
};

/// What LibTorch draws in float32.
std::vector<std::uint8_t> expected(const GeneratorSpec& spec)
{
    const auto generator = Generator::create(formulaWeights(spec), spec, {.executor = Executor::LibTorch});
    std::vector<std::uint8_t> bytes(spec.pictureBytes() * kFrames);
    const bool good =
        generator && (*generator)->run(pictures(spec), formulaFeatures(spec.audioElements() * kFrames), kFrames, bytes);
    return good ? bytes : std::vector<std::uint8_t>{};
}

/// Peak signal to noise, in decibels.
double likeness(const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b)
{
    if (a.size() != b.size())
        return 0;
    double squares = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        squares += (a[i] - b[i]) * (a[i] - b[i]);
    return 10 * std::log10(255.0 * 255.0 * static_cast<double>(a.size()) / squares);
}

/// Launches nothing and remembers what was asked for.
class Recorder final : public Launcher {
public:
    void residual(const ResidualCall& call) override
    {
        isKnown &= visitShape(call.shape, []<std::size_t>() {}) && call.weights.in <= mostInputs(call.shape.step) &&
            call.weights.hidden % call.shape.chunk == 0;
        ++onePass;
    }
    void expand(const ExpandCall& call) override
    {
        isKnown &= (call.step == 1 || call.step == 2) && call.weights.hidden % 64 == 0;
        ++twoPasses;
    }
    void convolve(const ConvolveCall&) override { }

    bool isKnown = true;
    int onePass = 0, twoPasses = 0;
};

ImageHalves::Half memoryOfHalf()
{
    return std::make_shared<std::uint16_t>();
}

} // namespace

class CudaNetworkTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void picturesAreThoseOfLibTorch_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("mode");
        QTest::addColumn<int>("width");
        QTest::addColumn<int>("format");
        const auto row = [](const char* name, GeneratorKind kind, AudioMode mode, int width, NumberFormat format) {
            QTest::newRow(name) << static_cast<int>(kind) << static_cast<int>(mode) << width
                                << static_cast<int>(format);
        };
        row("328 ave, bf16", GeneratorKind::SyncTalk2D328, AudioMode::Ave, 32, NumberFormat::Bf16);
        row("328 hubert, narrow, fp16", GeneratorKind::SyncTalk2D328, AudioMode::Hubert, 6, NumberFormat::Fp16);
        row("160 ave, fp16", GeneratorKind::SyncTalk2D160, AudioMode::Ave, 32, NumberFormat::Fp16);
        row("160 wenet, bf16", GeneratorKind::SyncTalk2D160, AudioMode::Wenet, 32, NumberFormat::Bf16);
        row("160 ave, odd width, bf16", GeneratorKind::SyncTalk2D160, AudioMode::Ave, 10, NumberFormat::Bf16);
        row("classic hubert, narrow, fp16", GeneratorKind::UltralightClassic160, AudioMode::Hubert, 8,
            NumberFormat::Fp16);
    }

    void picturesAreThoseOfLibTorch()
    {
        QFETCH(int, kind);
        QFETCH(int, mode);
        QFETCH(int, width);
        QFETCH(int, format);
        const GeneratorSpec spec{static_cast<GeneratorKind>(kind), static_cast<AudioMode>(mode), width};
        const auto as = static_cast<NumberFormat>(format);
        const auto network = FusedNetwork::create(formulaWeights(spec), spec, as);
        QVERIFY2(network, network ? "" : qPrintable(QString::fromStdString(network.error().text())));
        Drawing drawing(*network);
        HostLauncher launcher(as);
        drawing.run(launcher, kFrames);
        QVERIFY(launcher.isInBounds());
        QCOMPARE(drawing.faults, std::vector<int>(kFrames));
        const auto decibels = likeness(drawing.bytes, expected(spec));
        qInfo("%.1f dB", decibels);
        QVERIFY(decibels >= (as == NumberFormat::Bf16 ? 45 : 55));
    }

    void aKeptHalfChangesNoByte()
    {
        const GeneratorSpec spec{GeneratorKind::SyncTalk2D160, AudioMode::Ave, 8};
        const auto network = FusedNetwork::create(formulaWeights(spec), spec, NumberFormat::Bf16);
        QVERIFY(network);
        Drawing drawing(*network);
        HostLauncher all(NumberFormat::Bf16), one(NumberFormat::Bf16), none(NumberFormat::Bf16);
        drawing.run(all, kFrames);
        const auto first = drawing.bytes;
        drawing.run(one, 1);
        QCOMPARE(drawing.bytes, first);
        drawing.run(none, 0);
        QCOMPARE(drawing.bytes, first);
        QCOMPARE(one.calls(), all.calls());
        QVERIFY(none.calls() < all.calls());
    }

    void whatIsNoNumberIsFound()
    {
        const GeneratorSpec spec{GeneratorKind::SyncTalk2D160, AudioMode::Ave, 8};
        auto weights = formulaWeights(spec);
        auto& weight = weights.at("up4.conv.double_conv.1.conv.7.bias");
        std::vector<float> values(weight.values.begin(), weight.values.end());
        values[0] = std::numeric_limits<float>::quiet_NaN();
        weight.values = std::move(values);
        const auto network = FusedNetwork::create(weights, spec, NumberFormat::Bf16);
        QVERIFY(network);
        Drawing drawing(*network);
        HostLauncher launcher(NumberFormat::Bf16);
        drawing.run(launcher, kFrames);
        QCOMPARE(drawing.faults, (std::vector<int>{1, 1}));
    }

    void everyLayerHasAKernel()
    {
        for (const auto& known : knownGenerators()) {
            for (const int width : {4, 10, 32, 64}) {
                auto spec = known;
                spec.width = width;
                const bool isWide = width > 32; // takes long to make: one of each size will do
                if (!FusedNetwork::covers(spec) || (isWide && spec.mode != AudioMode::Ave))
                    continue;
                const auto network = FusedNetwork::create(formulaWeights(spec), spec, NumberFormat::Bf16);
                QVERIFY(network);
                const FusedBatch batch{nullptr, nullptr, nullptr, 0, 1, 1};
                std::uint16_t nothing = 0;
                Recorder recorder;
                FusedPass(**network, (*network)->weights.data(), &nothing).run(batch, recorder);
                QVERIFY(recorder.isKnown);
                QVERIFY(recorder.onePass > 0);
                QVERIFY(recorder.twoPasses > 0 || width < 10);
            }
        }
    }

    void onlyNetworksOfTheseLayersAreCovered()
    {
        QVERIFY(FusedNetwork::covers({GeneratorKind::SyncTalk2D328, AudioMode::Ave}));
        QVERIFY(FusedNetwork::covers({GeneratorKind::Ultralight160, AudioMode::Hubert}));
        QVERIFY(!FusedNetwork::covers({GeneratorKind::SyncTalk2D160, AudioMode::Ave, 128}));
        const GeneratorSpec other{GeneratorKind::Wav2Lip96, AudioMode::Mel};
        QVERIFY(!FusedNetwork::covers(other));
        QCOMPARE(FusedNetwork::create({}, other, NumberFormat::Bf16).error().code, ErrorCode::Usage);
    }

    void weightsThatDoNotFitAreRefused()
    {
        const GeneratorSpec spec{GeneratorKind::SyncTalk2D160, AudioMode::Ave, 4};
        auto weights = formulaWeights(spec);
        weights.erase("fuse_conv.1.double_conv.0.conv.3.weight");
        const auto network = FusedNetwork::create(weights, spec, NumberFormat::Bf16);
        QVERIFY(!network);
        QCOMPARE(network.error().code, ErrorCode::InvalidInput);
        QVERIFY(network.error().message.find("fuse_conv.1.double_conv.0.conv.3") != std::string::npos);
    }

    /// The specification's 9.77 GFLOP, and what padding of the first layer's channels adds.
    void workIsCounted()
    {
        const GeneratorSpec spec{GeneratorKind::SyncTalk2D328, AudioMode::Ave};
        const auto network = FusedNetwork::create(formulaWeights(spec), spec, NumberFormat::Bf16);
        QVERIFY(network);
        const auto one = workOf(**network, 1, 1), many = workOf(**network, 32, 32), known = workOf(**network, 32, 0);
        QVERIFY(one.operations > 9.77e9 && one.operations < 9.77e9 * 1.03);
        QCOMPARE(many.operations, 32 * one.operations);
        QVERIFY(many.deviceBytes < 32 * one.deviceBytes);
        QVERIFY(known.operations < many.operations && known.deviceBytes < many.deviceBytes);
        QVERIFY(one.calls < 60);
        qInfo("a frame of one: %.1f MB, %.2f GFLOP, %d kernels; of 32: %.1f MB; with kept halves %.1f MB, %.2f GFLOP",
              one.deviceBytes / 1e6, one.operations / 1e9, one.calls, many.deviceBytes / 32e6, known.deviceBytes / 32e6,
              known.operations / 32e9);
    }

    void theLongestUnusedHalfGoesFirst()
    {
        ImageHalves halves(2, memoryOfHalf);
        for (const int frame : {0, 1}) {
            QVERIFY(!halves.find({1, frame}));
            halves.keep({1, frame}, halves.take());
        }
        QVERIFY(halves.find({1, 0}));
        QVERIFY(!halves.find({2, 0})); // of other crops
        halves.keep({2, 0}, halves.take());
        QVERIFY(halves.find({1, 0}) && halves.find({2, 0}));
        QVERIFY(!halves.find({1, 1}));
        QCOMPARE(halves.held(), std::size_t{2});
        QCOMPARE(halves.hits(), std::uint64_t{3});
        QCOMPARE(halves.misses(), std::uint64_t{4});
    }

    void memoryThatIsReadIsNotTaken()
    {
        int allocated = 0;
        ImageHalves halves(1, [&] {
            ++allocated;
            return memoryOfHalf();
        });
        halves.keep({1, 0}, halves.take());
        auto read = halves.find({1, 0});
        const auto other = halves.take();
        QVERIFY(other != read);
        QCOMPARE(allocated, 2);
        halves.keep({1, 1}, other);
        read.reset();
        halves.keep({1, 2}, memoryOfHalf());
        QCOMPARE(halves.held(), std::size_t{1});
    }

    void aFrameThatTwoComputedIsKeptOnce()
    {
        ImageHalves halves(4, memoryOfHalf);
        halves.keep({1, 0}, halves.take());
        const auto first = halves.find({1, 0});
        halves.keep({1, 0}, halves.take());
        QCOMPARE(halves.held(), std::size_t{1});
        QCOMPARE(halves.find({1, 0}), first);
    }

    void withoutABudgetNothingIsKept()
    {
        ImageHalves halves(0, memoryOfHalf);
        QVERIFY(!halves.take());
        QCOMPARE(halves.held(), std::size_t{0});
    }
};

QTEST_GUILESS_MAIN(CudaNetworkTest)
#include "cuda_network_test.moc"
