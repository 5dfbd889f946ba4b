// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/picture_sequence_writer.h"

#include "media/synthetic_mark.h"
#include "media/video_reader.h"
#include "sample_media.h"

#include <QTemporaryDir>
#include <QTest>
#include <opencv2/core.hpp>

using namespace lipsync;
using namespace lipsync::media;

class PictureSequenceWriterTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void picturesAreNumberedAndLossless();
    void everyPictureSaysSyntheticMedia();
    void nothingIsLeftWithoutFinish();
    void existingFoldersAreKeptUnlessReplacingIsAsked();
    void aFolderOfOtherThingsIsNeverReplaced();
    void whatAnInterruptedRunLeftIsReplaced();
    void aFullDiskLeavesNothingBehind();
    void wrongUseIsRefused();

private:
    std::filesystem::path at(const char* name) const { return m_folder->filePath(name).toStdString(); }
    std::vector<std::string> names() const { return sample::namesIn(m_folder->path().toStdString()); }
    std::unique_ptr<QTemporaryDir> m_folder;
};

void PictureSequenceWriterTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
}

void PictureSequenceWriterTest::picturesAreNumberedAndLossless()
{
    cv::Mat picture(61, 97, CV_8UC3);
    cv::setRNGSeed(1);
    cv::randu(picture, 0, 256);
    auto writer = PictureSequenceWriter::create(at("frames"));
    QVERIFY(writer.has_value());
    for (int i = 0; i < 3; ++i)
        QVERIFY((*writer)->write(picture).has_value());
    QCOMPARE(names(), std::vector<std::string>{"frames.part"});
    QVERIFY((*writer)->finish().has_value());
    QCOMPARE(names(), std::vector<std::string>{"frames"});
    QCOMPARE(sample::namesIn(at("frames")),
             (std::vector<std::string>{"frame-000000.png", "frame-000001.png", "frame-000002.png"}));
    auto reader = VideoReader::open(at("frames/frame-000002.png"));
    QVERIFY(reader.has_value());
    const auto back = (*reader)->next();
    QVERIFY(back && *back);
    QVERIFY(cv::norm(**back, picture, cv::NORM_INF) == 0.0);
}

void PictureSequenceWriterTest::everyPictureSaysSyntheticMedia()
{
    for (const bool isMarked : {true, false}) {
        auto writer = PictureSequenceWriter::create(at("marked"), true, isMarked);
        QVERIFY(writer.has_value());
        QVERIFY((*writer)->write(sample::numberedPicture(7)).has_value());
        QVERIFY((*writer)->finish().has_value());
        const std::string bytes = sample::readBytes(at("marked/frame-000000.png"));
        QCOMPARE(bytes.find(std::string("iTXtXML:com.adobe.xmp") + std::string(5, '\0') + syntheticXmpPacket()) == 37,
                 isMarked);
    }
}

void PictureSequenceWriterTest::nothingIsLeftWithoutFinish()
{
    {
        auto writer = PictureSequenceWriter::create(at("half"));
        QVERIFY(writer.has_value());
        QVERIFY((*writer)->write(sample::numberedPicture(1)).has_value());
    }
    QCOMPARE(names(), std::vector<std::string>{});
}

void PictureSequenceWriterTest::existingFoldersAreKeptUnlessReplacingIsAsked()
{
    std::filesystem::create_directory(at("frames"));
    sample::writeBytes(at("frames/frame-000009.png"), "old");
    const auto refused = PictureSequenceWriter::create(at("frames"));
    QVERIFY(!refused.has_value());
    QVERIFY(refused.error().code == ErrorCode::InvalidInput);
    QVERIFY(refused.error().message.find("--force") != std::string::npos);

    auto writer = PictureSequenceWriter::create(at("frames"), true);
    QVERIFY(writer.has_value());
    QVERIFY((*writer)->write(sample::numberedPicture(1)).has_value());
    QCOMPARE(sample::readBytes(at("frames/frame-000009.png")), std::string("old"));
    QVERIFY((*writer)->finish().has_value());
    QCOMPARE(sample::namesIn(at("frames")), std::vector<std::string>{"frame-000000.png"});
}

void PictureSequenceWriterTest::aFolderOfOtherThingsIsNeverReplaced()
{
    std::filesystem::create_directory(at("thesis"));
    sample::writeBytes(at("thesis/chapter.txt"), "years of work");
    const auto refused = PictureSequenceWriter::create(at("thesis"), true);
    QVERIFY(!refused.has_value());
    QVERIFY(refused.error().code == ErrorCode::InvalidInput);
    QCOMPARE(names(), std::vector<std::string>{"thesis"});
}

void PictureSequenceWriterTest::whatAnInterruptedRunLeftIsReplaced()
{
    std::filesystem::create_directory(at("frames.part"));
    sample::writeBytes(at("frames.part/frame-000123.png"), "half a picture");
    auto writer = PictureSequenceWriter::create(at("frames/"));
    QVERIFY(writer.has_value());
    QVERIFY((*writer)->write(sample::numberedPicture(1)).has_value());
    QVERIFY((*writer)->finish().has_value());
    QCOMPARE(sample::namesIn(at("frames")), std::vector<std::string>{"frame-000000.png"});
}

void PictureSequenceWriterTest::aFullDiskLeavesNothingBehind()
{
    Status status;
    {
        const sample::FullDisk disk(500);
        auto writer = PictureSequenceWriter::create(at("frames"));
        QVERIFY(writer.has_value());
        status = (*writer)->write(sample::numberedPicture(1));
        QVERIFY(names().empty());
        QVERIFY((*writer)->finish().error().code == ErrorCode::Usage);
    }
    QVERIFY(!status.has_value());
    QVERIFY(status.error().code == ErrorCode::Resource);
    QVERIFY(status.error().message.find("frames") != std::string::npos);
    QCOMPARE(names(), std::vector<std::string>{});
}

void PictureSequenceWriterTest::wrongUseIsRefused()
{
    QVERIFY(PictureSequenceWriter::create(at("nowhere/frames")).error().code == ErrorCode::Resource);
    auto writer = PictureSequenceWriter::create(at("frames"));
    QVERIFY(writer.has_value());
    QVERIFY((*writer)->write(cv::Mat()).error().code == ErrorCode::Usage);
    QVERIFY((*writer)->write(cv::Mat(4, 4, CV_8UC1)).error().code == ErrorCode::Usage);
    QVERIFY((*writer)->write(sample::numberedPicture(1)).has_value());
    QVERIFY((*writer)->write(cv::Mat(4, 4, CV_8UC3)).error().code == ErrorCode::Usage);
    QVERIFY((*writer)->finish().has_value());
    QVERIFY((*writer)->write(sample::numberedPicture(1)).error().code == ErrorCode::Usage);

    auto empty = PictureSequenceWriter::create(at("empty"));
    QVERIFY(empty.has_value());
    QVERIFY((*empty)->finish().error().code == ErrorCode::Usage);
    QCOMPARE(names(), std::vector<std::string>{"frames"});
}

QTEST_GUILESS_MAIN(PictureSequenceWriterTest)
#include "picture_sequence_writer_test.moc"
