// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace lipsync {

/// What an export writes.
enum class ExportFormat {
    Mp4, ///< H.264 and AAC
    WebM, ///< VP9 and Opus
    ProRes, ///< ProRes 422 HQ and PCM in a MOV, where FFmpeg has the encoder
    PngSequence, ///< a folder of PNG files and the sound as WAV
};

/// A format as it is offered.
struct ExportFormatInfo {
    ExportFormat format = ExportFormat::Mp4;
    std::string name; ///< for a person, e.g. "MP4 (H.264, AAC)"
    std::string extension; ///< with its dot; empty for a folder
    std::string problem; ///< why it cannot be written here; empty when it can
};

/// Every format, with what this machine's FFmpeg lacks.
std::vector<ExportFormatInfo> exportFormats();

/// How the new mouth is put into the picture.
enum class PasteStyle {
    Feathered, ///< soft, colour-true border: for pictures people watch
    Exact, ///< as SyncTalk_2D does it, to the last bit: for comparison
};

/// What is to be exported, and where to.
struct ExportRequest {
    std::filesystem::path avatar;
    std::filesystem::path voice;
    std::filesystem::path features{}; ///< .npy of the voice's features, for avatars that need them; empty: none
    std::filesystem::path output; ///< file name that fits the format, or a folder name for a PNG sequence
    ExportFormat format = ExportFormat::Mp4;
    bool overwrite = false;
    PasteStyle paste = PasteStyle::Feathered;
    bool markSynthetic = true; ///< say in the metadata that this is synthetic media
    int quality = 18; ///< constant rate factor of H.264 (and, scaled, of VP9): 0 best, 51 worst
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

enum class ExportJobState {
    Waiting,
    Running,
    Paused, ///< was running; goes on where it stopped
    Done,
    Cancelled,
    Failed,
};

/// An export in the queue. A value.
struct ExportJob {
    std::uint64_t id = 0; ///< never given twice in one journal
    ExportRequest request;
    ExportJobState state = ExportJobState::Waiting;
    ExportProgress progress; ///< of all frames, those of earlier runs included
    double elapsedSeconds = 0; ///< of work, over all runs
    bool isWanted = false; ///< is made although the queue stands still, see startOnly()
    std::string message; ///< why it failed, or what the operator should know; empty otherwise
    std::uint64_t outputBytes = 0; ///< of a finished one
};

/// Exports one after the other, kept in a journal: after a crash at any moment the next queue with that journal has
/// them all again, and the one that was running goes on at the frame after the last one that is safely on disk. Any
/// thread; nothing waits for the exports but the destructor, which pauses the running one and keeps it for later.
class ExportQueue {
public:
    /// Called from the engine's threads; must not call back into the queue.
    struct Events {
        std::function<void()> changed; ///< jobs, order or state; at most about ten times a second for progress
        std::function<void(ExportJob)> ended; ///< one is Done, Cancelled or Failed
    };

    virtual ~ExportQueue() = default;

    /// In their order of work.
    virtual std::vector<ExportJob> jobs() const = 0;
    /// Whether it works off all its jobs; false at first for a new journal, as it was left for an old one. It stops by
    /// itself when every job is over, so that what is added later waits to be started.
    virtual bool isRunning() const = 0;
    /// What the operator should know of how it was opened: that a damaged journal is kept under another name and the
    /// queue is empty. Empty otherwise; never changes.
    virtual std::string openingNote() const = 0;

    /// Puts a job at the end; it is made when the queue comes to it. Checks avatar, voice, format, the folder and its
    /// free space, and the
    /// output: Usage when it is there already and may not be overwritten, or is another job's. Reads files on the
    /// calling thread.
    virtual Result<std::uint64_t> add(const ExportRequest& request) = 0;
    virtual void start() = 0; ///< all of them, as long as there are any
    /// This one, also while the queue stands still, which then stands still again.
    virtual void startOnly(std::uint64_t job) = 0;
    virtual void pauseNow() = 0; ///< the running job stops at the next frame; at most 2 s of its video are made again
    virtual void pauseAfterCurrent() = 0;

    virtual void cancel(std::uint64_t job) = 0; ///< leaves nothing behind
    /// Has one wait again that was cancelled, from the beginning, or that failed, where it stopped when what there is of
    /// it can be used, as after a full disk.
    virtual void retry(std::uint64_t job) = 0;
    virtual Result<std::uint64_t> duplicate(std::uint64_t job) = 0; ///< with a free name beside the first
    virtual void move(std::uint64_t job, std::size_t position) = 0;
    virtual void remove(std::uint64_t job) = 0; ///< cancels it where it is not over
    virtual void clearEnded() = 0;
};

} // namespace lipsync
