// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/cuda/cuda_crops.h"

#include "nn/generator_runner.h"

#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAGuard.h>

namespace lipsync::nn {

namespace {

std::atomic<std::uint64_t> made{0};

} // namespace

CudaCrops::CudaCrops(std::shared_ptr<const TemplateCrops> host, const Device& device)
    : DeviceCrops(std::move(host))
    , m_id(++made)
    , m_present(std::make_unique<std::atomic<bool>[]>(static_cast<std::size_t>(this->host().frameCount())))
{
    const int side = this->host().cropSize();
    const torch::Device place(torch::kCUDA, static_cast<torch::DeviceIndex>(device.index));
    m_bytes = torch::zeros({this->host().frameCount(), side, side, 3},
                           torch::TensorOptions().dtype(torch::kUInt8).device(place));
    // The zeros were written on this thread's stream; generators read on streams of their own.
    c10::cuda::getCurrentCUDAStream(place.index()).synchronize();
}

void CudaCrops::bring(std::span<const MouthInput> mouths, const c10::cuda::CUDAStream& stream) const
{
    for (const auto& mouth : mouths) {
        if (!m_present[static_cast<std::size_t>(mouth.templateFrame)].load(std::memory_order_acquire))
            copy(mouth.templateFrame, stream);
    }
}

void CudaCrops::copy(int frame, const c10::cuda::CUDAStream& stream) const
{
    std::lock_guard lock(m_copying);
    auto& present = m_present[static_cast<std::size_t>(frame)];
    if (present.load(std::memory_order_relaxed)) // another thread copied it while this one waited
        return;
    const auto crop = host().crop(frame);
    auto* target = m_bytes.data_ptr<std::uint8_t>() + static_cast<std::size_t>(frame) * host().cropBytes();
    C10_CUDA_CHECK(cudaMemcpyAsync(target, crop.data(), crop.size(), cudaMemcpyHostToDevice, stream.stream()));
    stream.synchronize();
    present.store(true, std::memory_order_release);
}

std::shared_ptr<DeviceCrops> makeCudaCrops(std::shared_ptr<const TemplateCrops> crops, const Device& device)
{
    return std::make_shared<CudaCrops>(std::move(crops), device);
}

} // namespace lipsync::nn
