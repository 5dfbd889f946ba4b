// SPDX-License-Identifier: GPL-3.0-or-later
// In the place of this room's other sources where the build found no oneDNN that it can use.
#include "nn/onednn/onednn_network.h"

#include <stdexcept>

namespace lipsync::nn::onednn {

struct PackedNetwork { };

bool OnednnNetwork::covers(const GeneratorSpec&)
{
    return false;
}

bool OnednnNetwork::hasBf16()
{
    return false;
}

std::string OnednnNetwork::library()
{
    return "no oneDNN";
}

Result<std::shared_ptr<const OnednnNetwork>> OnednnNetwork::create(const WeightSet&, const GeneratorSpec&, bool)
{
    return failure(ErrorCode::Usage, "This build has no oneDNN");
}

OnednnNetwork::OnednnNetwork(std::unique_ptr<const PackedNetwork> packed)
    : m_packed(std::move(packed))
{
}
OnednnNetwork::~OnednnNetwork() = default;

std::unique_ptr<FrameExecutor> makeOnednnExecutor(std::shared_ptr<const OnednnNetwork>, int)
{
    throw std::logic_error("This build has no oneDNN");
}

} // namespace lipsync::nn::onednn
