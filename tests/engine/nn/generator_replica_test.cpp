// SPDX-License-Identifier: GPL-3.0-or-later
// Replicas of a generator, batches that read a template's crops, and devices.
#include "nn/device.h"
#include "nn/formula_weights.h"
#include "nn/generator.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>
#include <thread>
#include <vector>

using namespace lipsync;
using namespace lipsync::nn;

namespace {

constexpr int kFrames = 4;

GeneratorSpec smallGenerator()
{
    return {GeneratorKind::SyncTalk2D160, AudioMode::Ave, 4};
}

std::uint8_t cropByte(std::size_t index, int frame)
{
    return static_cast<std::uint8_t>(127.5 + 127.5 * formulaNumber(static_cast<std::uint32_t>(index), 50u + frame));
}

/// Crops that differ from pixel to pixel and from frame to frame.
std::shared_ptr<DeviceCrops> testCrops(const GeneratorSpec& spec)
{
    auto crops = TemplateCrops::create(kFrames, spec.cropSize());
    if (!crops)
        return {};
    for (int frame = 0; frame < kFrames; ++frame) {
        const auto written = (*crops)->write(frame, [&](std::span<std::uint8_t> bytes) -> Status {
            for (std::size_t i = 0; i < bytes.size(); ++i)
                bytes[i] = cropByte(i, frame);
            return {};
        });
        if (!written)
            return {};
    }
    auto placed = placeCrops(*crops, Device{});
    return placed ? *placed : nullptr;
}

/// What the network sees of a frame: the crop without its border.
std::vector<std::uint8_t> innerSquare(const GeneratorSpec& spec, const TemplateCrops& crops, int frame)
{
    std::vector<std::uint8_t> picture;
    for (int y = 0; y < spec.pictureSize(); ++y) {
        const auto row = crops.crop(frame).subspan(
            3 * (static_cast<std::size_t>(y + kCropBorder) * spec.cropSize() + kCropBorder), 3 * spec.pictureSize());
        picture.insert(picture.end(), row.begin(), row.end());
    }
    return picture;
}

} // namespace

class GeneratorReplicaTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_windows = formulaFeatures(kFrames * m_spec.audioElements());
        m_crops = testCrops(m_spec);
        QVERIFY(m_crops);
        auto generator = Generator::create(formulaWeights(m_spec), m_spec, {.threads = 1});
        QVERIFY2(generator, generator ? "" : generator.error().text().c_str());
        m_generator = std::move(*generator);
    }

    void replicasShareTheirWeights()
    {
        const auto replica = m_generator->replica(1);
        QVERIFY(replica);
        QVERIFY((*replica)->sharesWeightsWith(*m_generator));
        const auto second = (*replica)->replica(2);
        QVERIFY(second && (*second)->sharesWeightsWith(*m_generator));
        const auto other = Generator::create(formulaWeights(m_spec), m_spec, {.threads = 1});
        QVERIFY(other && !(*other)->sharesWeightsWith(*m_generator));
    }

    void aReplicaOutlivesItsOriginal()
    {
        auto original = Generator::create(formulaWeights(m_spec), m_spec, {.threads = 1});
        QVERIFY(original);
        const auto replica = (*original)->replica(1);
        QVERIFY(replica);
        original->reset();
        QCOMPARE(redraw(**replica, {0}, 1), redraw(*m_generator, {0}, 1));
    }

    void replicasOnThreadsMakeTheSameBytes()
    {
        const auto expected = redraw(*m_generator, {0, 1}, 2);
        std::vector<std::vector<std::uint8_t>> made(3);
        {
            std::vector<std::jthread> threads;
            for (auto& bytes : made) {
                threads.emplace_back([&] {
                    if (const auto replica = m_generator->replica(1))
                        bytes = redraw(**replica, {0, 1}, 2);
                });
            }
        }
        for (const auto& bytes : made)
            QCOMPARE(bytes, expected);
    }

    void cropsGiveTheBytesOfPackedPictures()
    {
        const std::vector<int> frames{2, 0, 3};
        std::vector<std::uint8_t> packed;
        std::vector<float> windows;
        for (const int frame : frames) {
            const auto picture = innerSquare(m_spec, m_crops->host(), frame);
            packed.insert(packed.end(), picture.begin(), picture.end());
            const auto window = windowOf(frame);
            windows.insert(windows.end(), window.begin(), window.end());
        }
        std::vector<std::uint8_t> expected(packed.size());
        QVERIFY(m_generator->run(packed, windows, 3, expected));
        QCOMPARE(redraw(*m_generator, frames, 3), expected);
    }

    void paddingChangesNoByte()
    {
        const auto full = redraw(*m_generator, {0, 1, 2, 3}, 4);
        const auto padded = redraw(*m_generator, {0, 1, 2}, 4);
        QCOMPARE(padded.size(), 3 * m_spec.pictureBytes());
        QVERIFY(std::equal(padded.begin(), padded.end(), full.begin()));
    }

    void timesAddUpToTheBatch()
    {
        RunTimes times;
        const auto begin = SteadyClock().now();
        redraw(*m_generator, {0, 1}, 2, &times);
        const auto took = SteadyClock().now() - begin;
        QVERIFY(times.input > Duration::zero() && times.infer > Duration::zero() && times.output > Duration::zero());
        QVERIFY(times.input + times.infer + times.output <= took);
    }

    void batchesOfWrongSizeAreRefused()
    {
        std::vector<std::uint8_t> output(m_spec.pictureBytes());
        const MouthInput good{0, windowOf(0)};
        const auto accepts = [&](const std::vector<MouthInput>& mouths, int size, std::span<std::uint8_t> out) {
            return m_generator->run(*m_crops, mouths, size, out).has_value();
        };
        QVERIFY(accepts({good}, 1, output));
        QVERIFY(!accepts({}, 1, {}));
        QVERIFY(!accepts({good}, 0, output));
        QVERIFY(!accepts({good}, 1, {}));
        QVERIFY(!accepts({good, good}, 1, output));
        QVERIFY(!accepts({{kFrames, windowOf(0)}}, 1, output));
        QVERIFY(!accepts({{-1, windowOf(0)}}, 1, output));
        QVERIFY(!accepts({{0, windowOf(0).first(1)}}, 1, output));
        QVERIFY(!m_generator->warmUp(*m_crops, 0));
    }

    void infiniteNumbersAreAFailure()
    {
        std::vector<float> window(m_spec.audioElements(), std::numeric_limits<float>::quiet_NaN());
        std::vector<std::uint8_t> output(m_spec.pictureBytes());
        const MouthInput mouth{0, window};
        const auto ran = m_generator->run(*m_crops, {&mouth, 1}, 1, output);
        QVERIFY(!ran);
        QCOMPARE(ran.error().code, ErrorCode::InvalidInput);
    }

    void halfPrecisionFallsBackOnTheProcessor()
    {
        const auto half =
            Generator::create(formulaWeights(m_spec), m_spec, {.precision = Precision::Fp16, .threads = 1});
        QVERIFY(half);
        QVERIFY((*half)->precision() == Precision::Fp32);
        QCOMPARE(redraw(**half, {1}, 1), redraw(*m_generator, {1}, 1));
    }

    void devicesAreFoundByName()
    {
        const auto processor = findDevice("cpu");
        QVERIFY(processor && !processor->cuda && processor->name() == "cpu");
        QVERIFY(usableDevices().front() == *processor);
        for (const char* name : {"", "gpu", "cuda:", "cuda:x", "cuda:-1", "cuda:1x", "cuda0", "cpu:0"}) {
            const auto device = findDevice(name);
            QVERIFY2(!device, name);
            QCOMPARE(device.error().code, ErrorCode::Usage);
        }
    }

    void aDeviceThatDoesNotExistIsNamedWithThoseThatDo()
    {
        const auto generator = Generator::create(formulaWeights(m_spec), m_spec, {.threads = 1, .device = "cuda:77"});
        QVERIFY(!generator);
        QCOMPARE(generator.error().code, ErrorCode::Resource);
        const auto& message = generator.error().message;
        QVERIFY2(message.find("cuda:77") != std::string::npos, message.c_str());
        for (const auto& device : usableDevices())
            QVERIFY2(message.find(device.name()) != std::string::npos, message.c_str());
        if (!builtWithCuda())
            QVERIFY2(message.find("this build has no CUDA") != std::string::npos, message.c_str());
    }

private:
    std::span<const float> windowOf(int frame) const
    {
        return std::span(m_windows).subspan(static_cast<std::size_t>(frame) * m_spec.audioElements(),
                                            m_spec.audioElements());
    }

    /// Each frame with the window of its number; empty when it failed.
    std::vector<std::uint8_t> redraw(Generator& generator, const std::vector<int>& frames, int paddedSize,
                                     RunTimes* times = nullptr) const
    {
        std::vector<MouthInput> mouths;
        for (const int frame : frames)
            mouths.push_back({frame, windowOf(frame)});
        std::vector<std::uint8_t> output(frames.size() * m_spec.pictureBytes());
        return generator.run(*m_crops, mouths, paddedSize, output, times) ? output : std::vector<std::uint8_t>{};
    }

    const GeneratorSpec m_spec = smallGenerator();
    std::vector<float> m_windows;
    std::shared_ptr<DeviceCrops> m_crops;
    std::unique_ptr<Generator> m_generator;
};

QTEST_GUILESS_MAIN(GeneratorReplicaTest)
#include "generator_replica_test.moc"
