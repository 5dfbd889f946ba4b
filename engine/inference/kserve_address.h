// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <string>
#include <string_view>

namespace lipsync::inference {

/// Where a server of the Open Inference Protocol (KServe v2) is, as a plan's device names it:
/// "kserve://HOST:PORT", or "kserves://" with TLS; "/MODEL" may follow.
struct KserveAddress {
    std::string target; ///< "host:port"
    std::string model; ///< what the server calls the avatar; empty: its folder's name without ".avatar"
    bool isEncrypted = false;
};

/// Whether a plan's device is such a server.
bool isKserveAddress(std::string_view device);

/// Usage when the address makes no sense.
Result<KserveAddress> parseKserveAddress(std::string_view device);

} // namespace lipsync::inference
