// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/torch_runtime.h"

#include "nn/tensor_heap.h"
#include "nn/torch_compat.h"

#include <ATen/Version.h>

#include <algorithm>

#include <malloc.h>

namespace lipsync::nn {

namespace {

/// How LibTorch's allocators and NVIDIA's libraries say that there is no memory left.
constexpr std::string_view kMemoryWords[] = {"out of memory", "can't allocate memory", "not enough memory",
                                             "STATUS_ALLOC_FAILED"};
constexpr std::string_view kDeviceWords = "CUDA error";

} // namespace

void keepMemoryBlocks()
{
    constexpr int kTopPadBytes = 64 << 20;
    constexpr int kArenas = 8;
    mallopt(M_MMAP_MAX, 0);
    mallopt(M_TRIM_THRESHOLD, -1);
    mallopt(M_TOP_PAD, kTopPadBytes);
    // Convolutions take working memory from malloc, not from the tensors' heaps: in one arena two bf16 workers lose a
    // third of their speed to each other. Each arena keeps what it had at its most, hence no more of them.
    mallopt(M_ARENA_MAX, kArenas);
    installTensorHeaps();
}

void handMemoryBack()
{
    malloc_trim(0);
}

std::string torchVersion()
{
    return TORCH_VERSION;
}

bool cudaAvailable()
{
    return torch::cuda::is_available();
}

bool fastBf16Available()
{
    return hasFastBf16();
}

std::string processorCapability()
{
    // LibTorch 1.13 tells it only inside its configuration text.
    constexpr std::string_view kLabel = "CPU capability usage: ";
    const auto config = at::show_config();
    const auto at = config.find(kLabel);
    if (at == std::string::npos)
        return "unknown";
    const auto begin = at + kLabel.size();
    return config.substr(begin, config.find('\n', begin) - begin);
}

Status guarded(const std::string& doing, const std::function<Status()>& work)
{
    try {
        return work();
    } catch (const c10::Error& error) {
        const std::string text = error.what_without_backtrace();
        const bool memory = std::any_of(std::begin(kMemoryWords), std::end(kMemoryWords),
                                        [&](auto words) { return text.find(words) != std::string::npos; });
        return failure(memory ? ErrorCode::Resource : ErrorCode::Internal, doing + " failed inside LibTorch", text);
    } catch (const std::bad_alloc&) {
        return failure(ErrorCode::Resource, doing + " failed: the machine has no memory left");
    } catch (const std::exception& error) {
        return failure(ErrorCode::Internal, doing + " failed", error.what());
    }
}

bool isDeviceLost(const Error& error)
{
    return error.code == ErrorCode::Internal && error.cause.find(kDeviceWords) != std::string::npos;
}

} // namespace lipsync::nn
