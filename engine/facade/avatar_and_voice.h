// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace lipsync {

/// What an avatar is, for a person.
struct AvatarInfo {
    std::filesystem::path folder;
    std::string name;
    std::string title;
    std::string attribution;
    std::string licence;
    std::string network; ///< e.g. "synctalk2d_160_ave (width 16)"
    int width = 0, height = 0, templateFrames = 0;
    double frameRate = 0;
    std::filesystem::path thumbnail; ///< PNG
    bool isTrained = true; ///< false for a prepared one, which has no network yet and cannot speak
    bool speaksAnyVoice = true; ///< false for those that need features computed elsewhere (hubert, wenet)
    std::uint64_t bytes = 0; ///< of all its files
};

/// What a voice is, for a person and a waveform.
struct VoiceInfo {
    std::filesystem::path file;
    double seconds = 0;
    int sampleRate = 0, channels = 0;
};

/// A voice as it is played: interleaved samples, −1 to 1.
struct VoiceSound {
    int sampleRate = 0, channels = 0;
    std::vector<float> samples;
};

/// One finished frame: rows of B,G,R bytes without padding. Immutable and shared.
struct Picture {
    std::int64_t frame = 0;
    int width = 0, height = 0;
    std::vector<std::uint8_t> bgr;
    std::vector<std::uint8_t>
        original; ///< the template frame as it was filmed, likewise; empty unless it was wished for
};

/// The value by which a project document says what it is, as a string in its first lines.
inline constexpr const char* kProjectFormat = "lipsync-studio-project";

/// What a file or folder is to the studio, told by its content and not by its name.
enum class FileKind {
    Avatar, ///< NAME.avatar
    Voice, ///< sound without pictures
    Video, ///< pictures, perhaps with sound: can be a voice, be prepared or be imported
    Importable, ///< a data set or package of another tool, in a folder or archive
    Checkpoint, ///< weights alone: part of an import
    Project, ///< a project document of the studio: JSON with kProjectFormat near its beginning
    Unknown,
};

/// A file or folder, for a person.
struct FileDescription {
    FileKind kind = FileKind::Unknown;
    std::string sentence; ///< what it is, or why it cannot be used and what could
};

} // namespace lipsync
