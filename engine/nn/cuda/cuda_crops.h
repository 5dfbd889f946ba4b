// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/generator.h"
#include "nn/torch_compat.h"

#include <span>

#include <c10/cuda/CUDAStream.h>

namespace lipsync::nn {

/// Crops in the memory of a CUDA device: frameCount × cropSize × cropSize × 3 bytes, one allocation whose address stays.
class CudaCrops final : public DeviceCrops {
public:
    CudaCrops(std::shared_ptr<const TemplateCrops> host, const Device& device);

    /// Copies those of the frames that are not there yet. Any thread; waits for `stream` only when it copies.
    void bring(std::span<const MouthInput> mouths, const c10::cuda::CUDAStream& stream) const;
    const torch::Tensor& bytes() const { return m_bytes; }
    std::uint64_t id() const { return m_id; } ///< no other crops of this process have it

private:
    void copy(int frame, const c10::cuda::CUDAStream& stream) const;

    const std::uint64_t m_id;
    torch::Tensor m_bytes;
    mutable std::mutex m_copying;
    std::unique_ptr<std::atomic<bool>[]> m_present; ///< one a frame
};

} // namespace lipsync::nn
