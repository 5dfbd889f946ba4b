// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/cuda/fused_pass.h"

#include <algorithm>
#include <utility>

namespace lipsync::nn::cuda {

namespace {

/// Areas of a pass's memory between which a chain of layers goes to and fro. Numbers a picture.
struct Areas {
    std::size_t odd = 0, even = 0, hidden = 0;

    void hold(const FusedResidual& layer, std::size_t& area)
    {
        most(area, layer.size());
        const auto out = layer.size();
        if (!layer.isOnePass())
            most(hidden, {out.rows, out.columns, layer.hidden});
    }
    void hold(const FusedNetwork::Pair& pair)
    {
        hold(pair.first, odd);
        hold(pair.second, even);
    }
    static void most(std::size_t& area, const MapSize& map) { area = std::max(area, map.numbers()); }
    std::size_t sum() const { return odd + even + hidden; }
};

Areas areasOfPictures(const FusedNetwork& network)
{
    Areas areas;
    std::size_t firstLevel = 0; // has an area of its own
    areas.hold(network.entry, firstLevel);
    for (const auto& down : network.downs)
        areas.hold(down);
    areas.hold(network.fuse0);
    areas.hold(network.fuse1);
    for (const auto& up : network.ups)
        areas.hold(up);
    return areas;
}

Areas areasOfSound(const FusedNetwork& network)
{
    Areas areas;
    for (const auto* layer : {&network.audio2, &network.audio4, &network.audio6})
        areas.hold(*layer, areas.odd);
    std::size_t heard = 0; // likewise
    areas.hold(network.audio7, heard);
    areas.hold(network.audio1, areas.even);
    for (const auto* layer : {&network.audio3, &network.audio5})
        Areas::most(areas.even, layer->out);
    return areas;
}

Source sourceOf(const MapView& map)
{
    Source source;
    source.rows = map.rows;
    source.columns = map.columns;
    source.channels = map.channels;
    source.first = map;
    return source;
}

/// `first`, enlarged to the size of `second` where it is smaller, and `second`.
Source joined(const MapView& first, const MapView& second)
{
    auto source = sourceOf(second);
    source.kind = first.rows < second.rows ? SourceKind::Enlarged : SourceKind::Joined;
    source.channels = first.channels + second.channels;
    source.first = first;
    source.second = second;
    return source;
}

} // namespace

class FusedPass::Calls {
public:
    Calls(const FusedPass& pass, const FusedBatch& batch, Launcher& launcher)
        : m_network(pass.m_network)
        , m_weights(pass.m_weights)
        , m_batch(batch)
        , m_launcher(launcher)
    {
        auto* next = pass.m_memory;
        const auto area = [&](std::size_t numbers) {
            return std::exchange(next, next + numbers * static_cast<std::size_t>(batch.pictures));
        };
        const auto place = [&](const Areas& areas) {
            return Place{area(areas.odd), area(areas.even), area(areas.hidden)};
        };
        m_firstLevel = area(m_network.levels.front().numbers());
        m_heard = area(m_network.audio7.size().numbers());
        m_pictures = place(areasOfPictures(m_network));
        m_sound = place(areasOfSound(m_network));
    }

    void look()
    {
        m_place = &m_pictures;
        residual(m_network.entry, picture(), level(0), m_batch.pictures);
        for (std::size_t i = 0; i < m_network.downs.size() && m_batch.fresh > 0; ++i) {
            const auto& down = m_network.downs[i];
            const auto between = view(m_place->odd, down.first.size());
            residual(down.first, sourceOf(level(i)), between, m_batch.fresh);
            residual(down.second, sourceOf(between), level(i + 1), m_batch.fresh);
        }
    }

    void listen()
    {
        m_place = &m_sound;
        const auto& net = m_network;
        const auto first = view(m_place->even, net.audio1.size()), second = view(m_place->odd, net.audio2.size());
        residual(net.audio1, window(), first);
        residual(net.audio2, sourceOf(first), second);
        const auto third = view(m_place->even, net.audio3.out), fourth = view(m_place->odd, net.audio4.size());
        convolve(net.audio3, second, third);
        residual(net.audio4, sourceOf(third), fourth);
        const auto fifth = view(m_place->even, net.audio5.out), sixth = view(m_place->odd, net.audio6.size());
        convolve(net.audio5, fourth, fifth);
        residual(net.audio6, sourceOf(fifth), sixth);
        residual(net.audio7, sourceOf(sixth), heard());
    }

    void draw()
    {
        m_place = &m_pictures;
        auto map = pair(m_network.fuse0, joined(level(m_network.levels.size() - 1), heard()));
        map = pair(m_network.fuse1, sourceOf(map));
        for (std::size_t i = 0; i < m_network.ups.size(); ++i)
            map = pair(m_network.ups[i], joined(map, level(m_network.levels.size() - 2 - i)));
    }

private:
    /// Where areas lie.
    struct Place {
        std::uint16_t *odd = nullptr, *even = nullptr, *hidden = nullptr;
    };

    static MapView view(std::uint16_t* area, const MapSize& size)
    {
        return {area, 0, size.rows, size.columns, size.channels};
    }

    MapView level(std::size_t index) const
    {
        auto map = view(index == 0 ? m_firstLevel : nullptr, m_network.levels[index]);
        map.offset = index == 0 ? 0 : m_network.levelOffset(index);
        return map;
    }

    MapView heard() const { return view(m_heard, m_network.audio7.size()); }

    Source picture() const
    {
        const auto& profile = m_network.profile;
        const auto [left, top, width, height] = profile.mask;
        Source source;
        source.kind = SourceKind::Picture;
        source.rows = source.columns = profile.pictureSize;
        source.channels = m_network.entry.in;
        source.pictureRowBytes = m_batch.pictureRowBytes;
        source.maskLeft = left;
        source.maskTop = top;
        source.maskRight = left + width;
        source.maskBottom = top + height;
        source.maskedFirst = profile.order != PictureOrder::ReferenceFirst;
        return source;
    }

    Source window() const
    {
        const auto [planes, rows, columns] = m_network.profile.audioShape;
        Source source;
        source.kind = SourceKind::Window;
        source.rows = rows;
        source.columns = columns;
        source.channels = m_network.audio1.in;
        source.window = m_batch.windows;
        source.windowPlanes = planes;
        return source;
    }

    template <typename Number> const Number* at(std::size_t place) const
    {
        return reinterpret_cast<const Number*>(m_weights + place);
    }

    ResidualWeights weightsOf(const FusedResidual& layer) const
    {
        return {at<std::uint16_t>(layer.expand),
                at<float>(layer.expandBias),
                at<float>(layer.depthwise),
                at<float>(layer.depthwiseBias),
                at<std::uint16_t>(layer.project),
                at<float>(layer.projectBias),
                layer.in,
                layer.hidden,
                layer.out};
    }

    MapView pair(const FusedNetwork::Pair& pair, const Source& source)
    {
        const auto between = view(m_place->odd, pair.first.size()), made = view(m_place->even, pair.second.size());
        residual(pair.first, source, between);
        residual(pair.second, sourceOf(between), made);
        return made;
    }

    void residual(const FusedResidual& layer, const Source& source, const MapView& target)
    {
        residual(layer, source, target, m_batch.pictures);
    }

    void residual(const FusedResidual& layer, const Source& source, const MapView& target, int pictures)
    {
        const auto weights = weightsOf(layer);
        if (layer.isOnePass()) {
            ResidualCall call{m_batch.requests, pictures, source, weights, layer.shape, layer.addsInput, target, {}};
            if (layer.shape.exits)
                call.exit = {at<float>(m_network.exitWeights), at<float>(m_network.exitBias), m_batch.faults};
            m_launcher.residual(call);
            return;
        }
        const auto hidden = view(m_place->hidden, {target.rows, target.columns, layer.hidden});
        m_launcher.expand({m_batch.requests, pictures, source, weights, layer.step, hidden});
        ConvolveCall call;
        call.requests = m_batch.requests;
        call.pictures = pictures;
        call.source = sourceOf(hidden);
        call.weights = weights.project;
        call.bias = weights.projectBias;
        call.addsInput = layer.addsInput;
        call.added = source;
        call.target = target;
        m_launcher.convolve(call);
    }

    void convolve(const FusedConvolution& layer, const MapView& from, const MapView& target)
    {
        ConvolveCall call;
        call.requests = m_batch.requests;
        call.pictures = m_batch.pictures;
        call.source = sourceOf(from);
        call.weights = at<std::uint16_t>(layer.weights);
        call.bias = at<float>(layer.bias);
        call.side = 3;
        call.border = layer.border;
        call.stepDown = layer.step[0];
        call.stepAcross = layer.step[1];
        call.isRectified = true;
        call.target = target;
        m_launcher.convolve(call);
    }

    const FusedNetwork& m_network;
    const std::byte* m_weights;
    const FusedBatch& m_batch;
    Launcher& m_launcher;
    std::uint16_t *m_firstLevel = nullptr, *m_heard = nullptr;
    Place m_pictures, m_sound;
    const Place* m_place = nullptr; ///< of the layers at hand
};

std::size_t FusedPass::numbersOf(const FusedNetwork& network)
{
    return network.levels.front().numbers() + network.audio7.size().numbers() + areasOfPictures(network).sum() +
        areasOfSound(network).sum();
}

FusedPass::FusedPass(const FusedNetwork& network, const std::byte* weights, std::uint16_t* memory)
    : m_network(network)
    , m_weights(weights)
    , m_memory(memory)
{
}

void FusedPass::look(const FusedBatch& batch, Launcher& launcher) const
{
    Calls(*this, batch, launcher).look();
}

void FusedPass::listen(const FusedBatch& batch, Launcher& launcher) const
{
    Calls(*this, batch, launcher).listen();
}

void FusedPass::draw(const FusedBatch& batch, Launcher& launcher) const
{
    Calls(*this, batch, launcher).draw();
}

void FusedPass::run(const FusedBatch& batch, Launcher& launcher) const
{
    look(batch, launcher);
    listen(batch, launcher);
    draw(batch, launcher);
}

namespace {

/// Launches nothing and counts.
class CountingLauncher final : public Launcher {
public:
    void residual(const ResidualCall& call) override
    {
        const auto& w = call.weights;
        const auto out = pixels(call.target);
        add(call.pictures, 2.0 * (pixels(call.source) * w.in * w.hidden + out * w.hidden * (kTaps + w.out)),
            call.shape.exits ? out * kColours : mapBytes(call.target), call.source,
            matrixBytes(w.hidden) * (w.in + w.out));
    }
    void expand(const ExpandCall& call) override
    {
        const auto& w = call.weights;
        add(call.pictures, 2.0 * (pixels(call.source) * w.in * w.hidden + pixels(call.target) * w.hidden * kTaps),
            mapBytes(call.target), call.source, matrixBytes(w.hidden) * w.in);
    }
    void convolve(const ConvolveCall& call) override
    {
        const double rows = call.side * call.side * static_cast<double>(call.source.channels);
        const double added = call.addsInput ? sourceBytes(call.added) : 0;
        add(call.pictures, 2.0 * pixels(call.target) * call.target.channels * rows, mapBytes(call.target) + added,
            call.source, matrixBytes(call.target.channels) * rows);
    }

    FusedWork work;

private:
    static constexpr double kTaps = 9, kColours = 3;

    template <typename Map> static double pixels(const Map& map) { return static_cast<double>(map.rows) * map.columns; }
    static double mapBytes(const MapView& map) { return pixels(map) * map.channels * sizeof(std::uint16_t); }
    static double matrixBytes(int outputs) { return outputs * static_cast<double>(sizeof(std::uint16_t)); }
    static double sourceBytes(const Source& source)
    {
        switch (source.kind) {
        case SourceKind::Picture:
            return pixels(source) * kColours;
        case SourceKind::Window:
            return pixels(source) * source.windowPlanes * sizeof(float);
        case SourceKind::Map:
            return mapBytes(source.first);
        default:
            return mapBytes(source.first) + mapBytes(source.second);
        }
    }

    void add(int pictures, double operations, double otherBytes, const Source& source, double weights)
    {
        ++work.calls;
        work.operations += pictures * operations;
        work.deviceBytes += pictures * (otherBytes + sourceBytes(source)) + weights;
    }
};

} // namespace

FusedWork workOf(const FusedNetwork& network, int pictures, int fresh)
{
    FusedBatch batch;
    batch.pictures = pictures;
    batch.fresh = fresh;
    CountingLauncher counting;
    std::uint16_t nothing = 0; // nobody reads the maps
    FusedPass(network, network.weights.data(), &nothing).run(batch, counting);
    return counting.work;
}

} // namespace lipsync::nn::cuda
