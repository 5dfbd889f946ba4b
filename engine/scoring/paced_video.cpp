// SPDX-License-Identifier: GPL-3.0-or-later
#include "scoring/paced_video.h"

#include "scoring/sync_meter.h"

namespace lipsync::scoring {

Result<std::unique_ptr<PacedVideo>> PacedVideo::open(const std::filesystem::path& file)
{
    auto reader = media::TimedVideoReader::open(file);
    if (!reader)
        return failure(reader);
    return std::unique_ptr<PacedVideo>(new PacedVideo(std::move(*reader)));
}

Result<std::optional<cv::Mat>> PacedVideo::next()
{
    const double middle = (static_cast<double>(m_number) + 0.5) / kSyncFrameRate;
    while (!m_hasPicture || m_reader->shownUntil() <= middle) {
        const auto advanced = m_reader->advance();
        if (!advanced)
            return failure(advanced);
        if (!*advanced)
            return std::nullopt;
        m_hasPicture = true;
        m_picture.release();
    }
    if (m_picture.empty()) {
        auto picture = m_reader->picture();
        if (!picture)
            return failure(picture);
        m_picture = std::move(*picture);
    }
    ++m_number;
    return m_picture;
}

} // namespace lipsync::scoring
