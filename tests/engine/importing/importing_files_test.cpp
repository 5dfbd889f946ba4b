// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/media/sample_media.h"
#include "importing/archive.h"
#include "importing/face_boxes.h"
#include "importing/frame_crops.h"
#include "importing/landmark_file.h"
#include "importing/network_files.h"
#include "importing/package_files.h"
#include "importing/picture_folder.h"

#include "base/npy.h"

#include <array>
#include <string>

#include <zip.h>

#include <QTemporaryDir>
#include <QTest>

#include <opencv2/imgcodecs.hpp>

using namespace lipsync;
using namespace lipsync::importing;
namespace fs = std::filesystem;
namespace sample = lipsync::media::sample;

namespace {

std::string points(std::size_t count, const std::string& point = "10.5 20")
{
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
        text += point + "\n";
    return text;
}

/// One entry of an archive.
struct Entry {
    std::string name;
    std::string content;
    bool isLink = false;
    bool isEncrypted = false;
};

bool writeZip(const fs::path& file, const std::vector<Entry>& entries)
{
    zip_t* archive = zip_open(file.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
    for (const auto& entry : entries) {
        zip_source_t* source = zip_source_buffer(archive, entry.content.data(), entry.content.size(), 0);
        const auto index = zip_file_add(archive, entry.name.c_str(), source, ZIP_FL_ENC_UTF_8);
        if (index < 0)
            return false;
        if (entry.isLink)
            zip_file_set_external_attributes(archive, static_cast<zip_uint64_t>(index), 0, ZIP_OPSYS_UNIX,
                                             0120777U << 16);
        if (entry.isEncrypted)
            zip_file_set_encryption(archive, static_cast<zip_uint64_t>(index), ZIP_EM_AES_256, "secret");
    }
    return zip_close(archive) == 0;
}

bool everything(const std::string& /*path*/)
{
    return true;
}

} // namespace

class ImportingFilesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(m_folder->isValid());
    }

    // Specification, section 1.10: points 1, 52 and 31, cut to whole pixels.
    void theSquareComesFromThreeLandmarks()
    {
        std::vector<cv::Point2f> landmarks(kLandmarkCount, cv::Point2f(1.0F, 1.0F));
        landmarks[1] = {100.9F, 3.0F};
        landmarks[52] = {4.0F, 200.99F};
        landmarks[31] = {282.2F, 5.0F};
        const auto crop = cropOf(landmarks);
        QCOMPARE(crop, (avatar::CropRectangle{100, 200, 282, 382}));
    }

    void landmarksAreRead()
    {
        const auto read = parseLandmarks(points(kLandmarkCount), "7.lms");
        QVERIFY(read);
        QCOMPARE(read->size(), kLandmarkCount);
        QCOMPARE((*read)[109].x, 10.5F);
        QVERIFY(parseLandmarks(points(kLandmarkCount, "1e1 2.0\r"), "7.lms"));
    }

    void landmarksThatCannotBeUsedAreNamed_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("words");
        QTest::newRow("empty") << ""
                               << "0 landmark(s) instead of 110";
        QTest::newRow("68 points") << QString::fromStdString(points(68)) << "68 landmark(s) instead of 110";
        QTest::newRow("too many") << QString::fromStdString(points(111)) << "more than 110";
        QTest::newRow("words") << QString::fromStdString(points(3) + "left eye\n") << "line 4";
        QTest::newRow("one number") << QString::fromStdString(points(5, "10")) << "line 1";
        QTest::newRow("three numbers") << QString::fromStdString(points(110, "1 2 3")) << "line 1";
        QTest::newRow("no number") << QString::fromStdString(points(110, "nan 2")) << "line 1";
        QTest::newRow("too far") << QString::fromStdString(points(110, "1 1e9")) << "line 1";
    }
    void landmarksThatCannotBeUsedAreNamed()
    {
        QFETCH(QString, text);
        QFETCH(QString, words);
        const auto read = parseLandmarks(text.toStdString(), "7.lms");
        QVERIFY(!read);
        QCOMPARE(read.error().code, ErrorCode::InvalidInput);
        const auto message = QString::fromStdString(read.error().message);
        QVERIFY2(message.contains(words) && message.contains("7.lms"), qPrintable(message));
    }

    void bothKindsOfRectangleFilesAreRead()
    {
        const auto list = parseRectangles("[[1, 2, 31, 32], [3, 4, 33, 34]]", "crop_rects.json");
        QVERIFY(list);
        QCOMPARE(list->size(), 2U);
        QCOMPARE(list->at(1), (avatar::CropRectangle{3, 4, 33, 34}));
        const auto cache = parseRectangles(R"({"12": {"rect": [1, 2, 31, 32], "masked_path": "a.jpg"}})", "cache");
        QVERIFY(cache);
        QCOMPARE(cache->at(12), (avatar::CropRectangle{1, 2, 31, 32}));
    }

    void rectanglesThatCannotBeUsedAreRefused_data()
    {
        QTest::addColumn<QString>("text");
        for (const char* text :
             {"", "7", "[1, 2]", "[[1, 2, 3]]", "[[1, 2, 3, \"4\"]]", "[[1, 2, 3, 4.5]]", "[[1, 2, 3, 1e300]]",
              "{\"x\": {\"rect\": [1, 2, 3, 4]}}", "{\"-1\": {\"rect\": [1, 2, 3, 4]}}", "{\"0\": [1, 2, 3, 4]}",
              "{\"0\": {}}", "{\"99999999\": {\"rect\": [1, 2, 3, 4]}}"})
            QTest::newRow(*text == '\0' ? "empty" : text) << text;
    }
    void rectanglesThatCannotBeUsedAreRefused()
    {
        QFETCH(QString, text);
        const auto read = parseRectangles(text.toStdString(), "crop_rects.json");
        QVERIFY(!read);
        QCOMPARE(read.error().code, ErrorCode::InvalidInput);
    }

    void bothGenerationsOfPackageInfoAreRead()
    {
        const auto current = parsePackageInfo(
            R"({"package_version": "2.0", "dataset_name": "sanders", "videos": {"full_body_img": {"video_file":
                "full_body_video.mp4", "frame_count": 523, "fps": 25}}, "onnx": {"asr_mode": "ave"}})",
            "package_info.json");
        QVERIFY(current);
        QCOMPARE(current->name, std::string("sanders"));
        QCOMPARE(current->frameCount, std::optional(523));
        QCOMPARE(current->frameRate, std::optional(25.0));
        QCOMPARE(current->videoFile, std::string("full_body_video.mp4"));
        QVERIFY(current->mode == nn::AudioMode::Ave);
        const auto older = parsePackageInfo(R"({"source_video": {"processed_frames": 3305}})", "package_info.json");
        QVERIFY(older);
        QCOMPARE(older->frameCount, std::optional(3305));
        QVERIFY(parsePackageInfo("{}", "package_info.json"));
    }

    void packageInfoThatLiesIsRefused_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("no object") << "[]";
        QTest::newRow("count") << R"({"videos": {"full_body_img": {"frame_count": -1}}})";
        QTest::newRow("rate") << R"({"videos": {"full_body_img": {"fps": 0}}})";
        QTest::newRow("file elsewhere") << R"({"videos": {"full_body_img": {"video_file": "../../secret.mp4"}}})";
        QTest::newRow("name") << R"({"dataset_name": 7})";
    }
    void packageInfoThatLiesIsRefused()
    {
        QFETCH(QString, text);
        const auto read = parsePackageInfo(text.toStdString(), "package_info.json");
        QVERIFY(!read);
        QCOMPARE(read.error().code, ErrorCode::InvalidInput);
    }

    void faceBoundsHaveFiveOrSixNumbers()
    {
        const std::array<float, 6> bounds{10, 20, 110, 120, 100, 100};
        for (const std::size_t count : {5, 6}) {
            const std::array<std::size_t, 1> shape{count};
            QVERIFY(writeNpy(at("3.npy"), shape, std::span(bounds).first(count)));
            const auto read = readFaceBounds(at(""), 3);
            QVERIFY(read);
            QCOMPARE(*read, (avatar::CropRectangle{10, 20, 110, 120}));
        }
        const std::array<std::size_t, 1> three{3};
        QVERIFY(writeNpy(at("3.npy"), three, std::span(bounds).first(3)));
        QVERIFY(!readFaceBounds(at(""), 3));
    }

    void framesAreListedInStretches()
    {
        QCOMPARE(listFrames({3, 17, 18, 19, 44}), std::string("3, 17–19 and 44"));
        std::vector<int> odd;
        for (int i = 0; i < 20; ++i)
            odd.push_back(2 * i + 1);
        QCOMPARE(listFrames(odd), std::string("1, 3, 5, 7, 9, 11, 13, 15 and 12 more"));
    }

    void rectanglesALittleOutsideAreMovedIn()
    {
        std::vector<avatar::CropRectangle> crops{{10, 10, 110, 110}, {-4, 10, 96, 110}, {120, 103, 220, 203}};
        std::vector<std::string> warnings;
        QVERIFY(fitCrops(crops, {5, 7}, {220, 200}, true, warnings));
        QCOMPARE(crops[1], (avatar::CropRectangle{0, 10, 100, 110}));
        QCOMPARE(crops[2], (avatar::CropRectangle{120, 100, 220, 200}));
        QCOMPARE(warnings.size(), 1U);
        QVERIFY2(warnings[0].find("6–7") != std::string::npos, warnings[0].c_str());
    }

    void rectanglesFarOutsideNameTheirFramesAndWhatIsLeft()
    {
        std::vector<avatar::CropRectangle> crops(20, {10, 10, 110, 110});
        crops[3] = {-30, 10, 70, 110};
        crops[4] = {10, 10, 112, 110};
        crops[12] = {10, 10, 20, 20};
        std::vector<std::string> warnings;
        const auto fits = fitCrops(crops, {100, 119}, {220, 200}, true, warnings);
        QVERIFY(!fits);
        QCOMPARE(fits.error().code, ErrorCode::InvalidInput);
        const auto message = QString::fromStdString(fits.error().message);
        QVERIFY2(message.contains("103–104 and 112") && message.contains("--frames 105-111"), qPrintable(message));
    }

    void thePicturesSizeIsReadWithoutDecoding()
    {
        std::vector<unsigned char> bytes;
        QVERIFY(cv::imencode(".jpg", cv::Mat(48, 64, CV_8UC3, cv::Scalar(1, 2, 3)), bytes));
        const std::span<const char> content(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        QCOMPARE(*jpegSize(content), cv::Size(64, 48));
        for (std::size_t cut = 0; cut < 30; ++cut)
            QVERIFY(!jpegSize(content.first(cut)));
    }

    void aPictureThatClaimsGigabytesIsNotDecoded()
    {
        std::vector<unsigned char> bytes;
        QVERIFY(cv::imencode(".jpg", cv::Mat(48, 64, CV_8UC3), bytes));
        for (std::size_t i = 0; i + 9 < bytes.size(); ++i)
            if (bytes[i] == 0xFF && bytes[i + 1] == 0xC0)
                bytes[i + 5] = bytes[i + 7] = 0xFF;
        sample::writeBytes(at("0.jpg"), {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
        const auto read = readPicture(at(""), 0);
        QVERIFY(!read);
        QVERIFY2(read.error().message.find("8192") != std::string::npos, read.error().message.c_str());
    }

    void anArchiveIsUnpackedAsFarAsItIsWanted()
    {
        QVERIFY(writeZip(at("a.zip"), {{"p/a.txt", "one"}, {"p/b/c.txt", "two"}, {"p/crops_328_video.mp4", "three"}}));
        QVERIFY(isZip(at("a.zip")));
        fs::create_directory(at("out"));
        const auto unpacked = unpackZip(at("a.zip"), at("out"), [](const std::string& path) {
            return path.find("crops_328") == std::string::npos;
        });
        QVERIFY2(unpacked, unpacked ? "" : unpacked.error().text().c_str());
        QCOMPARE(sample::readBytes(at("out/p/b/c.txt")), std::string("two"));
        QVERIFY(!fs::exists(at("out/p/crops_328_video.mp4")));
    }

    void hostileArchivesAreRefused_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("isLink");
        QTest::addColumn<bool>("isEncrypted");
        QTest::addColumn<qsizetype>("zeros");
        QTest::addColumn<QString>("words");
        QTest::newRow("parent") << "../../evil.txt" << false << false << qsizetype{4} << "outside";
        QTest::newRow("parent inside") << "a/../../evil.txt" << false << false << qsizetype{4} << "outside";
        QTest::newRow("absolute") << "/tmp/evil.txt" << false << false << qsizetype{4} << "outside";
        QTest::newRow("backslashes") << "..\\evil.txt" << false << false << qsizetype{4} << "outside";
        QTest::newRow("drive") << "C:evil.txt" << false << false << qsizetype{4} << "outside";
        QTest::newRow("link") << "link" << true << false << qsizetype{4} << "link";
        QTest::newRow("encrypted") << "secret.txt" << false << true << qsizetype{4} << "encrypted";
        QTest::newRow("bomb") << "zeros.bin" << false << false << qsizetype{8 << 20} << "grows";
        QTest::newRow("too large") << "zeros.bin" << false << false << qsizetype{900 << 10} << "more than is allowed";
    }
    void hostileArchivesAreRefused()
    {
        QFETCH(QString, name);
        QFETCH(bool, isLink);
        QFETCH(bool, isEncrypted);
        QFETCH(qsizetype, zeros);
        QFETCH(QString, words);
        const std::string content(static_cast<std::size_t>(zeros), '\0');
        QVERIFY(writeZip(at("a.zip"), {{"good.txt", "good"}, {name.toStdString(), content, isLink, isEncrypted}}));
        fs::create_directory(at("out"));
        ArchiveLimits limits;
        if (words.contains("allowed"))
            limits.totalBytes = std::uint64_t{800} << 10;
        const auto unpacked = unpackZip(at("a.zip"), at("out"), everything, {}, limits);
        QVERIFY(!unpacked);
        QCOMPARE(unpacked.error().code, ErrorCode::InvalidInput);
        QVERIFY2(QString::fromStdString(unpacked.error().message).contains(words), unpacked.error().message.c_str());
        // Refused before anything was written.
        QVERIFY(sample::namesIn(at("out")).empty());
        QCOMPARE(sample::namesIn(at("")), (std::vector<std::string>{"a.zip", "out"}));
    }

    void aDamagedArchiveIsRefused()
    {
        QVERIFY(writeZip(at("a.zip"), {{"a.txt", std::string(2000, 'x')}, {"b.txt", "two"}}));
        std::string bytes = sample::readBytes(at("a.zip"));
        fs::create_directory(at("out"));
        sample::writeBytes(at("cut.zip"), std::string_view(bytes).substr(0, bytes.size() / 2));
        QVERIFY(!unpackZip(at("cut.zip"), at("out"), everything));
        bytes[40] = static_cast<char>(bytes[40] ^ 0x55); // inside of the first file's data
        sample::writeBytes(at("bad.zip"), bytes);
        const auto unpacked = unpackZip(at("bad.zip"), at("out"), everything);
        QVERIFY(!unpacked);
        QCOMPARE(unpacked.error().code, ErrorCode::InvalidInput);
    }

    void theNewestCheckpointIsTheLargestNumber()
    {
        for (const char* name : {"5.pth", "95.pth", "100.pth", "notes.txt", "audio_visual_encoder.pth"})
            sample::writeBytes(at(name), "x");
        QCOMPARE(bestCheckpoint(at(""))->filename(), fs::path("100.pth"));
        sample::writeBytes(at("best_trainloss.pth"), "x");
        QCOMPARE(bestCheckpoint(at(""))->filename(), fs::path("best_trainloss.pth"));
        fs::create_directory(at("one"));
        QVERIFY(!bestCheckpoint(at("one")));
        sample::writeBytes(at("one/final.ckpt"), "x");
        QCOMPARE(bestCheckpoint(at("one"))->filename(), fs::path("final.ckpt"));
        sample::writeBytes(at("one/other.ckpt"), "x");
        QVERIFY(!bestCheckpoint(at("one")));
    }

    // Wav2Lip's get_smoothened_boxes, worked out by hand for 0, 10, …, 60: the mean of five, in place.
    void boxesAreSmoothedInPlace()
    {
        std::vector<avatar::CropRectangle> boxes;
        for (int i = 0; i < 7; ++i)
            boxes.push_back({10 * i, 0, 100 + 10 * i, 100});
        smoothBoxes(boxes);
        std::vector<int> lefts;
        for (const auto& box : boxes)
            lefts.push_back(box.x1);
        // (0+10+20+30+40)/5 = 20, then 30, 40; the last four take the mean of the last five, smoothed ones among them:
        // (40+30+40+50+60)/5 = 44, (40+44+40+50+60)/5 = 46.8, (40+44+46+50+60)/5 = 48, (40+44+46+48+60)/5 = 47.6
        QCOMPARE(lefts, (std::vector<int>{20, 30, 40, 44, 46, 48, 47}));
    }

    void padsAreCutToThePicture()
    {
        QCOMPARE(paddedBox({10, 20, 50, 60}, {0, 10, 0, 0}, {200, 85}), (avatar::CropRectangle{10, 20, 60, 85}));
        QCOMPARE(paddedBox({10, 20, 50, 60}, {30, 1, 30, 2}, {200, 200}), (avatar::CropRectangle{0, 0, 62, 81}));
    }

private:
    fs::path at(const std::string& name) const { return fs::path(m_folder->path().toStdString()) / name; }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(ImportingFilesTest)
#include "importing_files_test.moc"
