// SPDX-License-Identifier: GPL-3.0-or-later
// Batches of a generator on the processor.
#include "nn/generator_runner.h"

#include <algorithm>

namespace lipsync::nn {

namespace {

/// Byte to network value: b / 255 in float32, as the original computes it.
const std::array<float, 256>& unitValues()
{
    static const auto table = [] {
        std::array<float, 256> values;
        for (int i = 0; i < 256; ++i)
            values[i] = static_cast<float>(i) / 255.0f;
        return values;
    }();
    return table;
}

/// Six interleaved channels a pixel: the picture, and the picture under the black mask rectangle, in the network's
/// order. `picture`: its first pixel; `rowBytes`: from one row to the next.
void fillPicture(const std::uint8_t* picture, std::size_t rowBytes, const NetworkProfile& profile, float* out)
{
    const auto& unit = unitValues();
    const auto [maskX, maskY, maskWidth, maskHeight] = profile.mask;
    const int size = profile.pictureSize;
    const int whole = profile.order == PictureOrder::ReferenceFirst ? 0 : kPictureChannels;
    const int hidden = kPictureChannels - whole;
    for (int y = 0; y < size; ++y) {
        const std::uint8_t* in = picture + static_cast<std::size_t>(y) * rowBytes;
        const bool rowMasked = y >= maskY && y < maskY + maskHeight;
        for (int x = 0; x < size; ++x, in += kPictureChannels, out += kInputChannels) {
            const bool masked = rowMasked && x >= maskX && x < maskX + maskWidth;
            for (int c = 0; c < kPictureChannels; ++c) {
                const float value = unit[in[c]];
                out[whole + c] = value;
                out[hidden + c] = masked ? 0.0f : value;
            }
        }
    }
}

/// Network values × 255, truncated; false when one of them is not a number.
bool toBytes(const float* values, std::span<std::uint8_t> out)
{
    bool good = true;
    for (std::size_t i = 0; i < out.size(); ++i) {
        const bool number = values[i] >= 0.0f;
        good &= number;
        out[i] = static_cast<std::uint8_t>(number ? values[i] * 255.0f : 0.0f);
    }
    return good;
}

class ProcessorRunner final : public GeneratorRunner {
public:
    ProcessorRunner(std::shared_ptr<const GeneratorNetwork> network, int threads)
        : m_network(std::move(network))
        , m_profile(m_network->spec.profile())
        , m_pictureBytes(m_network->spec.pictureBytes())
        , m_threads(threads)
    {
    }

    Status run(std::span<const std::uint8_t> pictures, std::span<const float> windows, int batch,
               std::span<std::uint8_t> output) override
    {
        const auto rowBytes = static_cast<std::size_t>(kPictureChannels) * m_profile.pictureSize;
        const auto elements = m_profile.audioElements();
        RunTimes times;
        return inSlices(batch, batch, output, times, [&](int b, float* input, float* window) {
            fillPicture(pictures.data() + b * m_pictureBytes, rowBytes, m_profile, input);
            std::copy_n(windows.begin() + static_cast<std::ptrdiff_t>(b * elements), elements, window);
        });
    }

    Status run(const DeviceCrops& crops, std::span<const MouthInput> mouths, int paddedSize,
               std::span<std::uint8_t> output, RunTimes& times) override
    {
        // The crops are read where they lie, without their border.
        const auto& host = crops.host();
        const auto rowBytes = static_cast<std::size_t>(kPictureChannels) * host.cropSize();
        const auto firstPixel = static_cast<std::size_t>(m_profile.cropBorder) * (rowBytes + kPictureChannels);
        const auto fill = [&](int b, float* input, float* window) {
            const auto& mouth = mouths[static_cast<std::size_t>(b)];
            fillPicture(host.crop(mouth.templateFrame).data() + firstPixel, rowBytes, m_profile, input);
            std::copy(mouth.window.begin(), mouth.window.end(), window);
        };
        return inSlices(static_cast<int>(mouths.size()), paddedSize, output, times, fill);
    }

    void warmUp(const DeviceCrops&, int batch) override
    {
        c10::InferenceMode inference;
        const TensorHeaps::Use heap(m_network->heaps);
        useThreads(m_threads);
        const int slice = sliceOf(batch);
        forward(emptyPictures(slice).zero_(), torch::zeros(windowShape(slice)));
    }

    std::shared_ptr<std::uint8_t[]> hostBuffer(std::size_t bytes) const override
    {
        return std::shared_ptr<std::uint8_t[]>(new std::uint8_t[bytes]);
    }

private:
    torch::Tensor emptyPictures(int batch) const
    {
        return torch::empty({batch, kInputChannels, m_profile.pictureSize, m_profile.pictureSize},
                            torch::TensorOptions().dtype(torch::kFloat32), torch::MemoryFormat::ChannelsLast);
    }

    std::vector<std::int64_t> windowShape(int batch) const
    {
        const auto [channels, height, columns] = m_profile.audioShape;
        return {batch, channels, height, columns};
    }

    /// One thread is as fast frame by frame as with a whole batch, whose layers would take so many times the memory;
    /// and nothing has to be computed for padding. Several threads share the larger layers of a batch better.
    int sliceOf(int batch) const { return m_threads == 1 ? 1 : batch; }

    /// Runs `count` mouths in slices of `paddedSize`; fill(b, picture, window) writes the inputs of mouth b.
    template <typename Fill>
    Status inSlices(int count, int paddedSize, std::span<std::uint8_t> output, RunTimes& times, const Fill& fill) const
    {
        c10::InferenceMode inference;
        const TensorHeaps::Use heap(m_network->heaps);
        useThreads(m_threads);
        const int slice = sliceOf(paddedSize);
        auto input = emptyPictures(slice);
        auto window = torch::empty(windowShape(slice));
        bool good = true;
        for (int first = 0; first < count; first += slice) {
            const auto begin = m_clock.now();
            const int end = std::min(first + slice, count);
            gather(first, end, input, window, fill);
            const auto gathered = m_clock.now();
            const auto result = forward(input, window);
            const auto computed = m_clock.now();
            good &= toBytes(result.template data_ptr<float>(),
                            output.subspan(static_cast<std::size_t>(first) * m_pictureBytes,
                                           static_cast<std::size_t>(end - first) * m_pictureBytes));
            times.input += gathered - begin;
            times.infer += computed - gathered;
            times.output += m_clock.now() - computed;
        }
        return good ? Status{} : notFinite();
    }

    /// What is padding stays black and silent.
    template <typename Fill>
    void gather(int first, int end, torch::Tensor& input, torch::Tensor& window, const Fill& fill) const
    {
        float* picture = input.data_ptr<float>();
        float* sound = window.data_ptr<float>();
        for (int b = first; b < end; ++b) {
            fill(b, picture, sound);
            picture += 2 * m_pictureBytes;
            sound += m_profile.audioElements();
        }
        std::fill(picture, input.data_ptr<float>() + input.numel(), 0.0f);
        std::fill(sound, window.data_ptr<float>() + window.numel(), 0.0f);
    }

    torch::Tensor forward(const torch::Tensor& pictures, const torch::Tensor& windows) const
    {
        return m_network->module
            ->forward(pictures.to(m_network->type),
                      windows.to(m_network->type).contiguous(torch::MemoryFormat::ChannelsLast))
            .to(torch::kFloat32)
            .contiguous(torch::MemoryFormat::ChannelsLast);
    }

    const std::shared_ptr<const GeneratorNetwork> m_network;
    const NetworkProfile m_profile;
    const std::size_t m_pictureBytes;
    const int m_threads;
    const SteadyClock m_clock;
};

} // namespace

std::unique_ptr<GeneratorRunner> makeProcessorRunner(std::shared_ptr<const GeneratorNetwork> network, int threads)
{
    return std::make_unique<ProcessorRunner>(std::move(network), threads);
}

} // namespace lipsync::nn
