// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/direct/executor.h"

#include "nn/direct/layer_run.h"

#include <algorithm>

namespace lipsync::nn::direct {

namespace {

using Clock = std::chrono::steady_clock;

} // namespace

struct DirectExecutor::Inside {
    Inside(std::shared_ptr<const DirectNetwork> network, int threads, std::shared_ptr<ImageHalfCache> cache)
        : network(std::move(network))
        , cache(std::move(cache))
        , team(threads)
        , common(*this->network)
    {
        const auto& net = *this->network;
        for (int i = 0; i < team.threads(); ++i)
            scratches.emplace_back(net);
        std::size_t mostOdd = net.bytesOf(net.window), mostEven = 0;
        const auto odd = [&](const MapSize& map) { mostOdd = std::max(mostOdd, net.bytesOf(map)); };
        const auto even = [&](const MapSize& map) { mostEven = std::max(mostEven, net.bytesOf(map)); };
        for (const auto& down : net.downs)
            odd(down.first.out());
        for (const auto* layer : {&net.audio2, &net.audio4, &net.audio6})
            odd(layer->out());
        for (const auto& map : {net.audio1.out(), net.audio3.out, net.audio5.out})
            even(map);
        for (const auto* pair : {&net.fuse0, &net.fuse1}) {
            odd(pair->first.out());
            even(pair->second.out());
        }
        for (const auto& up : net.ups) {
            odd(up.first.out());
            if (&up != &net.ups.back())
                even(up.second.out());
        }
        firstLevel = Buffer(net.bytesOf(net.levels.front()));
        oddMap = Buffer(mostOdd);
        evenMap = Buffer(mostEven);
        heard = Buffer(net.bytesOf(net.audio7.out()));
        stages.ups.resize(net.ups.size());
    }

    Map odd(const MapSize& size) { return {oddMap.as<std::byte>(), size}; }
    Map even(const MapSize& size) { return {evenMap.as<std::byte>(), size}; }
    Map level(std::size_t i) { return {i == 0 ? firstLevel.as<std::byte>() : current->level(i), network->levels[i]}; }

    void part(int index);
    void look(LayerRun& run);
    Map listen(LayerRun& run);
    bool draw(LayerRun& run, const Map& sound, int index);

    /// The first thread's time since the last call.
    void lap(int index, std::chrono::nanoseconds& sum)
    {
        if (index != 0)
            return;
        const auto now = Clock::now();
        sum += now - lapStart;
        lapStart = now;
    }

    const std::shared_ptr<const DirectNetwork> network;
    const std::shared_ptr<ImageHalfCache> cache;
    ThreadTeam team;
    SharedScratch common;
    std::vector<Scratch> scratches;
    Buffer oddMap, evenMap, heard; ///< a layer reads one and writes the other
    Buffer firstLevel;
    std::unique_ptr<ImageHalf> ownHalf; ///< for pictures that are not kept
    std::vector<std::uint8_t> square; ///< the picture in one piece, with a cache

    // The frame at hand.
    PictureInput picture;
    PictureOutput output;
    const float* windowNumbers = nullptr;
    ImageHalf* current = nullptr;
    bool isKnown = false; ///< whether `current` holds the picture already; then it is only read
    std::atomic<bool> good{true};
    StageTimes stages;
    Clock::time_point lapStart;
};

void DirectExecutor::Inside::part(int index)
{
    LayerRun run(*network, team, index, scratches[static_cast<std::size_t>(index)], common);
    look(run);
    lap(index, stages.image);
    const auto sound = listen(run);
    lap(index, stages.audio);
    if (!draw(run, sound, index))
        good = false;
}

void DirectExecutor::Inside::look(LayerRun& run)
{
    run.entry(picture, level(0));
    if (isKnown)
        return;
    for (std::size_t i = 0; i < network->downs.size(); ++i) {
        const auto& down = network->downs[i];
        const auto between = odd(down.first.out());
        run.residual(down.first, level(i), between);
        run.residual(down.second, between, level(i + 1));
    }
}

Map DirectExecutor::Inside::listen(LayerRun& run)
{
    const auto& net = *network;
    const auto window = odd(net.window), first = even(net.audio1.out()), second = odd(net.audio2.out());
    run.fromPlanes(windowNumbers, net.profile.audioShape[0], window);
    run.residual(net.audio1, window, first);
    run.residual(net.audio2, first, second);
    const auto third = even(net.audio3.out), fourth = odd(net.audio4.out());
    run.taps(net.audio3, second, third);
    run.residual(net.audio4, third, fourth);
    const auto fifth = even(net.audio5.out), sixth = odd(net.audio6.out());
    run.taps(net.audio5, fourth, fifth);
    run.residual(net.audio6, fifth, sixth);
    const Map seventh{heard.as<std::byte>(), net.audio7.out()};
    run.residual(net.audio7, sixth, seventh);
    return seventh;
}

bool DirectExecutor::Inside::draw(LayerRun& run, const Map& sound, int index)
{
    auto map = even(network->fuse0.second.out());
    const auto wide = odd(network->fuse0.first.out());
    run.residual(network->fuse0.first, level(network->levels.size() - 1), sound, wide);
    run.residual(network->fuse0.second, wide, map);
    const auto narrow = odd(network->fuse1.first.out());
    run.residual(network->fuse1.first, map, narrow);
    map = even(network->fuse1.second.out());
    run.residual(network->fuse1.second, narrow, map);
    lap(index, stages.fuse);
    for (std::size_t i = 0; i + 1 < network->ups.size(); ++i) {
        const auto& up = network->ups[i];
        const auto between = odd(up.first.out());
        run.residual(up.first, map, level(network->levels.size() - 2 - i), between);
        map = even(up.second.out());
        run.residual(up.second, between, map);
        lap(index, stages.ups[i]);
    }
    const auto& last = network->ups.back();
    const auto between = odd(last.first.out());
    run.residual(last.first, map, level(0), between);
    const bool numbers = run.exit(last.second, between, output);
    lap(index, stages.ups.back());
    return numbers;
}

DirectExecutor::DirectExecutor(std::shared_ptr<const DirectNetwork> network, int threads,
                               std::shared_ptr<ImageHalfCache> cache)
    : m_inside(std::make_unique<Inside>(std::move(network), threads, std::move(cache)))
{
}
DirectExecutor::~DirectExecutor() = default;

bool DirectExecutor::run(const std::uint8_t* picture, std::size_t rowBytes, std::span<const float> window,
                         std::span<std::uint8_t> output, std::span<float> values)
{
    auto& in = *m_inside;
    const auto& network = *in.network;
    std::shared_ptr<const ImageHalf> found;
    std::shared_ptr<ImageHalf> kept;
    auto way = KeepingTrial::Way::Compute;
    auto begin = in.lapStart = Clock::now();
    if (in.cache && in.cache->isWorthwhile(network)) {
        const auto side = static_cast<std::size_t>(network.profile.pictureSize), row = 3 * side;
        in.square.resize(side * row);
        for (std::size_t y = 0; y < side; ++y)
            std::memcpy(in.square.data() + y * row, picture + y * rowBytes, row);
        found = in.cache->find(network, in.square);
        if (found)
            way = in.cache->nextWay(network);
        else
            kept = in.cache->take(network);
    }
    in.isKnown = way == KeepingTrial::Way::Read;
    if (!in.isKnown && !kept && !in.ownHalf)
        in.ownHalf = std::make_unique<ImageHalf>(network);
    in.current = in.isKnown ? const_cast<ImageHalf*>(found.get()) : kept ? kept.get() : in.ownHalf.get();
    if (!in.isKnown)
        begin = Clock::now();
    in.picture = {picture, rowBytes};
    in.output = {output.data(), values.empty() ? nullptr : values.data()};
    in.windowNumbers = window.data();
    in.good = true;
    in.team.run([&in](int index) { in.part(index); });
    if (kept)
        in.cache->keep(network, in.square, std::move(kept));
    if (found)
        in.cache->record(network, way, Clock::now() - begin);
    return in.good;
}

bool DirectExecutor::runNumbers(std::span<const float> planes, std::span<const float> window,
                                std::span<std::uint8_t> output, std::span<float> values)
{
    auto& in = *m_inside;
    if (!in.ownHalf)
        in.ownHalf = std::make_unique<ImageHalf>(*in.network);
    in.isKnown = false;
    in.current = in.ownHalf.get();
    in.picture = {nullptr, 0, planes.data()};
    in.output = {output.data(), values.data()};
    in.windowNumbers = window.data();
    in.good = true;
    in.lapStart = Clock::now();
    in.team.run([&in](int index) { in.part(index); });
    return in.good;
}

std::size_t DirectExecutor::ownBytes() const
{
    const auto& in = *m_inside;
    std::size_t sum = in.common.zeros.bytes() + in.common.filtered.bytes() + in.oddMap.bytes() + in.evenMap.bytes() +
        in.heard.bytes() + in.firstLevel.bytes() + in.square.size() + (in.ownHalf ? in.ownHalf->maps.bytes() : 0);
    for (const auto& scratch : in.scratches)
        sum += scratch.memory.bytes();
    return sum;
}

const StageTimes& DirectExecutor::times() const
{
    return m_inside->stages;
}

} // namespace lipsync::nn::direct
