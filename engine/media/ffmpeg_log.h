// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace lipsync::media {

/// Sends FFmpeg's log of this process to us instead of stderr and forgets what this thread heard so far. Call it
/// before an operation whose failure is reported with ffmpegCause(). Any thread.
void listenToFfmpeg();

/// FFmpeg's words for the error number `code`, followed by the last error it logged on this thread since
/// listenToFfmpeg(). Any thread.
std::string ffmpegCause(int code);

/// Hears the errors that FFmpeg logs on any thread of this process for as long as it lives; a damaged file may bring a
/// flood of them. `heard` is called on FFmpeg's threads: it must be quick and must not use FFmpeg.
class FfmpegListener {
public:
    explicit FfmpegListener(std::function<void(const std::string& line)> heard);
    ~FfmpegListener();
    FfmpegListener(const FfmpegListener&) = delete;
    FfmpegListener& operator=(const FfmpegListener&) = delete;

private:
    std::uint64_t m_number = 0;
};

} // namespace lipsync::media
