// SPDX-License-Identifier: GPL-3.0-or-later
#include "avatar/avatar_package.h"

#include "avatar/avatar_writer.h"
#include "base/file_system.h"
#include "nn/formula_weights.h"
#include "support/test_avatar.h"

#include <fstream>
#include <functional>
#include <limits>

#include <QTemporaryDir>
#include <QTest>

#include <opencv2/imgcodecs.hpp>

using namespace lipsync;
using namespace lipsync::avatar;
namespace fs = std::filesystem;

namespace {

void cutInHalf(const fs::path& file)
{
    fs::resize_file(file, fs::file_size(file) / 2);
}

void replaceText(const fs::path& file, const std::string& text)
{
    std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
}

} // namespace

class AvatarPackageTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_temporary.isValid());
        m_root = m_temporary.path().toStdString();
        m_whole = m_root / "whole.avatar";
        const auto made = test::makeTestAvatar(m_whole);
        QVERIFY2(made, made ? "" : made.error().text().c_str());
    }

    void init()
    {
        m_avatar = m_root / "copy.avatar";
        fs::copy(m_whole, m_avatar);
    }

    void cleanup() { fs::remove_all(m_avatar); }

    void aWholeAvatarOpens()
    {
        const auto package = AvatarPackage::open(m_avatar);
        QVERIFY2(package, package ? "" : package.error().text().c_str());
        const auto& manifest = (*package)->manifest();
        QCOMPARE(manifest.name, std::string("test"));
        QCOMPARE(manifest.frameCount, 12);
        QCOMPARE(manifest.frameWidth, 96);
        QCOMPARE(manifest.frameRate(), 25.0);
        QCOMPARE((*package)->crops().size(), std::size_t{12});
        const auto weights = (*package)->generatorWeights();
        QVERIFY(weights);
        QVERIFY(nn::detectGenerator(*weights, nn::AudioMode::Ave).value() == manifest.network);
        QVERIFY((*package)->audioEncoderWeights());
    }

    void a328AvatarOpens()
    {
        const auto folder = m_root / "large.avatar";
        test::TestAvatarOptions options;
        options.network.kind = nn::GeneratorKind::SyncTalk2D328;
        QVERIFY(test::makeTestAvatar(folder, options));
        const auto package = AvatarPackage::open(folder);
        QVERIFY2(package, package ? "" : package.error().text().c_str());
        QVERIFY((*package)->manifest().cropResize == CropResize::Cubic);
    }

    void aPreparedAvatarOpensButHasNoNetworks()
    {
        fs::remove_all(m_avatar);
        const auto written = writeAvatar(m_avatar, preparedParts());
        QVERIFY2(written, written ? "" : written.error().text().c_str());
        const auto package = AvatarPackage::open(m_avatar);
        QVERIFY2(package, package ? "" : package.error().text().c_str());
        QVERIFY(!(*package)->isTrained());
        QCOMPARE((*package)->landmarks().value()->shape, (std::vector<std::size_t>{12, 68, 2}));
        QVERIFY(!(*package)->features().value());
        QVERIFY(!(*package)->soundFile());
        QVERIFY(fs::exists((*package)->reportFile().value()));
        QVERIFY(fs::exists((*package)->previewFile().value()));
        const auto weights = (*package)->generatorWeights();
        QVERIFY(!weights && weights.error().code == ErrorCode::InvalidInput);
        QVERIFY(weights.error().message.find("lipsync train") != std::string::npos);
        QVERIFY(!(*package)->audioEncoderWeights());
    }

    void landmarksOfAnotherClipAreRefused()
    {
        fs::remove_all(m_avatar);
        auto parts = preparedParts();
        parts.landmarks.shape[0] = 11;
        parts.landmarks.values.resize(11 * 68 * 2);
        const auto fewer = writeAvatar(m_avatar, parts);
        QVERIFY(!fewer && fewer.error().message.find("landmarks.npy") != std::string::npos);
        parts = preparedParts();
        parts.landmarks.values[7] = std::numeric_limits<float>::infinity();
        QVERIFY(!writeAvatar(m_avatar, parts));
        QVERIFY(!fs::exists(m_avatar));
        verifyNothingIsLeftBehind();
    }

    void anOptionalFileThatIsListedMustBeThere()
    {
        fs::remove_all(m_avatar);
        QVERIFY(writeAvatar(m_avatar, preparedParts()));
        fs::remove(m_avatar / kReportFile);
        verifyRefused({"report.json", "missing"});
    }

    void aRenamedAvatarOpens()
    {
        const auto renamed = m_root / "another name.avatar";
        fs::rename(m_avatar, renamed);
        QVERIFY(AvatarPackage::open(renamed));
        fs::rename(renamed, m_avatar);
    }

    void aFolderThatIsNotThereIsNamed()
    {
        fs::remove_all(m_avatar);
        verifyRefused({"copy.avatar"});
    }

    void aFileIsNoAvatar()
    {
        fs::remove_all(m_avatar);
        replaceText(m_avatar, "text");
        verifyRefused({"copy.avatar", "folder"});
    }

    void anEmptyFolderIsNoAvatar()
    {
        fs::remove_all(m_avatar);
        fs::create_directory(m_avatar);
        verifyRefused({"avatar.json", "missing"});
    }

    void everyMissingFileIsNamed_data()
    {
        QTest::addColumn<QString>("file");
        QTest::newRow(kManifestFile) << kManifestFile;
        for (const char* file : {kTemplateFile, kCropsFile, kGeneratorFile, kAudioEncoderFile, kThumbnailFile})
            QTest::newRow(file) << file;
    }

    void everyMissingFileIsNamed()
    {
        QFETCH(QString, file);
        fs::remove(m_avatar / file.toStdString());
        verifyRefused({file.toUtf8().constData(), "missing"});
    }

    void everyTruncatedFileIsNamed_data() { everyMissingFileIsNamed_data(); }

    void everyTruncatedFileIsNamed()
    {
        QFETCH(QString, file);
        cutInHalf(m_avatar / file.toStdString());
        verifyRefused({file.toUtf8().constData()});
    }

    void everyEmptyFileIsNamed_data() { everyMissingFileIsNamed_data(); }

    void everyEmptyFileIsNamed()
    {
        QFETCH(QString, file);
        fs::resize_file(m_avatar / file.toStdString(), 0);
        verifyRefused({file.toUtf8().constData()});
    }

    void everyEditedFileIsNoticedByItsHash()
    {
        auto crops = readCrops();
        crops[3] = {0, 0, 64, 64}; // a good rectangle, but not the one the avatar came with
        replaceText(m_avatar / kCropsFile, toJson(crops));
        verifyRefused({"crops.json", "SHA-256"});
        QVERIFY(AvatarPackage::open(m_avatar, {.verifyHashes = false}));
    }

    void weightsOfAnotherAvatarAreNoticedByTheirHash()
    {
        auto weights = nn::readSafetensors(m_avatar / kGeneratorFile).value();
        weights.at("outc.conv.bias").values[0] += 0.25f;
        QVERIFY(nn::writeSafetensors(m_avatar / kGeneratorFile, weights));
        verifyRefused({"generator.safetensors", "SHA-256"});
    }

    void swappedNetworksAreNamed()
    {
        fs::rename(m_avatar / kGeneratorFile, m_avatar / "other");
        fs::rename(m_avatar / kAudioEncoderFile, m_avatar / kGeneratorFile);
        fs::rename(m_avatar / "other", m_avatar / kAudioEncoderFile);
        verifyRefused({"generator.safetensors", "audio_encoder.safetensors", "swapped"});
    }

    void anAudioEncoderInPlaceOfTheGeneratorIsNamed()
    {
        fs::copy_file(m_avatar / kAudioEncoderFile, m_avatar / kGeneratorFile, fs::copy_options::overwrite_existing);
        verifyRefused({"generator.safetensors", "audio encoder"});
    }

    void aGeneratorInPlaceOfTheAudioEncoderIsNamed()
    {
        fs::copy_file(m_avatar / kGeneratorFile, m_avatar / kAudioEncoderFile, fs::copy_options::overwrite_existing);
        verifyRefused({"audio_encoder.safetensors", "generator"});
    }

    void weightsThatAreNotNumbersAreNamed_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<float>("number");
        QTest::newRow("NaN in the generator") << kGeneratorFile << std::numeric_limits<float>::quiet_NaN();
        QTest::newRow("NaN in the encoder") << kAudioEncoderFile << std::numeric_limits<float>::quiet_NaN();
        QTest::newRow("infinity in the generator") << kGeneratorFile << std::numeric_limits<float>::infinity();
    }

    void weightsThatAreNotNumbersAreNamed()
    {
        QFETCH(QString, file);
        QFETCH(float, number);
        const auto path = m_avatar / file.toStdString();
        auto weights = nn::readSafetensors(path).value();
        const auto name = std::next(weights.begin(), 5)->first;
        weights.at(name).values[0] = number;
        QVERIFY(nn::writeSafetensors(path, weights));
        verifyRefused({file.toUtf8().constData(), name.c_str()});
    }

    void aTensorOfTheWrongShapeIsNamed_data()
    {
        QTest::addColumn<QString>("file");
        QTest::newRow("generator") << kGeneratorFile;
        QTest::newRow("audio encoder") << kAudioEncoderFile;
    }

    void aTensorOfTheWrongShapeIsNamed()
    {
        QFETCH(QString, file);
        const auto path = m_avatar / file.toStdString();
        auto weights = nn::readSafetensors(path).value();
        const auto name = std::next(weights.begin(), 12)->first;
        weights.at(name) = {{3}, {0.0f, 0.0f, 0.0f}};
        QVERIFY(nn::writeSafetensors(path, weights));
        verifyRefused({file.toUtf8().constData(), name.c_str()});
    }

    void aMissingTensorIsNamed()
    {
        auto weights = nn::readSafetensors(m_avatar / kGeneratorFile).value();
        weights.erase("fuse_conv.0.double_conv.0.conv.0.weight");
        QVERIFY(nn::writeSafetensors(m_avatar / kGeneratorFile, weights));
        verifyRefused({"generator.safetensors", "fuse_conv.0.double_conv.0.conv.0.weight"});
    }

    void aNetworkOtherThanTheManifestsIsNamed()
    {
        auto network = nn::GeneratorSpec{nn::GeneratorKind::SyncTalk2D160, nn::AudioMode::Ave, 6};
        QVERIFY(nn::writeSafetensors(m_avatar / kGeneratorFile, nn::formulaWeights(network)));
        verifyRefused({"generator.safetensors", "avatar.json", network.name().c_str()});
    }

    void anotherAudioModeInTheManifestIsNamed()
    {
        changeManifest([](AvatarManifest& manifest) { manifest.network.mode = nn::AudioMode::Wenet; });
        verifyRefused({"generator.safetensors", "wenet"});
    }

    void aRectangleOutsideOfTheFrameIsNamed()
    {
        changeCrops([](auto& crops) { crops[4] = {60, 60, 124, 124}; });
        verifyRefused({"crops.json", "rectangle 4", "outside"});
    }

    void aRectangleThatIsNotSquareIsNamed()
    {
        changeCrops([](auto& crops) { crops[11] = {0, 0, 64, 60}; });
        verifyRefused({"crops.json", "rectangle 11", "square"});
    }

    void aTinyRectangleIsNamed()
    {
        changeCrops([](auto& crops) { crops[0] = {10, 10, 20, 20}; });
        verifyRefused({"crops.json", "rectangle 0", "smaller"});
    }

    void tooFewRectanglesAreCounted()
    {
        changeCrops([](auto& crops) { crops.pop_back(); });
        verifyRefused({"crops.json", "11", "12"});
    }

    void cropsThatAreNoJsonAreNamed()
    {
        replaceText(m_avatar / kCropsFile, "[[0, 0, 64");
        verifyRefused({"crops.json", "JSON"});
    }

    void aManifestThatIsNoJsonIsNamed()
    {
        replaceText(m_avatar / kManifestFile, "name = test");
        verifyRefused({"avatar.json", "JSON"});
    }

    void aTemplateOfOneFrameIsRefused()
    {
        const auto folder = m_root / "one.avatar";
        test::TestAvatarOptions options;
        options.frameCount = 1;
        const auto made = test::makeTestAvatar(folder, options);
        QVERIFY(!made);
        QVERIFY(!fs::exists(folder) && !fs::exists(fs::path(folder).concat(".part")));
        replaceTemplate(options);
        verifyRefused({"template.mp4", "1 frame", "2"});
    }

    void aTemplateOfAnotherSizeIsNamed()
    {
        test::TestAvatarOptions options;
        options.frameSize = {128, 112};
        replaceTemplate(options);
        verifyRefused({"template.mp4", "128 × 112", "96 × 96"});
    }

    void aTemplateOfAnotherLengthIsNamed()
    {
        test::TestAvatarOptions options;
        options.frameCount = 14;
        replaceTemplate(options);
        verifyRefused({"template.mp4", "14 frames", "12"});
    }

    void aTemplateOfAnotherRateIsNamed()
    {
        changeManifest([](AvatarManifest& manifest) { manifest.frameRateNumerator = 30; });
        verifyRefused({"template.mp4", "25.000", "30.000"});
    }

    void aTemplateThatIsNoVideoIsNamed()
    {
        replaceText(m_avatar / kTemplateFile, "this is no video");
        verifyRefused({"template.mp4"});
    }

    void aThumbnailThatIsNoPictureIsNamed()
    {
        replaceText(m_avatar / kThumbnailFile, "this is no picture");
        verifyRefused({"thumbnail.png"});
    }

    void aThumbnailThatClaimsToBeVastIsNotDecoded()
    {
        // The header of a 65535 × 65535 picture; decoded it would take 12 GiB.
        replaceText(m_avatar / kThumbnailFile,
                    std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xff\xff\0\0\xff\xff"
                                "\0\0\0\0IEND\xae\x42\x60\x82",
                                36));
        verifyRefused({"thumbnail.png", "4096"});
    }

    void hashesOfWeightsThatAreFoldersDoNotHang()
    {
        fs::remove(m_avatar / kGeneratorFile);
        fs::create_directory(m_avatar / kGeneratorFile);
        verifyRefused({"generator.safetensors"});
    }

    void anExistingAvatarIsReplacedOnlyOnRequest()
    {
        auto parts = partsOf(m_avatar);
        parts.manifest.title = "Second";
        const auto refused = writeAvatar(m_avatar, parts);
        QVERIFY(!refused && refused.error().message.find("exists already") != std::string::npos);
        QCOMPARE(AvatarPackage::open(m_avatar).value()->manifest().title, std::string("Test avatar"));
        const auto written = writeAvatar(m_avatar, parts, /*overwrite=*/true);
        QVERIFY2(written, written ? "" : written.error().text().c_str());
        QCOMPARE(AvatarPackage::open(m_avatar).value()->manifest().title, std::string("Second"));
        verifyNothingIsLeftBehind();
    }

    void aFolderThatIsNoAvatarIsNeverReplaced()
    {
        const auto folder = m_root / "precious";
        fs::create_directory(folder);
        replaceText(folder / "letter.txt", "dear reader");
        const auto written = writeAvatar(folder, partsOf(m_whole), /*overwrite=*/true);
        QVERIFY(!written && written.error().message.find("precious") != std::string::npos);
        QVERIFY(fs::exists(folder / "letter.txt"));
    }

    void partsThatDoNotFitLeaveNothingBehind()
    {
        fs::remove_all(m_avatar);
        auto parts = partsOf(m_whole);
        parts.crops[2] = {0, 0, 500, 500};
        const auto written = writeAvatar(m_avatar, parts);
        QVERIFY(!written && written.error().message.find("rectangle 2") != std::string::npos);
        QVERIFY(!fs::exists(m_avatar));
        verifyNothingIsLeftBehind();
    }

    void anAvatarIntoAFolderThatIsNotThereIsAResourceFailure()
    {
        const auto written = writeAvatar(m_root / "no such folder" / "x.avatar", partsOf(m_whole));
        QVERIFY(!written && written.error().code == ErrorCode::Resource);
    }

    void theThumbnailMustBeAPicture()
    {
        fs::remove_all(m_avatar);
        auto parts = partsOf(m_whole);
        parts.thumbnail = cv::Mat();
        const auto written = writeAvatar(m_avatar, parts);
        QVERIFY(!written && written.error().message.find("thumbnail") != std::string::npos);
        verifyNothingIsLeftBehind();
    }

private:
    /// open() fails with one sentence that holds every word, says InvalidInput and names the folder.
    void verifyRefused(const std::vector<std::string>& words)
    {
        const auto package = AvatarPackage::open(m_avatar);
        QVERIFY(!package);
        const auto& error = package.error();
        QVERIFY(error.code == ErrorCode::InvalidInput);
        QVERIFY2(error.message.find("copy.avatar") != std::string::npos, error.message.c_str());
        for (const auto& word : words)
            QVERIFY2(error.message.find(word) != std::string::npos, (error.message + " lacks " + word).c_str());
    }

    void verifyNothingIsLeftBehind()
    {
        for (const auto& entry : fs::directory_iterator(m_root)) {
            const auto extension = entry.path().extension();
            QVERIFY2(extension != ".part" && extension != ".replaced", entry.path().c_str());
        }
    }

    std::vector<CropRectangle> readCrops()
    {
        const auto text = readFile(m_avatar / kCropsFile, kMaxCropsBytes).value();
        return parseCrops({text.data(), text.size()}).value();
    }

    void changeCrops(const std::function<void(std::vector<CropRectangle>&)>& change)
    {
        auto crops = readCrops();
        change(crops);
        replaceText(m_avatar / kCropsFile, toJson(crops));
    }

    void changeManifest(const std::function<void(AvatarManifest&)>& change)
    {
        const auto text = readFile(m_avatar / kManifestFile, kMaxManifestBytes).value();
        auto manifest = parseManifest({text.data(), text.size()}).value();
        change(manifest);
        replaceText(m_avatar / kManifestFile, toJson(manifest));
    }

    void replaceTemplate(const test::TestAvatarOptions& options)
    {
        fs::remove(m_avatar / kTemplateFile);
        const auto written = test::writeTestTemplate(m_avatar / kTemplateFile, options);
        QVERIFY2(written, written ? "" : written.error().text().c_str());
    }

    AvatarParts preparedParts()
    {
        auto parts = partsOf(m_whole);
        parts.generator.clear();
        parts.audioEncoder.clear();
        parts.landmarks = {{12, 68, 2}, std::vector<float>(std::size_t{12} * 68 * 2, 40.0f)};
        parts.report = "{}\n";
        parts.preview = parts.thumbnail;
        return parts;
    }

    AvatarParts partsOf(const fs::path& folder)
    {
        const auto package = AvatarPackage::open(folder).value();
        AvatarParts parts;
        parts.manifest = package->manifest();
        // Outside of the avatar, which may be the one to be replaced.
        parts.templateVideo = m_root / "parts-template.mp4";
        fs::copy_file(package->templateVideo(), parts.templateVideo, fs::copy_options::overwrite_existing);
        parts.crops = package->crops();
        parts.generator = package->generatorWeights().value();
        parts.audioEncoder = package->audioEncoderWeights().value();
        parts.thumbnail = cv::imread(package->thumbnailFile().string());
        return parts;
    }

    QTemporaryDir m_temporary;
    fs::path m_root;
    fs::path m_whole;
    fs::path m_avatar;
};

QTEST_GUILESS_MAIN(AvatarPackageTest)
#include "avatar_package_test.moc"
