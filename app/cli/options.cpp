// SPDX-License-Identifier: GPL-3.0-or-later
#include "options.h"

#include <string>
#include <thread>

namespace lipsync::cli {

void addThreadsOption(CLI::App& command, nn::RunOptions& options)
{
    constexpr int kMostThreads = 256;
    options.threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    command.add_option("--threads", options.threads, "Computing threads of the network; default: one a core")
        ->check(CLI::Range(1, kMostThreads))
        ->capture_default_str();
}

void addPrecisionOption(CLI::App& command, nn::RunOptions& options)
{
    addChoice(command, "--precision", options.precision, {{"fp32", nn::Precision::Fp32}, {"bf16", nn::Precision::Bf16}},
              "Arithmetic of the network: fp32, or bf16 where the processor has it");
}

void addJsonOption(CLI::App& command, bool& json)
{
    command.add_flag("--json", json, "Print one JSON object on standard output");
}

} // namespace lipsync::cli
