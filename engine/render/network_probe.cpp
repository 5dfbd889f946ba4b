// SPDX-License-Identifier: GPL-3.0-or-later
#include "render/network_probe.h"

#include "base/thread_name.h"
#include "inference/torch_worker.h"

#include <chrono>
#include <thread>

namespace lipsync::render {

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

} // namespace

Result<std::unique_ptr<NetworkProbe>> NetworkProbe::create(const session::OpenAvatar& avatar,
                                                           const ConcurrencyPlan& plan, double seconds)
{
    const auto weights = avatar.package().generatorWeights();
    if (!weights)
        return failure(weights);
    nn::RunOptions options;
    options.precision = inference::precisionOf(plan.arithmetic);
    options.threads = plan.threadsPerWorker;
    auto first = nn::Generator::create(*weights, avatar.package().manifest().network, options);
    if (!first)
        return failure(first);
    std::unique_ptr<NetworkProbe> probe(new NetworkProbe);
    probe->m_batch = plan.largestBatch();
    probe->m_seconds = seconds;
    const auto& spec = (*first)->spec();
    const auto batch = static_cast<std::size_t>(probe->m_batch);
    for (int i = 0; i < plan.workerCount(); ++i) {
        auto generator = (*first)->replica(plan.threadsPerWorker);
        if (!generator)
            return failure(generator);
        Loop loop;
        loop.generator = std::move(*generator);
        constexpr std::uint8_t kGrey = 128; // what the pictures show does not change the time
        loop.pictures.assign(batch * spec.pictureBytes(), kGrey);
        loop.output.resize(batch * spec.pictureBytes());
        loop.windows.resize(batch * spec.audioElements());
        // The first batch of a size plans its kernels.
        if (auto warm = loop.generator->run(loop.pictures, loop.windows, probe->m_batch, loop.output); !warm)
            return failure(warm);
        probe->m_loops.push_back(std::move(loop));
    }
    return probe;
}

void NetworkProbe::run(Loop& loop) const
{
    setThreadName("bare network");
    loop.frames = 0;
    const auto started = Clock::now();
    do {
        loop.ended = loop.generator->run(loop.pictures, loop.windows, m_batch, loop.output);
        loop.frames += m_batch;
    } while (loop.ended && secondsSince(started) < m_seconds);
}

Status NetworkProbe::measure()
{
    const auto started = Clock::now();
    {
        std::vector<std::jthread> threads;
        for (auto& loop : m_loops)
            threads.emplace_back([this, &loop] { run(loop); });
    }
    m_elapsed += secondsSince(started);
    for (const auto& loop : m_loops) {
        if (!loop.ended)
            return loop.ended;
        m_frames += loop.frames;
    }
    return {};
}

} // namespace lipsync::render
