// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace lipsync::cli {

/// Something this machine lacks.
struct Lack {
    std::string what; ///< a sentence
    std::string remedy; ///< the command that gets it, or what to do
    bool stopsRendering = false;
};

/// What this machine has for us, tried out rather than assumed.
struct Diagnosis {
    nlohmann::ordered_json facts; ///< version, libraries, devices, codecs, demo
    std::vector<Lack> lacks; ///< the worst first

    bool canRender() const;
};

/// Looks at libraries and devices, opens the encoders and runs a small network; takes about a second.
Diagnosis diagnose();

} // namespace lipsync::cli
