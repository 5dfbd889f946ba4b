// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/ffmpeg_log.h"

#include <array>
#include <cstdarg>
#include <mutex>

extern "C" {
#include <libavutil/error.h>
#include <libavutil/log.h>
}

namespace lipsync::media {
namespace {

constexpr std::size_t kLongestLine = 512;

// One line a thread: nobody has to wait, and no operation reports another one's words.
thread_local std::string lastError;

void keepErrors(void* /*source*/, int level, const char* format, va_list arguments)
{
    if (level > AV_LOG_ERROR)
        return;
    std::array<char, kLongestLine> line{};
    int startsLine = 1;
    // Without its source, which would put an address in memory before the words.
    av_log_format_line2(nullptr, level, format, arguments, line.data(), static_cast<int>(line.size()), &startsLine);
    std::string text(line.data());
    while (!text.empty() && (text.back() == '\n' || text.back() == ' '))
        text.pop_back();
    if (!text.empty())
        lastError = std::move(text);
}

} // namespace

void listenToFfmpeg()
{
    static std::once_flag once;
    std::call_once(once, [] { av_log_set_callback(keepErrors); });
    lastError.clear();
}

std::string ffmpegCause(int code)
{
    std::array<char, AV_ERROR_MAX_STRING_SIZE> words{};
    av_strerror(code, words.data(), words.size());
    std::string cause = words.data();
    if (!lastError.empty())
        cause += "; " + lastError;
    return cause;
}

} // namespace lipsync::media
