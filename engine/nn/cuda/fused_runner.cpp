// SPDX-License-Identifier: GPL-3.0-or-later
// Batches of a generator on a CUDA device with the kernels of this room. Half a batch computes while the other half's
// windows go there and its pictures come back; only windows, addresses and pictures' bytes cross the bus.
#include "nn/cuda/cuda_crops.h"
#include "nn/cuda/device_network.h"
#include "nn/cuda/fused_pass.h"
#include "nn/cuda/kernels.h"
#include "nn/cuda/stream_graph.h"
#include "nn/generator_runner.h"

#include <algorithm>
#include <map>

#include <ATen/cuda/CUDAContext.h>
#include <ATen/cuda/CUDAEvent.h>
#include <c10/cuda/CUDAGuard.h>

namespace lipsync::nn {

namespace cuda {

namespace {

torch::Tensor deviceBytes(std::size_t bytes, const torch::Device& place)
{
    return torch::empty({static_cast<std::int64_t>(bytes)}, torch::TensorOptions().dtype(torch::kUInt8).device(place));
}

torch::Tensor pinnedBytes(std::size_t bytes)
{
    return torch::empty({static_cast<std::int64_t>(bytes)},
                        torch::TensorOptions().dtype(torch::kUInt8).pinned_memory(true));
}

template <typename Number> Number* in(const torch::Tensor& memory)
{
    return reinterpret_cast<Number*>(memory.data_ptr());
}

std::size_t halfBytes(const FusedNetwork& plan)
{
    return plan.imageHalfNumbers() * sizeof(std::uint16_t);
}

ImageHalves::Half allocateHalf(const FusedNetwork& plan, const torch::Device& place)
{
    auto memory = deviceBytes(halfBytes(plan), place);
    return {in<std::uint16_t>(memory), [memory](std::uint16_t*) mutable { memory.reset(); }};
}

} // namespace

DeviceNetwork::DeviceNetwork(std::shared_ptr<const FusedNetwork> plan, const Device& device,
                             std::size_t imageCacheBytes)
    : m_plan(std::move(plan))
    , m_place(torch::kCUDA, static_cast<torch::DeviceIndex>(device.index))
    , m_weights(deviceBytes(m_plan->weights.size(), m_place))
    , m_halves(imageCacheBytes / halfBytes(*m_plan), [this] { return allocateHalf(*m_plan, m_place); })
{
    const c10::cuda::CUDAGuard guard(m_place);
    C10_CUDA_CHECK(
        cudaMemcpy(m_weights.data_ptr(), m_plan->weights.data(), m_plan->weights.size(), cudaMemcpyHostToDevice));
}

namespace {

constexpr int kFewestToHalve = 16; ///< pictures of a batch: half of them still fill a device

Duration between(const at::cuda::CUDAEvent& begin, const at::cuda::CUDAEvent& end)
{
    return fromMilliseconds(begin.elapsed_time(end));
}

/// A part of a batch that goes to the device, is computed and comes back by itself. Addresses stay, as a graph wants.
struct Portion {
    Portion(int size, const FusedNetwork& plan, const torch::Device& place)
        : size(size)
        , hostRequests(pinnedBytes(sizeof(PictureRequest) * static_cast<std::size_t>(size)))
        , hostWindows(pinnedBytes(sizeof(float) * plan.profile.audioElements() * static_cast<std::size_t>(size)))
        , hostFaults(pinnedBytes(sizeof(int) * static_cast<std::size_t>(size)))
        , requests(deviceBytes(static_cast<std::size_t>(hostRequests.numel()), place))
        , windows(deviceBytes(static_cast<std::size_t>(hostWindows.numel()), place))
        , faults(deviceBytes(static_cast<std::size_t>(hostFaults.numel()), place))
        , pictures(deviceBytes(plan.spec.pictureBytes() * static_cast<std::size_t>(size), place))
    {
    }

    int size;
    int used = 0; ///< pictures that are no padding
    int fresh = 0; ///< requests, the first ones, whose halves are to be computed
    torch::Tensor hostRequests, hostWindows, hostFaults; ///< pinned
    torch::Tensor requests, windows, faults, pictures; ///< on the device
    std::unique_ptr<StreamGraph> freshGraph, knownGraph; ///< all halves are computed, or none; null: not recorded
    at::cuda::CUDAEvent uploaded{cudaEventDefault}, computed{cudaEventDefault};
};

/// The halves that a batch holds, so that nobody takes their memory.
struct KeptHalves {
    std::vector<std::pair<FrameKey, ImageHalves::Half>> fresh; ///< it computes them; they are kept when it is done
    std::vector<ImageHalves::Half> known; ///< it reads them
};

class FusedRunner final : public GeneratorRunner {
public:
    FusedRunner(std::shared_ptr<const GeneratorNetwork> network, bool graphs)
        : m_network(std::move(network))
        , m_plan(m_network->fused->plan())
        , m_place(torch::kCUDA, static_cast<torch::DeviceIndex>(m_network->device.index))
        , m_stream(c10::cuda::getStreamFromPool(false, m_place.index()))
        , m_side(c10::cuda::getStreamFromPool(false, m_place.index()))
        , m_copies(c10::cuda::getStreamFromPool(false, m_place.index()))
        , m_launcher(m_plan.format, m_stream.stream())
        , m_sideLauncher(m_plan.format, m_side.stream())
        , m_graphs(graphs)
        , m_rowBytes(kColours * static_cast<std::size_t>(m_plan.profile.cropSize()))
    {
    }

    Status run(std::span<const std::uint8_t> pictures, std::span<const float> windows, int batch,
               std::span<std::uint8_t> output) override
    {
        const c10::InferenceMode inference;
        const c10::cuda::CUDAStreamGuard guard(m_stream);
        reserve(batch);
        Portion portion(batch, m_plan, m_place);
        const auto squares = deviceBytes(pictures.size(), m_place);
        C10_CUDA_CHECK(cudaMemcpyAsync(squares.data_ptr(), pictures.data(), pictures.size(), cudaMemcpyHostToDevice,
                                       m_stream.stream()));
        for (int i = 0; i < batch; ++i)
            request(portion, i, in<std::uint8_t>(squares) + pictureBytes() * static_cast<std::size_t>(i), ownHalf(i),
                    i);
        std::ranges::copy(windows, in<float>(portion.hostWindows));
        portion.used = portion.fresh = batch;
        m_stream.synchronize(); // the copies' stream begins where this one ends
        upload(portion);
        compute(portion, kColours * static_cast<std::size_t>(m_plan.profile.pictureSize));
        download(portion, output);
        m_copies.synchronize();
        return areNumbers(portion) ? Status{} : notFinite();
    }

    Status run(const DeviceCrops& crops, std::span<const MouthInput> mouths, int paddedSize,
               std::span<std::uint8_t> output, RunTimes& times) override
    {
        const SteadyClock clock;
        const auto begin = clock.now();
        const c10::InferenceMode inference;
        const c10::cuda::CUDAStreamGuard guard(m_stream);
        const auto& resident = dynamic_cast<const CudaCrops&>(crops);
        auto& portions = prepared(resident, paddedSize);
        resident.bring(mouths, m_stream);

        KeptHalves halves;
        const auto portionSize = static_cast<std::size_t>(portions.front()->size);
        const auto gathered = clock.now() - begin;
        m_begin.record(m_copies);
        const auto used = std::span(portions).first((mouths.size() + portionSize - 1) / portionSize);
        for (auto& portion : used) {
            const auto share = mouths.first(std::min(mouths.size(), portionSize));
            mouths = mouths.subspan(share.size());
            gather(resident, share, *portion, halves);
            upload(*portion);
            replay(*portion);
        }
        for (const auto& portion : used) {
            const auto bytes = pictureBytes() * static_cast<std::size_t>(portion->used);
            download(*portion, output.first(bytes));
            output = output.subspan(bytes);
        }
        m_downloaded.record(m_copies);
        m_copies.synchronize();
        for (auto& [key, half] : halves.fresh)
            m_network->fused->halves().keep(key, std::move(half));
        times = {gathered + between(m_begin, used.front()->uploaded),
                 between(used.front()->uploaded, used.back()->computed), between(used.back()->computed, m_downloaded)};
        const bool good = std::ranges::all_of(used, [](const auto& portion) { return areNumbers(*portion); });
        return good ? Status{} : notFinite();
    }

    void warmUp(const DeviceCrops& crops, int batch) override
    {
        const c10::InferenceMode inference;
        const c10::cuda::CUDAStreamGuard guard(m_stream);
        const auto& resident = dynamic_cast<const CudaCrops&>(crops);
        for (auto& portion : prepared(resident, batch))
            computeSilence(resident, *portion);
    }

    std::shared_ptr<std::uint8_t[]> hostBuffer(std::size_t bytes) const override
    {
        auto memory = pinnedBytes(bytes);
        return {in<std::uint8_t>(memory), [memory](std::uint8_t*) mutable { memory.reset(); }};
    }

private:
    static constexpr int kColours = 3;
    using Portions = std::vector<std::unique_ptr<Portion>>;

    std::size_t pictureBytes() const { return m_plan.spec.pictureBytes(); }
    std::uint16_t* ownHalf(int index) const
    {
        return in<std::uint16_t>(m_ownHalves) + m_plan.imageHalfNumbers() * static_cast<std::size_t>(index);
    }

    /// Memory for portions of that size. What was recorded with less memory is recorded again.
    void reserve(int size)
    {
        if (size <= m_reserved)
            return;
        m_stream.synchronize();
        const auto count = static_cast<std::size_t>(size);
        m_memory = deviceBytes(FusedPass::numbersOf(m_plan) * sizeof(std::uint16_t) * count, m_place);
        m_ownHalves = deviceBytes(halfBytes(m_plan) * count, m_place);
        m_reserved = size;
        for (auto& [batch, portions] : m_sizes) {
            for (auto& portion : portions) {
                portion->freshGraph.reset();
                portion->knownGraph.reset();
            }
        }
    }

    /// The portions of a batch of that size, their graphs recorded where graphs are wanted.
    Portions& prepared(const CudaCrops& crops, int batch)
    {
        auto& portions = m_sizes[batch];
        const int count = batch >= kFewestToHalve ? 2 : 1, largest = (batch + count - 1) / count;
        if (portions.empty()) {
            reserve(largest);
            for (int done = 0; done < batch; done += largest)
                portions.push_back(std::make_unique<Portion>(std::min(largest, batch - done), m_plan, m_place));
        }
        for (auto& portion : portions) {
            if (m_graphs && !portion->freshGraph)
                record(crops, *portion);
        }
        return portions;
    }

    void computeSilence(const CudaCrops& crops, Portion& portion)
    {
        KeptHalves none;
        gather(crops, {}, portion, none);
        upload(portion);
        replay(portion);
        m_stream.synchronize();
    }

    /// A device that cannot record is left to plain launches.
    void record(const CudaCrops& crops, Portion& portion)
    {
        computeSilence(crops, portion); // loads the kernels, which cannot be done while they are recorded
        portion.freshGraph = StreamGraph::record(m_stream, [&] { launch(portion, m_rowBytes); });
        m_graphs = portion.freshGraph != nullptr;
        if (!m_graphs || !m_network->fused->halves().keepsAny())
            return;
        portion.fresh = 0;
        portion.knownGraph = StreamGraph::record(m_stream, [&] { launch(portion, m_rowBytes); });
        m_graphs = portion.knownGraph != nullptr;
    }

    /// `place`: of the request among the portion's; its picture is the portion's number `index`.
    void request(Portion& portion, int place, const std::uint8_t* picture, std::uint16_t* half, int index) const
    {
        in<PictureRequest>(portion.hostRequests)[place] = {
            picture, half, in<std::uint8_t>(portion.pictures) + pictureBytes() * static_cast<std::size_t>(index)};
    }

    const std::uint8_t* squareOf(const CudaCrops& crops, int frame) const
    {
        const auto border = static_cast<std::size_t>(m_plan.profile.cropBorder);
        return crops.bytes().data_ptr<std::uint8_t>() + crops.host().cropBytes() * static_cast<std::size_t>(frame) +
            border * (m_rowBytes + kColours);
    }

    /// Fills a portion's requests and windows, those whose halves are not there first. What is padding repeats the
    /// first request, or is the template's first frame in silence.
    void gather(const CudaCrops& crops, std::span<const MouthInput> mouths, Portion& portion, KeptHalves& halves) const
    {
        struct Known {
            std::size_t mouth;
            std::uint16_t* half;
        };
        std::vector<Known> known;
        int place = 0;
        for (std::size_t i = 0; i < mouths.size(); ++i) {
            const FrameKey key{crops.id(), mouths[i].templateFrame};
            if (auto* half = knownHalf(key, halves)) {
                known.push_back({i, half});
            } else {
                take(crops, mouths, i, portion, place, freshHalf(key, place, halves));
                ++place;
            }
        }
        portion.fresh = place;
        for (const auto& [mouth, half] : known)
            take(crops, mouths, mouth, portion, place++, half);
        portion.used = place;
        if (portion.fresh == portion.used) // then padding is computed like the rest, and the whole portion is fresh
            portion.fresh = portion.size;
        pad(crops, portion);
    }

    void take(const CudaCrops& crops, std::span<const MouthInput> mouths, std::size_t mouth, Portion& portion,
              int place, std::uint16_t* half) const
    {
        request(portion, place, squareOf(crops, mouths[mouth].templateFrame), half, static_cast<int>(mouth));
        std::ranges::copy(mouths[mouth].window,
                          in<float>(portion.hostWindows) +
                              m_plan.profile.audioElements() * static_cast<std::size_t>(place));
    }

    void pad(const CudaCrops& crops, Portion& portion) const
    {
        auto* requests = in<PictureRequest>(portion.hostRequests);
        for (int place = portion.used; place < portion.size; ++place) {
            if (portion.used == 0)
                request(portion, place, squareOf(crops, 0), ownHalf(0), place);
            else
                request(portion, place, requests[0].picture, requests[0].half, place);
        }
        const auto window = m_plan.profile.audioElements();
        std::fill_n(in<float>(portion.hostWindows) + window * static_cast<std::size_t>(portion.used),
                    window * static_cast<std::size_t>(portion.size - portion.used), 0.0f);
    }

    /// The half of that frame when it is kept, or computed earlier in this batch; or null.
    std::uint16_t* knownHalf(const FrameKey& key, KeptHalves& halves) const
    {
        const auto found = std::ranges::find(halves.fresh, key, &std::pair<FrameKey, ImageHalves::Half>::first);
        if (found != halves.fresh.end())
            return found->second.get();
        auto half = m_network->fused->halves().find(key);
        if (half)
            halves.known.push_back(half);
        return half.get();
    }

    /// Memory for the half of a frame that is not kept.
    std::uint16_t* freshHalf(const FrameKey& key, int place, KeptHalves& halves) const
    {
        auto half = m_network->fused->halves().take();
        if (!half)
            return ownHalf(place);
        halves.fresh.emplace_back(key, half);
        return half.get();
    }

    void upload(Portion& portion)
    {
        const auto copy = [&](const torch::Tensor& to, const torch::Tensor& from) {
            C10_CUDA_CHECK(cudaMemcpyAsync(to.data_ptr(), from.data_ptr(), static_cast<std::size_t>(from.numel()),
                                           cudaMemcpyHostToDevice, m_copies.stream()));
        };
        copy(portion.requests, portion.hostRequests);
        copy(portion.windows, portion.hostWindows);
        portion.uploaded.record(m_copies);
        portion.uploaded.block(m_stream);
    }

    void launch(Portion& portion, std::size_t pictureRowBytes)
    {
        C10_CUDA_CHECK(cudaMemsetAsync(portion.faults.data_ptr(), 0, static_cast<std::size_t>(portion.faults.numel()),
                                       m_stream.stream()));
        FusedBatch batch;
        batch.requests = in<PictureRequest>(portion.requests);
        batch.windows = in<float>(portion.windows);
        batch.faults = in<int>(portion.faults);
        batch.pictureRowBytes = pictureRowBytes;
        batch.pictures = portion.size;
        batch.fresh = portion.fresh;
        const FusedPass pass(m_plan, m_network->fused->weights(), in<std::uint16_t>(m_memory));
        m_begun.record(m_stream);
        m_begun.block(m_side);
        pass.listen(batch, m_sideLauncher);
        m_heard.record(m_side);
        pass.look(batch, m_launcher);
        m_heard.block(m_stream);
        pass.draw(batch, m_launcher);
    }

    void compute(Portion& portion, std::size_t pictureRowBytes)
    {
        launch(portion, pictureRowBytes);
        portion.computed.record(m_stream);
    }

    /// The same of a template's crops, by a graph where all halves or none are computed.
    void replay(Portion& portion)
    {
        const StreamGraph* graph = portion.fresh == 0 ? portion.knownGraph.get()
            : portion.fresh == portion.size           ? portion.freshGraph.get()
                                                      : nullptr;
        if (graph)
            graph->replay(m_stream);
        else
            launch(portion, m_rowBytes);
        portion.computed.record(m_stream);
    }

    void download(Portion& portion, std::span<std::uint8_t> output)
    {
        portion.computed.block(m_copies);
        C10_CUDA_CHECK(cudaMemcpyAsync(output.data(), portion.pictures.data_ptr(), output.size(),
                                       cudaMemcpyDeviceToHost, m_copies.stream()));
        C10_CUDA_CHECK(cudaMemcpyAsync(portion.hostFaults.data_ptr(), portion.faults.data_ptr(),
                                       static_cast<std::size_t>(portion.faults.numel()), cudaMemcpyDeviceToHost,
                                       m_copies.stream()));
    }

    static bool areNumbers(const Portion& portion)
    {
        const auto* faults = in<int>(portion.hostFaults);
        return std::all_of(faults, faults + portion.used, [](int fault) { return fault == 0; });
    }

    const std::shared_ptr<const GeneratorNetwork> m_network;
    const FusedNetwork& m_plan;
    const torch::Device m_place;
    const c10::cuda::CUDAStream m_stream, m_side; ///< what computes; what listens meanwhile
    const c10::cuda::CUDAStream m_copies; ///< to and from pinned memory
    DeviceLauncher m_launcher, m_sideLauncher;
    bool m_graphs;
    const std::size_t m_rowBytes; ///< of crops
    torch::Tensor m_memory, m_ownHalves; ///< of one portion at a time
    int m_reserved = 0; ///< pictures that they are for
    std::map<int, Portions> m_sizes;
    at::cuda::CUDAEvent m_begin{cudaEventDefault}, m_downloaded{cudaEventDefault};
    at::cuda::CUDAEvent m_begun, m_heard; ///< of m_stream, where m_side begins; of m_side, where it ends
};

} // namespace

} // namespace cuda

bool cudaKernelsCover(const GeneratorSpec& spec, Precision precision, const Device& device)
{
    constexpr int kFirstArchitecture = 8; // Ampere: asynchronous copies into shared memory, bf16
    return device.cuda && precision != Precision::Fp32 && cuda::FusedNetwork::covers(spec) &&
        at::cuda::getDeviceProperties(static_cast<torch::DeviceIndex>(device.index))->major >= kFirstArchitecture;
}

Result<std::shared_ptr<const cuda::DeviceNetwork>> placeNetwork(const WeightSet& weights, const GeneratorSpec& spec,
                                                                Precision precision, const Device& device,
                                                                std::size_t imageCacheBytes)
{
    const auto format = precision == Precision::Bf16 ? cuda::NumberFormat::Bf16 : cuda::NumberFormat::Fp16;
    auto plan = cuda::FusedNetwork::create(weights, spec, format);
    if (!plan)
        return failure(plan);
    return std::make_shared<const cuda::DeviceNetwork>(std::move(*plan), device, imageCacheBytes);
}

std::unique_ptr<GeneratorRunner> makeFusedRunner(std::shared_ptr<const GeneratorNetwork> network, bool graphs)
{
    return std::make_unique<cuda::FusedRunner>(std::move(network), graphs);
}

} // namespace lipsync::nn
