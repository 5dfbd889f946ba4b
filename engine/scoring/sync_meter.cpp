// SPDX-License-Identifier: GPL-3.0-or-later
#include "scoring/sync_meter.h"

#include "nn/checkpoint/checkpoint.h"

#include <algorithm>

#include <opencv2/imgproc.hpp>

namespace lipsync::scoring {

namespace {

constexpr int kBatch = 20;
/// A clip is measured when one frame more than its own five is there: the original leaves out the last clip.
constexpr int kFramesAhead = nn::kSyncClipFrames;
constexpr std::size_t kPictureBytes = std::size_t{3} * nn::kSyncPictureSize * nn::kSyncPictureSize;
constexpr std::int64_t kSamplesPerFrame25 = 640;
constexpr std::int64_t kColumnsPerFrame = 4;

} // namespace

Result<std::unique_ptr<nn::SyncNet>> openSyncNet(const std::filesystem::path& file, const nn::RunOptions& options)
{
    const auto checkpoint = nn::readCheckpoint(file);
    if (!checkpoint)
        return failure(checkpoint);
    auto network = nn::SyncNet::create(checkpoint->weights, options);
    if (!network && network.error().code == ErrorCode::InvalidInput) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("'{}' does not hold SyncNet's weights; they are in the file syncnet_v2.model of the "
                                   "project syncnet_python.",
                                   file.string()),
                       network.error().message);
    }
    return network;
}

SyncMeter::SyncMeter(nn::SyncNet& network, std::span<const float> speech, int reach)
    : m_network(network)
    , m_sound(audio::toSixteenBits(speech))
    , m_distances(reach)
    , m_pictures(kPictureBytes * (kBatch + kFramesAhead))
{
}

Status SyncMeter::add(const cv::Mat& face)
{
    if (m_frames >= static_cast<std::int64_t>(m_sound.size()) / kSamplesPerFrame25)
        return {};
    ++m_frames;
    auto* place = m_pictures.data() + kPictureBytes * static_cast<std::size_t>(m_waiting++);
    cv::Mat picture(nn::kSyncPictureSize, nn::kSyncPictureSize, CV_8UC3, place);
    cv::resize(face, picture, picture.size(), 0, 0, cv::INTER_LINEAR);
    if (m_waiting < kBatch + kFramesAhead)
        return {};
    return measure(kBatch);
}

Result<std::optional<SyncScore>> SyncMeter::finish()
{
    if (const int clips = m_waiting - kFramesAhead; clips > 0) {
        if (auto measured = measure(clips); !measured)
            return failure(measured);
    }
    return m_distances.score();
}

Status SyncMeter::measure(int clips)
{
    const auto count = static_cast<std::size_t>(clips);
    m_lipPoints.resize(count * nn::kSyncEmbedding);
    m_soundPoints.resize(count * nn::kSyncEmbedding);
    m_columns.resize(count * nn::kSyncSoundRows * nn::kSyncSoundColumns);
    for (std::size_t clip = 0; clip < count; ++clip) {
        for (std::size_t column = 0; column < nn::kSyncSoundColumns; ++column) {
            const auto index =
                static_cast<std::size_t>((m_measured + static_cast<std::int64_t>(clip)) * kColumnsPerFrame);
            const auto numbers = m_mfcc.row(m_sound, index + column);
            for (std::size_t row = 0; row < nn::kSyncSoundRows; ++row)
                m_columns[(clip * nn::kSyncSoundRows + row) * nn::kSyncSoundColumns + column] =
                    static_cast<float>(numbers[row]);
        }
    }
    const auto pictures = std::span(m_pictures).first(kPictureBytes * (count + nn::kSyncClipFrames - 1));
    if (auto seen = m_network.seePictures(pictures, clips, m_lipPoints); !seen)
        return seen;
    if (auto heard = m_network.hearSound(m_columns, clips, m_soundPoints); !heard)
        return heard;
    for (std::size_t clip = 0; clip < count; ++clip) {
        m_distances.add(std::span(m_lipPoints).subspan(clip * nn::kSyncEmbedding, nn::kSyncEmbedding),
                        std::span(m_soundPoints).subspan(clip * nn::kSyncEmbedding, nn::kSyncEmbedding));
    }
    m_measured += clips;
    m_waiting -= clips;
    std::copy_n(m_pictures.begin() + static_cast<std::ptrdiff_t>(kPictureBytes * count),
                kPictureBytes * static_cast<std::size_t>(m_waiting), m_pictures.begin());
    return {};
}

} // namespace lipsync::scoring
