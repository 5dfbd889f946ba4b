// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "media/encoded_stream.h"
#include "media/ffmpeg_handles.h"
#include "media/part_file.h"
#include "media/video_writer.h"

#include <cstdint>

namespace lipsync::media {

/// Opens the picture encoder that the options ask for. Usage when they name none of the format, Resource when it does
/// not start.
Status openPictures(PictureStream& pictures, const VideoOptions& options);

/// A video file being written: its container, its tracks and what its metadata says. Everything goes to the unfinished
/// neighbour of the target, which is removed at the first failure. One thread at a time.
class OutputContainer {
public:
    /// One track: takes the packets of an encoder into the container. Begin it once the encoder is open.
    class Track : public PacketConsumer {
    public:
        explicit Track(OutputContainer& container)
            : m_container(container)
        {
        }
        int begin(const AVCodecContext& codec);
        int take(AVPacket& packet, const AVCodecContext& codec) override;

    private:
        OutputContainer& m_container;
        AVStream* m_stream = nullptr;
    };

    OutputContainer(PartFile file, const VideoOptions& options);

    Status open();
    /// Opens the encoder of the format's sound.
    Status openSound(SoundStream& sound) const;
    /// Writes what comes before the packets, once every track has begun.
    Status writeHeader();
    /// Completes the neighbour and writes it back to the disk; publish() gives it its name.
    Status complete();
    Status publish();

    /// Whether writing goes on: false after complete() and after a failure.
    bool isOpen() const { return m_container != nullptr; }
    const PartFile& file() const { return m_file; }
    /// Turns a failed step into the end of the file: nothing of it stays behind.
    Status check(int code);
    void discard();

private:
    void mark();
    int close();

    PartFile m_file;
    const VideoOptions m_options;
    OutputPointer m_container;
};

} // namespace lipsync::media
