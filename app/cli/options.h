// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/generator.h"

#include <string>
#include <utility>
#include <vector>

#include <CLI/App.hpp>

namespace lipsync::cli {

/// An option that takes one of these names and sets `chosen` to what it stands for; the first one is the default.
template <typename Choice>
void addChoice(CLI::App& command, const std::string& option, Choice& chosen,
               const std::vector<std::pair<std::string, Choice>>& choices, const std::string& description)
{
    std::vector<std::string> names;
    for (const auto& [name, value] : choices)
        names.push_back(name);
    command
        .add_option_function<std::string>(
            option,
            [&chosen, choices](const std::string& given) {
                for (const auto& [name, value] : choices)
                    if (name == given)
                        chosen = value;
            },
            description)
        ->check(CLI::IsMember(names))
        ->default_str(names.front());
}

/// --threads N: computing threads of the network.
void addThreadsOption(CLI::App& command, nn::RunOptions& options);
/// --precision fp32|bf16.
void addPrecisionOption(CLI::App& command, nn::RunOptions& options);
/// --json: one object on standard output and nothing else there.
void addJsonOption(CLI::App& command, bool& json);

} // namespace lipsync::cli
