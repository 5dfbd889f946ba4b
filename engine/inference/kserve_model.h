// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/model.h"
#include "scheduling/worker.h"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace inference {
class ModelConfig;
class ModelInferRequest;
class ModelInferResponse;
class ModelMetadataResponse;
} // namespace inference

namespace lipsync::inference {

// What an avatar looks like as a model of the Open Inference Protocol (KServe v2). A `lipsync serve` has the template
// and is told frames of it; a server that runs an exported network (nn/script_export.h) is sent the pictures.

inline constexpr const char* kFrameInput = "frame"; ///< INT32 [B, 1]
inline constexpr const char* kAudioInput = "audio"; ///< FP32 [B, channels, height, width]
inline constexpr const char* kMouthOutput = "mouth"; ///< UINT8 [B, S, S, 3], B,G,R

/// Parameter of a configuration: the SHA-256 of the generator's weights file.
inline constexpr const char* kWeightsParameter = "weights_sha256";
/// Parameter of a configuration: how many frames the template has. Of a request: true when the numbers in "frame" are
/// those of template frames; otherwise they are output frames, which the template's loop makes template frames of.
inline constexpr const char* kTemplateFramesParameter = "template_frames";

/// An avatar's model on a server.
struct KserveModel {
    std::string name;
    bool takesPictures = false; ///< an exported network; otherwise numbers of template frames
    int mostFrames = 1; ///< of one request
};

/// Checks that a server's model is the network of `model` with its template or pictures as inputs; InvalidInput says
/// what differs. `config` is null where the server does not tell it; `server` is for messages.
Result<KserveModel> readKserveModel(const ::inference::ModelMetadataResponse& metadata,
                                    const ::inference::ModelConfig* config, const Model& model,
                                    const std::string& server);

/// A request for these mouths, raw. A picture whose crop is not written is black.
void write(std::span<const std::shared_ptr<const MouthContent>> mouths, const KserveModel& served, const Model& model,
           ::inference::ModelInferRequest& request);

/// The pictures of a response, which they keep alive. InvalidInput when it holds other ones than were asked for.
Result<std::vector<std::shared_ptr<const scheduling::JobOutput>>>
readPictures(std::shared_ptr<const ::inference::ModelInferResponse> response, std::size_t mouths,
             const KserveModel& served, const nn::GeneratorSpec& spec);

/// Text of a server for a message: printable, and not long.
std::string shownText(const std::string& text);

} // namespace lipsync::inference
