// SPDX-License-Identifier: GPL-3.0-or-later
// Import, preparation and training as a window starts them, on small real sources.

#include "engine.h"

#include "engine/training/speaker_avatar.h"
#include "support/end_watch.h"
#include "support/foreign_sources.h"
#include "support/test_avatar.h"

#include <algorithm>

#include <QTemporaryDir>
#include <QTest>

using namespace lipsync;
namespace fs = std::filesystem;

namespace {

/// What an operation told.
struct Told {
    test::EndWatch<Result<OperationReport>> end;
    std::mutex mutex;
    std::vector<OperationProgress> progress;
    std::function<void()> onProgress = [] {};

    OperationEvents events()
    {
        return {.progress =
                    [this](const auto& state) {
                        {
                            std::lock_guard lock(mutex);
                            progress.push_back(state);
                        }
                        onProgress();
                    },
                .finished = [this](auto report) { end.tell(std::move(report)); }};
    }
    bool sharesRise()
    {
        std::lock_guard lock(mutex);
        const auto rises = std::is_sorted(progress.begin(), progress.end(),
                                          [](const auto& a, const auto& b) { return a.share < b.share; });
        return !progress.empty() && rises && progress.front().share >= 0 && progress.back().share <= 1;
    }
};

const char* text(const Result<OperationReport>& report)
{
    static std::string words;
    words = report ? std::string() : report.error().text();
    return words.c_str();
}

} // namespace

class EngineOperationsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        prepareProcess();
        m_folder = m_temporary.path().toStdString();
        m_demo = fs::path(LIPSYNC_SOURCE_DIR) / "resources/avatars/demo.avatar/template.mp4";
        QVERIFY(test::writeForeignEncoder(at("encoder.pth")).has_value());
        QVERIFY(test::writeForeignDataSet(at("anna")).has_value());
        QVERIFY(test::makeTestAvatar(at("base.avatar")).has_value());
        m_engine = std::move(createEngine({.plan = defaultPlan(1), .workerProgram = {}}).value());
    }

    void aDataSetBecomesAnAvatarThatSpeaks()
    {
        Told told;
        ImportRequest request{.source = at("anna"), .output = at("anna.avatar"), .audioEncoder = at("encoder.pth")};
        request.title = "Anna";
        const auto task = m_engine->startImport(request, told.events());
        const auto& report = told.end.wait();
        QVERIFY2(report.has_value(), text(report));
        QCOMPARE(report->avatar, at("anna.avatar"));
        QVERIFY2(report->summary.starts_with("14 frames of 208 × 120 pixels"), report->summary.c_str());
        QCOMPARE(report->pictures, std::vector<fs::path>{at("anna.avatar/thumbnail.png")});
        QVERIFY(told.sharesRise());
        QVERIFY(told.progress.back().detail.find("data set of 14 pictures") != std::string::npos);
        const auto info = m_engine->describeAvatar(at("anna.avatar"));
        QVERIFY(info.has_value());
        QCOMPARE(info->title, std::string("Anna"));
        QVERIFY(hasRecord(LogLevel::Info, "The import of " + at("anna").string() + " is done"));
    }

    void anImportThatCannotBeSaysWhy()
    {
        Told told;
        const auto again =
            m_engine->startImport({.source = at("anna"), .output = at("base.avatar")}, told.events()); // is there
        QCOMPARE(told.end.wait().error().code, ErrorCode::InvalidInput);
        for (const auto& wrong :
             {ImportRequest{.source = at("anna"), .output = at("x.avatar"), .mode = "smell"},
              ImportRequest{.source = at("anna"), .output = at("x.avatar"), .firstFrame = 3},
              ImportRequest{.source = at("anna"), .output = at("x.avatar"), .firstFrame = 9, .lastFrame = 3}}) {
            Told refused;
            const auto task = m_engine->startImport(wrong, refused.events());
            QCOMPARE(refused.end.wait().error().code, ErrorCode::Usage);
        }
        QVERIFY(!fs::exists(at("x.avatar")));
        QVERIFY(hasRecord(LogLevel::Error, "The import of"));
    }

    void aVideoBecomesAPreparedAvatarWithPictures()
    {
        Told told;
        PrepareRequest request{.video = m_demo, .output = at("drawn.avatar")};
        request.seconds = 0.8;
        const auto task = m_engine->startPreparation(request, told.events());
        const auto& report = told.end.wait();
        QVERIFY2(report.has_value(), text(report));
        QVERIFY2(report->summary.starts_with("20 frames, with a face in 20"), report->summary.c_str());
        QVERIFY(!report->warnings.empty());
        QVERIFY(told.sharesRise());
        QVERIFY(report->pictures.size() >= 3); // thumbnail, strip and at least the best frame
        for (const auto& picture : report->pictures)
            QVERIFY2(fs::exists(picture), picture.c_str());
        const auto info = m_engine->describeAvatar(at("drawn.avatar"));
        QVERIFY(info.has_value() && !info->isTrained);
        QVERIFY(m_engine->describeFile(at("drawn.avatar")).sentence.find("has to be trained") != std::string::npos);
        const auto whole = m_engine->verifyAvatar(at("drawn.avatar"));
        QVERIFY2(whole.has_value(), whole ? "" : whole.error().text().c_str());
    }

    void aCancelledPreparationLeavesNothingBehind()
    {
        Told told;
        std::unique_ptr<Operation> task;
        std::promise<void> started;
        auto isStarted = started.get_future().share();
        told.onProgress = [&] {
            isStarted.wait();
            task->cancel();
        };
        task = m_engine->startPreparation({.video = m_demo, .output = at("never.avatar")}, told.events());
        started.set_value();
        QCOMPARE(told.end.wait().error().code, ErrorCode::Interrupted);
        task.reset();
        for (const auto& entry : fs::directory_iterator(m_folder))
            QVERIFY2(!entry.path().filename().string().starts_with("never"), entry.path().c_str());
        QVERIFY(hasRecord(LogLevel::Info, "was stopped"));
    }

    void aDestroyedHandleStopsItsOperation()
    {
        Told told;
        m_engine->startPreparation({.video = m_demo, .output = at("gone.avatar")}, told.events()).reset();
        QVERIFY(told.end.isTold());
        QCOMPARE(told.end.wait().error().code, ErrorCode::Interrupted);
        QVERIFY(!fs::exists(at("gone.avatar")));
    }

    void aPreparationOfAnUnknownNetworkSizeIsRefused()
    {
        Told told;
        PrepareRequest request{.video = m_demo, .output = at("x.avatar")};
        request.networkSize = 200;
        const auto task = m_engine->startPreparation(request, told.events());
        QCOMPARE(told.end.wait().error().code, ErrorCode::Usage);
    }

    void aStoppedTrainingGoesOnAndGivesATrainedAvatar()
    {
        QVERIFY(test::makeSpeakerAvatar(at("speaker.avatar")).has_value());
        TrainRequest request{.avatar = at("speaker.avatar"), .base = at("base.avatar")};
        request.steps = 4;
        Told stopped;
        std::unique_ptr<Operation> task;
        std::promise<void> started;
        auto isStarted = started.get_future().share();
        stopped.onProgress = [&] {
            isStarted.wait();
            task->cancel();
        };
        task = m_engine->startTraining(request, stopped.events());
        started.set_value();
        QCOMPARE(stopped.end.wait().error().code, ErrorCode::Interrupted);
        QVERIFY(!m_engine->describeAvatar(at("speaker.avatar"))->isTrained);

        Told told;
        task = m_engine->startTraining(request, told.events());
        const auto& report = told.end.wait();
        QVERIFY2(report.has_value(), text(report));
        QVERIFY2(report->summary.find("in 4 steps") != std::string::npos, report->summary.c_str());
        QVERIFY(m_engine->describeAvatar(at("speaker.avatar"))->isTrained);
        const auto& last = told.progress.back();
        QVERIFY2(last.detail.starts_with("step 4 of 4, "), last.detail.c_str());
        QCOMPARE(last.share, 1.0);
        QVERIFY2(fs::exists(last.picture), last.picture.c_str());
        QCOMPARE(last.picture.filename(), fs::path("validation-000004.png"));
        QVERIFY(std::find(report->pictures.begin(), report->pictures.end(), last.picture) != report->pictures.end());
    }

private:
    fs::path at(const std::string& name) const { return m_folder / name; }
    bool hasRecord(LogLevel level, const std::string& words) const
    {
        const auto records = m_engine->log();
        return std::any_of(records.begin(), records.end(), [&](const LogRecord& record) {
            return record.level == level && record.message.find(words) != std::string::npos;
        });
    }

    QTemporaryDir m_temporary;
    fs::path m_folder, m_demo;
    std::unique_ptr<Engine> m_engine;
};

QTEST_GUILESS_MAIN(EngineOperationsTest)
#include "engine_operations_test.moc"
