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

std::string textOf(const Setting& setting)
{
    return fmt::format("{}{}{}{}", textOf(setting.arithmetic),
                       setting.executor == nn::Executor::Direct ? ", own kernels" : "",
                       setting.graphs ? ", graphs" : "", setting.keepsHalves ? ", image half kept" : "");
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
    fmt::print("| {} | {} | {} | {} |", setting.device, textOf(setting), setting.workers,
               accuracy ? textOf(*accuracy) : "");
    printSpeeds(speeds);
}

void CheckTable::printWorkHead()
{
    fmt::print("\nA frame's bytes of device memory and operations, counted from the layers' sizes, beside its measured "
               "time.\n\n"
               "| device | runs | batch | MB | GFLOP | ms | GB/s | TFLOP/s |\n|---|---|---|---|---|---|---|---|\n");
}

void CheckTable::printWork(const Setting& setting, const std::vector<Speed>& speeds,
                           const std::vector<FrameWork>& work) const
{
    constexpr double kThousand = 1000;
    for (std::size_t i = 0; i < speeds.size() && i < work.size(); ++i) {
        const double frames = speeds[i].framesPerSecond;
        fmt::print("| {} | {} | {} | {:.1f} | {:.2f} | {:.3f} | {:.0f} | {:.1f} |\n", setting.device, textOf(setting),
                   m_batchSizes[i], work[i].megabytes, work[i].gigaflop, kThousand / frames,
                   work[i].megabytes * frames / kThousand, work[i].gigaflop * frames / kThousand);
    }
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
