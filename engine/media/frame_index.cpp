// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/frame_index.h"

#include <algorithm>

namespace lipsync::media {

std::optional<FrameIndex::SeekPoint> FrameIndex::seekPointBefore(std::int64_t index) const
{
    if (index < 0 || index >= static_cast<std::int64_t>(shownAt.size()))
        return std::nullopt;
    const std::int64_t wanted = shownAt[static_cast<std::size_t>(index)];
    const auto after = std::upper_bound(seekPoints.begin(), seekPoints.end(), wanted,
                                        [](std::int64_t time, const SeekPoint& point) { return time < point.shownAt; });
    if (after == seekPoints.begin())
        return std::nullopt;
    return *(after - 1);
}

FrameIndex scanFrames(AVFormatContext& format, const AVStream& stream)
{
    FrameIndex index;
    const PacketPointer packet(av_packet_alloc());
    bool everyTimeIsKnown = true;
    while (packet && av_read_frame(&format, packet.get()) >= 0) {
        if (packet->stream_index == stream.index && packet->size > 0 && (packet->flags & AV_PKT_FLAG_DISCARD) == 0) {
            ++index.frames;
            everyTimeIsKnown = everyTimeIsKnown && packet->pts != AV_NOPTS_VALUE && packet->dts != AV_NOPTS_VALUE;
            if (everyTimeIsKnown) {
                index.shownAt.push_back(packet->pts);
                if ((packet->flags & AV_PKT_FLAG_KEY) != 0)
                    index.seekPoints.push_back({packet->pts, packet->dts});
            }
        }
        av_packet_unref(packet.get());
    }
    if (!everyTimeIsKnown) {
        index.shownAt.clear();
        index.seekPoints.clear();
    }
    std::sort(index.shownAt.begin(), index.shownAt.end());
    std::sort(index.seekPoints.begin(), index.seekPoints.end(),
              [](const auto& a, const auto& b) { return a.shownAt < b.shownAt; });
    return index;
}

std::int64_t listedFrames(AVStream& stream)
{
    std::int64_t frames = 0;
    for (int i = 0; i < avformat_index_get_entries_count(&stream); ++i) {
        const AVIndexEntry* entry = avformat_index_get_entry(&stream, i);
        if (entry != nullptr && (entry->flags & AVINDEX_DISCARD_FRAME) == 0)
            ++frames;
    }
    return frames;
}

} // namespace lipsync::media
