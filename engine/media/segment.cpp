// SPDX-License-Identifier: GPL-3.0-or-later
// How a segment is written as bytes and read back.
#include "media/byte_order.h"
#include "media/segment_file.h"

#include <cmath>

namespace lipsync::media {
namespace {

constexpr std::int64_t kMostFrames = std::int64_t{1} << 40; // of a video, and from a packet's segment to its times
constexpr std::int64_t kLongestSegment = 100'000; // frames
constexpr std::size_t kPacketBytes = 8 + 8 + 4 + 4; // what comes before a packet's bytes

bool isSensible(const Segment& segment)
{
    return segment.firstFrame >= 0 && segment.firstFrame <= kMostFrames && segment.frames >= 1 &&
        segment.frames <= kLongestSegment && std::isfinite(segment.seconds) && segment.seconds >= 0;
}

} // namespace

std::vector<std::uint8_t> toBytes(const Segment& segment)
{
    ByteWriter writer;
    writer.number64(static_cast<std::uint64_t>(segment.firstFrame));
    writer.number64(static_cast<std::uint64_t>(segment.frames));
    writer.real64(segment.seconds);
    writer.number32(static_cast<std::uint32_t>(segment.parameters.size()));
    writer.bytes(segment.parameters);
    for (const auto& packet : segment.packets) {
        writer.number64(static_cast<std::uint64_t>(packet.shownAt));
        writer.number64(static_cast<std::uint64_t>(packet.decodedAt));
        writer.number32(packet.isKey ? 1 : 0);
        writer.number32(static_cast<std::uint32_t>(packet.bytes.size()));
        writer.bytes(packet.bytes);
    }
    return writer.content();
}

Result<Segment> parseSegment(std::span<const std::uint8_t> bytes)
{
    const auto refuse = [] { return failure(ErrorCode::InvalidInput, "This is no piece of a video."); };
    ByteReader reader(bytes);
    Segment segment;
    segment.firstFrame = static_cast<std::int64_t>(reader.number64());
    segment.frames = static_cast<std::int64_t>(reader.number64());
    segment.seconds = reader.real64();
    const auto parameters = reader.bytes(reader.number32());
    segment.parameters.assign(parameters.begin(), parameters.end());
    if (reader.hasFailed() || !isSensible(segment))
        return refuse();
    while (reader.left() >= kPacketBytes) {
        SegmentPacket packet;
        packet.shownAt = static_cast<std::int64_t>(reader.number64());
        packet.decodedAt = static_cast<std::int64_t>(reader.number64());
        const auto flags = reader.number32();
        const auto content = reader.bytes(reader.number32());
        packet.isKey = flags == 1;
        packet.bytes.assign(content.begin(), content.end());
        const bool isInTime =
            std::abs(packet.shownAt) <= kLongestSegment && std::abs(packet.decodedAt) <= kLongestSegment;
        if (reader.hasFailed() || flags > 1 || content.empty() || !isInTime)
            return refuse();
        segment.packets.push_back(std::move(packet));
    }
    const bool hasEveryFrame =
        segment.packets.empty() || segment.packets.size() == static_cast<std::size_t>(segment.frames);
    if (!reader.isWhole() || !hasEveryFrame)
        return refuse();
    return segment;
}

} // namespace lipsync::media
