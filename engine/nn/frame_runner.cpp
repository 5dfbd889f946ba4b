// SPDX-License-Identifier: GPL-3.0-or-later
// Batches of a generator on the processor, frame by frame: a processor gains nothing from batches, and what is padding
// costs nothing.
#include "nn/generator_runner.h"

namespace lipsync::nn {

namespace {

constexpr std::size_t kColours = 3;

class FrameRunner final : public GeneratorRunner {
public:
    FrameRunner(std::shared_ptr<const GeneratorNetwork> network, int threads)
        : m_network(std::move(network))
        , m_profile(m_network->spec.profile())
        , m_pictureBytes(m_network->spec.pictureBytes())
        , m_threads(threads)
    {
    }

    Status run(std::span<const std::uint8_t> pictures, std::span<const float> windows, int batch,
               std::span<std::uint8_t> output) override
    {
        const auto elements = m_profile.audioElements();
        auto executor = takeExecutor();
        bool good = true;
        for (std::size_t b = 0; b < static_cast<std::size_t>(batch); ++b) {
            good &= executor->run(pictures.data() + b * m_pictureBytes, kColours * m_profile.pictureSize,
                                  windows.subspan(b * elements, elements),
                                  output.subspan(b * m_pictureBytes, m_pictureBytes), {});
        }
        return good ? Status{} : notFinite();
    }

    Status run(const DeviceCrops& crops, std::span<const MouthInput> mouths, int, std::span<std::uint8_t> output,
               RunTimes& times) override
    {
        const auto& host = crops.host();
        const auto rowBytes = kColours * host.cropSize();
        const auto firstPixel = m_profile.cropBorder * (rowBytes + kColours);
        auto executor = takeExecutor();
        bool good = true;
        for (std::size_t b = 0; b < mouths.size(); ++b) {
            const auto begin = m_clock.now();
            const auto* picture = host.crop(mouths[b].templateFrame).data() + firstPixel;
            const auto made = output.subspan(b * m_pictureBytes, m_pictureBytes);
            const auto found = m_clock.now();
            const bool numbers = executor->run(picture, rowBytes, mouths[b].window, made, {});
            const auto computed = m_clock.now();
            good &= numbers;
            // Bytes become numbers, and numbers bytes, while it computes: little is left beside that.
            times.input += found - begin;
            times.infer += computed - found;
            times.output += m_clock.now() - computed;
        }
        return good ? Status{} : notFinite();
    }

    void warmUp(const DeviceCrops&, int) override
    {
        const std::vector<std::uint8_t> picture(m_pictureBytes);
        const std::vector<float> window(m_profile.audioElements());
        std::vector<std::uint8_t> output(m_pictureBytes);
        takeExecutor()->run(picture.data(), kColours * m_profile.pictureSize, window, output, {});
    }

    std::shared_ptr<std::uint8_t[]> hostBuffer(std::size_t bytes) const override
    {
        return std::shared_ptr<std::uint8_t[]>(new std::uint8_t[bytes]);
    }

private:
    ExecutorPool::Loan takeExecutor() { return m_network->frameExecutors->take(m_threads); }

    const std::shared_ptr<const GeneratorNetwork> m_network;
    const NetworkProfile m_profile;
    const std::size_t m_pictureBytes;
    const int m_threads;
    const SteadyClock m_clock;
};

} // namespace

std::unique_ptr<GeneratorRunner> makeFrameRunner(std::shared_ptr<const GeneratorNetwork> network, int threads)
{
    return std::make_unique<FrameRunner>(std::move(network), threads);
}

} // namespace lipsync::nn
