// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/video_writer.h"

#include "media/audio_decoder.h"
#include "media/video_reader.h"
#include "sample_media.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <unistd.h>

#include <QTemporaryDir>
#include <QTest>
#include <opencv2/core.hpp>

using namespace lipsync;
using namespace lipsync::media;

namespace {

VideoOptions optionsFor(int width, int height)
{
    VideoOptions options;
    options.width = width;
    options.height = height;
    return options;
}

// The first picture of a file; empty when there is none.
cv::Mat firstPicture(const std::filesystem::path& file)
{
    auto reader = VideoReader::open(file);
    auto picture = reader ? (*reader)->next() : failure(reader);
    return picture && *picture ? **picture : cv::Mat();
}

// Writes one picture as a video of three frames and reads it back.
cv::Mat throughFile(const std::filesystem::path& file, const cv::Mat& picture, VideoOptions options)
{
    auto writer = VideoWriter::create(file, std::move(options));
    bool isWritten = writer.has_value();
    for (int i = 0; isWritten && i < 3; ++i)
        isWritten = (*writer)->write(picture).has_value();
    return isWritten && (*writer)->finish() ? firstPicture(file) : cv::Mat();
}

double meanError(const cv::Mat& a, const cv::Mat& b)
{
    return cv::norm(a, b, cv::NORM_L1) / static_cast<double>(a.total() * 3);
}

} // namespace

class VideoWriterTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void framesAndDurationAreExact_data();
    void framesAndDurationAreExact();
    void soundComesBackToTheSample_data();
    void soundComesBackToTheSample();
    void soundMayComeBeforeOrAfterThePictures();
    void aFileWithoutASampleOfSoundIsStillAVideo();
    void soundThatIsNoNumberIsSilence();
    void flatColoursSurvive_data();
    void flatColoursSurvive();
    void oddSizesArePadded();
    void fullChromaKeepsColourEdges();
    void aPieceOfALargerPictureCanBeWritten();
    void metadataSaysSyntheticMedia();
    void metadataSaysNothingWhenNotAsked();
    void indexComesFirst();
    void nothingIsLeftWithoutFinish();
    void existingFilesAreKeptUnlessReplacingIsAsked();
    void anExistingFileAppearingMeanwhileIsKept();
    void placesThatCannotBeWrittenAreNamed();
    void aReadOnlyFolderIsNamed();
    void aFullDiskLeavesNothingBehind_data();
    void aFullDiskLeavesNothingBehind();
    void wrongPicturesAndSoundAreRefused();
    void senselessOptionsAreRefused();
    void aVideoWithoutPicturesIsRefused();

private:
    std::filesystem::path at(const char* name) const { return m_folder->filePath(name).toStdString(); }
    std::vector<std::string> names() const { return sample::namesIn(m_folder->path().toStdString()); }
    std::unique_ptr<QTemporaryDir> m_folder;
};

void VideoWriterTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
}

void VideoWriterTest::framesAndDurationAreExact_data()
{
    QTest::addColumn<int>("numerator");
    QTest::addColumn<int>("denominator");
    QTest::addColumn<int>("frames");
    for (const int frames : {1, 2, 61}) {
        QTest::addRow("%d frames at 25", frames) << 25 << 1 << frames;
        QTest::addRow("%d frames at 29.97", frames) << 30000 << 1001 << frames;
        QTest::addRow("%d frames at 60", frames) << 60 << 1 << frames;
    }
}

void VideoWriterTest::framesAndDurationAreExact()
{
    QFETCH(const int, numerator);
    QFETCH(const int, denominator);
    QFETCH(const int, frames);
    VideoOptions options = optionsFor(208, 96);
    options.frameRateNumerator = numerator;
    options.frameRateDenominator = denominator;
    options.audioSampleRate = 16000;
    auto writer = VideoWriter::create(at("exact.mp4"), options);
    QVERIFY(writer.has_value());
    for (int i = 0; i < frames; ++i)
        QVERIFY((*writer)->write(sample::numberedPicture(i)).has_value());
    QVERIFY((*writer)->finish().has_value());

    auto reader = VideoReader::open(at("exact.mp4"));
    QVERIFY(reader.has_value());
    const VideoInfo& info = (*reader)->info();
    QCOMPARE(info.frameCount, std::int64_t{frames});
    QCOMPARE(info.frameRateNumerator, numerator);
    QCOMPARE(info.frameRateDenominator, denominator);
    QVERIFY(std::abs(info.seconds - static_cast<double>(frames) * denominator / numerator) < 1e-9);
    for (int i = 0; i < frames; ++i) {
        const auto picture = (*reader)->next();
        QVERIFY(picture && *picture);
        QCOMPARE(sample::numberOn(**picture), i);
    }
    QVERIFY(!(*reader)->next().value().has_value());
}

void VideoWriterTest::soundComesBackToTheSample_data()
{
    QTest::addColumn<int>("rate");
    QTest::addColumn<int>("channels");
    QTest::addColumn<int>("frames");
    QTest::newRow("16 kHz mono") << 16000 << 1 << 40961;
    QTest::newRow("44.1 kHz stereo") << 44100 << 2 << 100003;
    QTest::newRow("48 kHz mono") << 48000 << 1 << 96000;
    QTest::newRow("shorter than a block") << 16000 << 1 << 700;
    QTest::newRow("one sample") << 16000 << 1 << 1;
}

void VideoWriterTest::soundComesBackToTheSample()
{
    QFETCH(const int, rate);
    QFETCH(const int, channels);
    QFETCH(const int, frames);
    const double seconds = static_cast<double>(frames) / rate;
    const auto mono = sample::chirp(rate, static_cast<std::size_t>(frames), seconds, 3000.0);
    std::vector<float> sound;
    for (const float value : mono)
        sound.insert(sound.end(), static_cast<std::size_t>(channels), value);

    VideoOptions options = optionsFor(208, 96);
    options.audioSampleRate = rate;
    options.audioChannels = channels;
    auto writer = VideoWriter::create(at("sound.mp4"), options);
    QVERIFY(writer.has_value());
    const std::size_t piece = static_cast<std::size_t>(rate / 25 * channels);
    for (std::size_t i = 0; i * piece < sound.size(); ++i) {
        QVERIFY((*writer)->write(sample::numberedPicture(static_cast<int>(i))).has_value());
        QVERIFY((*writer)->writeAudio(std::span(sound).subspan(i * piece, std::min(piece, sound.size() - i * piece))));
    }
    QVERIFY((*writer)->finish().has_value());

    const auto heard = decodeAudio(at("sound.mp4"));
    QVERIFY(heard.has_value());
    QCOMPARE(heard->sampleRate, rate);
    QCOMPARE(heard->channels, channels);
    QCOMPARE(static_cast<int>(heard->frames()), frames);
    if (frames > 20000) {
        const auto first = decodeAudio(at("sound.mp4"), {}, 1);
        QVERIFY(first.has_value());
        QCOMPARE(sample::lagOf(std::span(first->samples).first(20000), std::span(mono).first(20000), 1200), 0);
    }
}

void VideoWriterTest::soundMayComeBeforeOrAfterThePictures()
{
    const auto sound = sample::chirp(16000, 16000 * 30, 30.0, 3000.0);
    for (const bool soundFirst : {true, false}) {
        VideoOptions options = optionsFor(208, 96);
        options.audioSampleRate = 16000;
        options.overwrite = true;
        auto writer = VideoWriter::create(at("order.mp4"), options);
        QVERIFY(writer.has_value());
        if (soundFirst)
            QVERIFY((*writer)->writeAudio(sound).has_value());
        for (int i = 0; i < 25 * 30; ++i)
            QVERIFY((*writer)->write(sample::numberedPicture(i)).has_value());
        if (!soundFirst)
            QVERIFY((*writer)->writeAudio(sound).has_value());
        QVERIFY((*writer)->finish().has_value());
        QCOMPARE(probeVideo(at("order.mp4")).value().frameCount, std::int64_t{750});
        const auto heard = decodeAudio(at("order.mp4"));
        QVERIFY(heard.has_value());
        QCOMPARE(heard->frames(), sound.size());
        QCOMPARE(sample::lagOf(std::span(heard->samples).first(20000), std::span(sound).first(20000), 1200), 0);
    }
}

void VideoWriterTest::aFileWithoutASampleOfSoundIsStillAVideo()
{
    VideoOptions options = optionsFor(208, 96);
    options.audioSampleRate = 16000;
    QVERIFY(!throughFile(at("mute.mp4"), sample::numberedPicture(1), options).empty());
    const auto sound = decodeSpeech(at("mute.mp4"));
    QVERIFY(!sound.has_value());
    QVERIFY(sound.error().code == ErrorCode::InvalidInput);
}

void VideoWriterTest::soundThatIsNoNumberIsSilence()
{
    VideoOptions options = optionsFor(208, 96);
    options.audioSampleRate = 16000;
    auto writer = VideoWriter::create(at("nan.mp4"), options);
    QVERIFY(writer.has_value());
    QVERIFY((*writer)->writeAudio(std::vector<float>(4000, std::nanf(""))).has_value());
    QVERIFY((*writer)->write(sample::numberedPicture(1)).has_value());
    QVERIFY((*writer)->finish().has_value());
    const auto heard = decodeAudio(at("nan.mp4"));
    QVERIFY(heard.has_value());
    QCOMPARE(heard->samples, std::vector<float>(4000, 0.0F));
}

void VideoWriterTest::flatColoursSurvive_data()
{
    QTest::addColumn<int>("blue");
    QTest::addColumn<int>("green");
    QTest::addColumn<int>("red");
    QTest::newRow("black") << 0 << 0 << 0;
    QTest::newRow("white") << 255 << 255 << 255;
    QTest::newRow("grey") << 128 << 128 << 128;
    QTest::newRow("skin") << 120 << 160 << 220;
    QTest::newRow("dark skin") << 30 << 50 << 90;
    QTest::newRow("red") << 0 << 0 << 255;
    QTest::newRow("green") << 0 << 255 << 0;
    QTest::newRow("blue") << 255 << 0 << 0;
}

void VideoWriterTest::flatColoursSurvive()
{
    QFETCH(const int, blue);
    QFETCH(const int, green);
    QFETCH(const int, red);
    // One size of standard definition and one larger: the matrix is written in the file, not guessed from the size.
    for (const cv::Size size : {cv::Size(320, 240), cv::Size(1280, 720)}) {
        const cv::Mat picture(size, CV_8UC3, cv::Scalar(blue, green, red));
        VideoOptions options = optionsFor(size.width, size.height);
        options.overwrite = true;
        const cv::Mat back = throughFile(at("flat.mp4"), picture, options);
        QCOMPARE(back.size(), size);
        QVERIFY2(meanError(back, picture) <= 1.5, qPrintable(QString::number(meanError(back, picture))));
    }
}

void VideoWriterTest::oddSizesArePadded()
{
    cv::Mat picture(97, 207, CV_8UC3, cv::Scalar::all(128));
    picture.col(206).setTo(cv::Scalar::all(200));
    picture.row(96).setTo(cv::Scalar::all(40));
    const cv::Mat back = throughFile(at("odd.mp4"), picture, optionsFor(207, 97));
    QCOMPARE(back.size(), cv::Size(208, 98));
    QVERIFY(meanError(back(cv::Rect(0, 0, 206, 96)), picture(cv::Rect(0, 0, 206, 96))) < 3.0);
    QVERIFY(meanError(back(cv::Rect(207, 10, 1, 70)), picture(cv::Rect(206, 10, 1, 70))) < 8.0);
    QVERIFY(meanError(back(cv::Rect(10, 97, 180, 1)), picture(cv::Rect(10, 96, 180, 1))) < 8.0);
    QVERIFY(!throughFile(at("tiny.mp4"), cv::Mat(1, 1, CV_8UC3, cv::Scalar::all(9)), optionsFor(1, 1)).empty());
}

void VideoWriterTest::fullChromaKeepsColourEdges()
{
    cv::Mat picture(96, 208, CV_8UC3, cv::Scalar(0, 0, 200));
    for (int x = 0; x < picture.cols; x += 2)
        picture.col(x).setTo(cv::Scalar(200, 0, 0));
    VideoOptions options = optionsFor(208, 96);
    options.quality = 4;
    const double half = meanError(throughFile(at("half.mp4"), picture, options), picture);
    options.fullChroma = true;
    const double full = meanError(throughFile(at("full.mp4"), picture, options), picture);
    QVERIFY2(full < 4.0 && full < half / 5.0, qPrintable(QString("full %1, half %2").arg(full).arg(half)));
}

void VideoWriterTest::aPieceOfALargerPictureCanBeWritten()
{
    cv::Mat large(200, 400, CV_8UC3, cv::Scalar::all(255));
    sample::numberedPicture(1234).copyTo(large(cv::Rect(17, 5, 208, 96)));
    const cv::Mat back = throughFile(at("piece.mp4"), large(cv::Rect(17, 5, 208, 96)), optionsFor(208, 96));
    QCOMPARE(sample::numberOn(back), 1234);
}

void VideoWriterTest::metadataSaysSyntheticMedia()
{
    VideoOptions options = optionsFor(208, 96);
    options.title = "A talk";
    QVERIFY(!throughFile(at("marked.mp4"), sample::numberedPicture(1), options).empty());
    auto tags = sample::tagsOf(at("marked.mp4"));
    QCOMPARE(tags["DigitalSourceType"], std::string(kSyntheticSourceType));
    QVERIFY(tags["comment"].starts_with("Synthetic media"));
    QCOMPARE(tags["title"], std::string("A talk"));
    QVERIFY(sample::readBytes(at("marked.mp4")).ends_with(syntheticXmpPacket()));
}

void VideoWriterTest::metadataSaysNothingWhenNotAsked()
{
    VideoOptions options = optionsFor(208, 96);
    options.markSynthetic = false;
    QVERIFY(!throughFile(at("plain.mp4"), sample::numberedPicture(1), options).empty());
    QVERIFY(!sample::tagsOf(at("plain.mp4")).contains("DigitalSourceType"));
    QVERIFY(sample::readBytes(at("plain.mp4")).find("DigitalSourceType") == std::string::npos);
}

void VideoWriterTest::indexComesFirst()
{
    QVERIFY(sample::writeNumberedVideo(at("fast.mp4"), 10).has_value());
    const std::string bytes = sample::readBytes(at("fast.mp4"));
    QVERIFY(bytes.find("moov") < bytes.find("mdat"));
}

void VideoWriterTest::nothingIsLeftWithoutFinish()
{
    {
        auto writer = VideoWriter::create(at("half.mp4"), optionsFor(208, 96));
        QVERIFY(writer.has_value());
        QVERIFY((*writer)->write(sample::numberedPicture(1)).has_value());
        QCOMPARE(names(), std::vector<std::string>{"half.mp4.part"});
    }
    QCOMPARE(names(), std::vector<std::string>{});
}

void VideoWriterTest::existingFilesAreKeptUnlessReplacingIsAsked()
{
    sample::writeBytes(at("mine.mp4"), "precious");
    VideoOptions options = optionsFor(208, 96);
    const auto refused = VideoWriter::create(at("mine.mp4"), options);
    QVERIFY(!refused.has_value());
    QVERIFY(refused.error().code == ErrorCode::InvalidInput);
    QVERIFY(refused.error().message.find("--force") != std::string::npos);
    QCOMPARE(names(), std::vector<std::string>{"mine.mp4"});

    options.overwrite = true;
    auto writer = VideoWriter::create(at("mine.mp4"), options);
    QVERIFY(writer.has_value());
    QVERIFY((*writer)->write(sample::numberedPicture(1)).has_value());
    QCOMPARE(sample::readBytes(at("mine.mp4")), std::string("precious"));
    QVERIFY((*writer)->finish().has_value());
    QCOMPARE(names(), std::vector<std::string>{"mine.mp4"});
    QCOMPARE(probeVideo(at("mine.mp4")).value().frameCount, std::int64_t{1});
}

void VideoWriterTest::anExistingFileAppearingMeanwhileIsKept()
{
    auto writer = VideoWriter::create(at("late.mp4"), optionsFor(208, 96));
    QVERIFY(writer.has_value());
    QVERIFY((*writer)->write(sample::numberedPicture(1)).has_value());
    sample::writeBytes(at("late.mp4"), "somebody else's");
    const Status finished = (*writer)->finish();
    QVERIFY(!finished.has_value());
    QVERIFY(finished.error().code == ErrorCode::InvalidInput);
    QCOMPARE(sample::readBytes(at("late.mp4")), std::string("somebody else's"));
    QCOMPARE(names(), std::vector<std::string>{"late.mp4"});
}

void VideoWriterTest::placesThatCannotBeWrittenAreNamed()
{
    const auto inMissing = VideoWriter::create(at("nowhere/out.mp4"), optionsFor(208, 96));
    QVERIFY(!inMissing.has_value());
    QVERIFY(inMissing.error().code == ErrorCode::Resource);
    QVERIFY(inMissing.error().message.find("nowhere") != std::string::npos);

    std::filesystem::create_directory(at("folder.mp4"));
    VideoOptions options = optionsFor(208, 96);
    options.overwrite = true;
    const auto onFolder = VideoWriter::create(at("folder.mp4"), options);
    QVERIFY(!onFolder.has_value());
    QVERIFY(onFolder.error().code == ErrorCode::InvalidInput);

    const auto inProc = VideoWriter::create("/proc/out.mp4", optionsFor(208, 96));
    QVERIFY(!inProc.has_value());
    QVERIFY(inProc.error().code == ErrorCode::Resource);
    QVERIFY(inProc.error().message.find("/proc/out.mp4") != std::string::npos);
}

void VideoWriterTest::aReadOnlyFolderIsNamed()
{
    if (geteuid() == 0)
        QSKIP("root may write in every folder");
    std::filesystem::create_directory(at("locked"));
    std::filesystem::permissions(at("locked"), std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
    const auto writer = VideoWriter::create(at("locked/out.mp4"), optionsFor(208, 96));
    QVERIFY(!writer.has_value());
    QVERIFY(writer.error().code == ErrorCode::Resource);
    QVERIFY(writer.error().message.find("locked/out.mp4") != std::string::npos);
}

void VideoWriterTest::aFullDiskLeavesNothingBehind_data()
{
    QTest::addColumn<int>("room");
    QTest::newRow("full at once") << 0;
    QTest::newRow("full half way") << 100'000;
    QTest::newRow("full when the index is written") << 330'000;
}

void VideoWriterTest::aFullDiskLeavesNothingBehind()
{
    QFETCH(const int, room);
    Status status;
    {
        const sample::FullDisk disk(static_cast<std::size_t>(room));
        VideoOptions options = optionsFor(208, 96);
        options.quality = 0;
        auto writer = VideoWriter::create(at("big.mp4"), options);
        status = writer ? Status() : Status(failure(writer));
        cv::Mat noise(96, 208, CV_8UC3);
        cv::setRNGSeed(1);
        for (int i = 0; status && i < 10; ++i) {
            cv::randu(noise, 0, 256);
            status = (*writer)->write(noise);
        }
        if (status)
            status = (*writer)->finish();
        QVERIFY(!status.has_value());
        if (writer)
            QVERIFY((*writer)->write(noise).error().code == ErrorCode::Usage);
    }
    QVERIFY(status.error().code == ErrorCode::Resource);
    QVERIFY(status.error().message.find("big.mp4") != std::string::npos);
    QCOMPARE(names(), std::vector<std::string>{});
}

void VideoWriterTest::wrongPicturesAndSoundAreRefused()
{
    VideoOptions options = optionsFor(208, 96);
    auto silent = VideoWriter::create(at("silent.mp4"), options);
    QVERIFY(silent.has_value());
    QVERIFY((*silent)->write(cv::Mat(96, 200, CV_8UC3)).error().code == ErrorCode::Usage);
    QVERIFY((*silent)->write(cv::Mat(96, 208, CV_8UC1)).error().code == ErrorCode::Usage);
    QVERIFY((*silent)->write(cv::Mat()).error().code == ErrorCode::Usage);
    QVERIFY((*silent)->writeAudio(std::vector<float>(10)).error().code == ErrorCode::Usage);
    QVERIFY((*silent)->write(sample::numberedPicture(1)).has_value());
    QVERIFY((*silent)->finish().has_value());
    QVERIFY((*silent)->finish().error().code == ErrorCode::Usage);

    options.audioSampleRate = 48000;
    options.audioChannels = 2;
    auto stereo = VideoWriter::create(at("stereo.mp4"), options);
    QVERIFY(stereo.has_value());
    QVERIFY((*stereo)->writeAudio(std::vector<float>(3)).error().code == ErrorCode::Usage);
}

void VideoWriterTest::senselessOptionsAreRefused()
{
    std::vector<VideoOptions> wrong(8, optionsFor(208, 96));
    wrong[0].width = 0;
    wrong[1].height = -2;
    wrong[2].width = 1'000'000;
    wrong[3].frameRateNumerator = 0;
    wrong[4].codec = "no-such-encoder";
    wrong[5].audioSampleRate = 12345;
    wrong[6].quality = 99;
    wrong[7].threads = 0;
    for (const VideoOptions& options : wrong)
        QVERIFY(VideoWriter::create(at("wrong.mp4"), options).error().code == ErrorCode::Usage);
    QCOMPARE(names(), std::vector<std::string>{});
    QCOMPARE(encodableSampleRate(12345), 16000);
    QCOMPARE(encodableSampleRate(44100), 44100);
    QCOMPARE(encodableSampleRate(192000), 48000);
}

void VideoWriterTest::aVideoWithoutPicturesIsRefused()
{
    auto writer = VideoWriter::create(at("none.mp4"), optionsFor(208, 96));
    QVERIFY(writer.has_value());
    QVERIFY((*writer)->finish().error().code == ErrorCode::Usage);
    QCOMPARE(names(), std::vector<std::string>{});
}

QTEST_GUILESS_MAIN(VideoWriterTest)
#include "video_writer_test.moc"
