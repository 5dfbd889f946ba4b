// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <opencv2/core/mat.hpp>

namespace lipsync::media::sample {

/// A sine that sweeps from 100 Hz to `highest` Hz over `seconds`, as its formula says at every sample: the same sound
/// at any rate. Starts and ends softly.
std::vector<float> chirp(int sampleRate, std::size_t frames, double seconds, double highest);

/// Writes a WAV file of 16-bit samples.
void writeWav(const std::filesystem::path& file, int sampleRate, int channels, std::span<const std::int16_t> samples);

/// Writes a WAV file of 32-bit float samples.
void writeWav(const std::filesystem::path& file, int sampleRate, int channels, std::span<const float> samples);

/// Writes these bytes.
void writeBytes(const std::filesystem::path& file, std::string_view bytes);

/// A whole file.
std::string readBytes(const std::filesystem::path& file);

/// Cuts a file to a part of its length.
void cut(const std::filesystem::path& file, double part);

/// A picture that shows a number as twelve black or white squares, readable after compression.
cv::Mat numberedPicture(int number, int width = 208, int height = 96);

/// The number that a numberedPicture shows.
int numberOn(const cv::Mat& picture);

/// Writes an MP4 of `frames` numbered pictures without sound.
Status writeNumberedVideo(const std::filesystem::path& file, int frames, int keyframeInterval = 12);

/// The shift in samples at which `heard` fits `given` best, within ±`reach`.
int lagOf(std::span<const float> heard, std::span<const float> given, int reach);

/// The metadata of a media file's container.
std::map<std::string, std::string> tagsOf(const std::filesystem::path& file);

/// Names in a folder, sorted.
std::vector<std::string> namesIn(const std::filesystem::path& folder);

/// Lets no file of this process grow beyond `bytes`, as a full disk would, until it is destroyed.
class FullDisk {
public:
    explicit FullDisk(std::size_t bytes);
    ~FullDisk();
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;

private:
    std::size_t m_before = 0;
};

} // namespace lipsync::media::sample
