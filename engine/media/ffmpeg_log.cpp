// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/ffmpeg_log.h"

#include <array>
#include <cstdarg>
#include <map>
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

/// Whoever hears all threads' errors.
struct Hearers {
    std::mutex mutex; ///< of everything below; held while telling, so that one who leaves hears no more
    std::map<std::uint64_t, std::function<void(const std::string&)>> all;
    std::uint64_t last = 0;
};

Hearers& hearers()
{
    static auto* const kept = new Hearers; // never destroyed: FFmpeg's threads may outlive what is static
    return *kept;
}

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
    if (text.empty())
        return;
    {
        std::lock_guard lock(hearers().mutex);
        for (const auto& [number, heard] : hearers().all)
            heard(text);
    }
    lastError = std::move(text);
}

} // namespace

void listenToFfmpeg()
{
    static std::once_flag once;
    std::call_once(once, [] { av_log_set_callback(keepErrors); });
    lastError.clear();
}

FfmpegListener::FfmpegListener(std::function<void(const std::string& line)> heard)
{
    listenToFfmpeg();
    std::lock_guard lock(hearers().mutex);
    m_number = ++hearers().last;
    hearers().all[m_number] = std::move(heard);
}

FfmpegListener::~FfmpegListener()
{
    std::lock_guard lock(hearers().mutex);
    hearers().all.erase(m_number);
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
