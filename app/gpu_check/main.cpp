// SPDX-License-Identifier: GPL-3.0-or-later
// lipsync-gpu-check: are the networks right on this machine's devices, and how fast? Built from LibTorch alone.
#include "check_bench.h"
#include "check_table.h"

#include "nn/device.h"
#include "nn/torch_runtime.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <thread>

using namespace lipsync;
using namespace lipsync::gpu_check;

namespace {

constexpr std::string_view kUsage =
    R"(usage: lipsync-gpu-check [--device NAME]… [--network 328|160] [--width N] [--seconds S] [--largest-batch N]
                         [--workers N]

  --device         cpu, cuda:0, …; may be given several times (default: all there are)
  --network        picture side class of the network (default: 328)
  --width          channels of its first layer (default: 32, the original's)
  --seconds        length of each measurement (default: 0.5)
  --largest-batch  sizes 1, 2, 4, … up to it (default: 32)
  --workers        rows for 1 … N workers (default: 4; on the processor no more than it has cores)
)";

struct Wishes {
    std::vector<std::string> devices;
    nn::GeneratorSpec spec{nn::GeneratorKind::SyncTalk2D328, nn::AudioMode::Ave, 32};
    double seconds = 0.5;
    int largestBatch = 32;
    int workers = 4;
    bool help = false;
};

template <typename Number> bool parse(std::string_view text, Number least, Number most, Number& value)
{
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    return problem == std::errc{} && end == text.data() + text.size() && value >= least && value <= most;
}

bool take(Wishes& wishes, std::string_view option, std::string_view value)
{
    constexpr int kMostWorkers = 64, kLargestBatch = 256, kWidest = 256;
    constexpr double kShortest = 0.01, kLongest = 600;
    if (option == "--device") {
        wishes.devices.emplace_back(value);
        return true;
    }
    if (option == "--network") {
        wishes.spec.kind = value == "160" ? nn::GeneratorKind::SyncTalk2D160 : nn::GeneratorKind::SyncTalk2D328;
        return value == "160" || value == "328";
    }
    if (option == "--width")
        return parse(value, 2, kWidest, wishes.spec.width) && wishes.spec.width % 2 == 0;
    if (option == "--seconds")
        return parse(value, kShortest, kLongest, wishes.seconds);
    if (option == "--largest-batch")
        return parse(value, 1, kLargestBatch, wishes.largestBatch);
    return option == "--workers" && parse(value, 1, kMostWorkers, wishes.workers);
}

Result<Wishes> parseArguments(int argc, char** argv)
{
    Wishes wishes;
    for (int i = 1; i < argc; ++i) {
        const std::string_view option = argv[i];
        wishes.help = wishes.help || option == "--help" || option == "-h";
        if (wishes.help)
            break;
        if (i + 1 >= argc || !take(wishes, option, argv[i + 1])) {
            return failure(ErrorCode::Usage,
                           fmt::format("'{}{}{}' is not understood; --help shows the usage.", option,
                                       i + 1 < argc ? " " : "", i + 1 < argc ? argv[i + 1] : ""));
        }
        ++i;
    }
    return wishes;
}

void checkProcessor(CheckBench& bench, const CheckTable& table, int workers)
{
    table.printPlainRow("cpu", bench.plainSpeeds("cpu", table.batchSizes()));
    std::vector<Arithmetic> arithmetics{Arithmetic::Fp32};
    if (nn::fastBf16Available())
        arithmetics.push_back(Arithmetic::Bf16);
    const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    for (const auto arithmetic : arithmetics) {
        Setting setting{"cpu", arithmetic, false, 1, nn::Executor::Auto};
        const auto accuracy = bench.accuracy(setting);
        for (; setting.workers <= std::min(workers, cores); ++setting.workers)
            table.printRow(setting, accuracy ? std::optional(*accuracy) : std::nullopt,
                           bench.speeds(setting, table.batchSizes()));
    }
}

/// What kernels of our own did with one worker.
struct OwnRow {
    Setting setting;
    std::vector<Speed> speeds;
};

/// All rows of a setting. False when kernels of our own are not as exact as they have to be.
bool checkSetting(CheckBench& bench, const CheckTable& table, Setting setting, int workers, std::vector<OwnRow>& own)
{
    constexpr double kLeastDecibels = 45;
    if (!bench.isUsable(setting))
        return true;
    const bool isOwn = setting.executor == nn::Executor::Direct;
    const auto accuracy = bench.accuracy(setting);
    for (; setting.workers <= workers; ++setting.workers) {
        const auto speeds = bench.speeds(setting, table.batchSizes());
        table.printRow(setting, accuracy ? std::optional(*accuracy) : std::nullopt, speeds);
        if (isOwn && speeds && setting.workers == 1)
            own.push_back({setting, *speeds});
    }
    return !isOwn || (accuracy && accuracy->decibels >= kLeastDecibels);
}

Status checkCuda(CheckBench& bench, const CheckTable& table, const std::string& device, int workers)
{
    table.printPlainRow(device, bench.plainSpeeds(device, table.batchSizes()));
    bool isExact = true;
    std::vector<OwnRow> own;
    for (const auto arithmetic : {Arithmetic::Fp32, Arithmetic::Bf16, Arithmetic::Fp16}) {
        for (const bool graphs : {false, true}) {
            isExact &= checkSetting(bench, table, {device, arithmetic, graphs}, workers, own);
            Setting setting{device, arithmetic, graphs, 1, nn::Executor::Direct};
            isExact &= checkSetting(bench, table, setting, workers, own);
            setting.keepsHalves = true;
            if (graphs)
                isExact &= checkSetting(bench, table, setting, workers, own);
        }
    }
    if (own.empty())
        fmt::print("{} has no kernels of our own in this build or for this network.\n", device);
    else
        CheckTable::printWorkHead();
    for (const auto& [setting, speeds] : own) {
        const auto work = bench.work(setting, table.batchSizes());
        if (!work)
            return failure(work);
        table.printWork(setting, speeds, *work);
    }
    if (!isExact)
        return failure(
            ErrorCode::Internal,
            fmt::format("Our kernels on {} are too far from the processor in float32: less than 45 dB.", device));
    return {};
}

Status check(const Wishes& wishes)
{
    std::vector<nn::Device> devices;
    for (const auto& name : wishes.devices) {
        const auto device = nn::findDevice(name);
        if (!device)
            return failure(device);
        devices.push_back(*device);
    }
    if (devices.empty())
        devices = nn::usableDevices();
    const auto bench = CheckBench::make(wishes.spec, wishes.seconds);
    if (!bench)
        return failure(bench);

    fmt::print("LibTorch {}, processor {}, network {} with formula weights\n", nn::torchVersion(),
               nn::processorCapability(), wishes.spec.name());
    for (const auto& device : devices)
        fmt::print("{}: {}\n", device.name(), nn::describe(device));
    const bool anyCuda =
        std::any_of(devices.begin(), devices.end(), [](const nn::Device& device) { return device.cuda; });
    if (!anyCuda)
        fmt::print("No CUDA device is measured: {}.\n",
                   nn::builtWithCuda() ? "none was found or asked for" : "this build has no CUDA");
    fmt::print(
        "Each cell: frames/s / p99 of a batch in ms. The plain loop is this network in LibTorch as a simple\n"
        "program runs it: float32, channels first, not folded, one stream, no graphs; no Python takes part.\n\n");
    const CheckTable table(batchSizesUpTo(wishes.largestBatch));
    table.printHead();
    Status checked;
    for (const auto& device : devices) {
        if (!device.cuda)
            checkProcessor(**bench, table, wishes.workers);
        else if (auto good = checkCuda(**bench, table, device.name(), wishes.workers); !good)
            checked = std::move(good);
    }
    return checked;
}

} // namespace

int main(int argc, char** argv)
{
    nn::keepMemoryBlocks();
    const auto wishes = parseArguments(argc, argv);
    if (wishes && wishes->help) {
        fmt::print("{}", kUsage);
        return 0;
    }
    const auto checked = wishes ? check(*wishes) : Status(failure(wishes));
    if (!checked) {
        fmt::print(stderr, "lipsync-gpu-check: {}\n", checked.error().text());
        return exitStatus(checked.error().code);
    }
    return 0;
}
