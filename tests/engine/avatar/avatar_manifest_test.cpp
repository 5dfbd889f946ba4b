// SPDX-License-Identifier: GPL-3.0-or-later
#include "avatar/avatar_manifest.h"
#include "avatar/crop_rectangle.h"

#include <functional>
#include <random>

#include <QTest>

#include <nlohmann/json.hpp>

using namespace lipsync;
using namespace lipsync::avatar;
using nlohmann::json;

namespace {

AvatarManifest exampleManifest()
{
    AvatarManifest manifest;
    manifest.name = "demo-1";
    manifest.title = "Demo \"quoted\" – ünïcode";
    manifest.licence = "CC0-1.0";
    manifest.attribution = "Somebody";
    manifest.network = {nn::GeneratorKind::SyncTalk2D328, nn::AudioMode::Hubert, 16};
    manifest.loop = LoopRule::Mirror;
    manifest.startFrame = 3;
    manifest.frameRateNumerator = 30000;
    manifest.frameRateDenominator = 1001;
    manifest.frameWidth = 720;
    manifest.frameHeight = 1280;
    manifest.frameCount = 523;
    manifest.cropResize = CropResize::Area;
    for (const char* file : {kTemplateFile, kCropsFile, kGeneratorFile, kAudioEncoderFile, kThumbnailFile})
        manifest.fileHashes[file] = std::string(64, 'a');
    return manifest;
}

/// What parseManifest says about the example with one change.
QString errorAfter(const std::function<void(json&)>& change)
{
    auto value = json::parse(toJson(exampleManifest()));
    change(value);
    const auto manifest = parseManifest(value.dump());
    return manifest ? QString() : QString::fromStdString(manifest.error().message);
}

QString cropsError(const std::string& text)
{
    const auto crops = parseCrops(text);
    return crops ? QString() : QString::fromStdString(crops.error().message);
}

} // namespace

class AvatarManifestTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aManifestSurvivesWritingAndReading()
    {
        const auto read = parseManifest(toJson(exampleManifest()));
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        QVERIFY(*read == exampleManifest());
    }

    void textsLoopStartAndCropResizeMayBeAbsent()
    {
        auto value = json::parse(toJson(exampleManifest()));
        for (const char* key : {"title", "licence", "attribution", "crop_resize"})
            value.erase(key);
        value["loop"].erase("start_frame");
        const auto read = parseManifest(value.dump());
        QVERIFY(read);
        QCOMPARE(read->startFrame, 0);
        QVERIFY(read->title.empty());
        QVERIFY(read->cropResize == CropResize::Cubic); // the 328 network's own
    }

    void versionOneStillReads()
    {
        QCOMPARE(errorAfter([](json& value) { value["schema_version"] = 1; }), QString());
    }

    void aPreparedManifestNeedsNoNetwork()
    {
        auto value = json::parse(toJson(exampleManifest()));
        value.erase("network");
        value["files"].erase(kGeneratorFile);
        value["files"].erase(kAudioEncoderFile);
        value["files"][kLandmarksFile] = std::string(64, 'b');
        const auto read = parseManifest(value.dump());
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        QVERIFY(!read->isTrained());
        QVERIFY(read->generatorHash().empty());
        QVERIFY(read->has(kLandmarksFile));
        QVERIFY(*parseManifest(toJson(*read)) == *read);
    }

    void halfANetworkIsRefused()
    {
        const auto ave = [](json& value) { value["network"]["audio_mode"] = "ave"; };
        QVERIFY(errorAfter([](json& value) { value["files"].erase(kGeneratorFile); }).contains(kGeneratorFile));
        QVERIFY(errorAfter([&](json& value) {
                    ave(value);
                    value["files"].erase(kAudioEncoderFile);
                }).contains(kAudioEncoderFile));
        QCOMPARE(errorAfter([](json& value) { value["files"].erase(kAudioEncoderFile); }), QString()); // hubert
        QVERIFY(errorAfter([](json& value) {
                    value["files"][kTorchScriptFile] = std::string(64, 'c');
                }).contains(kTorchScriptFile));
        QVERIFY(errorAfter([](json& value) { value.erase("network"); }).contains("network"));
    }

    void everyNetworkSurvivesWritingAndReading()
    {
        for (const auto& network : nn::knownGenerators()) {
            auto manifest = exampleManifest();
            manifest.network = network;
            const auto read = parseManifest(toJson(manifest));
            QVERIFY2(read, read ? "" : read.error().message.c_str());
            QVERIFY(*read == manifest);
        }
        QVERIFY(errorAfter([](json& value) { value["network"]["kind"] = "wav2lip_96"; }).contains("\"hubert\""));
        QVERIFY(errorAfter([](json& value) { value["network"]["audio_mode"] = "mel"; }).contains("synctalk2d_328"));
        QVERIFY(errorAfter([](json& value) { value["network"]["kind"] = "torchscript"; }).contains("custom"));
    }

    void aNetworkOfOnesOwnSaysWhatItTakes()
    {
        nn::CustomGeometry geometry;
        geometry.pictureSize = 128;
        geometry.cropBorder = 3;
        geometry.mask = {1, 60, 126, 60};
        geometry.order = nn::PictureOrder::MaskedFirst;
        geometry.audioShape = {10, 32, 16};
        geometry.featureRows = 10;
        geometry.soundFirst = true;
        auto manifest = exampleManifest();
        manifest.network = {nn::GeneratorKind::TorchScript, nn::AudioMode::Ave, 32, geometry};
        manifest.fileHashes.erase(kGeneratorFile);
        manifest.fileHashes[kTorchScriptFile] = std::string(64, 'c');
        const auto text = toJson(manifest);
        const auto read = parseManifest(text);
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        QVERIFY(*read == manifest);

        const auto refused = [&](const char* pointer, const json& number) {
            auto value = json::parse(text);
            value[json::json_pointer(std::string("/network/custom") + pointer)] = number;
            const auto changed = parseManifest(value.dump());
            return !changed && changed.error().message.find("custom") != std::string::npos;
        };
        QVERIFY(refused("/picture_size", 4096));
        QVERIFY(refused("/picture_size", 60)); // the mask lies outside
        QVERIFY(refused("/mask/width", 128));
        QVERIFY(refused("/order", "sideways"));
        QVERIFY(refused("/audio/height", 1 << 30));
        QVERIFY(refused("/audio/height", 33)); // not 512 numbers a row
        QVERIFY(refused("/feature_rows", 7));
        QVERIFY(refused("/inputs", 1));
        QVERIFY(refused("/mask", json::array({1, 2, 3, 4})));
    }

    void unknownKeysAreIgnored()
    {
        QCOMPARE(errorAfter([](json& value) { value["colour_of_hair"] = "red"; }), QString());
    }

    void everyMissingKeyIsNamed_data()
    {
        QTest::addColumn<QString>("pointer");
        QTest::addColumn<QString>("named");
        for (const char* key : {"schema_version", "name", "network", "frame_rate", "frame", "loop", "files"})
            QTest::newRow(key) << QString("/%1").arg(key) << QString("\"%1\"").arg(key);
        for (const char* key :
             {"network/kind", "network/audio_mode", "network/width", "frame_rate/numerator", "frame_rate/denominator",
              "frame/width", "frame/height", "frame/count", "loop/rule", "files/template.mp4", "files/crops.json",
              "files/generator.safetensors", "files/audio_encoder.safetensors", "files/thumbnail.png"})
            QTest::newRow(key) << QString("/%1").arg(key) << QString("\"%1\"").arg(QString(key).replace('/', '.'));
    }

    void everyMissingKeyIsNamed()
    {
        QFETCH(QString, pointer);
        QFETCH(QString, named);
        const auto error = errorAfter([&](json& value) {
            const json::json_pointer path(pointer.toStdString());
            value["schema_version"] = 1; // in which no file was optional
            value[path.parent_pointer()].erase(path.back());
        });
        QVERIFY2(error.contains(named) && error.contains("avatar.json"), qPrintable(error));
    }

    void everyBadValueIsNamed_data()
    {
        QTest::addColumn<QString>("pointer");
        QTest::addColumn<QString>("value");
        QTest::newRow("newer schema") << "/schema_version"
                                      << "3";
        QTest::newRow("schema as text") << "/schema_version"
                                        << "\"1\"";
        QTest::newRow("empty name") << "/name"
                                    << "\"\"";
        QTest::newRow("name that climbs") << "/name"
                                          << "\"../secret\"";
        QTest::newRow("hidden name") << "/name"
                                     << "\".hidden\"";
        QTest::newRow("long name") << "/name" << '"' + QString(65, 'n') + '"';
        QTest::newRow("title as number") << "/title"
                                         << "7";
        QTest::newRow("endless title") << "/title" << '"' + QString(5000, 't') + '"';
        QTest::newRow("unknown network") << "/network/kind"
                                         << "\"wav2lip\"";
        QTest::newRow("unknown mode") << "/network/audio_mode"
                                      << "\"\"";
        QTest::newRow("network as list") << "/network"
                                         << "[]";
        QTest::newRow("no width") << "/network/width"
                                  << "0";
        QTest::newRow("negative width") << "/network/width"
                                        << "-4";
        QTest::newRow("half a pixel") << "/frame/width"
                                      << "96.5";
        QTest::newRow("vast frame") << "/frame/height"
                                    << "100000";
        QTest::newRow("64-bit overflow") << "/frame/height"
                                         << "18446744073709551615";
        QTest::newRow("one frame") << "/frame/count"
                                   << "1";
        QTest::newRow("no denominator") << "/frame_rate/denominator"
                                        << "0";
        QTest::newRow("too fast") << "/frame_rate"
                                  << R"({"numerator": 1000000, "denominator": 1})";
        QTest::newRow("too slow") << "/frame_rate"
                                  << R"({"numerator": 1, "denominator": 2})";
        QTest::newRow("unknown loop") << "/loop/rule"
                                      << "\"forever\"";
        QTest::newRow("start at the last frame") << "/loop/start_frame"
                                                 << "522";
        QTest::newRow("start before the first") << "/loop/start_frame"
                                                << "-1";
        QTest::newRow("unknown resize") << "/crop_resize"
                                        << "\"lanczos\"";
        QTest::newRow("files as text") << "/files"
                                       << "\"all\"";
        QTest::newRow("short hash") << "/files/template.mp4"
                                    << "\"abc\"";
        QTest::newRow("upper-case hash") << "/files/crops.json" << '"' + QString(64, 'A') + '"';
        QTest::newRow("no hash") << "/files/thumbnail.png"
                                 << "null";
    }

    void everyBadValueIsNamed()
    {
        QFETCH(QString, pointer);
        QFETCH(QString, value);
        const auto error = errorAfter([&](json& manifest) {
            manifest[json::json_pointer(pointer.toStdString())] = json::parse(value.toStdString());
        });
        const auto key = '"' + pointer.mid(1).replace('/', '.') + '"';
        QVERIFY2(error.contains(key), qPrintable(error));
    }

    void textThatIsNoManifestIsRefused_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("a list") << QByteArray("[]");
        QTest::newRow("a number") << QByteArray("1");
        QTest::newRow("half an object") << QByteArray("{\"name\": \"x");
        QTest::newRow("no UTF-8") << QByteArray("{\"name\": \"\xff\xfe\"}");
        QTest::newRow("a zero byte") << QByteArray("{}\0", 3);
        QTest::newRow("deep nesting") << QByteArray(500'000, '[');
        QTest::newRow("endless object") << QByteArray("{\"a\":").repeated(100'000);
        QTest::newRow("too large") << QByteArray(2 << 20, ' ');
    }

    void textThatIsNoManifestIsRefused()
    {
        QFETCH(QByteArray, text);
        const auto manifest = parseManifest({text.constData(), static_cast<std::size_t>(text.size())});
        QVERIFY(!manifest);
        QVERIFY(manifest.error().code == ErrorCode::InvalidInput);
        QVERIFY2(manifest.error().message.find("avatar.json") == 0, manifest.error().message.c_str());
    }

    void aManifestCutOrChangedAnywhereNeverCrashes()
    {
        const auto whole = toJson(exampleManifest());
        for (std::size_t length = 0; length + 2 < whole.size(); ++length)
            QVERIFY(!parseManifest(std::string_view(whole).substr(0, length)));
        std::mt19937 random(1);
        for (int i = 0; i < 3000; ++i) {
            auto changed = whole;
            for (int k = 0; k < 3; ++k)
                changed[random() % changed.size()] = static_cast<char>(random());
            const auto manifest = parseManifest(changed);
            if (manifest)
                QVERIFY(parseManifest(toJson(*manifest)));
            else
                QVERIFY(!manifest.error().message.empty());
        }
    }

    void cropsSurviveWritingAndReading()
    {
        const std::vector<CropRectangle> crops{{0, 1, 64, 65}, {10, 20, 30, 40}};
        const auto read = parseCrops(toJson(crops));
        QVERIFY(read);
        QVERIFY(*read == crops);
    }

    void aCropThatIsNotFourWholeNumbersIsNamedByItsIndex()
    {
        QVERIFY(cropsError("[[0,0,64,64],[0,0,64]]").contains("entry 1"));
        QVERIFY(cropsError("[[0,0,64.5,64]]").contains("entry 0"));
        QVERIFY(cropsError("[[0,0,64,\"64\"]]").contains("entry 0"));
        QVERIFY(cropsError("[[0,0,64,99999999999999999999]]").contains("entry 0"));
        QVERIFY(cropsError("[[-2147483648,0,2147483647,64]]").contains("entry 0"));
        QVERIFY(cropsError("[7]").contains("entry 0"));
        QVERIFY(cropsError("{}").contains("crops.json"));
        QVERIFY(cropsError("").contains("crops.json"));
        QVERIFY(cropsError(std::string(100'000, '[')).contains("crops.json"));
    }

    void onlySquareCropsInsideTheFrameAreGood()
    {
        QVERIFY(checkCrop({0, 0, 96, 96}, 0, 96, 96));
        QVERIFY(checkCrop({80, 80, 96, 96}, 0, 96, 96));
        const auto error = [](const CropRectangle& crop) {
            const auto checked = checkCrop(crop, 5, 96, 96);
            return checked ? QString() : QString::fromStdString(checked.error().message);
        };
        QVERIFY(error({0, 0, 64, 63}).contains("rectangle 5") && error({0, 0, 64, 63}).contains("square"));
        QVERIFY(error({0, 0, 15, 15}).contains("smaller"));
        QVERIFY(error({64, 64, 0, 0}).contains("smaller"));
        QVERIFY(error({-1, 0, 63, 64}).contains("outside"));
        QVERIFY(error({40, 40, 97, 97}).contains("outside"));
    }
};

QTEST_GUILESS_MAIN(AvatarManifestTest)
#include "avatar_manifest_test.moc"
