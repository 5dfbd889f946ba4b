// SPDX-License-Identifier: GPL-3.0-or-later
#include "check_table.h"

#include <cmath>
#include <cstdio>

namespace lipsync::gpu_check {

namespace {

std::string textOf(const Accuracy& accuracy)
{
    return std::isinf(accuracy.decibels) ? "same bytes"
                                         : fmt::format("{:.1f} dB, {}", accuracy.decibels, accuracy.largest);
}

std::string_view textOf(Arithmetic arithmetic)
{
    switch (arithmetic) {
    case Arithmetic::Bf16:
        return "bf16";
    case Arithmetic::Fp16:
        return "fp16";
    case Arithmetic::Fp32:
        break;
    }
    return "fp32";
}

} // namespace

CheckTable::CheckTable(std::vector<int> batchSizes)
    : m_batchSizes(std::move(batchSizes))
{
}

void CheckTable::printHead() const
{
    std::string names = "| device | runs | workers | PSNR, max difference |";
    std::string rule = "|---|---|---|---|";
    for (const int size : m_batchSizes) {
        names += fmt::format(" batch {} |", size);
        rule += "---|";
    }
    fmt::print("{}\n{}\n", names, rule);
}

void CheckTable::printRow(const Setting& setting, const std::optional<Accuracy>& accuracy,
                          const Result<std::vector<Speed>>& speeds) const
{
    fmt::print("| {} | {}{} | {} | {} |", setting.device, textOf(setting.arithmetic), setting.graphs ? ", graphs" : "",
               setting.workers, accuracy ? textOf(*accuracy) : "");
    printSpeeds(speeds);
}

void CheckTable::printPlainRow(const std::string& device, const Result<std::vector<Speed>>& speeds) const
{
    fmt::print("| {} | plain loop | 1 | |", device);
    printSpeeds(speeds);
}

void CheckTable::printSpeeds(const Result<std::vector<Speed>>& speeds) const
{
    if (!speeds)
        fmt::print(" {} |", speeds.error().text());
    else
        for (const auto& speed : *speeds)
            fmt::print(" {:.1f} / {:.1f} |", speed.framesPerSecond, speed.p99Ms);
    fmt::print("\n");
    std::fflush(stdout);
}

} // namespace lipsync::gpu_check
