// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/infer_tensors.h"

#include "serving/model_scheduling.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <functional>
#include <map>
#include <numeric>

#include <fmt/ranges.h>

namespace lipsync::serving {

namespace {

static_assert(std::endian::native == std::endian::little, "tensors are copied as they come from the wire");

using Tensor = kserve::ModelInferRequest::InferInputTensor;
using Parameters = google::protobuf::Map<std::string, kserve::InferParameter>;

constexpr const char* kRegion = "shared_memory_region";
constexpr const char* kRegionBytes = "shared_memory_byte_size";
constexpr const char* kRegionOffset = "shared_memory_offset";
constexpr std::uint64_t kHighestPriority = 1; ///< larger numbers, and only those, yield to live frames

/// A whole number that some clients send signed and others unsigned.
std::optional<std::uint64_t> wholeNumber(const Parameters& parameters, const char* name)
{
    const auto found = parameters.find(name);
    if (found == parameters.end())
        return {};
    if (found->second.has_uint64_param())
        return found->second.uint64_param();
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, found->second.int64_param()));
}

std::string text(const Parameters& parameters, const char* name)
{
    const auto found = parameters.find(name);
    return found == parameters.end() ? std::string() : found->second.string_param();
}

template <typename Number, typename Numbers> std::string bytesOf(const Numbers& numbers)
{
    std::string bytes;
    bytes.reserve(static_cast<std::size_t>(numbers.size()) * sizeof(Number));
    for (const auto each : numbers) {
        const auto number = static_cast<Number>(each);
        bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
    }
    return bytes;
}

tl::unexpected<Fault> wrong(const std::string& tensor, const char* why)
{
    return fault(FaultKind::BadRequest, fmt::format("The input '{}' {}.", tensor, why));
}

/// The inputs of a request and their bytes, wherever those are.
class Inputs {
public:
    static Answer<Inputs> of(const kserve::ModelInferRequest& request, const SharedRegions& regions)
    {
        Inputs inputs;
        int raw = 0;
        for (const auto& tensor : request.inputs()) {
            const auto& name = tensor.name();
            if (name != kFrameInput && name != kAudioInput)
                return fault(
                    FaultKind::BadRequest,
                    fmt::format("There is no input '{}'; there are '{}' and '{}'.", name, kFrameInput, kAudioInput));
            std::string bytes;
            if (tensor.parameters().contains(kRegion)) {
                const auto size = wholeNumber(tensor.parameters(), kRegionBytes).value_or(0);
                if (size > kMostBytes)
                    return wrong(name, "is larger than any that is taken");
                auto read = regions.read(text(tensor.parameters(), kRegion),
                                         wholeNumber(tensor.parameters(), kRegionOffset).value_or(0), size);
                if (!read)
                    return tl::unexpected(read.error());
                bytes = std::move(*read);
            } else if (request.raw_input_contents_size() > 0) {
                if (tensor.has_contents())
                    return wrong(name, "has both contents and raw contents");
                if (raw >= request.raw_input_contents_size())
                    return wrong(name, "has no raw contents");
                bytes = request.raw_input_contents(raw++);
            } else {
                inputs.m_isRaw = false;
                bytes = name == kFrameInput ? bytesOf<std::int32_t>(tensor.contents().int_contents())
                                            : bytesOf<float>(tensor.contents().fp32_contents());
            }
            if (!inputs.m_bytes.emplace(name, std::move(bytes)).second)
                return wrong(name, "is there twice");
            inputs.m_tensors[name] = &tensor;
        }
        if (raw != request.raw_input_contents_size())
            return fault(FaultKind::BadRequest, "There are more raw contents than inputs.");
        return inputs;
    }

    bool has(const std::string& name) const { return m_tensors.contains(name); }
    bool isRaw() const { return m_isRaw; }
    /// The numbers of a tensor of so many rows (any number of them when there are none yet).
    template <typename Number>
    Answer<std::vector<Number>> numbers(const std::string& name, const char* type,
                                        const std::vector<std::int64_t>& rowShape, std::optional<int> rows) const
    {
        const auto& tensor = *m_tensors.at(name);
        if (tensor.datatype() != type)
            return fault(FaultKind::BadRequest,
                         fmt::format("The input '{}' is of type {}, not {}.", name, type, tensor.datatype()));
        const auto& shape = tensor.shape();
        if (shape.size() != static_cast<int>(rowShape.size()) + 1 || shape[0] < 1 || shape[0] > kMostInferred ||
            (rows && shape[0] != *rows) || !std::equal(rowShape.begin(), rowShape.end(), shape.begin() + 1))
            return fault(FaultKind::BadRequest,
                         fmt::format("The input '{}' has the shape [1 to {}, {}], the same number of frames in each.",
                                     name, kMostInferred, fmt::join(rowShape, ", ")));
        const auto count = std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
        const auto& bytes = m_bytes.at(name);
        if (bytes.size() != static_cast<std::size_t>(count) * sizeof(Number))
            return fault(FaultKind::BadRequest,
                         fmt::format("The input '{}' has {} bytes, and its shape {}.", name, bytes.size(),
                                     static_cast<std::size_t>(count) * sizeof(Number)));
        std::vector<Number> numbers(static_cast<std::size_t>(count));
        std::memcpy(numbers.data(), bytes.data(), bytes.size());
        return numbers;
    }

private:
    static constexpr std::uint64_t kMostBytes = std::uint64_t{64} << 20;

    std::map<std::string, const Tensor*> m_tensors;
    std::map<std::string, std::string> m_bytes;
    bool m_isRaw = true;
};

Answer<MouthTarget> targetOf(const kserve::ModelInferRequest& request, bool isRaw)
{
    MouthTarget target;
    target.isRaw = isRaw;
    for (const auto& output : request.outputs()) {
        if (output.name() != kMouthOutput)
            return fault(FaultKind::BadRequest,
                         fmt::format("There is no output '{}', only '{}'.", output.name(), kMouthOutput));
        if (wholeNumber(output.parameters(), "classification").value_or(0) > 0)
            return fault(FaultKind::BadRequest, "A picture has no classes.");
        target.region = text(output.parameters(), kRegion);
        target.regionOffset = wholeNumber(output.parameters(), kRegionOffset).value_or(0);
    }
    return target;
}

std::vector<std::int64_t> windowShape(const nn::GeneratorSpec& network)
{
    const auto shape = network.audioShape();
    return {shape.begin(), shape.end()};
}

} // namespace

Answer<InferOrder> readInferRequest(const kserve::ModelInferRequest& request, const nn::GeneratorSpec& network,
                                    const SharedRegions& regions)
{
    const auto inputs = Inputs::of(request, regions);
    if (!inputs)
        return tl::unexpected(inputs.error());
    if (!inputs->has(kFrameInput))
        return fault(FaultKind::BadRequest, fmt::format("The input '{}' is missing.", kFrameInput));
    auto frames = inputs->numbers<std::int32_t>(kFrameInput, "INT32", {1}, {});
    if (!frames)
        return tl::unexpected(frames.error());
    InferOrder order;
    order.frames.assign(frames->begin(), frames->end());
    if (inputs->has(kAudioInput)) {
        const auto numbers =
            inputs->numbers<float>(kAudioInput, "FP32", windowShape(network), static_cast<int>(order.frames.size()));
        if (!numbers)
            return tl::unexpected(numbers.error());
        if (!std::ranges::all_of(*numbers, [](float number) { return std::isfinite(number); }))
            return wrong(kAudioInput, "has numbers that are not finite");
        const auto size = static_cast<std::ptrdiff_t>(network.audioElements());
        for (auto at = numbers->begin(); at != numbers->end(); at += size)
            order.windows.emplace_back(at, at + size);
    }
    auto target = targetOf(request, inputs->isRaw());
    if (!target)
        return tl::unexpected(target.error());
    order.target = std::move(*target);
    const auto& parameters = request.parameters();
    const auto isSet = [&](const char* name) {
        const auto found = parameters.find(name);
        return found != parameters.end() && found->second.bool_param();
    };
    order.areTemplateFrames = isSet(inference::kTemplateFramesParameter);
    if (const auto timeout = wholeNumber(parameters, "timeout"); timeout && *timeout > 0) {
        constexpr std::uint64_t kLongest = 86'400'000'000; // a day
        order.timeout = std::chrono::microseconds(std::min(*timeout, kLongest));
    }
    if (wholeNumber(parameters, "priority").value_or(kHighestPriority) > kHighestPriority)
        order.jobClass = scheduling::JobClass::Bulk;
    order.wantsFinalMark = isSet("triton_enable_empty_final_response");
    return order;
}

void writePictures(std::string pictures, int frames, int size, const MouthTarget& target,
                   kserve::ModelInferResponse& response)
{
    auto& output = *response.add_outputs();
    output.set_name(kMouthOutput);
    output.set_datatype("UINT8");
    for (const int side : {frames, size, size, 3})
        output.add_shape(side);
    if (!target.region.empty()) {
        auto& parameters = *output.mutable_parameters();
        parameters[kRegion].set_string_param(target.region);
        parameters[kRegionBytes].set_int64_param(std::int64_t{3} * frames * size * size);
        parameters[kRegionOffset].set_int64_param(static_cast<std::int64_t>(target.regionOffset));
        response.add_raw_output_contents(); // as Triton does: its C++ client looks for one of each output
        return;
    }
    if (target.isRaw) {
        response.add_raw_output_contents(std::move(pictures));
        return;
    }
    auto& numbers = *output.mutable_contents()->mutable_uint_contents();
    numbers.Reserve(static_cast<int>(pictures.size()));
    for (const char byte : pictures)
        numbers.Add(static_cast<unsigned char>(byte));
}

void writeMetadata(const ServedAvatar& avatar, kserve::ModelMetadataResponse& response)
{
    constexpr std::int64_t kAny = -1;
    response.set_name(avatar.name);
    response.add_versions(kModelVersion);
    response.set_platform("lipsync_" + avatar.manifest().network.name());
    auto& frame = *response.add_inputs();
    frame.set_name(kFrameInput);
    frame.set_datatype("INT32");
    frame.add_shape(kAny);
    frame.add_shape(1);
    auto& audio = *response.add_inputs();
    audio.set_name(kAudioInput);
    audio.set_datatype("FP32");
    audio.add_shape(kAny);
    for (const auto side : windowShape(avatar.manifest().network))
        audio.add_shape(side);
    auto& mouth = *response.add_outputs();
    mouth.set_name(kMouthOutput);
    mouth.set_datatype("UINT8");
    const int size = avatar.manifest().network.pictureSize();
    mouth.add_shape(kAny);
    for (const int side : {size, size, 3})
        mouth.add_shape(side);
}

void writeConfig(const ServedAvatar& avatar, const ConcurrencyPlan& plan, kserve::ModelConfig& config)
{
    config.set_name(avatar.name);
    config.set_platform("lipsync_" + avatar.manifest().network.name());
    config.set_backend("lipsync");
    config.set_max_batch_size(kMostInferred);
    auto& frame = *config.add_input();
    frame.set_name(kFrameInput);
    frame.set_data_type(kserve::TYPE_INT32);
    frame.add_dims(1);
    auto& audio = *config.add_input();
    audio.set_name(kAudioInput);
    audio.set_data_type(kserve::TYPE_FP32);
    for (const auto side : windowShape(avatar.manifest().network))
        audio.add_dims(side);
    audio.set_optional(avatar.sound != nullptr);
    auto& mouth = *config.add_output();
    mouth.set_name(kMouthOutput);
    mouth.set_data_type(kserve::TYPE_UINT8);
    const int size = avatar.manifest().network.pictureSize();
    for (const int side : {size, size, 3})
        mouth.add_dims(side);
    auto& parameters = *config.mutable_parameters();
    parameters[inference::kWeightsParameter].set_string_value(avatar.manifest().generatorHash());
    parameters[inference::kTemplateFramesParameter].set_string_value(std::to_string(avatar.frameCount()));
    writeScheduling(plan, config);
}

} // namespace lipsync::serving
