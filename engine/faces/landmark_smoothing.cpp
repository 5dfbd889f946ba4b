// SPDX-License-Identifier: GPL-3.0-or-later
#include "faces/landmark_smoothing.h"

#include <algorithm>
#include <cmath>

namespace lipsync::faces {

namespace {

constexpr std::size_t kJawEnd = 17;
constexpr double kReach = 3.0; ///< of a Gaussian, in standard deviations

/// One number of each frame of a run, smoothed in place.
template <typename Number> void smoothNumber(std::size_t count, double sigma, Number&& number)
{
    std::vector<double> values(count);
    for (std::size_t i = 0; i < count; ++i)
        values[i] = number(i);
    values = smoothed(values, sigma);
    for (std::size_t i = 0; i < count; ++i)
        number(i) = values[i];
}

double sigmaOf(std::size_t landmark, const SmoothingOptions& options)
{
    if (landmark < kJawEnd)
        return options.jaw;
    return landmark < kFirstMouthLandmark ? options.face : options.mouth;
}

void smoothRun(std::span<std::optional<Landmarks68>> run, const SmoothingOptions& options)
{
    using Points = std::array<cv::Point2d, kLandmarkCount>;
    std::vector<Similarity> heads(run.size());
    std::vector<Points> faces(run.size()); // in the coordinates of the mean face
    for (std::size_t i = 0; i < run.size(); ++i) {
        heads[i] = fitSimilarity(stillPoints(meanFace()), stillPoints(*run[i]));
        const auto toFace = heads[i].inverse();
        for (std::size_t k = 0; k < kLandmarkCount; ++k)
            faces[i][k] = toFace((*run[i])[k]);
    }
    smoothNumber(run.size(), options.head, [&](std::size_t i) -> double& { return heads[i].a; });
    smoothNumber(run.size(), options.head, [&](std::size_t i) -> double& { return heads[i].b; });
    smoothNumber(run.size(), options.head, [&](std::size_t i) -> double& { return heads[i].shift.x; });
    smoothNumber(run.size(), options.head, [&](std::size_t i) -> double& { return heads[i].shift.y; });
    for (std::size_t k = 0; k < kLandmarkCount; ++k) {
        const double sigma = sigmaOf(k, options);
        smoothNumber(run.size(), sigma, [&](std::size_t i) -> double& { return faces[i][k].x; });
        smoothNumber(run.size(), sigma, [&](std::size_t i) -> double& { return faces[i][k].y; });
    }
    for (std::size_t i = 0; i < run.size(); ++i) {
        for (std::size_t k = 0; k < kLandmarkCount; ++k)
            (*run[i])[k] = heads[i](cv::Point2f(faces[i][k]));
    }
}

} // namespace

std::vector<double> smoothed(std::span<const double> values, double sigma)
{
    const int reach = static_cast<int>(std::ceil(kReach * sigma));
    if (!(sigma > 0.0) || reach < 1)
        return {values.begin(), values.end()};
    std::vector<double> weights(static_cast<std::size_t>(reach) + 1);
    for (std::size_t k = 0; k < weights.size(); ++k)
        weights[k] = std::exp(-0.5 * std::pow(static_cast<double>(k) / sigma, 2));
    const auto count = static_cast<int>(values.size());
    std::vector<double> result(values.size());
    for (int i = 0; i < count; ++i) {
        // The same reach on both sides, also at the ends: a steady movement is kept as it is.
        const int room = std::min({reach, i, count - 1 - i});
        double sum = 0.0, weight = 0.0;
        for (int k = -room; k <= room; ++k) {
            const double w = weights[static_cast<std::size_t>(std::abs(k))];
            sum += w * values[static_cast<std::size_t>(i + k)];
            weight += w;
        }
        result[static_cast<std::size_t>(i)] = sum / weight;
    }
    return result;
}

std::vector<FaceRun> faceRuns(std::span<const std::optional<Landmarks68>> frames, const std::vector<bool>& startsScene)
{
    std::vector<FaceRun> runs;
    for (std::size_t i = 0; i < frames.size(); ++i) {
        if (!frames[i])
            continue;
        const bool goesOn = i > 0 && frames[i - 1] && !startsScene[i];
        if (goesOn)
            ++runs.back().end;
        else
            runs.push_back({i, i + 1});
    }
    return runs;
}

std::vector<std::optional<Landmarks68>> smoothLandmarks(std::span<const std::optional<Landmarks68>> frames,
                                                        const std::vector<bool>& startsScene,
                                                        const SmoothingOptions& options)
{
    std::vector<std::optional<Landmarks68>> result(frames.begin(), frames.end());
    for (const auto& run : faceRuns(frames, startsScene))
        smoothRun(std::span(result).subspan(run.begin, run.end - run.begin), options);
    return result;
}

} // namespace lipsync::faces
