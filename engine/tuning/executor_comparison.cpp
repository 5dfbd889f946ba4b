// SPDX-License-Identifier: GPL-3.0-or-later
#include "tuning/executor_comparison.h"

#include "base/clock.h"
#include "inference/torch_worker.h"
#include "nn/device_crops.h"
#include "tuning/mouth_load.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lipsync::tuning {

namespace {

constexpr int kFrames = 12; ///< of a turn; as many different mouths
constexpr int kFewestRounds = 2;

struct Way {
    Arithmetic arithmetic;
    nn::RunOptions options;
};

struct Contender {
    ExecutorFigures figures;
    std::unique_ptr<nn::Generator> generator;
    std::shared_ptr<const nn::DeviceCrops> crops;
    std::vector<std::uint8_t> pictures; ///< of all frames of a turn
};

/// All that the device can do, LibTorch in fp32 first.
std::vector<Way> waysOn(const nn::Device& device, const nn::GeneratorSpec& spec,
                        const ExecutorComparisonOptions& options)
{
    std::vector<Way> ways;
    for (const auto executor : {nn::Executor::LibTorch, nn::Executor::OneDnn, nn::Executor::Direct}) {
        for (const auto arithmetic : {Arithmetic::Fp32, Arithmetic::Bf16, Arithmetic::Fp16}) {
            const auto precision = inference::precisionOf(arithmetic);
            nn::RunOptions way{
                .precision = precision, .threads = options.threads, .device = options.device, .executor = executor};
            const bool isDirect = executor == nn::Executor::Direct;
            if (nn::usablePrecision(precision, device) != precision || nn::usableExecutor(spec, way) != executor)
                continue;
            ways.push_back({arithmetic, way});
            way.imageCacheBytes = nn::kImageCacheBytes;
            if (isDirect)
                ways.push_back({arithmetic, way});
        }
    }
    return ways;
}

Result<Contender> makeContender(const avatar::AvatarPackage& package, const avatar::TemplateFrames& frames,
                                const Way& way)
{
    Contender contender;
    auto generator = nn::Generator::load(package.generatorFile(), package.manifest().network, way.options);
    if (!generator)
        return failure(generator);
    contender.generator = std::move(*generator);
    auto crops = nn::placeCrops(frames.crops(), contender.generator->device());
    if (!crops)
        return failure(crops);
    contender.crops = std::move(*crops);
    contender.pictures.resize(contender.generator->spec().pictureBytes() * kFrames);
    auto& figures = contender.figures;
    figures.executor = contender.generator->executor();
    figures.arithmetic = way.arithmetic;
    figures.keepsImageHalves = way.options.imageCacheBytes > 0;
    figures.name = nn::describeExecutor(contender.generator->spec(), way.options) +
        (figures.keepsImageHalves ? ", image half kept" : "");
    figures.millisecondsAFrame = std::numeric_limits<double>::infinity();
    return contender;
}

/// One frame after the other, as a live stream has them.
Status takeTurn(Contender& contender, const MouthLoad& load)
{
    const auto bytes = contender.generator->spec().pictureBytes();
    const auto started = SteadyClock().now();
    for (std::size_t frame = 0; frame < kFrames; ++frame) {
        const auto& mouth = load.mouth(frame);
        const nn::MouthInput input{mouth.templateFrame, mouth.window};
        const auto picture = std::span(contender.pictures).subspan(frame * bytes, bytes);
        if (auto ran = contender.generator->run(*contender.crops, {&input, 1}, 1, picture); !ran)
            return ran;
    }
    auto& best = contender.figures.millisecondsAFrame;
    best = std::min(best, milliseconds(SteadyClock().now() - started) / kFrames);
    return {};
}

void judge(ExecutorFigures& figures, const std::vector<std::uint8_t>& pictures,
           const std::vector<std::uint8_t>& reference)
{
    constexpr double kWhite = 255;
    double squares = 0;
    std::size_t differing = 0;
    for (std::size_t i = 0; i < pictures.size(); ++i) {
        const double difference = static_cast<double>(pictures[i]) - reference[i];
        squares += difference * difference;
        figures.largestDifference = std::max(figures.largestDifference, static_cast<int>(std::abs(difference)));
        differing += difference != 0;
    }
    const auto count = static_cast<double>(pictures.size());
    figures.differingShare = static_cast<double>(differing) / count;
    figures.psnr = 10 * std::log10(kWhite * kWhite * count / squares);
}

} // namespace

Result<std::vector<ExecutorFigures>> compareExecutors(const std::filesystem::path& avatar,
                                                      const ExecutorComparisonOptions& options,
                                                      const TuningProgress& progress, const std::stop_token& stop)
{
    const auto device = nn::findDevice(options.device);
    if (!device)
        return failure(device);
    auto package = avatar::AvatarPackage::open(avatar);
    if (!package)
        return failure(package);
    if (auto trained = (*package)->checkTrained(); !trained)
        return failure(trained);
    auto frames = avatar::TemplateFrames::open(*package);
    if (!frames)
        return failure(frames);
    const auto load = MouthLoad::create(*frames, stop);
    if (!load)
        return failure(load);

    std::vector<Contender> contenders;
    for (const auto& way : waysOn(*device, (*package)->manifest().network, options)) {
        auto contender = makeContender(**package, **frames, way);
        if (!contender)
            return failure(contender);
        if (auto warm = takeTurn(*contender, **load); !warm)
            return failure(warm);
        contenders.push_back(std::move(*contender));
    }
    const auto started = SteadyClock().now();
    for (int round = 0; round < kFewestRounds || seconds(SteadyClock().now() - started) < options.seconds; ++round) {
        for (auto& contender : contenders) {
            progress(contender.figures.name, std::min(1.0, seconds(SteadyClock().now() - started) / options.seconds));
            if (stop.stop_requested())
                return failure(ErrorCode::Interrupted, "Stopped while executors were compared.");
            if (auto ran = takeTurn(contender, **load); !ran)
                return failure(ran);
        }
    }
    std::vector<ExecutorFigures> all;
    for (auto& contender : contenders) {
        judge(contender.figures, contender.pictures, contenders.front().pictures);
        all.push_back(contender.figures);
    }
    return all;
}

} // namespace lipsync::tuning
