// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "media/ffmpeg_handles.h"

#include <memory>

extern "C" {
#include <libavfilter/avfilter.h>
}

namespace lipsync::media {

/// Makes of decoded pictures what a screen of today shows: whole pictures instead of two fields, BT.709 instead of
/// high dynamic range. Functions return 0 or an FFmpeg error number. One thread at a time.
class PictureFilter {
public:
    /// What a stream's pictures need.
    struct Needs {
        bool deinterlacing = false;
        bool toneMapping = false; ///< they are PQ or HLG
        bool any() const { return deinterlacing || toneMapping; }
    };

    /// Reads it off a decoded picture and the stream's own description.
    static Needs needsOf(const AVFrame& picture, const AVCodecParameters& stream);

    /// For pictures like `first`, whose times count in `timeBase`.
    int open(const AVFrame& first, AVRational timeBase, Needs needs);

    /// Takes a picture's content over (and leaves `picture` empty); nullptr ends the stream.
    int push(AVFrame* picture);

    /// The next picture, its time in the time base it was pushed with; AVERROR(EAGAIN) when more have to be pushed
    /// first, AVERROR_EOF after the last.
    int pull(AVFrame& picture);

private:
    struct Deleter {
        void operator()(AVFilterGraph* graph) const { avfilter_graph_free(&graph); }
    };
    std::unique_ptr<AVFilterGraph, Deleter> m_graph;
    AVFilterContext* m_source = nullptr; ///< belongs to the graph
    AVFilterContext* m_sink = nullptr; ///< belongs to the graph
    AVRational m_timeBase{0, 1};
    bool m_isHighRange = false;
};

} // namespace lipsync::media
