// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/kserve_model.h"

#include "nn/script_export.h"

#include <algorithm>
#include <bit>
#include <charconv>

#include <fmt/ranges.h>
#include <open_inference.pb.h>

namespace lipsync::inference {

namespace {

namespace wire = ::inference;

static_assert(std::endian::native == std::endian::little, "tensors lie on the wire as they lie in memory");

constexpr int kMostFrames = 64; ///< of a request, however many a server would take
constexpr const char* kNumber = "INT32";
constexpr const char* kByte = "UINT8";
constexpr const char* kFloat = "FP32";

/// A tensor of a model: its name, type, and shape after the batch.
struct TensorPlan {
    const char* name;
    const char* type;
    std::vector<std::int64_t> shape;
};

/// What goes in and what comes out.
struct Signature {
    TensorPlan first, window, mouth;
};

Signature signatureOf(const nn::GeneratorSpec& spec, bool takesPictures)
{
    const std::int64_t side = spec.pictureSize();
    const auto window = spec.audioShape();
    const std::vector<std::int64_t> windowShape(window.begin(), window.end()), picture{side, side, 3};
    if (takesPictures)
        return {{nn::kExportedPicture, kByte, picture},
                {nn::kExportedWindow, kFloat, windowShape},
                {nn::kExportedMouth, kByte, picture}};
    return {{kFrameInput, kNumber, {1}}, {kAudioInput, kFloat, windowShape}, {kMouthOutput, kByte, picture}};
}

using Tensors = google::protobuf::RepeatedPtrField<wire::ModelMetadataResponse::TensorMetadata>;

const wire::ModelMetadataResponse::TensorMetadata* find(const Tensors& tensors, const std::string& name)
{
    const auto found = std::ranges::find_if(tensors, [&](const auto& tensor) { return tensor.name() == name; });
    return found == tensors.end() ? nullptr : &*found;
}

/// What is wrong with a tensor; empty when nothing is.
std::string problemOf(const Tensors& tensors, const TensorPlan& plan)
{
    const auto* tensor = find(tensors, plan.name);
    if (!tensor)
        return fmt::format("it has no '{}'", plan.name);
    if (tensor->datatype() != plan.type)
        return fmt::format("its '{}' is of type {}, and must be {}", plan.name, shownText(tensor->datatype()),
                           plan.type);
    constexpr std::int64_t kAny = -1;
    constexpr int kShownSides = 8;
    const auto& shape = tensor->shape();
    const bool fits = shape.size() == static_cast<int>(plan.shape.size()) + 1 && shape[0] == kAny &&
        std::equal(plan.shape.begin(), plan.shape.end(), shape.begin() + 1);
    if (fits)
        return {};
    return fmt::format("its '{}' has the shape [{}], and must be [-1, {}]", plan.name,
                       fmt::join(shape.begin(), shape.begin() + std::min(shape.size(), kShownSides), ", "),
                       fmt::join(plan.shape, ", "));
}

tl::unexpected<Error> refused(const wire::ModelMetadataResponse& metadata, const std::string& server,
                              const Model& model, const std::string& why)
{
    return failure(ErrorCode::InvalidInput,
                   fmt::format("The model '{}' at {} is not the avatar {}: {}.", shownText(metadata.name()), server,
                               model.name, why));
}

/// A parameter of the configuration; empty when there is none.
std::string parameter(const wire::ModelConfig* config, const char* name)
{
    if (!config)
        return {};
    const auto found = config->parameters().find(name);
    return found == config->parameters().end() ? std::string() : found->second.string_value();
}

/// Why weights or template of a model with the right shapes are not those of `model`; empty when nothing says so.
std::string differenceOf(const wire::ModelConfig* config, const Model& model, bool takesPictures)
{
    const auto weights = parameter(config, kWeightsParameter);
    const auto frames = parameter(config, kTemplateFramesParameter);
    if (!takesPictures && (weights.empty() || frames.empty()))
        return "the server does not say of which weights and template it is; run the same release on both sides";
    if (!weights.empty() && weights != model.weightsHash)
        return "it has other weights; copy the avatar there, or export it again";
    if (!takesPictures && frames != std::to_string(model.crops->frameCount()))
        return fmt::format("its template has {} frames, this one {}; copy the avatar there", shownText(frames),
                           model.crops->frameCount());
    return {};
}

void add(wire::ModelInferRequest& request, const TensorPlan& plan, std::size_t mouths, std::string bytes)
{
    auto& tensor = *request.add_inputs();
    tensor.set_name(plan.name);
    tensor.set_datatype(plan.type);
    tensor.add_shape(static_cast<std::int64_t>(mouths));
    for (const auto side : plan.shape)
        tensor.add_shape(side);
    request.add_raw_input_contents(std::move(bytes));
}

/// Appends what the network sees of a frame: the crop without its border.
void appendPicture(const Model& model, int frame, std::string& bytes)
{
    const auto profile = model.spec.profile();
    const auto rowBytes = static_cast<std::size_t>(profile.pictureSize) * 3;
    if (!model.crops->isWritten(frame)) {
        bytes.append(model.spec.pictureBytes(), '\0');
        return;
    }
    const auto crop = model.crops->crop(frame);
    const auto border = static_cast<std::size_t>(profile.cropBorder);
    for (std::size_t y = 0; y < static_cast<std::size_t>(profile.pictureSize); ++y) {
        const auto first = 3 * ((y + border) * static_cast<std::size_t>(profile.cropSize()) + border);
        bytes.append(reinterpret_cast<const char*>(crop.data()) + first, rowBytes);
    }
}

} // namespace

std::string shownText(const std::string& text)
{
    constexpr std::size_t kMost = 300;
    std::string shown = text.substr(0, kMost);
    std::ranges::replace_if(
        shown, [](char each) { return static_cast<unsigned char>(each) < ' ' || each == 0x7f; }, ' ');
    return shown;
}

Result<KserveModel> readKserveModel(const wire::ModelMetadataResponse& metadata, const wire::ModelConfig* config,
                                    const Model& model, const std::string& server)
{
    KserveModel served;
    served.name = metadata.name();
    served.takesPictures = find(metadata.inputs(), nn::kExportedPicture) != nullptr;
    const auto signature = signatureOf(model.spec, served.takesPictures);
    if (metadata.inputs_size() != 2)
        return refused(metadata, server, model,
                       fmt::format("it has {} inputs, and must have '{}' and '{}', or '{}' and '{}'",
                                   metadata.inputs_size(), kFrameInput, kAudioInput, nn::kExportedPicture,
                                   nn::kExportedWindow));
    for (const auto& problem :
         {problemOf(metadata.inputs(), signature.first), problemOf(metadata.inputs(), signature.window),
          problemOf(metadata.outputs(), signature.mouth), differenceOf(config, model, served.takesPictures)}) {
        if (!problem.empty())
            return refused(metadata, server, model, problem);
    }
    served.mostFrames =
        config && config->max_batch_size() > 0 ? std::min(config->max_batch_size(), kMostFrames) : kMostFrames;
    return served;
}

void write(std::span<const std::shared_ptr<const MouthContent>> mouths, const KserveModel& served, const Model& model,
           wire::ModelInferRequest& request)
{
    const auto signature = signatureOf(model.spec, served.takesPictures);
    std::string first, windows;
    first.reserve(mouths.size() * (served.takesPictures ? model.spec.pictureBytes() : sizeof(std::int32_t)));
    windows.reserve(mouths.size() * model.spec.audioElements() * sizeof(float));
    for (const auto& mouth : mouths) {
        const std::int32_t frame = mouth->templateFrame;
        if (served.takesPictures)
            appendPicture(model, frame, first);
        else
            first.append(reinterpret_cast<const char*>(&frame), sizeof frame);
        windows.append(reinterpret_cast<const char*>(mouth->window.data()), mouth->window.bytes());
    }
    request.set_model_name(served.name);
    add(request, signature.first, mouths.size(), std::move(first));
    add(request, signature.window, mouths.size(), std::move(windows));
    request.add_outputs()->set_name(signature.mouth.name);
    if (!served.takesPictures)
        (*request.mutable_parameters())[kTemplateFramesParameter].set_bool_param(true);
}

Result<std::vector<std::shared_ptr<const scheduling::JobOutput>>>
readPictures(std::shared_ptr<const wire::ModelInferResponse> response, std::size_t mouths, const KserveModel& served,
             const nn::GeneratorSpec& spec)
{
    const auto plan = signatureOf(spec, served.takesPictures).mouth;
    const auto bytes = spec.pictureBytes();
    if (response->outputs_size() != 1 || response->raw_output_contents_size() != 1)
        return failure(ErrorCode::InvalidInput,
                       fmt::format("The server sent {} outputs and {} raw contents instead of one of each",
                                   response->outputs_size(), response->raw_output_contents_size()));
    const auto& output = response->outputs(0);
    const auto& raw = response->raw_output_contents(0);
    auto shape = plan.shape;
    shape.insert(shape.begin(), static_cast<std::int64_t>(mouths));
    if (output.name() != plan.name || output.datatype() != plan.type || raw.size() != mouths * bytes ||
        !std::equal(shape.begin(), shape.end(), output.shape().begin(), output.shape().end()))
        return failure(ErrorCode::InvalidInput,
                       fmt::format("The server sent {} bytes of '{}' of type {} instead of {} of '{}' of type {}",
                                   raw.size(), shownText(output.name()), shownText(output.datatype()), mouths * bytes,
                                   plan.name, plan.type));
    const std::span all(reinterpret_cast<const std::uint8_t*>(raw.data()), raw.size());
    std::vector<std::shared_ptr<const scheduling::JobOutput>> pictures;
    for (std::size_t i = 0; i < mouths; ++i) {
        auto picture = std::make_shared<MouthPicture>();
        picture->buffer = response;
        picture->bytes = all.subspan(i * bytes, bytes);
        pictures.push_back(std::move(picture));
    }
    return pictures;
}

} // namespace lipsync::inference
