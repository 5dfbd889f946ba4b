// SPDX-License-Identifier: GPL-3.0-or-later
#include "tuning/bare_loops.h"

#include "base/clock.h"
#include "base/thread_name.h"
#include "inference/torch_worker.h"

#include <algorithm>
#include <latch>
#include <thread>

namespace lipsync::tuning {

BareLoops::BareLoops(std::shared_ptr<const MouthLoad> load, std::vector<int> batchSizes)
    : m_load(std::move(load))
    , m_batchSizes(std::move(batchSizes))
{
}

Result<std::unique_ptr<BareLoops>> BareLoops::create(const avatar::AvatarPackage& package,
                                                     const avatar::TemplateFrames& frames,
                                                     std::shared_ptr<const MouthLoad> load, const ConcurrencyPlan& plan)
{
    std::unique_ptr<BareLoops> loops(new BareLoops(std::move(load), plan.batchSizes));
    for (const auto& device : plan.devices) {
        const nn::RunOptions options{.precision = inference::precisionOf(plan.arithmetic),
                                     .threads = plan.threadsPerWorker,
                                     .device = device.device,
                                     .imageCacheBytes = nn::kImageCacheBytes};
        if (auto added = loops->addLoops(package, frames, device, options); !added)
            return failure(added);
    }
    return loops;
}

Status BareLoops::addLoops(const avatar::AvatarPackage& package, const avatar::TemplateFrames& frames,
                           const DevicePlan& device, const nn::RunOptions& options)
{
    if (device.device.find(':') != std::string::npos && !device.device.starts_with("cuda:")) {
        return failure(ErrorCode::Usage,
                       fmt::format("{} is another machine: what its network does by itself cannot be measured from "
                                   "here.",
                                   device.device));
    }
    auto first = nn::Generator::load(package.generatorFile(), package.manifest().network, options);
    if (!first)
        return failure(first);
    const auto crops = nn::placeCrops(frames.crops(), (*first)->device());
    if (!crops)
        return failure(crops);
    for (int worker = 0; worker < device.workers; ++worker) {
        auto generator = worker + 1 == device.workers ? std::move(first) : (*first)->replica(options.threads);
        if (!generator)
            return failure(generator);
        auto output =
            (*generator)
                ->hostBuffer((*generator)->spec().pictureBytes() * static_cast<std::size_t>(m_batchSizes.back()));
        if (!output)
            return failure(output);
        m_loops.push_back({std::move(*generator), *crops, std::move(*output)});
    }
    return {};
}

Status BareLoops::runBatch(Loop& loop, int batch, std::size_t firstMouth) const
{
    std::vector<nn::MouthInput> mouths;
    for (int i = 0; i < batch; ++i) {
        const auto& mouth = m_load->mouth(firstMouth + static_cast<std::size_t>(i));
        mouths.push_back({mouth.templateFrame, mouth.window});
    }
    const auto bytes = loop.generator->spec().pictureBytes() * mouths.size();
    return loop.generator->run(*loop.crops, mouths, batch, {loop.output.get(), bytes});
}

Result<double> BareLoops::run(int batch, double seconds, const std::stop_token& stop)
{
    struct Outcome {
        Status status;
        double framesPerSecond = 0;
    };
    std::vector<Outcome> outcomes(m_loops.size());
    std::latch together(static_cast<std::ptrdiff_t>(m_loops.size()));
    const auto loopFor = [&](std::size_t number) {
        setThreadName("bare loop");
        auto& outcome = outcomes[number];
        outcome.status = runBatch(m_loops[number], batch, 0); // the first batch of a size plans its kernels
        together.arrive_and_wait();
        const auto started = std::chrono::steady_clock::now();
        double elapsed = 0;
        std::size_t frames = 0;
        while (outcome.status && !stop.stop_requested() && elapsed < seconds) {
            outcome.status = runBatch(m_loops[number], batch, frames);
            frames += static_cast<std::size_t>(batch);
            elapsed = lipsync::seconds(std::chrono::steady_clock::now() - started);
        }
        outcome.framesPerSecond = elapsed > 0 ? static_cast<double>(frames) / elapsed : 0;
    };
    {
        std::vector<std::jthread> threads;
        for (std::size_t number = 0; number < m_loops.size(); ++number)
            threads.emplace_back(loopFor, number);
    }
    double sum = 0;
    for (const auto& outcome : outcomes) {
        if (!outcome.status)
            return failure(outcome.status);
        sum += outcome.framesPerSecond;
    }
    if (stop.stop_requested())
        return failure(ErrorCode::Interrupted, "Stopped while the bare network was measured.");
    return sum;
}

Result<int> BareLoops::findBestBatch(double secondsEach, const std::stop_token& stop)
{
    int best = m_batchSizes.front();
    double most = 0;
    for (const int batch : m_batchSizes) {
        const auto framesPerSecond = run(batch, secondsEach, stop);
        if (!framesPerSecond)
            return failure(framesPerSecond);
        if (*framesPerSecond > most) {
            most = *framesPerSecond;
            best = batch;
        }
    }
    return best;
}

} // namespace lipsync::tuning
