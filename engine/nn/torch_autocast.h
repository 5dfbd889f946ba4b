// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Mixed precision; beside torch_compat.h, which few sources that need no training should pay for.

#include "nn/torch_compat.h"

#include <ATen/autocast_mode.h>

namespace lipsync::nn {

/// While one lives, layers that the calling thread runs on `device` compute in bf16 where little is lost by it; weights
/// and what they learn stay float32.
class Bf16Autocast {
public:
    Bf16Autocast(bool wanted, const torch::Device& device)
        : m_type(device.type())
        , m_before(isEnabled())
    {
        setEnabled(wanted);
    }
    Bf16Autocast(const Bf16Autocast&) = delete;
    Bf16Autocast& operator=(const Bf16Autocast&) = delete;
    ~Bf16Autocast()
    {
        at::autocast::clear_cache(); // of weights in bf16, which the next step changes
        setEnabled(m_before);
    }

private:
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
    bool isEnabled() const
    {
        return at::autocast::is_autocast_enabled(m_type);
    }
    void setEnabled(bool enabled) const
    {
        at::autocast::set_autocast_dtype(m_type, at::kBFloat16);
        at::autocast::set_autocast_enabled(m_type, enabled);
    }
#else
    bool isEnabled() const
    {
        return m_type == at::kCUDA ? at::autocast::is_enabled() : at::autocast::is_cpu_enabled();
    }
    void setEnabled(bool enabled) const
    {
        if (m_type == at::kCUDA) {
            at::autocast::set_autocast_gpu_dtype(at::kBFloat16);
            at::autocast::set_enabled(enabled);
        } else {
            at::autocast::set_autocast_cpu_dtype(at::kBFloat16);
            at::autocast::set_cpu_enabled(enabled);
        }
    }
#endif
    const at::DeviceType m_type;
    const bool m_before;
};

} // namespace lipsync::nn
