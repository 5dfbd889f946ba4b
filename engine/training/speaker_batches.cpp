// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/speaker_batches.h"

#include "training/network_pictures.h"
#include "training/picture_losses.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace lipsync::training {

namespace {

constexpr int kFewestApart = 3; ///< frames between a frame and its reference: nearer ones show almost the same mouth
constexpr double kSurroundShare = 0.6; ///< of pictures whose reference is to stand around the mask too
constexpr float kFittingPose = 0.01f; ///< of the picture's side: how far nose and eyes may be off once shifted
constexpr int kTries = 12; ///< draws of a reference
constexpr int kStrangeApart = 4; ///< frames to a sound that does not belong to a face: 0.16 s
constexpr float kNoise = 0.15f; ///< of a feature's standard deviation
constexpr int kMostCut = 5; ///< rows of past or future that may be missing
constexpr double kCutShare = 0.3; ///< of windows with such a cut

float uniform(std::mt19937& random, float low, float high)
{
    return std::uniform_real_distribution<float>(low, high)(random);
}

int uniform(std::mt19937& random, int low, int high)
{
    return std::uniform_int_distribution<int>(low, high)(random);
}

constexpr int kWindowNumbers = kFeatureRows * nn::kAudioFeatureSize;

} // namespace

SpeakerBatch SpeakerBatch::to(const torch::Device& device) const
{
    SpeakerBatch moved = *this;
    for (auto* tensor : {&moved.pictures, &moved.targets, &moved.weights, &moved.windows, &moved.strangeWindows}) {
        if (tensor->defined())
            *tensor = tensor->to(device);
    }
    return moved;
}

SpeakerBatches::SpeakerBatches(const SpeakerClip& clip, const FrameSplit& split, const HeardFeatures& heard,
                               nn::GeneratorKind kind)
    : m_clip(clip)
    , m_heard(heard)
    , m_kind(kind)
    , m_border(maskBorder(kind, kBorderWeight - 1).squeeze(0))
{
    std::copy_if(split.training.begin(), split.training.end(), std::back_inserter(m_frames),
                 [&](int frame) { return clip.hasPicture(frame); });
    std::vector<float> window(kWindowNumbers);
    double sum = 0, squares = 0, count = 0;
    for (const int frame : m_frames) {
        heard.copyWindow(0, frame, window.data());
        const auto* row = window.data() + kFeatureRowsBefore * nn::kAudioFeatureSize;
        for (int i = 0; i < nn::kAudioFeatureSize; ++i, ++count) {
            sum += row[i];
            squares += static_cast<double>(row[i]) * row[i];
        }
    }
    m_featureScale = static_cast<float>(std::sqrt(std::max(0.0, squares / count - sum * sum / (count * count))));
}

SpeakerBatch SpeakerBatches::emptyBatch(int count) const
{
    const int size = m_clip.pictureSize;
    const auto options = torch::TensorOptions().dtype(torch::kFloat32);
    SpeakerBatch batch;
    batch.pictures = torch::empty({count, 6, size, size}, options, torch::MemoryFormat::ChannelsLast);
    batch.targets = torch::empty({count, 3, size, size}, options, torch::MemoryFormat::ChannelsLast);
    batch.weights = torch::ones({count, 1, size, size});
    batch.windows = torch::empty({count, 32, 16, 16});
    return batch;
}

int SpeakerBatches::anyFrame(std::mt19937& random) const
{
    return m_frames[static_cast<std::size_t>(uniform(random, 0, static_cast<int>(m_frames.size()) - 1))];
}

SpeakerBatches::Reference SpeakerBatches::drawReference(int frame, std::mt19937& random) const
{
    const float fits = kFittingPose * static_cast<float>(m_clip.pictureSize);
    const bool surrounds = uniform(random, 0.0f, 1.0f) < kSurroundShare;
    int reference = frame;
    for (int tries = 0; tries < kTries; ++tries) {
        reference = anyFrame(random);
        if (std::abs(reference - frame) < kFewestApart)
            continue;
        if (!surrounds)
            break;
        const auto fit = m_clip.poseFit(reference, frame);
        const cv::Point shift(cvRound(fit.shift.x), cvRound(fit.shift.y));
        if (fit.distance < fits && std::max(std::abs(shift.x), std::abs(shift.y)) <= kPictureMargin)
            return {reference, true, shift};
    }
    return {reference, false, {}};
}

void SpeakerBatches::changeWindow(float* window, std::mt19937& random) const
{
    std::normal_distribution<float> noise(0, kNoise * m_featureScale);
    for (int i = 0; i < kWindowNumbers; ++i)
        window[i] += noise(random);
    if (uniform(random, 0.0f, 1.0f) >= kCutShare)
        return;
    const int cut = uniform(random, 1, kMostCut) * nn::kAudioFeatureSize;
    const bool past = random() % 2 == 0;
    std::fill_n(past ? window : window + kWindowNumbers - cut, cut, 0.0f);
}

void SpeakerBatches::weigh(int frame, int dx, int dy, torch::Tensor weights) const
{
    const int size = m_clip.pictureSize;
    weights += m_border;
    const auto mouth =
        (m_clip.mouths[static_cast<std::size_t>(frame)] + cv::Point(dx, dy)) & cv::Rect(0, 0, size, size);
    weights.slice(1, mouth.y, mouth.y + mouth.height).slice(2, mouth.x, mouth.x + mouth.width).fill_(kMouthWeight);
}

SpeakerBatch SpeakerBatches::draw(int count, std::mt19937& random) const
{
    auto batch = emptyBatch(count);
    batch.strangeWindows = torch::empty_like(batch.windows);
    const auto pixels = static_cast<std::ptrdiff_t>(m_clip.pictureSize) * m_clip.pictureSize;
    for (int b = 0; b < count; ++b) {
        const int frame = anyFrame(random);
        const auto reference = drawReference(frame, random);
        PictureView shown{m_clip.picture(reference.frame), m_clip.side()};
        shown.x = uniform(random, std::max(0, -reference.shift.x), 2 * kPictureMargin - std::max(0, reference.shift.x));
        shown.y = uniform(random, std::max(0, -reference.shift.y), 2 * kPictureMargin - std::max(0, reference.shift.y));
        shown.gain = uniform(random, 0.88f, 1.12f);
        shown.offset = uniform(random, -0.05f, 0.05f);
        PictureView truth = shown;
        truth.bytes = m_clip.picture(frame);
        truth.x += reference.shift.x;
        truth.y += reference.shift.y;
        copyNetworkPictures(shown, reference.surrounds ? shown : truth, truth, m_kind,
                            batch.pictures.data_ptr<float>() + b * pixels * 6,
                            batch.targets.data_ptr<float>() + b * pixels * 3);
        weigh(frame, kPictureMargin - truth.x, kPictureMargin - truth.y, batch.weights[b]);

        float* window = batch.windows.data_ptr<float>() + static_cast<std::ptrdiff_t>(b) * kWindowNumbers;
        m_heard.copyWindow(uniform(random, 0, m_heard.ways() - 1), frame, window);
        changeWindow(window, random);
        int strange = frame;
        while (std::abs(strange - frame) < kStrangeApart)
            strange = uniform(random, 0, m_clip.frames - 1);
        m_heard.copyWindow(uniform(random, 0, m_heard.ways() - 1), strange,
                           batch.strangeWindows.data_ptr<float>() + static_cast<std::ptrdiff_t>(b) * kWindowNumbers);
        batch.frames.push_back(frame);
    }
    return batch;
}

SpeakerBatch SpeakerBatches::arrange(std::span<const FramePair> pairs, bool maskTruth) const
{
    const auto pixels = static_cast<std::ptrdiff_t>(m_clip.pictureSize) * m_clip.pictureSize;
    auto batch = emptyBatch(static_cast<int>(pairs.size()));
    const auto view = [&](int frame) {
        return PictureView{m_clip.picture(frame), m_clip.side(), kPictureMargin, kPictureMargin};
    };
    for (std::size_t b = 0; b < pairs.size(); ++b) {
        const auto at = static_cast<std::ptrdiff_t>(b);
        auto* input = batch.pictures.data_ptr<float>() + at * pixels * 6;
        auto* target = batch.targets.data_ptr<float>() + at * pixels * 3;
        copyNetworkPictures(view(pairs[b].shown), view(maskTruth ? pairs[b].truth : pairs[b].shown),
                            view(pairs[b].truth), m_kind, input, target);
        m_heard.copyWindow(0, pairs[b].truth, batch.windows.data_ptr<float>() + at * kWindowNumbers);
        batch.frames.push_back(pairs[b].truth);
    }
    return batch;
}

} // namespace lipsync::training
