// SPDX-License-Identifier: GPL-3.0-or-later
// Trains real, tiny networks for a few steps on made-up clips.

#include "training/training.h"

#include "base/file_system.h"
#include "base/npy.h"
#include "nn/audio_encoder.h"

#include <cmath>
#include <fstream>

#include <QTemporaryDir>
#include <QTest>

using namespace lipsync;

namespace {

constexpr std::size_t kFrames = 40, kCrop = 168;

/// A clip whose tone swells and whose mouth region darkens with it.
void writeClip(const std::filesystem::path& folder)
{
    std::filesystem::create_directories(folder);
    std::vector<float> voice(kFrames * 640);
    for (std::size_t i = 0; i < voice.size(); ++i) {
        const double swell = 0.5 - 0.5 * std::cos(2 * M_PI * static_cast<double>(i) / 8000);
        voice[i] = static_cast<float>(0.3 * swell * std::sin(2 * M_PI * 220 * static_cast<double>(i) / 16000));
    }
    std::vector<float> mouth(kFrames * 3);
    std::vector<std::uint8_t> crops(kFrames * kCrop * kCrop * 3, 180);
    for (std::size_t frame = 0; frame < kFrames; ++frame) {
        const double open = 0.5 - 0.5 * std::cos(2 * M_PI * (static_cast<double>(frame) + 0.5) * 640 / 8000);
        mouth[frame * 3] = static_cast<float>(open);
        for (std::size_t y = 90; y < 120; ++y) {
            const auto row = crops.begin() + static_cast<std::ptrdiff_t>(((frame * kCrop + y) * kCrop + 60) * 3);
            std::fill(row, row + 48 * 3, static_cast<std::uint8_t>(180 - 120 * open));
        }
    }
    const std::size_t voiceShape[] = {voice.size()}, mouthShape[] = {kFrames, 3},
                      cropShape[] = {kFrames, kCrop, kCrop, 3};
    QVERIFY(writeNpy(folder / "voice.npy", voiceShape, std::span<const float>(voice)));
    QVERIFY(writeNpy(folder / "mouth.npy", mouthShape, std::span<const float>(mouth)));
    QVERIFY(writeNpy(folder / "crops.npy", cropShape, std::span<const std::uint8_t>(crops)));
}

void writeDataset(const std::filesystem::path& folder, const std::string& mouthBox = "[50, 80, 60, 40]")
{
    writeClip(folder / "a");
    writeClip(folder / "b");
    QVERIFY(writeFile(folder / "dataset.json",
                      R"({"frame_rate": 25, "crop": 168, "mouth_box": )" + mouthBox +
                          R"(, "clips": [{"name": "a", "split": "train"}, {"name": "b", "split": "validation"}]})"));
}

training::TrainingOptions smallOptions(const std::filesystem::path& folder, const std::string& output)
{
    training::TrainingOptions options;
    options.dataset = folder / "data";
    options.output = folder / output;
    options.network.width = 4;
    options.encoderSteps = 6;
    options.listenerSteps = 2;
    options.generatorSteps = 4;
    options.encoderBatch = 8;
    options.generatorBatch = 2;
    options.validateEvery = 3;
    options.checkpointEvery = 2;
    options.threads = 1;
    return options;
}

} // namespace

class TrainingTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_folder = std::filesystem::path(m_temporary.path().toStdString());
        writeDataset(m_folder / "data");
    }

    void aRunGivesWeightsThatLoad()
    {
        std::vector<training::TrainingProgress> told;
        const auto options = smallOptions(m_folder, "whole");
        const auto done = training::train(options, [&](const auto& progress) { told.push_back(progress); }, {});
        QVERIFY2(done.has_value(), done ? "" : done.error().text().c_str());
        QCOMPARE(told.size(), std::size_t{12});
        QVERIFY(told.back().validation > 0);
        QCOMPARE(told.back().stage, std::string("generator"));
        const auto weights = nn::readSafetensors(options.output / "generator.safetensors");
        QVERIFY(weights.has_value());
        const auto spec = nn::detectGenerator(*weights, nn::AudioMode::Ave);
        QVERIFY(spec.has_value());
        QCOMPARE(spec->width, 4);
        QVERIFY(nn::Generator::create(*weights, *spec).has_value());
        const auto encoder = nn::readSafetensors(options.output / "audio_encoder.safetensors");
        QVERIFY(encoder.has_value());
        QVERIFY(nn::AudioEncoder::create(*encoder).has_value());
    }

    void aStoppedRunGoesOnToTheSameWeights()
    {
        const auto options = smallOptions(m_folder, "stopped");
        std::stop_source stop;
        const auto first = training::train(
            options,
            [&](const auto& progress) {
                if (progress.stage == "generator" && progress.step == 3)
                    stop.request_stop();
            },
            stop.get_token());
        QVERIFY(!first.has_value());
        QCOMPARE(first.error().code, ErrorCode::Interrupted);
        QVERIFY(!std::filesystem::exists(options.output / "generator.safetensors"));
        int steps = 0;
        const auto second = training::train(options, [&](const auto&) { ++steps; }, {});
        QVERIFY(second.has_value());
        QCOMPARE(steps, 1);
        const auto whole = nn::readSafetensors(m_folder / "whole/generator.safetensors");
        const auto resumed = nn::readSafetensors(options.output / "generator.safetensors");
        QVERIFY(whole.has_value() && resumed.has_value());
        for (const auto& [name, weight] : *whole) {
            const auto& other = resumed->at(name).values;
            for (std::size_t i = 0; i < weight.values.size(); ++i)
                QVERIFY2(std::abs(weight.values[i] - other[i]) < 1e-3f, name.c_str());
        }
    }

    void devicesThatAreNotThereAreRefused()
    {
        auto options = smallOptions(m_folder, "device");
        options.device = "abacus";
        QCOMPARE(training::train(options, [](const auto&) {}, {}).error().code, ErrorCode::Usage);
        options.device = "cuda:63";
        QCOMPARE(training::train(options, [](const auto&) {}, {}).error().code, ErrorCode::Resource);
        QVERIFY(!std::filesystem::exists(options.output));
    }

    void datasetsThatCannotBeUsedAreRefusedByName_data()
    {
        QTest::addColumn<QString>("damage");
        QTest::addColumn<QString>("named");
        QTest::newRow("no description") << "remove"
                                        << "dataset.json";
        QTest::newRow("not JSON") << "text"
                                  << "dataset.json";
        QTest::newRow("box outside") << "box"
                                     << "mouth_box";
        QTest::newRow("missing voice") << "voice"
                                       << "voice.npy";
        QTest::newRow("pictures of another size") << "crops"
                                                  << "crops.npy";
    }

    void datasetsThatCannotBeUsedAreRefusedByName()
    {
        QFETCH(QString, damage);
        QFETCH(QString, named);
        const auto folder = m_folder / damage.toStdString();
        writeDataset(folder / "data", damage == "box" ? "[150, 80, 60, 40]" : "[50, 80, 60, 40]");
        if (damage == "remove")
            std::filesystem::remove(folder / "data/dataset.json");
        if (damage == "text")
            std::ofstream(folder / "data/dataset.json") << "hello";
        if (damage == "voice")
            std::filesystem::remove(folder / "data/a/voice.npy");
        if (damage == "crops") {
            const std::size_t shape[] = {2};
            const std::uint8_t bytes[] = {1, 2};
            QVERIFY(writeNpy(folder / "data/a/crops.npy", shape, std::span<const std::uint8_t>(bytes)));
        }
        const auto done = training::train(smallOptions(folder, "out"), [](const auto&) {}, {});
        QVERIFY(!done.has_value());
        QCOMPARE(done.error().code, ErrorCode::InvalidInput);
        QVERIFY2(done.error().text().find(named.toStdString()) != std::string::npos, done.error().text().c_str());
    }

private:
    QTemporaryDir m_temporary;
    std::filesystem::path m_folder;
};

QTEST_GUILESS_MAIN(TrainingTest)
#include "training_test.moc"
