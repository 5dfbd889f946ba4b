// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The façade: what programs and windows see of the engine. Values and handles only; no LibTorch, OpenCV, FFmpeg or Qt.

#include "base/error.h"
#include "metrics/stats_snapshot.h"
#include "scheduling/concurrency_plan.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace lipsync {

/// What every program does first thing in main(), before its first thread: keeps large memory blocks in the process
/// (LibTorch is twice as fast with them) and leaves the cores to our own threads.
void prepareProcess();

/// The plan of a machine that nobody has tuned: a worker on every CUDA device, or one a core with one computing thread
/// where there is none; in this process, batches of up to four. `cores`: so many workers on the processor instead.
ConcurrencyPlan defaultPlan(int cores = 0);

/// The plan that `lipsync tune` found for an avatar on this machine; nothing when it was not tuned or cannot be read.
std::optional<ConcurrencyPlan> tunedPlan(const std::filesystem::path& avatar);

/// What an engine starts with.
struct EngineOptions {
    ConcurrencyPlan plan = defaultPlan();
    /// The `lipsync` program, for workers in processes of their own; empty: the one beside this program.
    std::filesystem::path workerProgram;
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
    std::filesystem::path features{}; ///< .npy of the voice's features, for avatars that need them; empty: none
    std::filesystem::path output; ///< NAME.mp4, or a folder name for a PNG sequence
    bool pictureSequence = false; ///< PNG files instead of a video
    bool overwrite = false;
    PasteStyle paste = PasteStyle::Feathered;
    bool markSynthetic = true; ///< say in the metadata that this is synthetic media
    int quality = 18; ///< H.264 constant rate factor: 0 best, 51 worst
    bool measureNetwork = false; ///< also time the bare network, before and after
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
    double openSeconds = 0; ///< wall time before that: avatar, voice and networks
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

/// A speech whose sound arrives while it is spoken. Its destructor stops it. Any thread; nothing waits for the engine.
class LiveSession {
public:
    /// Called from the engine's threads; must not call back into the session.
    struct Events {
        std::function<void(Result<AvatarInfo>)> ready; ///< once: opened, or why not
        std::function<void(std::shared_ptr<const Picture>)> picture; ///< every frame, in order
        std::function<void(Status)> finished; ///< once, after the last picture or the first failure
    };

    virtual ~LiveSession() = default;
    /// Appends sound, 16 kHz mono, −1 to 1. Frames follow as soon as the sound around them is known.
    virtual void push(std::span<const float> samples) = 0;
    /// The speech ends here; its last frames follow, then finished().
    virtual void finish() = 0;
};

/// Ends its subscription when it is destroyed; afterwards nothing is called any more.
class Subscription {
public:
    virtual ~Subscription() = default;
};

/// The engine. Functions that open files on the calling thread say so; everything else works on the engine's threads.
/// Previews, exports and live sessions share its workers. Any thread may call anything.
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
    /// Opens an avatar for sound that arrives piece by piece. The handle is returned at once.
    virtual std::unique_ptr<LiveSession> openLive(const std::filesystem::path& avatar, LiveSession::Events events) = 0;

    /// Starts an export; failures come through finished().
    virtual std::unique_ptr<Export> startExport(const ExportRequest& request, Export::Events events) = 0;

    /// The plan in force.
    virtual ConcurrencyPlan plan() const = 0;
    /// Changes workers, devices, batches and precision while everything goes on; nothing is lost. `done` is called from
    /// an engine's thread: Ok, or why the plan cannot be applied; then the present one stays.
    virtual void applyPlan(const ConcurrencyPlan& plan, std::function<void(Status)> done) = 0;
    /// Starts a worker anew at once; its frames are computed by others.
    virtual void restartWorker(std::uint32_t worker) = 0;

    /// How the workers do. Cheap enough for four times a second.
    virtual StatsSnapshot statistics() = 0;
    /// Calls `changed` from an engine's thread when a worker starts, is lost, comes back or leaves, and when a plan has
    /// been applied. It must be quick and must not call the engine.
    virtual std::unique_ptr<Subscription> subscribe(std::function<void()> changed) = 0;
    /// The last frames as a trace that Chrome and Perfetto open (JSON).
    virtual std::string traceJson() = 0;
    /// Why the last late frames were late, the newest first, a sentence or two each.
    virtual std::vector<std::string> explainLateFrames(std::size_t most) = 0;
};

/// Makes an engine and starts its workers. Usage when the plan makes no sense. Handles must not outlive it.
Result<std::unique_ptr<Engine>> createEngine(const EngineOptions& options = {});

} // namespace lipsync
