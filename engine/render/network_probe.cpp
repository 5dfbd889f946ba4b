// SPDX-License-Identifier: GPL-3.0-or-later
#include "render/network_probe.h"

#include "inference/torch_worker.h"

#include <chrono>

namespace lipsync::render {

Result<std::unique_ptr<NetworkProbe>> NetworkProbe::create(const session::OpenAvatar& avatar,
                                                           const ConcurrencyPlan& plan, double seconds)
{
    nn::RunOptions options;
    options.precision = inference::precisionOf(plan.arithmetic);
    options.threads = plan.workerCount() * plan.threadsPerWorker;
    auto generator =
        nn::Generator::load(avatar.package().generatorFile(), avatar.package().manifest().network, options);
    if (!generator)
        return failure(generator);
    std::unique_ptr<NetworkProbe> probe(new NetworkProbe);
    probe->m_generator = std::move(*generator);
    const auto& spec = probe->m_generator->spec();
    probe->m_batch = plan.largestBatch();
    probe->m_seconds = seconds;
    const auto batch = static_cast<std::size_t>(probe->m_batch);
    constexpr std::uint8_t kGrey = 128; // what the pictures show does not change the time
    probe->m_pictures.assign(batch * spec.pictureBytes(), kGrey);
    probe->m_output.resize(batch * spec.pictureBytes());
    probe->m_windows.resize(batch * spec.audioElements());
    return probe;
}

Status NetworkProbe::measure()
{
    using Clock = std::chrono::steady_clock;
    const auto run = [this] { return m_generator->run(m_pictures, m_windows, m_batch, m_output); };
    if (auto warm = run(); !warm) // the first batch of a size plans its kernels
        return warm;
    const auto started = Clock::now();
    double elapsed = 0;
    while (elapsed < m_seconds) {
        if (auto ran = run(); !ran)
            return ran;
        m_frames += m_batch;
        elapsed = std::chrono::duration<double>(Clock::now() - started).count();
    }
    m_elapsed += elapsed;
    return {};
}

} // namespace lipsync::render
