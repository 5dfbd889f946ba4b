// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace lipsync {

/// Where a face is, in pixels of a video's upright picture.
struct FaceArea {
    int x = 0, y = 0, width = 0, height = 0;
};

/// What another tool prepared, to be made an avatar.
struct ImportRequest {
    std::filesystem::path source; ///< folder, archive or video
    std::filesystem::path output; ///< NAME.avatar
    std::filesystem::path checkpoint{}; ///< looked for in the source when empty, as are the next three
    std::filesystem::path audioEncoder{};
    std::filesystem::path manifest{}; ///< of a TorchScript network
    std::filesystem::path features{};
    std::string mode{}; ///< "ave", "hubert", "wenet"; empty: told by the source
    bool allowTorchScript = false; ///< the operator agrees to run its code
    std::optional<int> firstFrame{}, lastFrame{}; ///< of a data set or package, included
    double startSeconds = 0; ///< of a video
    std::optional<double> seconds{};
    std::optional<FaceArea> face{}; ///< of a video: where the face is in all of it
    std::string title{}, attribution{}, licence{};
    bool overwrite = false;
};

/// A raw video, to be made an avatar that can be trained.
struct PrepareRequest {
    std::filesystem::path video;
    std::filesystem::path output; ///< NAME.avatar
    std::string title{}, attribution{}, licence{};
    int networkSize = 160; ///< side of the picture of the network to be trained: 160 or 328
    std::optional<FaceArea> face{}; ///< in the first frame taken; nothing: the largest face
    double startSeconds = 0;
    std::optional<double> seconds{};
    bool overwrite = false;
};

/// A prepared or trained avatar, to be taught its speaker's mouth.
struct TrainRequest {
    std::filesystem::path avatar;
    std::filesystem::path base{}; ///< avatar whose networks are begun with; empty: its own, if it is trained
    bool fromScratch = false;
    double minutes = 15;
    int steps = 0; ///< most; 0: no such limit
    std::string device = "cpu";
    bool restart = false; ///< forget an unfinished training
};

/// How far an operation is.
struct OperationProgress {
    std::string stage; ///< e.g. "finding the face"
    double share = 0; ///< 0 to 1 of the whole
    std::string detail; ///< figures in words, e.g. "step 300, 26.1 dB (template 23.0 dB)"; may be empty
    std::filesystem::path picture; ///< newest picture worth seeing; may be empty
};

/// What an operation made.
struct OperationReport {
    std::filesystem::path avatar;
    std::string summary; ///< a sentence or two
    std::vector<std::string> warnings; ///< sentences for the operator, the gravest first
    std::vector<std::filesystem::path> pictures; ///< worth seeing
};

/// Something long that the engine does on a thread of its own. Its destructor cancels it and waits for it to clean up.
class Operation {
public:
    virtual ~Operation() = default;
    /// Asks it to stop; finished() with Interrupted follows. A training keeps its state and can be taken up again.
    virtual void cancel() = 0;
};

/// Called from the engine's threads.
struct OperationEvents {
    std::function<void(const OperationProgress&)> progress; ///< at most about ten times a second
    std::function<void(Result<OperationReport>)> finished; ///< once
};

} // namespace lipsync
