// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace lipsync::serving {

/// What a server's TLS needs, as PEM.
struct TlsKeys {
    std::string certificates; ///< the server's own, then who signed it
    std::string key; ///< of the first
    std::string clientAuthorities; ///< who signed the clients' certificates; empty: clients need none

    bool isMutual() const { return !clientAuthorities.empty(); }
};

} // namespace lipsync::serving
