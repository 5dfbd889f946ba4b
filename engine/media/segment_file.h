// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace lipsync::media {

/// A packet of a segment: one encoded picture. Times count frames from the segment's first.
struct SegmentPacket {
    std::int64_t shownAt = 0;
    std::int64_t decodedAt = 0;
    bool isKey = false;
    std::vector<std::uint8_t> bytes;

    bool operator==(const SegmentPacket&) const = default;
};

/// Some seconds of a video, which refer to nothing before or after them.
struct Segment {
    std::int64_t firstFrame = 0;
    std::int64_t frames = 0;
    double seconds = 0; ///< of work until it was whole, over all runs
    std::vector<std::uint8_t> parameters; ///< of the encoder, the same in all segments of a video
    std::vector<SegmentPacket> packets; ///< one a frame, as they are decoded; none for pictures kept elsewhere

    bool operator==(const Segment&) const = default;
};

/// Largest segment that is accepted, in bytes.
inline constexpr std::uint64_t kMaxSegmentBytes = std::uint64_t{1} << 30;

/// A segment as bytes, and back. InvalidInput for bytes that are no whole segment.
std::vector<std::uint8_t> toBytes(const Segment& segment);
Result<Segment> parseSegment(std::span<const std::uint8_t> bytes);

/// The file that was made of the segments, before it got its name: what tells it from any other file.
struct FinishedFile {
    std::uint64_t device = 0, inode = 0, bytes = 0;

    bool operator==(const FinishedFile&) const = default;
};

/// What is known of a file or folder by its name; nothing when it is not there.
std::optional<FinishedFile> identify(const std::filesystem::path& file);

/// What is done of an export that is not finished, kept beside its output: `output.unfinished`. Segments are added at
/// the end, each with its checksum and synced; whatever a crash leaves after the last whole one is cut off when the
/// file is opened again. One owner at a time, other processes included; one thread at a time.
class SegmentFile {
public:
    /// Its name for an output.
    static std::filesystem::path nameFor(const std::filesystem::path& output);
    /// How far the work of an output is, without checking it; nothing when there is none.
    struct Progress {
        std::int64_t frames = 0;
        double seconds = 0;
    };
    static std::optional<Progress> peek(const std::filesystem::path& output);
    /// Removes the work of an output; a file of that name that is none of ours stays.
    static void remove(const std::filesystem::path& output);

    /// Opens the work of an output, or begins it. Work with another `identity` (what the video is made of, as text) is
    /// begun anew, and formerIdentity() tells what it was. InvalidInput when the name is somebody else's file; Resource
    /// when it cannot be written or another export has it open.
    static Result<std::unique_ptr<SegmentFile>> open(const std::filesystem::path& output, const std::string& identity);

    ~SegmentFile();
    SegmentFile(const SegmentFile&) = delete;
    SegmentFile& operator=(const SegmentFile&) = delete;

    bool isNew() const { return m_isNew; } ///< nothing of an earlier run is used
    std::int64_t frames() const { return m_progress.frames; } ///< that are safe
    double seconds() const { return m_progress.seconds; } ///< of the work on them
    const std::optional<std::string>& formerIdentity() const { return m_formerIdentity; }
    const std::optional<FinishedFile>& finished() const { return m_finished; }

    /// Adds the segment that begins at frame frames(); it is on the disk when this returns. After a failure (Resource)
    /// the file is as before.
    Status append(const Segment& segment);
    /// Forgets all segments.
    Status clear();
    /// Remembers the whole file that will be renamed to the output.
    Status finish(const FinishedFile& file);

    /// Reads the segments one after the other.
    Status forEach(const std::function<Status(const Segment&)>& visit) const;

private:
    SegmentFile(std::filesystem::path file, int descriptor);
    Status load(const std::string& identity);
    Status begin(const std::string& identity);
    void scan(std::uint64_t position);
    Status write(std::uint32_t kind, std::span<const std::uint8_t> payload);
    Status fail() const;

    const std::filesystem::path m_file;
    const int m_descriptor;
    std::uint64_t m_start = 0, m_end = 0; ///< of the records that are whole
    bool m_isNew = false;
    Progress m_progress;
    std::optional<std::string> m_formerIdentity;
    std::optional<FinishedFile> m_finished;
};

} // namespace lipsync::media
