// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/direct/kernels.h"

namespace lipsync::nn::direct {

#if defined(__x86_64__)
namespace {

bool hasAvx512()
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

} // namespace

const KernelSet* kernelsFloat()
{
    if (hasAvx512())
        return kKernelsAvx512;
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? kKernelsAvx2 : nullptr;
}

const KernelSet* kernelsBf16()
{
    return hasAvx512() && __builtin_cpu_supports("avx512bf16") ? kKernelsAvx512Bf16 : nullptr;
}
#else
const KernelSet* kernelsFloat()
{
    return nullptr;
}

const KernelSet* kernelsBf16()
{
    return nullptr;
}
#endif

} // namespace lipsync::nn::direct
