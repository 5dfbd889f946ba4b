// SPDX-License-Identifier: GPL-3.0-or-later
// Batches of a generator on a CUDA device by LibTorch: a stream of its own, pinned buffers, resident crops, a graph per
// size.
#include "nn/cuda/cuda_crops.h"
#include "nn/generator_runner.h"

#include <algorithm>
#include <map>

#include <ATen/cuda/CUDAContext.h>
#include <ATen/cuda/CUDAEvent.h>
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAGuard.h>

namespace lipsync::nn {

namespace {

constexpr int kFirstArchitectureWithBf16 = 8; // Ampere
constexpr int kWarmUps = 2; // the first chooses kernels, the second reserves what they need

/// Everything that batches of one size need. Addresses stay, as a captured graph wants.
struct SizedBatch {
    torch::Tensor hostFrames, hostWindows, hostPeaks; ///< pinned
    torch::Tensor frames, windows; ///< on the device: numbers of template frames; B × audioShape
    torch::Tensor bytes, peaks; ///< results on the device: B×S×S×3; the largest value of each picture
    const DeviceCrops* crops = nullptr; ///< those that the graph reads
    std::unique_ptr<at::cuda::CUDAGraph> graph;
    bool warm = false;
};

Duration between(const at::cuda::CUDAEvent& begin, const at::cuda::CUDAEvent& end)
{
    return fromMilliseconds(begin.elapsed_time(end));
}

class CudaRunner final : public GeneratorRunner {
public:
    CudaRunner(std::shared_ptr<const GeneratorNetwork> network, bool graphs)
        : m_network(std::move(network))
        , m_profile(m_network->spec.profile())
        , m_place(torch::kCUDA, static_cast<torch::DeviceIndex>(m_network->device.index))
        , m_stream(c10::cuda::getStreamFromPool(false, m_place.index()))
        , m_graphs(graphs)
        , m_pool(at::cuda::graph_pool_handle())
        , m_mask(makeMask())
    {
    }

    Status run(std::span<const std::uint8_t> pictures, std::span<const float> windows, int batch,
               std::span<std::uint8_t> output) override
    {
        c10::InferenceMode inference;
        const c10::cuda::CUDAStreamGuard guard(m_stream);
        const int size = m_profile.pictureSize;
        const auto squares =
            torch::from_blob(const_cast<std::uint8_t*>(pictures.data()), {batch, size, size, 3}, torch::kUInt8);
        const auto window = torch::from_blob(const_cast<float*>(windows.data()), windowShape(batch));
        const auto result = forward(squares.to(m_place), window.to(m_place));
        const auto bytes = toBytes(result).cpu();
        std::copy_n(bytes.data_ptr<std::uint8_t>(), output.size(), output.data());
        return areNumbers(peaksOf(result).cpu(), batch) ? Status{} : notFinite();
    }

    Status run(const DeviceCrops& crops, std::span<const MouthInput> mouths, int paddedSize,
               std::span<std::uint8_t> output, RunTimes& times) override
    {
        const SteadyClock clock;
        const auto begin = clock.now();
        c10::InferenceMode inference;
        const auto& resident = dynamic_cast<const CudaCrops&>(crops);
        auto& sized = prepared(resident, paddedSize);
        const c10::cuda::CUDAStreamGuard guard(m_stream);
        resident.bring(mouths, m_stream);
        gather(mouths, sized);
        const auto gathered = clock.now() - begin;

        m_begin.record(m_stream);
        upload(sized);
        m_uploaded.record(m_stream);
        if (sized.graph)
            sized.graph->replay();
        else
            compute(sized, resident);
        m_computed.record(m_stream);
        C10_CUDA_CHECK(cudaMemcpyAsync(output.data(), sized.bytes.data_ptr(), output.size(), cudaMemcpyDeviceToHost,
                                       m_stream.stream()));
        sized.hostPeaks.copy_(sized.peaks, /*non_blocking=*/true);
        m_downloaded.record(m_stream);
        m_stream.synchronize();
        times = {gathered + between(m_begin, m_uploaded), between(m_uploaded, m_computed),
                 between(m_computed, m_downloaded)};
        return areNumbers(sized.hostPeaks, static_cast<int>(mouths.size())) ? Status{} : notFinite();
    }

    void warmUp(const DeviceCrops& crops, int batch) override
    {
        c10::InferenceMode inference;
        const auto& resident = dynamic_cast<const CudaCrops&>(crops);
        auto& sized = prepared(resident, batch);
        const c10::cuda::CUDAStreamGuard guard(m_stream);
        gather({}, sized);
        upload(sized);
        if (sized.graph)
            sized.graph->replay();
        else
            compute(sized, resident);
        m_stream.synchronize();
    }

    std::shared_ptr<std::uint8_t[]> hostBuffer(std::size_t bytes) const override
    {
        auto memory = torch::empty({static_cast<std::int64_t>(bytes)},
                                   torch::TensorOptions().dtype(torch::kUInt8).pinned_memory(true));
        auto* data = memory.data_ptr<std::uint8_t>();
        return {data, [memory](std::uint8_t*) mutable { memory.reset(); }};
    }

private:
    std::vector<std::int64_t> windowShape(int batch) const
    {
        const auto [channels, height, columns] = m_profile.audioShape;
        return {batch, channels, height, columns};
    }

    /// S×S×1 numbers: 0 under the black rectangle, 1 elsewhere.
    torch::Tensor makeMask() const
    {
        const auto [x, y, width, height] = m_profile.mask;
        auto mask = torch::ones({m_profile.pictureSize, m_profile.pictureSize, 1});
        mask.slice(0, y, y + height).slice(1, x, x + width).zero_();
        return mask.to(m_place);
    }

    /// The buffers for that size, its kernels chosen and its graph captured where graphs are wanted.
    SizedBatch& prepared(const CudaCrops& crops, int batch)
    {
        auto& sized = m_sizes[batch];
        if (sized.warm && sized.crops == &crops)
            return sized;
        const c10::cuda::CUDAStreamGuard guard(m_stream);
        if (!sized.frames.defined())
            reserve(sized, batch);
        sized.crops = &crops;
        sized.graph.reset();
        gather({}, sized);
        upload(sized);
        for (int i = 0; i < kWarmUps; ++i)
            compute(sized, crops);
        m_stream.synchronize();
        if (m_graphs)
            capture(sized, crops);
        sized.warm = true;
        return sized;
    }

    void reserve(SizedBatch& sized, int batch) const
    {
        const auto numbers = torch::TensorOptions().dtype(torch::kFloat32);
        const auto indices = torch::TensorOptions().dtype(torch::kInt64);
        sized.hostFrames = torch::zeros({batch}, indices).pin_memory();
        sized.hostWindows = torch::zeros(windowShape(batch), numbers).pin_memory();
        sized.hostPeaks = torch::zeros({batch}, numbers).pin_memory();
        sized.frames = torch::zeros({batch}, indices.device(m_place));
        sized.windows = torch::zeros(windowShape(batch), numbers.device(m_place));
    }

    /// What is padding repeats the template's first frame in silence.
    void gather(std::span<const MouthInput> mouths, SizedBatch& sized) const
    {
        auto* frames = sized.hostFrames.data_ptr<std::int64_t>();
        auto* windows = sized.hostWindows.data_ptr<float>();
        for (const auto& mouth : mouths) {
            *frames++ = mouth.templateFrame;
            windows = std::copy(mouth.window.begin(), mouth.window.end(), windows);
        }
        std::fill(frames, sized.hostFrames.data_ptr<std::int64_t>() + sized.hostFrames.numel(), 0);
        std::fill(windows, sized.hostWindows.data_ptr<float>() + sized.hostWindows.numel(), 0.0f);
    }

    void upload(SizedBatch& sized) const
    {
        sized.frames.copy_(sized.hostFrames, /*non_blocking=*/true);
        sized.windows.copy_(sized.hostWindows, /*non_blocking=*/true);
    }

    void compute(SizedBatch& sized, const CudaCrops& crops) const
    {
        const int begin = m_profile.cropBorder, end = begin + m_profile.pictureSize;
        const auto squares = crops.bytes().index_select(0, sized.frames).slice(1, begin, end).slice(2, begin, end);
        const auto result = forward(squares, sized.windows);
        sized.bytes = toBytes(result);
        sized.peaks = peaksOf(result);
    }

    /// `squares`: B×S×S×3 bytes, `windows`: B × audioShape, both on the device. Returns B×3×S×S in [0,1].
    torch::Tensor forward(const torch::Tensor& squares, const torch::Tensor& windows) const
    {
        const auto picture = squares.to(torch::kFloat32).div_(255);
        const auto masked = picture * m_mask;
        const auto halves = m_profile.order == PictureOrder::ReferenceFirst ? torch::cat({picture, masked}, 3)
                                                                            : torch::cat({masked, picture}, 3);
        const auto pictures = halves.to(m_network->type).permute({0, 3, 1, 2});
        const auto sound = windows.to(m_network->type).contiguous(torch::MemoryFormat::ChannelsLast);
        return m_network->module->forward(pictures, sound).to(torch::kFloat32);
    }

    static torch::Tensor toBytes(const torch::Tensor& result)
    {
        return (result * 255).to(torch::kUInt8).permute({0, 2, 3, 1}).contiguous();
    }

    /// Largest value of each picture: no number when one of its values is none.
    static torch::Tensor peaksOf(const torch::Tensor& result) { return result.amax({1, 2, 3}); }

    static bool areNumbers(const torch::Tensor& peaks, int count)
    {
        const auto* values = peaks.data_ptr<float>();
        return std::all_of(values, values + count, [](float value) { return value >= 0; });
    }

    /// A device or LibTorch that cannot capture leaves the size to plain launches.
    void capture(SizedBatch& sized, const CudaCrops& crops)
    {
        std::lock_guard lock(m_network->capturing);
        auto graph = std::make_unique<at::cuda::CUDAGraph>();
        bool begun = false;
        try {
            beginCapture(*graph, m_pool, cudaStreamCaptureModeThreadLocal);
            begun = true;
            compute(sized, crops);
            graph->capture_end();
            sized.graph = std::move(graph);
        } catch (const c10::Error&) {
            m_graphs = false;
            if (begun)
                abandonCapture(*graph);
            m_stream = c10::cuda::getStreamFromPool(false, m_place.index());
        }
    }

    static void abandonCapture(at::cuda::CUDAGraph& graph)
    {
        try {
            graph.capture_end();
        } catch (const c10::Error&) { // the capture had failed: that is why it is abandoned
        }
    }

    const std::shared_ptr<const GeneratorNetwork> m_network;
    const NetworkProfile m_profile;
    const torch::Device m_place;
    c10::cuda::CUDAStream m_stream;
    bool m_graphs;
    const at::cuda::MempoolId_t m_pool; ///< one for all graphs: only one of them runs at a time
    const torch::Tensor m_mask;
    std::map<int, SizedBatch> m_sizes;
    at::cuda::CUDAEvent m_begin{cudaEventDefault}, m_uploaded{cudaEventDefault}, m_computed{cudaEventDefault},
        m_downloaded{cudaEventDefault};
};

} // namespace

bool builtWithCuda()
{
    return true;
}

std::string describeCuda(const Device& device)
{
    const auto* properties = at::cuda::getDeviceProperties(static_cast<torch::DeviceIndex>(device.index));
    return fmt::format("{}, {} GiB", properties->name, properties->totalGlobalMem >> 30);
}

bool cudaHasFastBf16(const Device& device)
{
    return at::cuda::getDeviceProperties(static_cast<torch::DeviceIndex>(device.index))->major >=
        kFirstArchitectureWithBf16;
}

std::unique_ptr<GeneratorRunner> makeCudaRunner(std::shared_ptr<const GeneratorNetwork> network, bool graphs)
{
    // Sizes are few and fixed: trying the convolutions out once during warm-up pays off.
    at::globalContext().setBenchmarkCuDNN(true);
    return std::make_unique<CudaRunner>(std::move(network), graphs);
}

} // namespace lipsync::nn
