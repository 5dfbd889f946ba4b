// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The façade: what programs and windows see of the engine. Values and handles only; no LibTorch, OpenCV, FFmpeg or Qt.

#include "base/error.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace lipsync {

/// What every program does first thing in main(), before its first thread: keeps large memory blocks in the process
/// (LibTorch is twice as fast with them) and leaves the cores to our own threads.
void prepareProcess();

/// How the engine computes.
struct EngineOptions {
    int threads = 0; ///< computing threads of a network; 0 = one per core
    int batch = 4; ///< frames computed together in an export
    bool bf16 = false; ///< faster, slightly less exact arithmetic where the processor has it
};

/// How the new mouth is put into the picture.
enum class PasteStyle {
    Feathered, ///< soft, colour-true border: for pictures people watch
    Exact, ///< as SyncTalk_2D does it, to the last bit: for comparison
};

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
};

/// What a preview shows once it is ready.
struct PreviewInfo {
    AvatarInfo avatar;
    VoiceInfo voice;
    std::shared_ptr<const VoiceSound> sound;
    std::int64_t frames = 0;
    double frameRate = 0;
};

/// Counters of a preview; poll a few times a second.
struct PreviewStatistics {
    double framesPerSecond = 0; ///< computed, over the last second of work
    double latencyMs = 0; ///< from the wish for a frame to its picture, mean over the last frames
    std::int64_t computed = 0; ///< pictures made since the preview opened
    std::int64_t dropped = 0; ///< frames whose time passed during play before they were made
};

/// A live preview of one voice on one avatar. Its destructor stops its thread. All functions may be called from any
/// one thread (the window's) and never wait for the engine.
class Preview {
public:
    /// Called from the engine's threads; must not call back into the preview.
    struct Events {
        std::function<void(Result<PreviewInfo>)> ready; ///< once: opened, or why not
        std::function<void(std::int64_t frame)> picture; ///< a picture was made and can be taken; nearly in order
        std::function<void(Error)> failed; ///< a frame could not be made; the preview goes on
    };

    virtual ~Preview() = default;

    /// Computes the one frame (paused, scrub): only the newest wish counts.
    virtual void show(std::int64_t frame) = 0;
    /// Computes from `frame` on, some frames ahead of the playhead.
    virtual void play(std::int64_t frame) = 0;
    /// While playing: the frame that is heard now. Frames before it that are not made yet are dropped and counted.
    virtual void setPlayhead(std::int64_t frame) = 0;
    /// Stops computing ahead.
    virtual void pause() = 0;

    /// The newest picture at or before `frame` since the last show() or play(); null when there is none yet.
    /// Pictures before the returned one are forgotten.
    virtual std::shared_ptr<const Picture> pictureAt(std::int64_t frame) = 0;

    virtual PreviewStatistics statistics() const = 0;
};

/// What is to be exported, and where to.
struct ExportRequest {
    std::filesystem::path avatar;
    std::filesystem::path voice;
    std::filesystem::path output; ///< NAME.mp4, or a folder name for a PNG sequence
    bool pictureSequence = false; ///< PNG files instead of a video
    bool overwrite = false;
    PasteStyle paste = PasteStyle::Feathered;
    bool markSynthetic = true; ///< say in the metadata that this is synthetic media
    int quality = 18; ///< H.264 constant rate factor: 0 best, 51 worst
};

/// How far an export is.
struct ExportProgress {
    std::int64_t framesDone = 0, frames = 0;
    double framesPerSecond = 0;
    double secondsLeft = 0;
};

/// What an export took. Read off clocks and the system, never assumed.
struct ExportReport {
    std::int64_t frames = 0;
    double seconds = 0; ///< wall time from the first sample to the finished file
    double framesPerSecond = 0;
    double networkFramesPerSecond = 0; ///< bare network loop, same threads and batch, same run; 0 when not asked for
    double realtimeFactor = 0; ///< seconds of video made a second
    double peakMemoryMb = 0; ///< largest resident size of the process so far, in 10^6 bytes
};

/// A running export. Its destructor cancels it and waits for it to clean up.
class Export {
public:
    /// Called from the engine's threads.
    struct Events {
        std::function<void(const ExportProgress&)> progress; ///< at most about ten times a second
        std::function<void(Result<ExportReport>)> finished; ///< once; Interrupted after cancel()
    };

    virtual ~Export() = default;
    /// Asks it to stop and to leave nothing behind; finished() follows.
    virtual void cancel() = 0;
};

/// The engine. Functions that open files on the calling thread say so; everything else works on the engine's threads.
class Engine {
public:
    virtual ~Engine() = default;

    /// Reads and checks an avatar on the calling thread.
    virtual Result<AvatarInfo> describeAvatar(const std::filesystem::path& folder) = 0;
    /// Reads a voice's facts on the calling thread.
    virtual Result<VoiceInfo> describeVoice(const std::filesystem::path& file) = 0;

    /// Opens avatar and voice on a thread of its own and tells ready(). The handle is returned at once.
    virtual std::unique_ptr<Preview> openPreview(const std::filesystem::path& avatar,
                                                 const std::filesystem::path& voice, Preview::Events events) = 0;

    /// Starts an export; failures come through finished().
    virtual std::unique_ptr<Export> startExport(const ExportRequest& request, Export::Events events) = 0;
};

/// Makes an engine. Handles must not outlive it.
std::unique_ptr<Engine> createEngine(const EngineOptions& options = {});

} // namespace lipsync
