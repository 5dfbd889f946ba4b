// SPDX-License-Identifier: GPL-3.0-or-later
// Trains tiny networks for a few steps on a made-up speaker.

#include "training/speaker_training.h"

#include "avatar/avatar_package.h"
#include "base/file_system.h"
#include "nn/generator.h"
#include "speaker_avatar.h"
#include "support/test_avatar.h"

#include <cmath>
#include <fstream>

#include <QTemporaryDir>
#include <QTest>

using namespace lipsync;
namespace fs = std::filesystem;

namespace {

std::string textOf(const fs::path& file)
{
    const auto text = readFile(file, std::size_t{1} << 20);
    return text ? std::string(text->begin(), text->end()) : std::string();
}

bool holdsCheckpoint(const fs::path& folder)
{
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (entry.path().extension() == ".checkpoint")
            return true;
    }
    return false;
}

} // namespace

class SpeakerTrainingTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_folder = fs::path(m_temporary.path().toStdString());
        const auto base = test::makeTestAvatar(m_folder / "base.avatar");
        QVERIFY2(base.has_value(), base ? "" : base.error().text().c_str());
    }

    void aPreparedAvatarIsTrainedAndPlays()
    {
        const auto options = prepared("plays");
        std::vector<training::TrainingProgress> told;
        const auto report = training::trainSpeaker(options, [&](const auto& state) { told.push_back(state); }, {});
        QVERIFY2(report.has_value(), report ? "" : report.error().text().c_str());
        QCOMPARE(told.size(), std::size_t{20});
        QVERIFY2(told.back().loss < 0.97 * told.front().loss,
                 fmt::format("{} after {}", told.back().loss, told.front().loss).c_str());
        QVERIFY(report->mouthPsnr > 0 && report->templatePsnr > 0 && !report->advice.empty());
        QCOMPARE(report->heldCount, 9);

        const auto package = avatar::AvatarPackage::open(options.avatar);
        QVERIFY2(package.has_value(), package ? "" : package.error().text().c_str());
        QVERIFY((*package)->isTrained());
        QVERIFY((*package)->soundFile() && (*package)->landmarks().value());
        QVERIFY(nn::Generator::create((*package)->generatorWeights().value(), (*package)->manifest().network));
        const auto state = training::trainingFolder(options.avatar);
        QVERIFY(textOf(state / "curves.csv").starts_with("step,"));
        QVERIFY(fs::exists(state / "curves.png") && fs::exists(state / "validation-000020.png"));
        QVERIFY(textOf(state / "report.json").find("\"gain_db\"") != std::string::npos);
        QVERIFY(!holdsCheckpoint(state));
    }

    void aStoppedTrainingGoesOnToTheSameWeights()
    {
        const auto whole = prepared("whole"), stopped = prepared("stopped");
        QVERIFY(training::trainSpeaker(whole, [](const auto&) {}, {}).has_value());
        std::stop_source stop;
        const auto first = training::trainSpeaker(
            stopped,
            [&](const auto& progress) {
                if (progress.step == 13)
                    stop.request_stop();
            },
            stop.get_token());
        QCOMPARE(first.error().code, ErrorCode::Interrupted);
        QVERIFY(holdsCheckpoint(training::trainingFolder(stopped.avatar)));
        QVERIFY(!avatar::AvatarPackage::open(stopped.avatar).value()->isTrained());
        int steps = 0;
        const auto second = training::trainSpeaker(stopped, [&](const auto&) { ++steps; }, {});
        QVERIFY2(second.has_value(), second ? "" : second.error().text().c_str());
        QCOMPARE(steps, 7);
        const auto expected = avatar::AvatarPackage::open(whole.avatar).value()->generatorWeights().value();
        const auto found = avatar::AvatarPackage::open(stopped.avatar).value()->generatorWeights().value();
        for (const auto& [name, weight] : expected) {
            const auto& other = found.at(name).values;
            for (std::size_t i = 0; i < weight.values.size(); ++i)
                QVERIFY2(std::abs(weight.values[i] - other[i]) < 1e-4f, name.c_str());
        }
    }

    void anUnfinishedTrainingIsNotMixedWithAnother()
    {
        auto options = prepared("mixed");
        std::stop_source stop;
        const auto halt = [&](const auto&) { stop.request_stop(); };
        QCOMPARE(training::trainSpeaker(options, halt, stop.get_token()).error().code, ErrorCode::Interrupted);
        options.seed = 2;
        const auto refused = training::trainSpeaker(options, [](const auto&) {}, {});
        QCOMPARE(refused.error().code, ErrorCode::Usage);
        QVERIFY(refused.error().message.find("'seed'") != std::string::npos);
        options.restart = true;
        options.steps = 2;
        QVERIFY(training::trainSpeaker(options, [](const auto&) {}, {}).has_value());
    }

    void trainingEndsWhenNothingGetsBetter()
    {
        auto options = prepared("enough");
        options.steps = 100;
        options.validateEvery = 1;
        options.patience = 1;
        options.judgedPairs = 1;
        const auto report = training::trainSpeaker(options, [](const auto&) {}, {});
        QVERIFY2(report.has_value(), report ? "" : report.error().text().c_str());
        QVERIFY(report->endedEarly);
        QVERIFY2(report->steps < 100 && report->bestStep < report->steps,
                 fmt::format("{} of {}", report->bestStep, report->steps).c_str());
    }

    void aTimeLimitEndsTraining()
    {
        auto options = prepared("limit");
        options.steps = 0;
        options.minutes = 0.01;
        const auto report = training::trainSpeaker(options, [](const auto&) {}, {});
        QVERIFY2(report.has_value(), report ? "" : report.error().text().c_str());
        QVERIFY(report->seconds >= 0.6 && report->steps > 0);
    }

    void aTrainedAvatarGoesOnFromItsOwnWeights()
    {
        auto options = prepared("own");
        options.steps = 2;
        QVERIFY(training::trainSpeaker(options, [](const auto&) {}, {}).has_value());
        options.base.clear();
        const auto again = training::trainSpeaker(options, [](const auto&) {}, {});
        QVERIFY2(again.has_value(), again ? "" : again.error().text().c_str());
        QCOMPARE(again->base, std::string("speaker"));
        QVERIFY(again->generatorFromBase);
        options.width = 8; // another width begins at random, hearing with the same encoder
        const auto wider = training::trainSpeaker(options, [](const auto&) {}, {});
        QVERIFY2(wider.has_value(), wider ? "" : wider.error().text().c_str());
        QVERIFY(!wider->generatorFromBase);
        QCOMPARE(avatar::AvatarPackage::open(options.avatar).value()->manifest().network.width, 8);
    }

    void withoutABaseTheEncoderIsTaughtFirst()
    {
        auto options = prepared("scratch");
        options.base.clear();
        options.fromScratch = true;
        options.width = 4;
        options.encoderSteps = 2;
        options.steps = 2;
        std::vector<std::string> stages;
        const auto report =
            training::trainSpeaker(options, [&](const auto& state) { stages.push_back(state.stage); }, {});
        QVERIFY2(report.has_value(), report ? "" : report.error().text().c_str());
        QCOMPARE(stages, (std::vector<std::string>{"audio encoder", "audio encoder", "speaker", "speaker"}));
        QVERIFY(report->base.empty() && !report->generatorFromBase);
    }

    void theEncoderLearnsInTheLastFifthWhenAsked()
    {
        auto options = prepared("tuned");
        options.steps = 10;
        options.tuneEncoder = true;
        const auto report = training::trainSpeaker(options, [](const auto&) {}, {});
        QVERIFY2(report.has_value(), report ? "" : report.error().text().c_str());
        const auto before = avatar::AvatarPackage::open(options.base).value()->audioEncoderWeights().value();
        const auto after = avatar::AvatarPackage::open(options.avatar).value()->audioEncoderWeights().value();
        QCOMPARE(after.size(), before.size());
        float change = 0;
        for (const auto& [name, weight] : before) {
            const auto& other = after.at(name).values;
            for (std::size_t i = 0; i < weight.values.size(); ++i)
                change = std::max(change, std::abs(weight.values[i] - other[i]));
        }
        QVERIFY2(change > 0 && change < 0.01f, std::to_string(change).c_str());
    }

    void thePackageIsLeftAloneWhenItCannotBeReplaced()
    {
        auto options = prepared("atomic");
        options.steps = 2;
        const auto before = textOf(options.avatar / "avatar.json");
        const auto failed = training::trainSpeaker(
            options, [&](const auto&) { fs::remove(options.avatar / avatar::kTemplateFile); }, {});
        QVERIFY(!failed.has_value());
        QCOMPARE(textOf(options.avatar / "avatar.json"), before);
        QVERIFY(!fs::exists(options.avatar / avatar::kGeneratorFile));
        QVERIFY(!fs::exists(fs::path(options.avatar).concat(".part")));
        QVERIFY(holdsCheckpoint(training::trainingFolder(options.avatar))); // nothing that was learnt is lost
    }

    void clipsThatCannotBeLearntFromAreRefused_data()
    {
        QTest::addColumn<QString>("fault");
        QTest::addColumn<QString>("named");
        QTest::newRow("no sound") << "sound"
                                  << "no sound";
        QTest::newRow("silence") << "silence"
                                 << "silent";
        QTest::newRow("no landmarks") << "landmarks"
                                      << "lipsync prepare";
        QTest::newRow("short") << "short"
                               << "30 frames";
        QTest::newRow("another frame rate") << "rate"
                                            << "30.00 frames a second";
    }

    void clipsThatCannotBeLearntFromAreRefused()
    {
        QFETCH(QString, fault);
        QFETCH(QString, named);
        test::SpeakerAvatarOptions speaker;
        speaker.hasSound = fault != "sound";
        speaker.isSilent = fault == "silence";
        speaker.hasLandmarks = fault != "landmarks";
        speaker.frames = fault == "short" ? 30 : 60;
        speaker.frameRate = fault == "rate" ? 30 : 25;
        const auto options = prepared("bad-" + fault.toStdString(), speaker);
        const auto refused = training::trainSpeaker(options, [](const auto&) {}, {});
        QVERIFY(!refused.has_value());
        QCOMPARE(refused.error().code, ErrorCode::InvalidInput);
        QVERIFY2(refused.error().message.find(named.toStdString()) != std::string::npos,
                 refused.error().text().c_str());
        QVERIFY(!fs::exists(training::trainingFolder(options.avatar)));
    }

    void whatCannotBeBegunWithIsRefused()
    {
        auto options = prepared("asked");
        options.base = m_folder / "no.avatar";
        QCOMPARE(training::trainSpeaker(options, [](const auto&) {}, {}).error().code, ErrorCode::InvalidInput);
        QVERIFY(test::makeSpeakerAvatar(m_folder / "untrained.avatar").has_value());
        options.base = m_folder / "untrained.avatar";
        QCOMPARE(training::trainSpeaker(options, [](const auto&) {}, {}).error().code, ErrorCode::InvalidInput);
        options = smallOptions("asked");
        options.width = 5;
        QCOMPARE(training::trainSpeaker(options, [](const auto&) {}, {}).error().code, ErrorCode::Usage);
        options = smallOptions("asked");
        options.kind = nn::GeneratorKind::Wav2Lip96;
        QCOMPARE(training::trainSpeaker(options, [](const auto&) {}, {}).error().code, ErrorCode::Usage);
        options = smallOptions("asked");
        options.device = "abacus";
        QCOMPARE(training::trainSpeaker(options, [](const auto&) {}, {}).error().code, ErrorCode::Usage);
    }

private:
    training::SpeakerOptions smallOptions(const std::string& name) const
    {
        training::SpeakerOptions options;
        options.avatar = m_folder / (name + ".avatar");
        options.base = m_folder / "base.avatar";
        options.steps = 20;
        options.batch = 2;
        options.validateEvery = 10;
        options.judgedPairs = 4;
        options.threads = 1;
        options.precision = training::TrainingPrecision::Fp32;
        return options;
    }

    training::SpeakerOptions prepared(const std::string& name, const test::SpeakerAvatarOptions& speaker = {}) const
    {
        const auto options = smallOptions(name);
        const auto made = test::makeSpeakerAvatar(options.avatar, speaker);
        if (!made)
            qWarning("%s", made.error().text().c_str());
        return options;
    }

    QTemporaryDir m_temporary;
    fs::path m_folder;
};

QTEST_GUILESS_MAIN(SpeakerTrainingTest)
#include "speaker_training_test.moc"
