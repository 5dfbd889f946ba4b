// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/kserve_model.h"
#include "serving/avatar_shelf.h"
#include "serving/fault.h"
#include "serving/mouth_stream.h"
#include "serving/shared_regions.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <open_inference.pb.h>

namespace lipsync::serving {

/// The messages of the Open Inference Protocol.
namespace kserve = ::inference;

/// An avatar as a model of the Open Inference Protocol: the inputs "frame" (the number of an output frame, of which the
/// template's loop makes a template frame; with the parameter "template_frames" that of a template frame) and "audio"
/// (what is heard at it; may be left out where the avatar has a sound of its own), the output "mouth" (rows of B,G,R
/// bytes).
using inference::kAudioInput;
using inference::kFrameInput;
using inference::kMouthOutput;
inline constexpr int kMostInferred = 64; ///< frames of one request
inline constexpr const char* kModelVersion = "1";

/// Where the pictures of a request go.
struct MouthTarget {
    bool isRaw = true; ///< one blob, not a list of numbers
    std::string region; ///< shared memory; empty: into the response
    std::uint64_t regionOffset = 0;
};

/// A request's content, checked.
struct InferOrder {
    std::vector<std::int64_t> frames;
    bool areTemplateFrames = false; ///< meant as numbers of the template; otherwise output frames
    std::vector<std::vector<float>> windows; ///< one a frame; none: the avatar's own sound
    MouthTarget target;
    std::optional<Duration> timeout;
    scheduling::JobClass jobClass = scheduling::JobClass::Live;
    bool wantsFinalMark = false; ///< triton_enable_empty_final_response
};

/// Reads a request for an avatar with this network. BadRequest says which tensor or parameter makes no sense.
Answer<InferOrder> readInferRequest(const kserve::ModelInferRequest& request, const nn::GeneratorSpec& network,
                                    const SharedRegions& regions);
/// Names the output, `frames` × `size` × `size` × 3 bytes, in the response, and puts `pictures` into it, which is empty
/// where the target is a region: they were written there.
void writePictures(std::string pictures, int frames, int size, const MouthTarget& target,
                   kserve::ModelInferResponse& response);

void writeMetadata(const ServedAvatar& avatar, kserve::ModelMetadataResponse& response);
void writeConfig(const ServedAvatar& avatar, const ConcurrencyPlan& plan, kserve::ModelConfig& config);

} // namespace lipsync::serving
