// SPDX-License-Identifier: GPL-3.0-or-later
#include "check_bench.h"

#include "nn/cuda/fused_pass.h"
#include "nn/formula_weights.h"
#include "nn/plain_generator.h"
#include "nn/torch_runtime.h"

#include <algorithm>
#include <barrier>
#include <cmath>
#include <limits>
#include <thread>

#include <unistd.h>

namespace lipsync::gpu_check {

namespace {

constexpr int kFrames = 8; ///< of the template
constexpr int kLeastBatches = 2; ///< a worker
constexpr std::uint32_t kCropStream = 500; ///< of the formula numbers

int processorThreads(int workers)
{
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()) / workers);
}

/// One worker's times of one size.
struct Timing {
    std::vector<Duration> batches;
    Duration whole{};
};

Timing timeBatches(Duration span, const std::function<Status()>& run, Status& status)
{
    const SteadyClock clock;
    Timing timing;
    const auto begin = clock.now();
    auto last = begin;
    while (status && (last - begin < span || timing.batches.size() < kLeastBatches)) {
        status = run();
        const auto now = clock.now();
        timing.batches.push_back(now - last);
        last = now;
    }
    timing.whole = last - begin;
    return timing;
}

Speed speedOf(const std::vector<Timing>& workers, int batchSize)
{
    constexpr double kMost = 0.99;
    Speed speed;
    std::vector<Duration> all;
    for (const auto& timing : workers) {
        speed.framesPerSecond += static_cast<double>(timing.batches.size()) * batchSize / seconds(timing.whole);
        all.insert(all.end(), timing.batches.begin(), timing.batches.end());
    }
    std::sort(all.begin(), all.end());
    const auto rank = static_cast<std::size_t>(std::ceil(kMost * static_cast<double>(all.size())));
    speed.p99Ms = milliseconds(all[std::max<std::size_t>(rank, 1) - 1]);
    return speed;
}

std::uint8_t cropByte(std::size_t index, int frame)
{
    const auto stream = kCropStream + static_cast<std::uint32_t>(frame);
    return static_cast<std::uint8_t>(127.5 + 127.5 * nn::formulaNumber(static_cast<std::uint32_t>(index), stream));
}

} // namespace

CheckBench::CheckBench(const nn::GeneratorSpec& spec, double seconds)
    : m_spec(spec)
    , m_span(fromMilliseconds(seconds * 1000))
{
}

CheckBench::~CheckBench()
{
    std::error_code ignored;
    std::filesystem::remove(m_weightsFile, ignored);
}

Result<std::unique_ptr<CheckBench>> CheckBench::make(const nn::GeneratorSpec& spec, double seconds)
{
    std::unique_ptr<CheckBench> bench(new CheckBench(spec, seconds));
    if (auto prepared = bench->prepare(); !prepared)
        return failure(prepared);
    return bench;
}

Status CheckBench::prepare()
{
    std::error_code problem;
    const auto folder = std::filesystem::temp_directory_path(problem);
    if (problem)
        return failure(ErrorCode::Resource, "There is no folder for temporary files. Set TMPDIR.", problem.message());
    m_weightsFile = folder / fmt::format("lipsync-gpu-check-{}.safetensors", ::getpid());
    inference::Model model;
    model.name = m_spec.name();
    model.spec = m_spec;
    model.weightsFile = m_weightsFile;
    if (auto written = nn::writeSafetensors(model.weightsFile, nn::formulaWeights(m_spec)); !written)
        return written;
    auto crops = nn::TemplateCrops::create(kFrames, m_spec.cropSize());
    if (!crops)
        return failure(crops);
    for (int frame = 0; frame < kFrames; ++frame) {
        const auto filled = (*crops)->write(frame, [&](std::span<std::uint8_t> bytes) -> Status {
            for (std::size_t i = 0; i < bytes.size(); ++i)
                bytes[i] = cropByte(i, frame);
            return {};
        });
        if (!filled)
            return filled;
        auto content = std::make_shared<inference::MouthContent>();
        content->templateFrame = frame;
        content->window = nn::formulaFeatures(m_spec.audioElements());
        m_contents.push_back(std::move(content));
    }
    model.crops = std::move(*crops);
    m_model = m_models->add(std::move(model));
    auto exact = redraw({});
    if (!exact)
        return failure(exact);
    m_exact = std::move(*exact);
    return {};
}

scheduling::Batch CheckBench::batchOf(int size) const
{
    scheduling::Batch batch{1, m_model, size, {}};
    for (int i = 0; i < size; ++i)
        batch.contents.push_back(m_contents[static_cast<std::size_t>(i) % m_contents.size()]);
    return batch;
}

std::unique_ptr<scheduling::Worker> CheckBench::makeWorker(const Setting& setting) const
{
    return inference::makeTorchWorker(m_models, m_networks,
                                      {setting.device, processorThreads(setting.workers), setting.arithmetic,
                                       setting.graphs, setting.keepsHalves ? nn::kImageCacheBytes : 0,
                                       setting.executor});
}

bool CheckBench::isUsable(const Setting& setting) const
{
    nn::RunOptions options;
    options.precision = inference::precisionOf(setting.arithmetic);
    options.device = setting.device;
    options.executor = setting.executor;
    return nn::usableExecutor(m_spec, options) == setting.executor;
}

Result<std::vector<FrameWork>> CheckBench::work(const Setting& setting, const std::vector<int>& batchSizes) const
{
    constexpr double kMega = 1e6, kGiga = 1e9;
    const auto format =
        setting.arithmetic == Arithmetic::Fp16 ? nn::cuda::NumberFormat::Fp16 : nn::cuda::NumberFormat::Bf16;
    const auto plan = nn::cuda::FusedNetwork::create(nn::formulaWeights(m_spec), m_spec, format);
    if (!plan)
        return failure(plan);
    std::vector<FrameWork> frames;
    for (const int size : batchSizes) {
        const auto whole = nn::cuda::workOf(**plan, size, setting.keepsHalves ? 0 : size);
        frames.push_back({whole.deviceBytes / kMega / size, whole.operations / kGiga / size});
    }
    return frames;
}

Result<std::vector<std::uint8_t>> CheckBench::redraw(const Setting& setting) const
{
    const auto worker = makeWorker(setting);
    if (auto started = worker->start(); !started)
        return failure(started);
    if (auto prepared = worker->prepare(m_model, {kFrames}); !prepared)
        return failure(prepared);
    auto outcome = worker->run(batchOf(kFrames));
    if (setting.keepsHalves && outcome.failure == scheduling::BatchFailure::None)
        outcome = worker->run(batchOf(kFrames)); // from what the first run kept
    if (outcome.failure != scheduling::BatchFailure::None)
        return tl::unexpected(outcome.error);
    std::vector<std::uint8_t> bytes;
    for (const auto& output : outcome.outputs) {
        const auto picture = static_cast<const inference::MouthPicture&>(*output).bytes;
        bytes.insert(bytes.end(), picture.begin(), picture.end());
    }
    return bytes;
}

Result<Accuracy> CheckBench::accuracy(const Setting& setting)
{
    const auto bytes = redraw(setting);
    if (!bytes)
        return failure(bytes);
    constexpr double kPeak = 255;
    Accuracy accuracy;
    double squares = 0;
    for (std::size_t i = 0; i < bytes->size(); ++i) {
        const int difference = std::abs((*bytes)[i] - m_exact[i]);
        accuracy.largest = std::max(accuracy.largest, difference);
        squares += difference * difference;
    }
    accuracy.decibels = squares == 0 ? std::numeric_limits<double>::infinity()
                                     : 10 * std::log10(kPeak * kPeak * static_cast<double>(bytes->size()) / squares);
    return accuracy;
}

Result<std::vector<Speed>> CheckBench::speeds(const Setting& setting, const std::vector<int>& batchSizes)
{
    const auto count = static_cast<std::size_t>(setting.workers);
    std::vector<std::vector<Timing>> timings(batchSizes.size(), std::vector<Timing>(count));
    std::vector<Status> statuses(count);
    std::barrier together(setting.workers);
    {
        std::vector<std::jthread> threads;
        for (std::size_t t = 0; t < count; ++t) {
            threads.emplace_back([&, t] {
                const auto worker = makeWorker(setting);
                statuses[t] = worker->start();
                if (statuses[t])
                    statuses[t] = worker->prepare(m_model, batchSizes);
                for (std::size_t b = 0; b < batchSizes.size(); ++b) {
                    const auto batch = batchOf(batchSizes[b]);
                    together.arrive_and_wait();
                    timings[b][t] = timeBatches(
                        m_span,
                        [&]() -> Status {
                            auto outcome = worker->run(batch);
                            if (outcome.failure != scheduling::BatchFailure::None)
                                return tl::unexpected(std::move(outcome.error));
                            return {};
                        },
                        statuses[t]);
                }
            });
        }
    }
    for (const auto& status : statuses) {
        if (!status)
            return failure(status);
    }
    std::vector<Speed> speeds;
    for (std::size_t b = 0; b < batchSizes.size(); ++b)
        speeds.push_back(speedOf(timings[b], batchSizes[b]));
    return speeds;
}

Result<std::vector<Speed>> CheckBench::plainSpeeds(const std::string& device, const std::vector<int>& batchSizes)
{
    const auto plain = nn::PlainGenerator::create(nn::formulaWeights(m_spec), m_spec, device, processorThreads(1));
    if (!plain)
        return failure(plain);
    std::vector<Speed> speeds;
    for (const int size : batchSizes) {
        const auto frames = static_cast<std::size_t>(size);
        const std::vector<std::uint8_t> pictures(frames * m_spec.pictureBytes(), 100);
        const auto windows = nn::formulaFeatures(frames * m_spec.audioElements());
        std::vector<std::uint8_t> output(pictures.size());
        const auto run = [&] { return (*plain)->run(pictures, windows, size, output); };
        Status status = run(); // chooses kernels and reserves memory
        const auto timing = timeBatches(m_span, run, status);
        if (!status)
            return failure(status);
        speeds.push_back(speedOf({timing}, size));
    }
    return speeds;
}

} // namespace lipsync::gpu_check
