// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/device.h"
#include "nn/template_crops.h"

#include <memory>

namespace lipsync::nn {

/// An avatar's crops where one device reads them: the host's own store for the processor, a copy in the memory of a
/// CUDA device that takes each crop over when it is first used. Shared by all generators on the device. Any thread.
class DeviceCrops {
public:
    explicit DeviceCrops(std::shared_ptr<const TemplateCrops> host)
        : m_host(std::move(host))
    {
    }
    virtual ~DeviceCrops() = default;

    const TemplateCrops& host() const { return *m_host; }

private:
    const std::shared_ptr<const TemplateCrops> m_host;
};

/// Crops for generators on that device. Resource when its memory does not hold them.
Result<std::shared_ptr<DeviceCrops>> placeCrops(std::shared_ptr<const TemplateCrops> crops, const Device& device);

} // namespace lipsync::nn
