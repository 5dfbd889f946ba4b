// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/worker_request.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include <worker_protocol.pb.h>

namespace lipsync::inference {

namespace {

namespace wire = worker::v1;

static_assert(std::endian::native == std::endian::little, "windows lie on the wire as they lie in memory");

constexpr std::size_t kHashDigits = 64;
constexpr int kNarrowestNetwork = 2;
constexpr int kWidestNetwork = 256;

tl::unexpected<Error> refused(std::string sentence)
{
    return failure(ErrorCode::InvalidInput, std::move(sentence));
}

bool isHash(const std::string& text)
{
    return text.size() == kHashDigits && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

Status checkText(const std::string& what, const std::string& text)
{
    if (text.size() > kMaxRequestText)
        return refused(fmt::format("The model's {} has {} bytes; {} are allowed.", what, text.size(), kMaxRequestText));
    if (text.find('\0') != std::string::npos)
        return refused(fmt::format("The model's {} has a zero byte in it.", what));
    return {};
}

Status checkPath(const std::string& what, const std::string& text)
{
    if (auto checked = checkText(what, text); !checked)
        return checked;
    if (!text.empty() && !std::filesystem::path(text).is_absolute())
        return refused(fmt::format("The model's {} '{}' is not absolute.", what, text));
    return {};
}

Result<nn::CustomGeometry> readGeometry(const wire::CustomGeometry& message, nn::AudioMode mode)
{
    nn::CustomGeometry geometry;
    if (message.mask_size() != static_cast<int>(geometry.mask.size()) ||
        message.audio_shape_size() != static_cast<int>(geometry.audioShape.size()))
        return refused("The network's mask or window has too few or too many sides.");
    geometry.pictureSize = message.picture_size();
    geometry.cropBorder = message.crop_border();
    std::ranges::copy(message.mask(), geometry.mask.begin());
    geometry.order = message.masked_first() ? nn::PictureOrder::MaskedFirst : nn::PictureOrder::ReferenceFirst;
    std::ranges::copy(message.audio_shape(), geometry.audioShape.begin());
    geometry.featureRows = message.feature_rows();
    geometry.soundFirst = message.sound_first();
    if (const auto problem = nn::problemOf(geometry, mode); !problem.empty())
        return refused(fmt::format("The network's geometry cannot be used: {}.", problem));
    return geometry;
}

void write(const nn::CustomGeometry& geometry, wire::CustomGeometry& message)
{
    message.set_picture_size(geometry.pictureSize);
    message.set_crop_border(geometry.cropBorder);
    message.mutable_mask()->Add(geometry.mask.begin(), geometry.mask.end());
    message.set_masked_first(geometry.order == nn::PictureOrder::MaskedFirst);
    message.mutable_audio_shape()->Add(geometry.audioShape.begin(), geometry.audioShape.end());
    message.set_feature_rows(geometry.featureRows);
    message.set_sound_first(geometry.soundFirst);
}

Result<nn::GeneratorSpec> readSpec(const wire::Network& network)
{
    const auto kind = nn::parseGeneratorKind(network.kind());
    const auto mode = nn::parseAudioMode(network.audio_mode());
    if (!kind || !mode)
        return refused("The model is of a network that this worker does not know.");
    if (network.width() < kNarrowestNetwork || network.width() > kWidestNetwork || network.width() % 2 != 0)
        return refused(fmt::format("The network's width {} is outside of {} to {} or odd.", network.width(),
                                   kNarrowestNetwork, kWidestNetwork));
    if (!nn::isKnown(*kind, *mode))
        return refused(fmt::format("No {} listens to {}.", toString(*kind), toString(*mode)));
    nn::GeneratorSpec spec{*kind, *mode, network.width()};
    if (*kind != nn::GeneratorKind::TorchScript)
        return spec;
    auto geometry = readGeometry(network.custom(), *mode);
    if (!geometry)
        return failure(geometry);
    spec.custom = *geometry;
    return spec;
}

Result<std::vector<int>> readBatchSizes(const google::protobuf::RepeatedField<std::int32_t>& sizes)
{
    if (sizes.empty() || sizes.size() > kMaxRequestBatch)
        return refused(fmt::format("{} batch sizes are asked for; 1 to {} may be.", sizes.size(), kMaxRequestBatch));
    std::vector<int> read(sizes.begin(), sizes.end());
    if (read.front() < 1 || read.back() > kMaxRequestBatch || !std::ranges::is_sorted(read, std::less_equal<>()))
        return refused(fmt::format("The batch sizes do not ascend between 1 and {}.", kMaxRequestBatch));
    return read;
}

Result<std::shared_ptr<MouthContent>> readMouth(const wire::Mouth& mouth, const nn::GeneratorSpec& spec, int frameCount)
{
    if (mouth.template_frame() < 0 || mouth.template_frame() >= frameCount)
        return refused(
            fmt::format("Template frame {} is asked for; the template has {}.", mouth.template_frame(), frameCount));
    const auto& bytes = mouth.window();
    if (bytes.size() != spec.audioElements() * sizeof(float))
        return refused(fmt::format("A feature window has {} bytes; those of {} have {}.", bytes.size(), spec.name(),
                                   spec.audioElements() * sizeof(float)));
    auto content = std::make_shared<MouthContent>();
    content->templateFrame = mouth.template_frame();
    std::vector<float> window(spec.audioElements());
    std::memcpy(window.data(), bytes.data(), bytes.size());
    if (!std::ranges::all_of(window, [](float value) { return std::isfinite(value); }))
        return refused("A feature window holds numbers that are not finite.");
    content->window = std::move(window);
    return content;
}

template <typename Message> Result<Message> parse(std::span<const std::uint8_t> bytes)
{
    Message message;
    if (bytes.size() > std::size_t{kMaxRequestBytes} ||
        !message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
        return refused("The bytes are no such message.");
    return message;
}

} // namespace

bool ModelRequest::isSameModel(const ModelRequest& other) const
{
    return model == other.model && name == other.name && weightsHash == other.weightsHash &&
        weightsFile == other.weightsFile && cropsPath == other.cropsPath && spec == other.spec &&
        frameCount == other.frameCount;
}

Result<ModelRequest> readModelRequest(const wire::PrepareRequest& message)
{
    for (const auto& checked : {checkText("name", message.name()), checkPath("weights file", message.weights_file()),
                                checkPath("template store", message.crops_path())}) {
        if (!checked)
            return failure(checked);
    }
    if (!isHash(message.weights_hash()))
        return refused("The weights' hash is no SHA-256 in lower-case hexadecimal digits.");
    const auto spec = readSpec(message.network());
    if (!spec)
        return failure(spec);
    if (message.frame_count() < 1 || message.frame_count() > kMaxRequestFrames)
        return refused(fmt::format("A template of {} frames is asked for; it may have 1 to {}.", message.frame_count(),
                                   kMaxRequestFrames));
    if (message.crop_size() != spec->cropSize())
        return refused(fmt::format("Template crops of {0}×{0} do not fit {1}, which has {2}×{2}.", message.crop_size(),
                                   spec->name(), spec->cropSize()));
    auto sizes = readBatchSizes(message.batch_sizes());
    if (!sizes)
        return failure(sizes);
    ModelRequest request;
    request.model = message.model();
    request.name = message.name();
    request.weightsHash = message.weights_hash();
    request.weightsFile = message.weights_file();
    request.cropsPath = message.crops_path();
    request.spec = *spec;
    request.frameCount = message.frame_count();
    request.batchSizes = std::move(*sizes);
    return request;
}

Result<scheduling::Batch> readBatch(const wire::RunRequest& message, const nn::GeneratorSpec& spec, int frameCount)
{
    const int count = message.mouths_size();
    if (count < 1 || count > message.padded_size() || message.padded_size() > kMaxRequestBatch)
        return refused(fmt::format("A batch of {} mouths padded to {} is asked for; 1 to {} are allowed.", count,
                                   message.padded_size(), kMaxRequestBatch));
    scheduling::Batch batch;
    batch.number = message.number();
    batch.model = message.model();
    batch.paddedSize = message.padded_size();
    for (const auto& mouth : message.mouths()) {
        auto content = readMouth(mouth, spec, frameCount);
        if (!content)
            return failure(content);
        batch.contents.push_back(std::move(*content));
    }
    return batch;
}

Result<ModelRequest> parseModelRequest(std::span<const std::uint8_t> bytes)
{
    const auto message = parse<wire::PrepareRequest>(bytes);
    return message ? readModelRequest(*message) : failure(message);
}

Result<scheduling::Batch> parseBatch(std::span<const std::uint8_t> bytes, const nn::GeneratorSpec& spec, int frameCount)
{
    const auto message = parse<wire::RunRequest>(bytes);
    return message ? readBatch(*message, spec, frameCount) : failure(message);
}

std::vector<std::uint8_t> toWire(const ModelRequest& request)
{
    wire::PrepareRequest message;
    write(request, message);
    std::vector<std::uint8_t> bytes(message.ByteSizeLong());
    message.SerializeToArray(bytes.data(), static_cast<int>(bytes.size()));
    return bytes;
}

void write(const ModelRequest& request, wire::PrepareRequest& message)
{
    message.set_model(request.model);
    message.set_name(request.name);
    message.set_weights_hash(request.weightsHash);
    message.set_weights_file(request.weightsFile.string());
    message.mutable_network()->set_kind(std::string(toString(request.spec.kind)));
    message.mutable_network()->set_audio_mode(std::string(toString(request.spec.mode)));
    message.mutable_network()->set_width(request.spec.width);
    if (request.spec.custom)
        write(*request.spec.custom, *message.mutable_network()->mutable_custom());
    message.set_crops_path(request.cropsPath.string());
    message.set_frame_count(request.frameCount);
    message.set_crop_size(request.spec.cropSize());
    for (const int size : request.batchSizes)
        message.add_batch_sizes(size);
}

void write(const scheduling::Batch& batch, wire::RunRequest& message)
{
    message.set_number(batch.number);
    message.set_model(batch.model);
    message.set_padded_size(batch.paddedSize);
    for (const auto& content : batch.contents) {
        const auto& mouth = static_cast<const MouthContent&>(*content);
        auto& written = *message.add_mouths();
        written.set_template_frame(mouth.templateFrame);
        written.set_window(mouth.window.data(), mouth.window.bytes());
    }
}

} // namespace lipsync::inference
