// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "media/ffmpeg_handles.h"
#include "media/input_file.h"

namespace lipsync::media {

/// Why no picture came out of a file: a phrase behind "The video …", and FFmpeg's code.
struct DecodeProblem {
    const char* how = "";
    int code = 0;
};

/// Takes the pictures of an opened video file out of its decoder, one after the other. One thread at a time.
class PictureDecoder {
public:
    /// Throws std::bad_alloc.
    PictureDecoder();

    /// Reads from another file, or from one that was opened anew; `input` must outlive the reading.
    void readFrom(InputFile& input);
    /// After a seek in the file: forgets what the decoder holds.
    void flush();

    /// Leaves the next picture in frame(); false after the last one of a file that was read to its end. A problem when
    /// the file or the picture is damaged, or ends early.
    tl::expected<bool, DecodeProblem> next();
    /// Lets next() yield the present frame() once more.
    void putBack() { m_isWaiting = true; }
    bool isWaiting() const { return m_isWaiting; } ///< it was put back

    AVFrame& frame() { return *m_frame; }
    const AVFrame& frame() const { return *m_frame; }

private:
    tl::expected<void, DecodeProblem> feed();

    InputFile* m_input = nullptr;
    PacketPointer m_packet;
    FramePointer m_frame;
    bool m_isWaiting = false; ///< frame() is the next picture already
    bool m_isFed = false; ///< the decoder was told that no more packets come
    int m_readError = 0; ///< what ended the packets, other than the file's end
};

} // namespace lipsync::media
