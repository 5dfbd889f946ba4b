// SPDX-License-Identifier: GPL-3.0-or-later
#include "workplace.h"

#include "engine/media/sample_media.h"
#include "media/video_writer.h"
#include "support/test_avatar.h"

namespace lipsync::test {

namespace {

namespace fs = std::filesystem;

constexpr int kRate = 16000;
constexpr double kHighestHertz = 3000.0;

} // namespace

Status Workplace::prepare()
{
    if (!m_temporary.isValid())
        return failure(ErrorCode::Resource, "No temporary folder.");
    m_root = m_temporary.path().toStdString();
    fs::create_directory(m_root / "out");
    return makeTestAvatar(avatar());
}

std::vector<std::string> Workplace::outputs() const
{
    return media::sample::namesIn(m_root / "out");
}

void Workplace::clearOutputs() const
{
    fs::remove_all(m_root / "out");
    fs::create_directory(m_root / "out");
}

fs::path Workplace::writeVoice(const std::string& name, double seconds) const
{
    const auto sweep = media::sample::chirp(kRate, static_cast<std::size_t>(seconds * kRate), seconds, kHighestHertz);
    std::vector<std::int16_t> samples;
    for (const float value : sweep)
        samples.push_back(static_cast<std::int16_t>(value * 32767));
    media::sample::writeWav(file(name), kRate, 1, samples);
    return file(name);
}

fs::path Workplace::writeSilence(const std::string& name, std::size_t samples) const
{
    media::sample::writeWav(file(name), kRate, 1, std::vector<std::int16_t>(samples));
    return file(name);
}

Status Workplace::writeTalkingVideo(const std::string& name) const
{
    constexpr int kSeconds = 2, kFramesPerSecond = 25, kWidth = 208, kHeight = 96;
    media::VideoOptions options;
    options.width = kWidth;
    options.height = kHeight;
    options.audioSampleRate = kRate;
    auto writer = media::VideoWriter::create(file(name), options);
    if (!writer)
        return failure(writer);
    const auto sound = media::sample::chirp(kRate, kSeconds * kRate, kSeconds, kHighestHertz);
    constexpr std::size_t kFrameSamples = kRate / kFramesPerSecond;
    for (int frame = 0; frame < kSeconds * kFramesPerSecond; ++frame) {
        if (auto written = (*writer)->write(media::sample::numberedPicture(frame, kWidth, kHeight)); !written)
            return written;
        if (auto written = (*writer)->writeAudio(std::span(sound).subspan(frame * kFrameSamples, kFrameSamples));
            !written)
            return written;
    }
    return (*writer)->finish();
}

QStringList Workplace::renderArguments(const fs::path& voice, const fs::path& output) const
{
    return {"render", "--avatar", text(avatar()), "--voice", text(voice), "--out", text(output)};
}

QString text(const fs::path& path)
{
    return QString::fromStdString(path.string());
}

} // namespace lipsync::test
