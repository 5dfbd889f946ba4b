// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/speaker_judge.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <opencv2/imgproc.hpp>

namespace lipsync::training {

namespace {

constexpr int kBatch = 8;
constexpr int kMostTemplates = 12; ///< a held-out frame
constexpr int kPictureRows = 6;
constexpr double kPeak = 255.0;
constexpr double kLeastSquares = 0.01; ///< of bytes: equal pictures count as 68 dB

/// Evenly spread picks of a list, at most `most`.
std::vector<int> spread(const std::vector<int>& all, int most)
{
    const int count = std::min(most, static_cast<int>(all.size()));
    std::vector<int> picked;
    for (int i = 0; i < count; ++i)
        picked.push_back(all[static_cast<std::size_t>((2 * i + 1) * static_cast<int>(all.size()) / (2 * count))]);
    return picked;
}

/// Values of [0, 1] as the bytes a renderer makes of them.
torch::Tensor toBytes(const torch::Tensor& pictures)
{
    return (pictures.to(torch::kFloat32) * kPeak).to(torch::kUInt8).cpu();
}

double psnr(const torch::Tensor& a, const torch::Tensor& b, const cv::Rect& box)
{
    const auto inside = [&](const torch::Tensor& bytes) {
        return bytes.slice(1, box.y, box.y + box.height).slice(2, box.x, box.x + box.width).to(torch::kFloat32);
    };
    const double squares = (inside(a) - inside(b)).pow(2).mean().item<double>();
    return 10 * std::log10(kPeak * kPeak / std::max(squares, kLeastSquares));
}

cv::Mat tile(const torch::Tensor& bytes)
{
    const auto rows = bytes.permute({1, 2, 0}).contiguous();
    const int height = static_cast<int>(rows.size(0)), width = static_cast<int>(rows.size(1));
    return cv::Mat(height, width, CV_8UC3, rows.data_ptr<std::uint8_t>()).clone();
}

} // namespace

SpeakerJudge::SpeakerJudge(const SpeakerClip& clip, const FrameSplit& split, const SpeakerBatches& batches,
                           torch::Device device, int mostPairs)
    : m_clip(clip)
    , m_batches(batches)
    , m_device(device)
{
    std::vector<int> pictured;
    for (int frame = split.heldFirst; frame < split.heldFirst + split.heldCount; ++frame) {
        if (clip.hasPicture(frame))
            pictured.push_back(frame);
    }
    m_held = spread(pictured, mostPairs);
    const int templates = std::clamp(mostPairs / std::max(1, static_cast<int>(m_held.size())), 1, kMostTemplates);
    for (const int frame : m_held) {
        for (const int shown : spread(batches.trainingFrames(), templates))
            m_pairs.push_back({frame, shown});
    }
}

torch::Tensor SpeakerJudge::draw(nn::SyncTalk2D& generator, const SpeakerBatch& batch) const
{
    const auto windows = m_hear ? m_hear(batch.frames) : batch.windows.to(m_device);
    return toBytes(generator.forward(batch.pictures.to(m_device), windows));
}

MouthQuality SpeakerJudge::judge(nn::SyncTalk2D& generator, bool maskTruth) const
{
    torch::NoGradGuard noGradient;
    MouthQuality sum;
    for (std::size_t first = 0; first < m_pairs.size(); first += kBatch) {
        const auto count = std::min<std::size_t>(kBatch, m_pairs.size() - first);
        const auto batch = m_batches.arrange(std::span(m_pairs).subspan(first, count), maskTruth);
        const auto drawn = draw(generator, batch);
        const auto truth = toBytes(batch.targets), shown = toBytes(batch.pictures.slice(1, 0, 3));
        for (std::size_t i = 0; i < count; ++i) {
            const auto& box = m_clip.mouths[static_cast<std::size_t>(batch.frames[i])];
            const auto at = static_cast<std::int64_t>(i);
            sum.trained += psnr(drawn[at], truth[at], box);
            sum.shown += psnr(shown[at], truth[at], box);
            sum.picture += psnr(drawn[at], truth[at], {0, 0, m_clip.pictureSize, m_clip.pictureSize});
        }
    }
    const auto pairs = static_cast<double>(m_pairs.size());
    return {sum.trained / pairs, sum.shown / pairs, sum.picture / pairs};
}

double SpeakerJudge::syncShare(const std::function<torch::Tensor(const SpeakerBatch&)>& agree) const
{
    constexpr std::array kShifts{-8, -5, 5, 8}; ///< frames to another moment's sound
    torch::NoGradGuard noGradient;
    std::vector<FramePair> own, others;
    for (const int frame : m_held) {
        for (const int shift : kShifts) {
            if (const int other = frame + shift; other >= 0 && other < m_clip.frames && m_clip.hasPicture(other)) {
                own.push_back({frame, frame});
                others.push_back({other, other});
            }
        }
    }
    if (own.empty())
        return 0;
    auto batch = m_batches.arrange(own, true);
    batch.strangeWindows = m_batches.arrange(others, true).windows;
    const auto right = agree(batch.to(m_device)) > 0;
    return right.to(torch::kFloat32).mean().item<double>();
}

cv::Mat SpeakerJudge::picture(nn::SyncTalk2D& generator) const
{
    torch::NoGradGuard noGradient;
    constexpr int kCaption = 18;
    const int size = m_clip.pictureSize;
    std::vector<FramePair> pairs;
    const auto& frames = m_batches.trainingFrames();
    const auto rows = spread(m_held, kPictureRows);
    for (std::size_t i = 0; i < rows.size(); ++i)
        pairs.push_back({rows[i], frames[(2 * i + 1) * frames.size() / (2 * rows.size())]});
    const auto batch = m_batches.arrange(pairs, false);
    const auto drawn = draw(generator, batch);
    const auto truth = toBytes(batch.targets), shown = toBytes(batch.pictures.slice(1, 0, 3));

    cv::Mat sheet(kCaption + size * static_cast<int>(pairs.size()), 3 * size, CV_8UC3, cv::Scalar::all(32));
    const char* captions[] = {"truth", "template", "trained"};
    for (int column = 0; column < 3; ++column) {
        cv::putText(sheet, captions[column], {column * size + 4, kCaption - 5}, cv::FONT_HERSHEY_SIMPLEX, 0.45,
                    cv::Scalar::all(220), 1, cv::LINE_AA);
        const auto& pictures = column == 0 ? truth : column == 1 ? shown : drawn;
        for (std::size_t i = 0; i < pairs.size(); ++i) {
            const auto at = static_cast<int>(i);
            tile(pictures[at]).copyTo(sheet(cv::Rect(column * size, kCaption + at * size, size, size)));
        }
    }
    return sheet;
}

} // namespace lipsync::training
