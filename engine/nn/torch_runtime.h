// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <functional>
#include <string>

namespace lipsync::nn {

/// Keeps large memory blocks inside the process instead of handing them back to the kernel after every layer, and gives
/// each run of a generator a heap of its own: with glibc's defaults the 328 network takes more than twice as long.
/// Call once, first thing in main(), before LibTorch has made a tensor.
void keepMemoryBlocks();
/// Hands what is not in use back to the kernel after all; for whoever has let go of a network. Takes some milliseconds,
/// and makes the next runs of others ask for their memory again.
void handMemoryBack();

/// LibTorch's version and what it was built with, for a person.
std::string torchVersion();
/// Whether a CUDA device can be used by this build on this machine.
bool cudaAvailable();
/// Whether bf16 arithmetic is faster than fp32 on this processor.
bool fastBf16Available();
/// Processor features that LibTorch chose its kernels for, e.g. "AVX512".
std::string processorCapability();

/// Runs `work`; what LibTorch throws becomes an Error saying that `doing` failed: Resource when memory is short.
Status guarded(const std::string& doing, const std::function<Status()>& work);
/// Whether a guarded() failure means that a CUDA device does not answer this process any more.
bool isDeviceLost(const Error& error);

} // namespace lipsync::nn
