// SPDX-License-Identifier: GPL-3.0-or-later
// The façade as a window uses it, on a small real avatar.

#include "engine.h"

#include "avatar/template_loop.h"
#include "engine/media/sample_media.h"
#include "support/test_avatar.h"

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>

#include <QTemporaryDir>
#include <QTest>

using namespace lipsync;

namespace {

/// Collects a preview's events and lets a test wait for them.
struct Watcher {
    std::mutex mutex;
    std::condition_variable changed;
    std::optional<Result<PreviewInfo>> ready;
    std::vector<std::int64_t> pictures;

    Preview::Events events()
    {
        return {.ready = [this](auto info) { note([&] { ready = std::move(info); }); },
                .picture = [this](auto frame) { note([&] { pictures.push_back(frame); }); },
                .failed = [](auto) {}};
    }
    template <typename Change> void note(Change change)
    {
        {
            std::lock_guard lock(mutex);
            change();
        }
        changed.notify_all();
    }
    template <typename Condition> bool wait(Condition condition)
    {
        std::unique_lock lock(mutex);
        return changed.wait_for(lock, std::chrono::seconds(60), condition);
    }
    bool waitForPicture(std::int64_t frame)
    {
        return wait([&] { return std::find(pictures.begin(), pictures.end(), frame) != pictures.end(); });
    }
};

} // namespace

class EngineTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        prepareProcess();
        m_folder = m_temporary.path().toStdString();
        QVERIFY(test::makeTestAvatar(m_folder / "small.avatar").has_value());
        const auto sound = media::sample::chirp(16000, 32000, 2.0, 4000);
        media::sample::writeWav(m_folder / "voice.wav", 16000, 1, std::span<const float>(sound));
        m_engine = std::move(createEngine({.plan = defaultPlan(2), .workerProgram = {}}).value());
    }

    void avatarsAndVoicesAreDescribed()
    {
        const auto avatar = m_engine->describeAvatar(m_folder / "small.avatar");
        QVERIFY(avatar.has_value());
        QCOMPARE(avatar->width, 96);
        QCOMPARE(avatar->templateFrames, 12);
        QVERIFY(std::filesystem::exists(avatar->thumbnail));
        const auto voice = m_engine->describeVoice(m_folder / "voice.wav");
        QVERIFY(voice.has_value());
        QCOMPARE(voice->sampleRate, 16000);
        QCOMPARE(voice->seconds, 2.0);
        QCOMPARE(m_engine->describeAvatar(m_folder).error().code, ErrorCode::InvalidInput);
        QCOMPARE(m_engine->describeVoice(m_folder / "none.wav").error().code, ErrorCode::InvalidInput);
    }

    void aPreviewShowsTheFrameThatIsAskedFor()
    {
        Watcher watcher;
        const auto preview = m_engine->openPreview(m_folder / "small.avatar", m_folder / "voice.wav", watcher.events());
        QVERIFY(watcher.wait([&] { return watcher.ready.has_value(); }));
        QVERIFY(watcher.ready->has_value());
        QCOMPARE((*watcher.ready)->frames, std::int64_t{49});
        QCOMPARE((*watcher.ready)->sound->samples.size(), std::size_t{32000});
        preview->show(20);
        QVERIFY(watcher.waitForPicture(20));
        const auto picture = preview->pictureAt(20);
        QVERIFY(picture);
        QCOMPARE(picture->frame, std::int64_t{20});
        QCOMPARE(picture->bgr.size(), std::size_t{96 * 96 * 3});
        QVERIFY(!preview->pictureAt(19));
    }

    void aPictureCarriesTheFrameAsItWasFilmedWhenThatIsWished()
    {
        Watcher watcher;
        const auto preview = m_engine->openPreview(m_folder / "small.avatar", m_folder / "voice.wav", watcher.events());
        preview->show(3);
        QVERIFY(watcher.waitForPicture(3));
        QVERIFY(preview->pictureAt(3)->original.empty());
        preview->setOriginalsWanted(true);
        preview->show(4);
        QVERIFY(watcher.waitForPicture(4));
        const auto picture = preview->pictureAt(4);
        const avatar::TemplateLoop loop(test::TestAvatarOptions().loop, 12, 0);
        const auto filmed =
            m_engine->videoFrame(m_folder / "small.avatar" / "template.mp4", (loop.frameAt(4) + 0.5) / 25);
        QVERIFY(filmed.has_value());
        QVERIFY(picture->original == (*filmed)->bgr); // the template frame, untouched
        QVERIFY(picture->original != picture->bgr); // and a mouth of ours in the picture beside it
        preview->setOriginalsWanted(false);
        preview->show(5);
        QVERIFY(watcher.waitForPicture(5));
        QVERIFY(preview->pictureAt(5)->original.empty());
    }

    void playingMakesFramesInOrderAndOnlySomeAhead()
    {
        Watcher watcher;
        const auto preview = m_engine->openPreview(m_folder / "small.avatar", m_folder / "voice.wav", watcher.events());
        preview->play(5);
        QVERIFY(watcher.wait([&] { return watcher.pictures.size() >= 10; }));
        {
            std::lock_guard lock(watcher.mutex);
            for (std::int64_t i = 0; i < 10; ++i) // as they are played, each once, and none further ahead
                QCOMPARE(watcher.pictures[static_cast<std::size_t>(i)], 5 + i);
        }
        QCOMPARE(preview->pictureAt(12)->frame, std::int64_t{12});
        QCOMPARE(preview->statistics().dropped, std::int64_t{0});
        // From now on frames have a time at which they are too late, on a slow machine too: made or dropped.
        preview->setPlayhead(10);
        QTRY_COMPARE_WITH_TIMEOUT(preview->statistics().computed + preview->statistics().dropped, std::int64_t{15},
                                  60000);
        preview->pause();
        std::lock_guard lock(watcher.mutex);
        QVERIFY(std::is_sorted(watcher.pictures.begin(), watcher.pictures.end()));
        QVERIFY(watcher.pictures.back() <= 19);
    }

    void framesWhoseTimeHasPassedAreDroppedAndCounted()
    {
        Watcher watcher;
        const auto preview = m_engine->openPreview(m_folder / "small.avatar", m_folder / "voice.wav", watcher.events());
        preview->play(0);
        preview->setPlayhead(40); // before the preview is even open
        QTRY_COMPARE_WITH_TIMEOUT(preview->statistics().computed + preview->statistics().dropped, std::int64_t{49},
                                  60000);
        QVERIFY(preview->statistics().dropped > 0);
    }

    void aPreviewThatCannotOpenSaysWhy()
    {
        Watcher watcher;
        const auto preview =
            m_engine->openPreview(m_folder / "missing.avatar", m_folder / "voice.wav", watcher.events());
        QVERIFY(watcher.wait([&] { return watcher.ready.has_value(); }));
        QVERIFY(!watcher.ready->has_value());
        QVERIFY(watcher.ready->error().message.find("missing.avatar") != std::string::npos);
        preview->show(0);
        QVERIFY(!preview->pictureAt(0));
    }

    void anExportTellsItsProgressAndItsEnd()
    {
        std::mutex mutex;
        std::condition_variable changed;
        std::optional<Result<ExportReport>> finished;
        std::int64_t last = 0;
        const auto task = m_engine->startExport(
            {.avatar = m_folder / "small.avatar", .voice = m_folder / "voice.wav", .output = m_folder / "export.mp4"},
            {.progress = [&](const auto& state) { last = state.framesDone; },
             .finished =
                 [&](auto report) {
                     {
                         std::lock_guard lock(mutex);
                         finished = std::move(report);
                     }
                     changed.notify_all();
                 }});
        std::unique_lock lock(mutex);
        QVERIFY(changed.wait_for(lock, std::chrono::seconds(60), [&] { return finished.has_value(); }));
        QVERIFY2(finished->has_value(), *finished ? "" : finished->error().text().c_str());
        QCOMPARE(last, std::int64_t{49});
        QVERIFY(std::filesystem::exists(m_folder / "export.mp4"));
    }

    void aPlanIsAppliedWhileAnExportRuns()
    {
        std::atomic<int> changes = 0;
        const auto subscription = m_engine->subscribe([&] { ++changes; });
        std::mutex mutex;
        std::condition_variable changed;
        std::optional<Result<ExportReport>> finished;
        int applied = 0;
        const auto task = m_engine->startExport(
            {.avatar = m_folder / "small.avatar", .voice = m_folder / "voice.wav", .output = m_folder / "plans.mp4"},
            {.progress = [](const auto&) {},
             .finished =
                 [&](auto report) {
                     std::lock_guard lock(mutex);
                     finished = std::move(report);
                     changed.notify_all();
                 }});
        for (int workers : {1, 4, 2}) {
            auto plan = m_engine->plan();
            plan.devices = {{"cpu", workers}};
            plan.batchSizes = {1, workers + 1};
            m_engine->applyPlan(plan, [&](Status done) {
                std::lock_guard lock(mutex);
                applied += done.has_value();
                changed.notify_all();
            });
        }
        std::unique_lock lock(mutex);
        QVERIFY(changed.wait_for(lock, std::chrono::seconds(60), [&] { return finished && applied == 3; }));
        QVERIFY2(finished->has_value(), *finished ? "" : finished->error().text().c_str());
        QCOMPARE((*finished)->frames, std::int64_t{49});
        QCOMPARE(m_engine->plan().workerCount(), 2);
        QVERIFY(changes >= 3);
        const auto statistics = m_engine->statistics();
        QVERIFY(statistics.of(FrameClass::Bulk).framesDone >= 49);
        QVERIFY(m_engine->traceJson().find("traceEvents") != std::string::npos);
    }

    void aPlanThatCannotBeAppliedSaysWhyAndTheOldOneStays()
    {
        const auto before = m_engine->plan();
        for (const auto& [device, word] : {std::pair{"cuda:93", "cuda:93"}, {"", "no name"}}) {
            auto plan = before;
            plan.devices = {{device, 1}};
            std::promise<Status> done;
            m_engine->applyPlan(plan, [&](Status status) { done.set_value(std::move(status)); });
            const auto status = done.get_future().get();
            QVERIFY(!status.has_value());
            QVERIFY2(status.error().text().find(word) != std::string::npos, status.error().text().c_str());
            QVERIFY(m_engine->plan() == before);
        }
        Watcher watcher; // and the workers still work
        const auto preview = m_engine->openPreview(m_folder / "small.avatar", m_folder / "voice.wav", watcher.events());
        preview->show(3);
        QVERIFY(watcher.waitForPicture(3));
    }

    void anEngineIsNotMadeFromAPlanThatMakesNoSense()
    {
        ConcurrencyPlan plan;
        plan.batchSizes = {4, 2};
        const auto refused = createEngine({.plan = plan, .workerProgram = {}});
        QVERIFY(!refused.has_value());
        QCOMPARE(refused.error().code, ErrorCode::Usage);
    }

    void aCancelledExportLeavesNothingBehind()
    {
        std::optional<Result<ExportReport>> finished;
        {
            const auto task = m_engine->startExport(
                {.avatar = m_folder / "small.avatar",
                 .voice = m_folder / "voice.wav",
                 .output = m_folder / "cancelled.mp4"},
                {.progress = [](const auto&) {}, .finished = [&](auto report) { finished = std::move(report); }});
            task->cancel();
        }
        QVERIFY(finished.has_value());
        QCOMPARE(finished->error().code, ErrorCode::Interrupted);
        for (const auto& entry : std::filesystem::directory_iterator(m_folder))
            QVERIFY(!entry.path().filename().string().starts_with("cancelled"));
    }

private:
    QTemporaryDir m_temporary;
    std::filesystem::path m_folder;
    std::unique_ptr<Engine> m_engine;
};

QTEST_GUILESS_MAIN(EngineTest)
#include "engine_test.moc"
