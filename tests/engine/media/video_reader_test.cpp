// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/video_reader.h"

#include "sample_media.h"

#include <algorithm>
#include <array>
#include <optional>

#include <QTemporaryDir>
#include <QTest>
#include <opencv2/core.hpp>

using namespace lipsync;
using namespace lipsync::media;

namespace {

const std::filesystem::path kFaces = LIPSYNC_SOURCE_DIR "/../shared/assets/talking-faces";

// Reads to the end; the error that stops it, or nothing.
std::optional<Error> readAll(VideoReader& reader, int& frames)
{
    for (frames = 0;; ++frames) {
        const auto picture = reader.next();
        if (!picture)
            return picture.error();
        if (!*picture)
            return std::nullopt;
    }
}

} // namespace

class VideoReaderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyFrameIsReachedExactly_data();
    void everyFrameIsReachedExactly();
    void everyFrameOfAnMpegStreamIsReachedExactly();
    void afterTheEndOneCanSeekBack();
    void framesOutsideTheVideoAreRefused();
    void picturesOwnTheirMemory();
    void aCutVideoNamesItsReadableFrames_data();
    void aCutVideoNamesItsReadableFrames();
    void aVideoCutBeforeItsIndexIsRefused();
    void aCutMpegStreamEndsWithoutCrash();
    void aDamagedVideoIsRefused();
    void unusableFilesAreNamedInOneSentence_data();
    void unusableFilesAreNamedInOneSentence();

private:
    std::filesystem::path at(const char* name) const { return m_folder.filePath(name).toStdString(); }
    QTemporaryDir m_folder;
};

void VideoReaderTest::everyFrameIsReachedExactly_data()
{
    QTest::addColumn<int>("threads");
    QTest::addColumn<int>("keyframeInterval");
    QTest::newRow("one thread") << 1 << 12;
    QTest::newRow("four threads") << 4 << 12;
    QTest::newRow("one key frame") << 1 << 1000;
    QTest::newRow("only key frames") << 2 << 1;
}

void VideoReaderTest::everyFrameIsReachedExactly()
{
    QFETCH(const int, threads);
    QFETCH(const int, keyframeInterval);
    constexpr int kFrames = 60;
    std::filesystem::remove(at("seek.mp4"));
    QVERIFY(sample::writeNumberedVideo(at("seek.mp4"), kFrames, keyframeInterval).has_value());
    auto reader = VideoReader::open(at("seek.mp4"), threads);
    QVERIFY(reader.has_value());
    // A fixed shuffle: 37 is coprime to 60, so every frame is sought once, forward and backward, near and far.
    for (int i = 0; i < kFrames; ++i) {
        const int wanted = (i * 37 + 59) % kFrames;
        QVERIFY((*reader)->seekToFrame(wanted).has_value());
        for (int following = wanted; following < std::min(wanted + 2, kFrames); ++following) {
            const auto picture = (*reader)->next();
            QVERIFY(picture && *picture);
            QCOMPARE(sample::numberOn(**picture), following);
        }
    }
}

void VideoReaderTest::everyFrameOfAnMpegStreamIsReachedExactly()
{
    if (!std::filesystem::exists(kFaces / "bbaf2n.mpg"))
        QSKIP("the shared videos are not beside this checkout");
    auto reader = VideoReader::open(kFaces / "bbaf2n.mpg");
    QVERIFY(reader.has_value());
    QCOMPARE((*reader)->info().frameCount, std::int64_t{75}); // GRID: 3 s at 25 frames a second
    QCOMPARE((*reader)->info().rotationDegrees, 0);
    QVERIFY((*reader)->info().hasAudio);
    std::vector<cv::Mat> frames;
    for (auto picture = (*reader)->next(); picture && *picture; picture = (*reader)->next())
        frames.push_back(**picture);
    QCOMPARE(frames.size(), std::size_t{75});
    for (const int wanted : {40, 41, 3, 74, 0, 12}) {
        QVERIFY((*reader)->seekToFrame(wanted).has_value());
        const auto picture = (*reader)->next();
        QVERIFY(picture && *picture);
        QVERIFY(cv::norm(**picture, frames[static_cast<std::size_t>(wanted)], cv::NORM_INF) == 0.0);
    }
}

void VideoReaderTest::afterTheEndOneCanSeekBack()
{
    QVERIFY(sample::writeNumberedVideo(at("end.mp4"), 30).has_value());
    auto reader = VideoReader::open(at("end.mp4"), 2);
    QVERIFY(reader.has_value());
    int frames = 0;
    QVERIFY(!readAll(**reader, frames));
    QCOMPARE(frames, 30);
    QVERIFY(!(*reader)->next().value().has_value());
    for (const int wanted : {0, 29, 17}) {
        QVERIFY((*reader)->seekToFrame(wanted).has_value());
        QCOMPARE(sample::numberOn((*reader)->next().value().value()), wanted);
    }
}

void VideoReaderTest::framesOutsideTheVideoAreRefused()
{
    QVERIFY(sample::writeNumberedVideo(at("short.mp4"), 3).has_value());
    auto reader = VideoReader::open(at("short.mp4"));
    QVERIFY(reader.has_value());
    QVERIFY((*reader)->seekToFrame(-1).error().code == ErrorCode::Usage);
    QVERIFY((*reader)->seekToFrame(3).error().code == ErrorCode::Usage);
    QCOMPARE(sample::numberOn((*reader)->next().value().value()), 0);
    QVERIFY(VideoReader::open(at("short.mp4"), 0).error().code == ErrorCode::Usage);
}

void VideoReaderTest::picturesOwnTheirMemory()
{
    QVERIFY(sample::writeNumberedVideo(at("own.mp4"), 10).has_value());
    std::vector<cv::Mat> kept;
    {
        auto reader = VideoReader::open(at("own.mp4"));
        QVERIFY(reader.has_value());
        for (int i = 0; i < 10; ++i)
            kept.push_back((*reader)->next().value().value());
    }
    for (int i = 0; i < 10; ++i)
        QCOMPARE(sample::numberOn(kept[static_cast<std::size_t>(i)]), i);
}

void VideoReaderTest::aCutVideoNamesItsReadableFrames_data()
{
    QTest::addColumn<double>("part");
    for (const double part : {0.3, 0.6, 0.9})
        QTest::addRow("%g", part) << part;
}

void VideoReaderTest::aCutVideoNamesItsReadableFrames()
{
    QFETCH(const double, part);
    std::filesystem::remove(at("cut.mp4"));
    QVERIFY(sample::writeNumberedVideo(at("cut.mp4"), 600).has_value());
    sample::cut(at("cut.mp4"), part);
    auto reader = VideoReader::open(at("cut.mp4"));
    QVERIFY(reader.has_value());
    int frames = 0;
    const auto error = readAll(**reader, frames);
    QVERIFY(error.has_value());
    QVERIFY(error->code == ErrorCode::InvalidInput);
    QVERIFY(frames > 0 && frames < 600);
    const auto message = QString::fromStdString(error->message);
    QVERIFY2(message.contains(QString("%1 of 600 frames").arg(frames)), qPrintable(message));
    QCOMPARE((*reader)->next().error().message, error->message);
    QVERIFY((*reader)->seekToFrame(599).error().code == ErrorCode::InvalidInput);
    QVERIFY((*reader)->seekToFrame(5).has_value());
    QCOMPARE(sample::numberOn((*reader)->next().value().value()), 5);
}

void VideoReaderTest::aVideoCutBeforeItsIndexIsRefused()
{
    QVERIFY(sample::writeNumberedVideo(at("index.mp4"), 30).has_value());
    std::filesystem::resize_file(at("index.mp4"), 200);
    const auto reader = VideoReader::open(at("index.mp4"));
    QVERIFY(!reader.has_value());
    QVERIFY(reader.error().code == ErrorCode::InvalidInput);
    QVERIFY(reader.error().message.find("index.mp4") != std::string::npos);
}

void VideoReaderTest::aCutMpegStreamEndsWithoutCrash()
{
    if (!std::filesystem::exists(kFaces / "bbaf2n.mpg"))
        QSKIP("the shared videos are not beside this checkout");
    std::filesystem::copy_file(kFaces / "bbaf2n.mpg", at("cut.mpg"));
    sample::cut(at("cut.mpg"), 0.5);
    auto reader = VideoReader::open(at("cut.mpg"));
    QVERIFY(reader.has_value());
    QVERIFY((*reader)->info().frameCount < 75);
    int frames = 0;
    const auto error = readAll(**reader, frames);
    QVERIFY(error.has_value());
    QVERIFY(error->code == ErrorCode::InvalidInput);
    QVERIFY(QString::fromStdString(error->message).contains(QString("%1 of").arg(frames)));
}

void VideoReaderTest::aDamagedVideoIsRefused()
{
    QVERIFY(sample::writeNumberedVideo(at("damaged.mp4"), 300).has_value());
    std::string bytes = sample::readBytes(at("damaged.mp4"));
    const std::size_t start = bytes.find("mdat") + (bytes.size() - bytes.find("mdat")) / 2;
    for (std::size_t i = start; i < start + 400; ++i)
        bytes[i] = static_cast<char>(i * 31);
    sample::writeBytes(at("damaged.mp4"), bytes);
    auto reader = VideoReader::open(at("damaged.mp4"));
    QVERIFY(reader.has_value());
    int frames = 0;
    const auto error = readAll(**reader, frames);
    QVERIFY(error.has_value());
    QVERIFY(error->code == ErrorCode::InvalidInput);
}

void VideoReaderTest::unusableFilesAreNamedInOneSentence_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("says");
    sample::writeBytes(at("empty.mp4"), "");
    sample::writeBytes(at("text.mp4"), "Dear reader,\nthis is a letter and no video at all.\n");
    sample::writeWav(at("voice.wav"), 16000, 1, std::array<std::int16_t, 3>{1, 2, 3});
    std::filesystem::create_directory(at("folder.mp4"));
    QTest::newRow("missing") << "missing.mp4"
                             << "no file";
    QTest::newRow("folder") << "folder.mp4"
                            << "is a folder";
    QTest::newRow("empty") << "empty.mp4"
                           << "is empty";
    QTest::newRow("text") << "text.mp4"
                          << "is not a whole";
    QTest::newRow("sound only") << "voice.wav"
                                << "no video stream";
}

void VideoReaderTest::unusableFilesAreNamedInOneSentence()
{
    QFETCH(const QString, name);
    QFETCH(const QString, says);
    for (const auto& error :
         {VideoReader::open(at(qPrintable(name))).error(), probeVideo(at(qPrintable(name))).error()}) {
        const auto message = QString::fromStdString(error.message);
        QVERIFY2(error.code == ErrorCode::InvalidInput, qPrintable(message));
        QVERIFY2(message.contains(name) && message.contains(says), qPrintable(message));
    }
}

QTEST_GUILESS_MAIN(VideoReaderTest)
#include "video_reader_test.moc"
