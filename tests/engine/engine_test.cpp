// SPDX-License-Identifier: GPL-3.0-or-later
// The façade as a window uses it, on a small real avatar.

#include "engine.h"

#include "engine/media/sample_media.h"
#include "support/test_avatar.h"

#include <condition_variable>
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
        m_engine = createEngine({.threads = 2});
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

    void playingMakesFramesInOrderAndOnlySomeAhead()
    {
        Watcher watcher;
        const auto preview = m_engine->openPreview(m_folder / "small.avatar", m_folder / "voice.wav", watcher.events());
        preview->play(5);
        QVERIFY(watcher.wait([&] { return watcher.pictures.size() >= 10; }));
        preview->setPlayhead(10);
        QVERIFY(watcher.wait([&] { return watcher.pictures.size() >= 15; }));
        preview->pause();
        std::lock_guard lock(watcher.mutex);
        std::sort(watcher.pictures.begin(), watcher.pictures.end()); // two threads finish in either order
        QCOMPARE(watcher.pictures.front(), std::int64_t{5});
        QCOMPARE(watcher.pictures.back(), std::int64_t{19});
        QCOMPARE(watcher.pictures.size(), std::size_t{15}); // each frame once
        QCOMPARE(preview->statistics().dropped, std::int64_t{0});
        QCOMPARE(preview->pictureAt(12)->frame, std::int64_t{12});
    }

    void framesWhoseTimeHasPassedAreDroppedAndCounted()
    {
        Watcher watcher;
        const auto preview = m_engine->openPreview(m_folder / "small.avatar", m_folder / "voice.wav", watcher.events());
        preview->play(0);
        preview->setPlayhead(40); // before the preview is even open
        // Frames of other threads may come after the last one.
        const auto everyFrame = [&] { return preview->statistics().computed + preview->statistics().dropped == 49; };
        QVERIFY(watcher.wait(everyFrame));
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
