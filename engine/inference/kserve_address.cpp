// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/kserve_address.h"

#include <algorithm>
#include <charconv>

namespace lipsync::inference {

namespace {

constexpr std::string_view kPlain = "kserve://";
constexpr std::string_view kEncrypted = "kserves://";
constexpr std::size_t kMostNameBytes = 128;

bool isPort(std::string_view text)
{
    constexpr int kLastPort = 65535;
    int port = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), port);
    return problem == std::errc() && end == text.data() + text.size() && port >= 1 && port <= kLastPort;
}

bool isPrintable(std::string_view text)
{
    return std::ranges::all_of(text, [](char each) { return each > ' ' && each != 0x7f; });
}

} // namespace

bool isKserveAddress(std::string_view device)
{
    return device.starts_with(kPlain) || device.starts_with(kEncrypted);
}

Result<KserveAddress> parseKserveAddress(std::string_view device)
{
    KserveAddress address;
    address.isEncrypted = device.starts_with(kEncrypted);
    const auto rest = device.substr(std::min(device.size(), (address.isEncrypted ? kEncrypted : kPlain).size()));
    const auto slash = rest.find('/');
    address.target = rest.substr(0, slash);
    if (slash != std::string_view::npos)
        address.model = rest.substr(slash + 1);
    const auto colon = address.target.rfind(':');
    const bool hasModel = slash == std::string_view::npos ||
        (!address.model.empty() && address.model.size() <= kMostNameBytes &&
         address.model.find('/') == std::string::npos);
    if (!isKserveAddress(device) || !isPrintable(rest) || !hasModel || colon == std::string::npos || colon == 0 ||
        colon > kMostNameBytes || !isPort(std::string_view(address.target).substr(colon + 1)))
        return failure(ErrorCode::Usage,
                       fmt::format("'{}' is no address of a server: write kserve://HOST:PORT, kserves:// where it has "
                                   "TLS, and /MODEL behind it where the model is not named as the avatar's folder.",
                                   device));
    return address;
}

} // namespace lipsync::inference
