// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/engine_bridge/library_bridge.h"

#include "ui/engine_bridge/qt_conversion.h"

#include <system_error>
#include <utility>

#include <QImageReader>

namespace lipsync::ui {
namespace {

constexpr int kThumbnailSide = 192; // sharp on a dense screen
constexpr int kPeaks = 200;

QImage thumbnailOf(const std::filesystem::path& file)
{
    if (file.empty())
        return {};
    QImageReader reader(fromPath(file));
    const QSize size = reader.size();
    if (size.isValid())
        reader.setScaledSize(size.scaled(kThumbnailSide, kThumbnailSide, Qt::KeepAspectRatio));
    return reader.read();
}

quint64 bytesOf(const std::filesystem::path& file)
{
    std::error_code ignored;
    const auto bytes = std::filesystem::file_size(file, ignored);
    return ignored ? 0 : bytes;
}

} // namespace

LibraryBridge::LibraryBridge(Engine& engine, QObject* parent)
    : QObject(parent)
    , m_engine(engine)
{
}

LibraryBridge::~LibraryBridge()
{
    m_reading.forget();
    m_checking.forget();
}

void LibraryBridge::readAvatar(const std::filesystem::path& folder)
{
    m_reading.run([this, folder] {
        const auto avatar = m_engine.describeAvatar(folder);
        QImage thumbnail = avatar ? thumbnailOf(avatar->thumbnail) : QImage();
        m_reading.post([this, folder, avatar, thumbnail = std::move(thumbnail)] {
            if (avatar)
                Q_EMIT avatarRead(folder, *avatar, thumbnail);
            else
                Q_EMIT avatarUnreadable(folder, toText(avatar.error()));
        });
    });
}

void LibraryBridge::readVoice(const std::filesystem::path& file)
{
    m_reading.run([this, file] {
        const auto voice = m_engine.describeVoice(file);
        auto peaks = voice ? m_engine.voicePeaks(file, kPeaks) : Result<std::vector<float>>();
        m_reading.post([this, file, voice, bytes = bytesOf(file), peaks = std::move(peaks)] {
            if (voice)
                Q_EMIT voiceRead(file, *voice, bytes, peaks.value_or(std::vector<float>()));
            else
                Q_EMIT voiceUnreadable(file, toText(voice.error()));
        });
    });
}

void LibraryBridge::verifyAvatar(const std::filesystem::path& folder)
{
    m_checking.run([this, folder] {
        const auto checked = m_engine.verifyAvatar(folder);
        m_checking.post([this, folder, fault = checked ? QString() : toText(checked.error())] {
            Q_EMIT avatarVerified(folder, fault);
        });
    });
}

quint64 LibraryBridge::describeFiles(const std::vector<std::filesystem::path>& paths)
{
    const quint64 job = ++m_lastJob;
    m_reading.run([this, job, paths] {
        std::vector<DescribedFile> files;
        for (const auto& path : paths)
            files.push_back({path, m_engine.describeFile(path)});
        m_reading.post([this, job, files = std::move(files)] { Q_EMIT filesDescribed(job, files); });
    });
    return job;
}

} // namespace lipsync::ui
