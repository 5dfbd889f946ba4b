// SPDX-License-Identifier: GPL-3.0-or-later
// libFuzzer target: what a server of KServe v2 says of a model and answers to a request, from somewhere outside.
#include "inference/kserve_model.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include <google/protobuf/stubs/common.h>
#include <open_inference.pb.h>

namespace {

namespace wire = ::inference;
namespace workers = lipsync::inference; // the protocol has a namespace of that name, too
namespace nn = lipsync::nn;

/// The avatar whose model the server should have: a network of small pictures, and three template frames.
const workers::Model& avatarModel()
{
    static const auto model = [] {
        nn::CustomGeometry geometry;
        geometry.pictureSize = 16;
        geometry.mask = {2, 2, 8, 8};
        geometry.audioShape = {1, 2, 2};
        workers::Model made;
        made.name = "anna";
        made.weightsHash = std::string(64, 'a');
        made.spec = {nn::GeneratorKind::TorchScript, nn::AudioMode::Hubert, 32, geometry};
        made.crops = nn::TemplateCrops::create(3, 16).value();
        return made;
    }();
    return model;
}

/// The next part of the input: two bytes say how long it is.
std::string takePart(std::span<const std::uint8_t>& bytes)
{
    if (bytes.size() < 2)
        return {};
    const auto size = std::min<std::size_t>(bytes[0] + 256U * bytes[1], bytes.size() - 2);
    const std::string part(reinterpret_cast<const char*>(bytes.data()) + 2, size);
    bytes = bytes.subspan(2 + size);
    return part;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
#if GOOGLE_PROTOBUF_VERSION < 4022000 // later ones have no such switch
    static auto* const earlier = google::protobuf::SetLogHandler(nullptr); // a line for every broken text
    (void)earlier;
#endif
    std::span<const std::uint8_t> bytes(data, size);
    const auto first = takePart(bytes), second = takePart(bytes), third = takePart(bytes);
    wire::ModelMetadataResponse metadata;
    wire::ModelConfig config;
    if (!metadata.ParseFromString(first) || !config.ParseFromString(second))
        return 0;
    const auto& model = avatarModel();
    const auto served = workers::readKserveModel(metadata, &config, model, "server:1");
    constexpr std::size_t kLongestSentence = 2000;
    if (!served) {
        if (served.error().message.size() > kLongestSentence)
            std::abort();
        return 0;
    }
    if (served->mostFrames < 1 || served->mostFrames > 64)
        std::abort();
    auto response = std::make_shared<wire::ModelInferResponse>();
    if (!response->ParseFromString(third))
        return 0;
    const auto pictures = workers::readPictures(std::move(response), 1, *served, model.spec);
    if (!pictures)
        return 0;
    const auto& picture = static_cast<const workers::MouthPicture&>(*pictures->front());
    if (pictures->size() != 1 || picture.bytes.size() != model.spec.pictureBytes())
        std::abort();
    volatile std::uint8_t last = picture.bytes.back(); // it is there
    (void)last;
    return 0;
}
