// SPDX-License-Identifier: GPL-3.0-or-later
// Live sessions of the façade, on small real avatars.

#include "engine.h"
#include "silence_gate.h"

#include "avatar/template_loop.h"
#include "engine/media/sample_media.h"
#include "support/test_avatar.h"

#include <algorithm>
#include <condition_variable>
#include <limits>
#include <mutex>

#include <QTemporaryDir>
#include <QTest>

using namespace lipsync;

namespace {

using Pictures = std::vector<std::shared_ptr<const Picture>>;

/// Collects a live session's events and lets a test wait for them.
struct Watcher {
    std::mutex mutex;
    std::condition_variable changed;
    Pictures pictures;
    std::optional<Result<AvatarInfo>> ready;
    std::optional<Status> finished;

    LiveSession::Events events()
    {
        return {.ready = [this](auto info) { note([&] { ready = std::move(info); }); },
                .picture = [this](auto picture) { note([&] { pictures.push_back(std::move(picture)); }); },
                .finished = [this](auto status) { note([&] { finished = std::move(status); }); }};
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
    bool waitForPictures(std::size_t count)
    {
        return wait([&] { return pictures.size() >= count; });
    }
    bool waitForEnd()
    {
        return wait([&] { return finished.has_value(); });
    }
    std::size_t count()
    {
        std::lock_guard lock(mutex);
        return pictures.size();
    }
    Pictures seen()
    {
        std::lock_guard lock(mutex);
        return pictures;
    }
};

constexpr LiveOptions kIdling{.idles = true, .silenceLevel = -50, .silenceSeconds = 0.4};

std::vector<float> speech(double seconds)
{
    return media::sample::chirp(16000, static_cast<std::size_t>(16000 * seconds), seconds, 4000);
}

std::vector<float> silence(double seconds)
{
    return std::vector<float>(static_cast<std::size_t>(16000 * seconds), 0.0F);
}

/// Numbers that were skipped between the first and the last picture.
std::int64_t gaps(const Pictures& pictures)
{
    return pictures.back()->frame - pictures.front()->frame + 1 - static_cast<std::int64_t>(pictures.size());
}

bool areInOrder(const Pictures& pictures)
{
    return std::adjacent_find(pictures.begin(), pictures.end(), [](const auto& one, const auto& next) {
               return next->frame <= one->frame;
           }) == pictures.end();
}

} // namespace

class EngineLiveTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        prepareProcess();
        m_folder = m_temporary.path().toStdString();
        QVERIFY(test::makeTestAvatar(m_folder / "small.avatar").has_value());
        m_engine = std::move(createEngine({.plan = defaultPlan(2), .workerProgram = {}}).value());
    }

    void aSpeechBeginsWithTheFirstLoudSoundAndEndsWithALongSilence()
    {
        SilenceGate gate(-40, 0.5);
        QVERIFY(!gate.hears(silence(1)));
        QVERIFY(!gate.hears(std::vector<float>(16000, 0.005F))); // −46 dB
        QVERIFY(gate.hears(std::vector<float>(320, 0.02F))); // −34 dB
        QVERIFY(gate.hears(silence(0.4))); // a breath
        QVERIFY(gate.hears(std::vector<float>(320, 0.02F)));
        QVERIFY(gate.hears(silence(0.4)));
        QVERIFY(!gate.hears(silence(0.2)));
        QVERIFY(gate.hears(std::vector<float>(320, 0.02F)));
        gate.reset();
        QVERIFY(!gate.hears(silence(0.1)));
    }

    void aSessionGivesTheFramesOfItsSoundInOrder()
    {
        const auto sound = speech(2);
        Watcher watcher;
        const auto live = m_engine->openLive(m_folder / "small.avatar", watcher.events());
        for (std::size_t at = 0; at < sound.size(); at += 640)
            live->push(std::span(sound).subspan(at, std::min<std::size_t>(640, sound.size() - at)));
        QVERIFY(watcher.waitForPictures(30)); // before the speech has ended
        live->finish();
        QVERIFY(watcher.waitForEnd());
        QVERIFY2(watcher.finished->has_value(), *watcher.finished ? "" : watcher.finished->error().text().c_str());
        QCOMPARE(watcher.count(), std::size_t{49});
        for (std::size_t i = 0; i < watcher.count(); ++i)
            QCOMPARE(watcher.pictures[i]->frame, static_cast<std::int64_t>(i));
        QCOMPARE(live->statistics().computed, std::int64_t{49});
        QCOMPARE(live->statistics().dropped, std::int64_t{0});
        QVERIFY(live->statistics().delayMs > 0);
    }

    void aSessionThatCannotOpenSaysWhy()
    {
        Watcher watcher;
        const auto live = m_engine->openLive(m_folder / "missing.avatar", watcher.events());
        QVERIFY(watcher.wait([&] { return watcher.ready.has_value(); }));
        QVERIFY(watcher.ready->error().message.find("missing.avatar") != std::string::npos);
        live->push(speech(1)); // and what is done with it then does no harm
        live->interrupt();
        live->finish();
    }

    void aSessionWithoutSoundEndsWithoutPictures()
    {
        Watcher watcher;
        const auto live = m_engine->openLive(m_folder / "small.avatar", watcher.events());
        live->finish();
        live->push(speech(1)); // too late
        QVERIFY(watcher.waitForEnd());
        QVERIFY(watcher.finished->has_value());
        QCOMPARE(watcher.count(), std::size_t{0});
    }

    void whileNobodySpeaksTheTemplateIsShownAtItsRate()
    {
        Watcher watcher;
        const auto live = m_engine->openLive(m_folder / "small.avatar", watcher.events(), kIdling);
        QVERIFY(watcher.waitForPictures(1));
        const auto begin = std::chrono::steady_clock::now();
        live->push(silence(1));
        live->push(std::vector<float>(16000, 0.001F)); // −60 dB
        QVERIFY(watcher.waitForPictures(30));
        QVERIFY(std::chrono::steady_clock::now() - begin >= std::chrono::milliseconds(28 * 40)); // no faster
        const auto pictures = watcher.seen();
        const avatar::TemplateLoop loop(test::TestAvatarOptions().loop, 12, 0);
        for (std::size_t i = 0; i < pictures.size(); ++i) {
            QCOMPARE(pictures[i]->frame, static_cast<std::int64_t>(i));
            const auto filmed = m_engine->videoFrame(m_folder / "small.avatar" / "template.mp4",
                                                     (loop.frameAt(pictures[i]->frame) + 0.5) / 25);
            QVERIFY(filmed.has_value());
            QVERIFY(pictures[i]->bgr == (*filmed)->bgr);
        }
        QVERIFY(live->statistics().isIdle);
        QCOMPARE(live->statistics().computed, std::int64_t{0});
        QVERIFY(live->statistics().framesPerSecond > 0);
        QVERIFY(live->statistics().framesPerSecond < 27);
    }

    void silenceAfterASpeechFallsBackToTheIdleLoop()
    {
        Watcher watcher;
        const auto live = m_engine->openLive(m_folder / "small.avatar", watcher.events(), kIdling);
        QVERIFY(watcher.waitForPictures(3));
        live->push(speech(1.2));
        QTRY_VERIFY_WITH_TIMEOUT(live->statistics().computed > 5, 60000);
        QVERIFY(!live->statistics().isIdle);
        QVERIFY(live->statistics().delayMs > 0);
        live->push(silence(1));
        QTRY_VERIFY_WITH_TIMEOUT(live->statistics().isIdle, 60000);
        const auto computed = live->statistics().computed;
        const auto shown = watcher.count();
        QVERIFY(watcher.waitForPictures(shown + 5)); // and the loop goes on
        QCOMPARE(live->statistics().computed, computed);
        live->push(speech(0.6));
        QTRY_VERIFY_WITH_TIMEOUT(live->statistics().computed > computed, 60000); // as does the next speech
        QVERIFY(areInOrder(watcher.seen()));
        QCOMPARE(gaps(watcher.seen()), live->statistics().dropped);
    }

    void anInterruptionStopsTheMouthAtOnce()
    {
        Watcher watcher;
        const auto live = m_engine->openLive(m_folder / "small.avatar", watcher.events(), kIdling);
        live->push(speech(30)); // which would be shown for half a minute
        QTRY_VERIFY_WITH_TIMEOUT(live->statistics().computed > 5, 60000);
        live->interrupt();
        const auto computed = live->statistics().computed;
        QVERIFY(live->statistics().isIdle);
        const auto shown = watcher.count();
        QVERIFY(watcher.waitForPictures(shown + 20));
        QVERIFY(live->statistics().isIdle);
        QCOMPARE(live->statistics().computed, computed);
        live->push(speech(1));
        QTRY_VERIFY_WITH_TIMEOUT(live->statistics().computed > computed, 60000);
        live->finish();
        QVERIFY(watcher.waitForEnd());
        QVERIFY2(watcher.finished->has_value(), *watcher.finished ? "" : watcher.finished->error().text().c_str());
        QVERIFY(areInOrder(watcher.seen()));
        QCOMPARE(gaps(watcher.seen()), live->statistics().dropped);
    }

    void soundAfterAnInterruptionIsANewSpeechWithAllItsFrames()
    {
        Watcher watcher;
        const auto live = m_engine->openLive(m_folder / "small.avatar", watcher.events());
        live->push(speech(60));
        QVERIFY(watcher.waitForPictures(5));
        live->interrupt();
        const auto before = live->statistics().computed;
        live->push(speech(2));
        live->finish();
        QVERIFY(watcher.waitForEnd());
        QVERIFY2(watcher.finished->has_value(), *watcher.finished ? "" : watcher.finished->error().text().c_str());
        QCOMPARE(static_cast<std::int64_t>(watcher.count()), before + 49);
        QCOMPARE(gaps(watcher.seen()), std::int64_t{0});
    }

    void manyInterruptionsLeaveTheSessionWhole()
    {
        for (const bool idles : {false, true}) {
            Watcher watcher;
            LiveOptions options = kIdling;
            options.idles = idles;
            const auto live = m_engine->openLive(m_folder / "small.avatar", watcher.events(), options);
            for (int i = 0; i < 200; ++i) {
                live->push(speech(0.5));
                if (i % 10 == 0) {
                    const auto shown = watcher.count();
                    QVERIFY(watcher.waitForPictures(shown + 1));
                }
                live->interrupt();
            }
            live->push(speech(1));
            live->finish();
            QVERIFY(watcher.waitForEnd());
            QVERIFY2(watcher.finished->has_value(), *watcher.finished ? "" : watcher.finished->error().text().c_str());
            QVERIFY(areInOrder(watcher.seen()));
        }
    }

    void anEngineThatIsTooSlowLeavesFramesOutAndCountsThem()
    {
        test::TestAvatarOptions large;
        large.network.width = 64;
        QVERIFY(test::makeTestAvatar(m_folder / "large.avatar", large).has_value());
        const auto engine = std::move(createEngine({.plan = defaultPlan(1), .workerProgram = {}}).value());
        Watcher watcher;
        const auto live = engine->openLive(m_folder / "large.avatar", watcher.events(), kIdling);
        QVERIFY(watcher.waitForPictures(1));
        const auto begin = std::chrono::steady_clock::now();
        live->push(speech(3));
        live->finish();
        QVERIFY(watcher.waitForEnd());
        QVERIFY2(watcher.finished->has_value(), *watcher.finished ? "" : watcher.finished->error().text().c_str());
        const auto statistics = live->statistics();
        QVERIFY(statistics.computed > 0);
        QVERIFY(areInOrder(watcher.seen()));
        // Those left out at the end have no picture after them.
        QVERIFY(gaps(watcher.seen()) <= statistics.dropped);
        qInfo("computed %lld, dropped %lld, delay %.0f ms", static_cast<long long>(statistics.computed),
              static_cast<long long>(statistics.dropped), statistics.delayMs);
        QCOMPARE(statistics.computed + statistics.dropped, std::int64_t{74});
        const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        QVERIFY2(seconds < 20, qPrintable(QString::number(seconds))); // it kept up, though it is slow
    }

    void soundThatIsNoneDoesNoHarm()
    {
        Watcher watcher;
        const auto live = m_engine->openLive(m_folder / "small.avatar", watcher.events());
        std::vector<float> broken(16000, std::numeric_limits<float>::quiet_NaN());
        std::fill_n(broken.begin(), 4000, std::numeric_limits<float>::infinity());
        std::fill_n(broken.begin() + 8000, 4000, -1e30F);
        live->push(broken);
        live->push({});
        live->finish();
        QVERIFY(watcher.waitForEnd());
        QVERIFY2(watcher.finished->has_value(), *watcher.finished ? "" : watcher.finished->error().text().c_str());
        QCOMPARE(watcher.count(), std::size_t{24});
    }

    void aSessionCanBeLetGoAtAnyTime()
    {
        for (int pictures : {0, 1, 7}) {
            Watcher watcher;
            const auto live = m_engine->openLive(m_folder / "small.avatar", watcher.events(), kIdling);
            live->push(speech(5));
            QVERIFY(watcher.waitForPictures(static_cast<std::size_t>(pictures)));
        }
    }

private:
    QTemporaryDir m_temporary;
    std::filesystem::path m_folder;
    std::unique_ptr<Engine> m_engine;
};

QTEST_GUILESS_MAIN(EngineLiveTest)
#include "engine_live_test.moc"
