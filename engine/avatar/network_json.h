// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "nn/network_spec.h"

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace lipsync::avatar {

class JsonObject;

/// The network as avatar.json has it: "kind", "audio_mode" and "width", and for TorchScript "custom", an object with
/// "picture_size", "crop_border", "mask" {x, y, width, height}, "order" ("reference_first" or "masked_first"), "audio"
/// {channels, height, width}, "feature_rows" and "inputs" ("pictures_first" or "sound_first"). Failures are kept in `object`.
nn::GeneratorSpec readNetwork(JsonObject object);
nlohmann::ordered_json networkToJson(const nn::GeneratorSpec& network);

/// The same object as a text of its own, at most 64 KiB, that lies beside a network's file and is called `name` in
/// errors.
Result<nn::GeneratorSpec> parseNetwork(std::string_view json, const std::string& name);

} // namespace lipsync::avatar
