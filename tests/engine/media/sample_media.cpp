// SPDX-License-Identifier: GPL-3.0-or-later
#include "sample_media.h"

#include "media/video_writer.h"

#include <algorithm>
#include <cmath>
#include <csignal>
#include <fstream>
#include <iterator>
#include <numbers>

#include <sys/resource.h>

extern "C" {
#include <libavformat/avformat.h>
}

namespace lipsync::media::sample {
namespace {

constexpr int kNumberBits = 12;
constexpr double kLowestHertz = 100.0;
constexpr double kFadeSeconds = 0.02;

void append(std::string& bytes, std::uint32_t value, int size)
{
    for (int i = 0; i < size; ++i)
        bytes.push_back(static_cast<char>((value >> (8 * i)) & 0xFF));
}

void writeWavBytes(const std::filesystem::path& file, int sampleRate, int channels, int format, int sampleSize,
                   std::string_view samples)
{
    const auto size = static_cast<std::uint32_t>(samples.size());
    const auto rate = static_cast<std::uint32_t>(sampleRate);
    const auto frameSize = static_cast<std::uint32_t>(channels * sampleSize);
    std::string bytes = "RIFF";
    append(bytes, 36 + size, 4);
    bytes += "WAVEfmt ";
    append(bytes, 16, 4);
    append(bytes, static_cast<std::uint32_t>(format), 2);
    append(bytes, static_cast<std::uint32_t>(channels), 2);
    append(bytes, rate, 4);
    append(bytes, rate * frameSize, 4);
    append(bytes, frameSize, 2);
    append(bytes, static_cast<std::uint32_t>(8 * sampleSize), 2);
    bytes += "data";
    append(bytes, size, 4);
    bytes += samples;
    writeBytes(file, bytes);
}

} // namespace

std::vector<float> chirp(int sampleRate, std::size_t frames, double seconds, double highest)
{
    std::vector<float> sound(frames);
    const double slope = (highest - kLowestHertz) / seconds;
    for (std::size_t i = 0; i < frames; ++i) {
        const double time = static_cast<double>(i) / sampleRate;
        const double phase = 2.0 * std::numbers::pi * (kLowestHertz * time + 0.5 * slope * time * time);
        const double fade = std::clamp(std::min(time, seconds - time) / kFadeSeconds, 0.0, 1.0);
        sound[i] = static_cast<float>(0.5 * fade * fade * std::sin(phase));
    }
    return sound;
}

void writeWav(const std::filesystem::path& file, int sampleRate, int channels, std::span<const std::int16_t> samples)
{
    writeWavBytes(file, sampleRate, channels, 1, 2,
                  {reinterpret_cast<const char*>(samples.data()), samples.size_bytes()});
}

void writeWav(const std::filesystem::path& file, int sampleRate, int channels, std::span<const float> samples)
{
    writeWavBytes(file, sampleRate, channels, 3, 4,
                  {reinterpret_cast<const char*>(samples.data()), samples.size_bytes()});
}

void writeBytes(const std::filesystem::path& file, std::string_view bytes)
{
    std::ofstream(file, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

std::string readBytes(const std::filesystem::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

void cut(const std::filesystem::path& file, double part)
{
    const auto size = static_cast<double>(std::filesystem::file_size(file));
    std::filesystem::resize_file(file, static_cast<std::uintmax_t>(size * part));
}

cv::Mat numberedPicture(int number, int width, int height)
{
    cv::Mat picture(height, width, CV_8UC3, cv::Scalar(90, 120, 150));
    const int side = width / (kNumberBits + 1);
    for (int bit = 0; bit < kNumberBits; ++bit) {
        const double value = ((number >> bit) & 1) != 0 ? 255.0 : 0.0;
        picture(cv::Rect(side / 2 + bit * side, height / 4, side, height / 2)).setTo(cv::Scalar::all(value));
    }
    return picture;
}

int numberOn(const cv::Mat& picture)
{
    const int side = picture.cols / (kNumberBits + 1);
    int number = 0;
    for (int bit = 0; bit < kNumberBits; ++bit)
        if (picture.at<cv::Vec3b>(picture.rows / 2, side + bit * side)[1] > 127)
            number |= 1 << bit;
    return number;
}

Status writeNumberedVideo(const std::filesystem::path& file, int frames, int keyframeInterval)
{
    VideoOptions options;
    options.width = 208;
    options.height = 96;
    options.preset = "medium"; // unlike veryfast it uses several B-frames in a row
    options.keyframeInterval = keyframeInterval;
    auto writer = VideoWriter::create(file, options);
    if (!writer)
        return failure(writer);
    for (int i = 0; i < frames; ++i)
        if (Status written = (*writer)->write(numberedPicture(i)); !written)
            return written;
    return (*writer)->finish();
}

int lagOf(std::span<const float> heard, std::span<const float> given, int reach)
{
    const auto count = static_cast<int>(std::min(heard.size(), given.size()));
    int best = 0;
    double bestSum = -1.0;
    for (int lag = -reach; lag <= reach; ++lag) {
        double sum = 0.0;
        for (int i = std::max(0, -lag); i < count - std::max(0, lag); ++i)
            sum += static_cast<double>(heard[static_cast<std::size_t>(i + lag)]) * given[static_cast<std::size_t>(i)];
        if (sum > bestSum) {
            bestSum = sum;
            best = lag;
        }
    }
    return best;
}

std::map<std::string, std::string> tagsOf(const std::filesystem::path& file)
{
    std::map<std::string, std::string> tags;
    AVFormatContext* format = nullptr;
    if (avformat_open_input(&format, file.c_str(), nullptr, nullptr) < 0)
        return tags;
    const AVDictionaryEntry* entry = nullptr;
    while ((entry = av_dict_get(format->metadata, "", entry, AV_DICT_IGNORE_SUFFIX)) != nullptr)
        tags[entry->key] = entry->value;
    avformat_close_input(&format);
    return tags;
}

std::vector<std::string> namesIn(const std::filesystem::path& folder)
{
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

FullDisk::FullDisk(std::size_t bytes)
{
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit limit{};
    getrlimit(RLIMIT_FSIZE, &limit);
    m_before = limit.rlim_cur;
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
}

FullDisk::~FullDisk()
{
    rlimit limit{};
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = m_before;
    setrlimit(RLIMIT_FSIZE, &limit);
}

} // namespace lipsync::media::sample
