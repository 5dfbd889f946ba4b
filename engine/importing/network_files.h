// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "base/npy.h"
#include "importing/frame_crops.h"
#include "importing/source.h"
#include "nn/network_spec.h"
#include "nn/weight_set.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace lipsync::importing {

/// Where a network's files are, as far as the operator says.
struct NetworkOptions {
    std::filesystem::path checkpoint; ///< file, or a folder of numbered ones; looked for in the source when empty
    std::filesystem::path audioEncoder; ///< of networks that listen to AVE features; likewise
    std::filesystem::path manifest; ///< JSON that declares a TorchScript network; looked for beside it when empty
    std::filesystem::path features; ///< .npy of hubert or wenet features of the source's sound; likewise
    std::optional<nn::AudioMode> mode;
    bool allowTorchScript = false; ///< the operator agrees to run its code
};

/// A network as it was found.
struct NetworkFiles {
    std::filesystem::path checkpoint;
    nn::GeneratorSpec spec;
    nn::WeightSet generator; ///< empty for TorchScript
    std::filesystem::path torchScript;
    std::filesystem::path audioEncoderFile;
    nn::WeightSet audioEncoder; ///< empty for networks that do not listen to AVE features
};

/// The weights file of a folder of checkpoints: of those whose names are numbers the largest (specification section
/// 1.5), else the names that the package's own programs look for (section 2.2), else the only one there is.
std::optional<std::filesystem::path> bestCheckpoint(const std::filesystem::path& folder);

/// Finds and reads the source's network. InvalidInput when there is none or it cannot be used; Usage when the operator
/// has to say more: which features it listens to, where its audio encoder is, that its code may run.
Result<NetworkFiles> readNetworkFiles(const Source& source, const NetworkOptions& options);

/// The features of the clip's sound that hubert and wenet networks need for its self-reenactment: rows × numbers, cut
/// to the range. Empty when there are none; a file that was named and does not fit is InvalidInput, one that lies beside
/// the frames is left out with a warning.
Result<NpyArray> readFeatures(const Source& source, const NetworkOptions& options, const nn::GeneratorSpec& network,
                              FrameRange range, double sourceRate, std::vector<std::string>& warnings);

} // namespace lipsync::importing
