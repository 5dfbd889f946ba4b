// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/direct/buffer.h"
#include "nn/direct/layers.h"
#include "nn/direct/picture_rows.h"
#include "nn/onednn/map_rows.h"
#include "nn/onednn/onednn_network.h"
#include "nn/onednn/packed_network.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <functional>
#include <stdexcept>

#include <omp.h>

namespace lipsync::nn::onednn {

namespace {

using direct::Buffer;
using dnnl::memory;
using Arguments = std::unordered_map<int, memory>;

constexpr int kColours = 3;

/// So many threads for the OpenMP of the calling thread, and of no other, as long as it lives. Primitives are made for
/// the number that there is then.
class ThreadCount {
public:
    explicit ThreadCount(int count)
        : m_before(omp_get_max_threads())
    {
        omp_set_num_threads(count);
    }
    ThreadCount(const ThreadCount&) = delete;
    ThreadCount& operator=(const ThreadCount&) = delete;
    ~ThreadCount() { omp_set_num_threads(m_before); }

private:
    const int m_before;
};

/// A map in memory; its channels may be some of a larger one's.
struct Map {
    std::byte* data = nullptr;
    MapShape shape;
};

/// The network as a list of steps, which are made once: oneDNN's primitives, and what lies between them.
class OnednnExecutor final : public FrameExecutor {
public:
    OnednnExecutor(std::shared_ptr<const OnednnNetwork> owner, int threads)
        : m_owner(std::move(owner))
        , m_network(m_owner->packed())
        , m_threads(threads)
        , m_stream(m_network.engine)
        , m_isBf16(m_network.number == memory::data_type::bf16)
    {
        const ThreadCount count(m_threads);
        makeMaps();
        plan();
        m_scratchpad = Buffer(m_scratchpadBytes);
        for (auto& convolution : m_convolutions)
            convolution.arguments.at(DNNL_ARG_SCRATCHPAD).set_data_handle(m_scratchpad.as<std::byte>());
    }

    bool run(const std::uint8_t* picture, std::size_t rowBytes, std::span<const float> window,
             std::span<std::uint8_t> output, std::span<float> values) override
    {
        return compute({picture, rowBytes}, window, output, values);
    }

    bool runNumbers(std::span<const float> planes, std::span<const float> window, std::span<std::uint8_t> output,
                    std::span<float> values) override
    {
        return compute({nullptr, 0, planes.data()}, window, output, values);
    }

private:
    struct Convolution {
        dnnl::primitive primitive;
        Arguments arguments;
    };

    bool compute(const direct::PictureInput& picture, std::span<const float> window, std::span<std::uint8_t> output,
                 std::span<float> values)
    {
        const ThreadCount count(m_threads);
        m_input = picture;
        std::ranges::copy(window, m_window.begin());
        m_bytes = output;
        m_values = values;
        m_isGood = true;
        for (const auto& step : m_steps)
            step();
        return m_isGood;
    }

    // What the maps are.

    /// Steps down write what they make into the last channels of the map that the step up at their level reads, the
    /// lowest one into the first channels of the map in which picture and sound meet: so nobody joins two maps. All
    /// other layers write where they read, or into one map that they share.
    void makeMaps()
    {
        const auto& net = m_network;
        std::size_t most = 0, mostHidden = 0;
        net.eachResidual([&](const PackedResidual& layer) {
            most = std::max(most, net.bytesOf(layer.out));
            mostHidden = std::max(mostHidden, net.bytesOf(layer.hidden));
        });
        m_map = Buffer(most);
        m_hidden = Buffer(mostHidden);
        m_picture = Buffer(net.bytesOf(net.entry.in));
        m_sound =
            Buffer(std::max({net.bytesOf(net.audio1.in), net.bytesOf(net.audio1.out), net.bytesOf(net.audio2.out)}));
        m_filtered = Buffer(std::max(net.bytesOf(net.audio3.out), net.bytesOf(net.audio4.out)));
        m_bordered = Buffer(net.bytesOf(bordered(net.audio5)));
        m_logits = Buffer(net.logits.numbers() * sizeof(float));
        m_window.resize(net.spec.audioElements());
        m_joined.emplace_back(net.bytesOf(net.fuse0.first.in));
        for (const auto& up : net.ups)
            m_joined.emplace_back(net.bytesOf(up.first.in));
        m_rows.resize(static_cast<std::size_t>(m_threads));
        const auto side = static_cast<std::size_t>(net.profile.pictureSize);
        for (auto& row : m_rows)
            row = Buffer((side * (direct::kBlock + kColours) + direct::kBlock) * sizeof(float));
    }

    /// What the picture's half gives at a level; 0 is the entry's.
    Map level(std::size_t index)
    {
        const auto& net = m_network;
        const auto& shape = index == 0 ? net.entry.out : net.downs[index - 1].second.out;
        if (index == net.downs.size())
            return {m_joined.front().as<std::byte>(), shape};
        const auto up = net.downs.size() - 1 - index;
        return lastOf(m_joined[up + 1], net.ups[up].first, shape);
    }

    Map lastOf(Buffer& joined, const PackedResidual& reader, const MapShape& shape)
    {
        return {joined.as<std::byte>() + m_network.bytesOf(reader.in) - m_network.bytesOf(shape), shape};
    }

    memory at(const Map& map) const { return {m_network.describe(map.shape), m_network.engine, map.data}; }

    // What the steps are.

    void plan()
    {
        const auto& net = m_network;
        m_steps.emplace_back([this] { readPicture(); });
        auto now = residual(net.entry, {m_picture.as<std::byte>(), net.entry.in}, level(0).data);
        for (std::size_t i = 0; i < net.downs.size(); ++i)
            now = both(net.downs[i], now, level(i + 1).data);
        planSound();
        now = {m_joined.front().as<std::byte>(), net.fuse0.first.in};
        for (const auto* pair : {&net.fuse0, &net.fuse1})
            now = both(*pair, now, m_map.as<std::byte>());
        for (std::size_t i = 0; i < net.ups.size(); ++i) {
            const Map joined{m_joined[i + 1].as<std::byte>(), net.ups[i].first.in};
            m_steps.emplace_back([this, now, joined, taps = direct::lerpTaps(now.shape.rows, joined.shape.rows)] {
                enlarge(now, joined, taps);
            });
            now = both(net.ups[i], joined, m_map.as<std::byte>());
        }
        const auto exit = exitPrimitive(net, net.exit.weights.get_desc());
        convolve(exit, net.exit, at(now),
                 {net.describe(net.logits, memory::data_type::f32), net.engine, m_logits.as<std::byte>()});
        m_steps.emplace_back([this] { writePicture(); });
    }

    void planSound()
    {
        const auto& net = m_network;
        const auto [channels, rows, columns] = net.spec.audioShape();
        memory planes({{1, channels, rows, columns}, memory::data_type::f32, memory::format_tag::nchw}, net.engine,
                      m_window.data());
        memory window(net.describe({channels, rows, columns}), net.engine, m_sound.as<std::byte>());
        m_steps.emplace_back([this, planes, window, reorder = dnnl::reorder(planes, window)]() mutable {
            reorder.execute(m_stream, planes, window);
        });
        Map now{m_sound.as<std::byte>(), net.audio1.in};
        for (const auto* layer : {&net.audio1, &net.audio2})
            now = residual(*layer, now, now.data);
        now = dense(net.audio3, now, m_filtered.as<std::byte>());
        now = residual(net.audio4, now, now.data);
        const Map wide{m_bordered.as<std::byte>(), bordered(net.audio5)};
        m_steps.emplace_back([this, now, wide] { addBorder(now, wide, m_network.audio5.plan.border); });
        now = dense(net.audio5, wide, lastOf(m_joined.front(), net.fuse0.first, net.audio5.out).data);
        for (const auto* layer : {&net.audio6, &net.audio7})
            now = residual(*layer, now, now.data);
    }

    // What adds a layer to the steps gives the map that it writes to `out`.

    Map dense(const PackedConvolution& layer, const Map& in, std::byte* out)
    {
        const Map made{out, layer.out};
        convolve(densePrimitive(m_network, layer, layer.dense.weights.get_desc()), layer.dense, at(in), at(made));
        return made;
    }

    /// `out` is where `in` is if the layer adds its input, and may be otherwise.
    Map residual(const PackedResidual& layer, const Map& in, std::byte* out)
    {
        const Map hidden{m_hidden.as<std::byte>(), layer.hidden}, made{out, layer.out};
        const auto expand = expandPrimitive(m_network, layer, layer.expand.weights.get_desc());
        constexpr auto kTaps = DNNL_ARG_ATTR_POST_OP_DW | DNNL_ARG_WEIGHTS;
        expect(expand.query_md(dnnl::query::exec_arg_md, kTaps), layer.depthwise.weights);
        convolve(expand, layer.expand, at(in), at(hidden),
                 {{kTaps, layer.depthwise.weights}, {DNNL_ARG_ATTR_POST_OP_DW | DNNL_ARG_BIAS, layer.depthwise.bias}});
        convolve(projectPrimitive(m_network, layer, layer.project.weights.get_desc()), layer.project, at(hidden),
                 at(made));
        return made;
    }

    Map both(const PackedNetwork::Pair& pair, const Map& in, std::byte* out)
    {
        return residual(pair.second, residual(pair.first, in, out), out);
    }

    /// oneDNN reads and writes what it is given as if it were as it wants it.
    static void expect(const memory::desc& wanted, const memory& given)
    {
        if (wanted != given.get_desc())
            throw std::logic_error("oneDNN wants another layout for other threads");
    }

    void convolve(const Primitive& primitive, const Weights& weights, const memory& in, const memory& out,
                  Arguments arguments = {})
    {
        expect(primitive.dst_desc(), out);
        const auto scratchpad = primitive.scratchpad_desc();
        m_scratchpadBytes = std::max(m_scratchpadBytes, scratchpad.get_size());
        arguments.insert({{DNNL_ARG_SRC, in},
                          {DNNL_ARG_WEIGHTS, weights.weights},
                          {DNNL_ARG_BIAS, weights.bias},
                          {DNNL_ARG_DST, out},
                          {DNNL_ARG_SCRATCHPAD, memory(scratchpad, m_network.engine, DNNL_MEMORY_NONE)}});
        m_convolutions.push_back({dnnl::convolution_forward(primitive), std::move(arguments)});
        m_steps.emplace_back(
            [this, &made = m_convolutions.back()] { made.primitive.execute(m_stream, made.arguments); });
    }

    // What lies between the convolutions.

    void readPicture()
    {
        if (m_isBf16)
            readPictureAs<std::uint16_t>();
        else
            readPictureAs<float>();
    }

    template <typename Number> void readPictureAs()
    {
        const auto& net = m_network;
        const int side = net.profile.pictureSize;
#pragma omp parallel for schedule(static)
        for (int y = 0; y < side; ++y) {
            auto* const out = m_picture.as<Number>() + static_cast<std::size_t>(y) * side * net.block;
            if (net.block == direct::kBlock) {
                fillPictureRow(m_input, y, net.profile, out);
                continue;
            }
            auto* const row = rowOfThread<Number>();
            fillPictureRow(m_input, y, net.profile, row);
            for (int x = 0; x < side; ++x)
                std::copy_n(row + x * direct::kBlock, 2 * kColours, out + x * net.block);
        }
    }

    void writePicture()
    {
        const auto& net = m_network;
        const int side = net.profile.pictureSize;
        const auto& kernels = *direct::kernelsFloat();
        std::atomic<bool> isGood{true};
#pragma omp parallel for schedule(static)
        for (int y = 0; y < side; ++y) {
            const float* logits = m_logits.as<float>() + static_cast<std::size_t>(y) * side * net.block;
            auto *const row = rowOfThread<float>(),
                        *const values = row + static_cast<std::size_t>(side) * direct::kBlock;
            if (net.block != direct::kBlock) {
                for (int x = 0; x < side; ++x)
                    std::copy_n(logits + x * net.block, kColours, row + x * direct::kBlock);
                logits = row;
            }
            const auto first = static_cast<std::size_t>(y) * side * kColours;
            if (!kernels.picture(logits, side, values, m_bytes.data() + first))
                isGood = false;
            if (!m_values.empty())
                std::copy_n(values, side * kColours, m_values.data() + first);
        }
        m_isGood &= isGood;
    }

    template <typename Number> Number* rowOfThread()
    {
        return m_rows[static_cast<std::size_t>(omp_get_thread_num())].as<Number>();
    }

    /// Into the first channels of `joined`, which has twice the rows and columns. `taps`: of either, maps being square.
    void enlarge(const Map& map, const Map& joined, const std::vector<direct::LerpTap>& taps)
    {
        const auto& net = m_network;
        const int blocks = map.shape.channels / net.block, rows = joined.shape.rows, columns = joined.shape.columns;
        const auto numberBytes = memory::data_type_size(net.number);
        const auto rowBytes = static_cast<std::size_t>(columns) * net.block * numberBytes;
        const auto halfRowBytes = rowBytes / 2;
#pragma omp parallel for schedule(static)
        for (int i = 0; i < blocks * rows; ++i) {
            const int block = i / rows;
            const auto& tap = taps[static_cast<std::size_t>(i % rows)];
            const auto* const first = map.data + static_cast<std::size_t>(block) * map.shape.rows * halfRowBytes;
            enlargeRow({first + static_cast<std::size_t>(tap.left) * halfRowBytes,
                        first + static_cast<std::size_t>(tap.right) * halfRowBytes, tap.fraction, map.shape.columns,
                        columns, net.block, taps.data(), rowOfThread<float>(),
                        joined.data + static_cast<std::size_t>(i) * rowBytes},
                       m_isBf16);
        }
    }

    /// Zeros around a map: those of `wide` are never written.
    void addBorder(const Map& map, const Map& wide, int border)
    {
        const auto pixelBytes = static_cast<std::size_t>(m_network.block) * memory::data_type_size(m_network.number);
        const auto rowBytes = static_cast<std::size_t>(map.shape.columns) * pixelBytes;
        const auto wideRowBytes = static_cast<std::size_t>(wide.shape.columns) * pixelBytes;
        const auto* in = map.data;
        for (int block = 0; block < map.shape.channels / m_network.block; ++block) {
            for (int y = 0; y < map.shape.rows; ++y, in += rowBytes) {
                const auto row = static_cast<std::size_t>(block) * wide.shape.rows + y + border;
                std::memcpy(wide.data + row * wideRowBytes + border * pixelBytes, in, rowBytes);
            }
        }
    }

    const std::shared_ptr<const OnednnNetwork> m_owner;
    const PackedNetwork& m_network;
    const int m_threads;
    dnnl::stream m_stream;
    const bool m_isBf16;

    Buffer m_map, m_hidden, m_picture, m_sound, m_filtered, m_bordered, m_logits, m_scratchpad;
    std::vector<Buffer> m_joined; ///< what fuse0 reads, then what the steps up read
    std::vector<Buffer> m_rows; ///< of each thread: a picture's row with kBlock channels, then with its colours alone
    std::size_t m_scratchpadBytes = 0;
    std::deque<Convolution> m_convolutions;
    std::vector<std::function<void()>> m_steps;

    // The frame at hand.
    direct::PictureInput m_input;
    std::vector<float> m_window;
    std::span<std::uint8_t> m_bytes;
    std::span<float> m_values;
    bool m_isGood = true;
};

} // namespace

std::unique_ptr<FrameExecutor> makeOnednnExecutor(std::shared_ptr<const OnednnNetwork> network, int threads)
{
    return std::make_unique<OnednnExecutor>(std::move(network), threads);
}

} // namespace lipsync::nn::onednn
