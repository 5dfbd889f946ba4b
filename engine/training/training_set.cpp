// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/training_set.h"

#include "audio/mel_spectrogram.h"
#include "base/file_system.h"
#include "base/npy.h"

#include <algorithm>
#include <fstream>

#include <nlohmann/json.hpp>

namespace lipsync::training {

namespace {

constexpr std::size_t kMaxManifestBytes = std::size_t{4} << 20;

tl::unexpected<Error> unusable(const std::filesystem::path& file, std::string_view why)
{
    return failure(ErrorCode::InvalidInput,
                   fmt::format("The training data {} cannot be used: {}.", file.string(), why));
}

Result<TrainingClip> loadClip(const std::filesystem::path& folder, int cropSize)
{
    TrainingClip clip;
    clip.name = folder.filename().string();
    const auto voice = readNpy(folder / "voice.npy");
    if (!voice)
        return failure(voice);
    const auto poses = readNpy(folder / "mouth.npy");
    if (!poses)
        return failure(poses);
    if (poses->shape.size() != 2 || poses->shape[1] != kPoseNumbers || poses->shape[0] == 0)
        return unusable(folder / "mouth.npy", "it must have frames × 3 numbers");
    clip.frames = static_cast<int>(poses->shape[0]);
    clip.poses = poses->values;
    clip.mel = audio::melSpectrogram(voice->values);
    clip.melColumns = static_cast<int>(clip.mel.size() / 80);

    auto crops = readNpyBytes(folder / "crops.npy");
    if (!crops)
        return failure(crops);
    const std::vector<std::size_t> expected{poses->shape[0], static_cast<std::size_t>(cropSize),
                                            static_cast<std::size_t>(cropSize), 3};
    if (crops->shape != expected)
        return unusable(folder / "crops.npy",
                        fmt::format("it must have {0} × {1} × {1} × 3 bytes", clip.frames, cropSize));
    clip.crops = std::move(crops->values);
    return clip;
}

} // namespace

Result<TrainingSet> TrainingSet::load(const std::filesystem::path& folder)
{
    const auto manifest = folder / "dataset.json";
    const auto text = readFile(manifest, kMaxManifestBytes);
    if (!text)
        return failure(text);
    TrainingSet set;
    try {
        const auto json = nlohmann::json::parse(text->begin(), text->end());
        set.cropSize = json.at("crop").get<int>();
        set.mouthBox = json.at("mouth_box").get<std::array<int, 4>>();
        if (set.cropSize != 168 && set.cropSize != 328)
            return unusable(manifest, "crop must be 168 or 328");
        for (const auto& entry : json.at("clips")) {
            const auto name = entry.at("name").get<std::string>();
            if (name.find('/') != std::string::npos || name.starts_with("."))
                return unusable(manifest, "the clip name " + name + " is not a folder beside it");
            auto clip = loadClip(folder / name, set.cropSize);
            if (!clip)
                return failure(clip);
            if (clip->melWindows() < 32)
                return unusable(folder / name, "it is shorter than 32 frames");
            (entry.at("split") == "train" ? set.training : set.validation).push_back(std::move(*clip));
        }
    } catch (const nlohmann::json::exception& error) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("The training data {} is not a dataset description.", manifest.string()),
                       error.what());
    }
    const int inner = set.cropSize - 8;
    const auto [x, y, width, height] = set.mouthBox;
    if (x < 0 || y < 0 || width < 1 || height < 1 || x + width > inner || y + height > inner)
        return unusable(manifest, "mouth_box lies outside of the network's picture");
    if (set.training.empty() || set.validation.empty())
        return unusable(manifest, "it needs clips of both splits, training and validation");
    return set;
}

} // namespace lipsync::training
