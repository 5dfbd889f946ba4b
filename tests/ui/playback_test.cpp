// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/engine_bridge/engine_bridge.h"
#include "ui/playback/audio_clock.h"
#include "ui/playback/offset_meter.h"
#include "ui/playback/playback_controller.h"
#include "ui/playback/timer_clock.h"
#include "ui/playback/voice_device.h"
#include "ui/support/fake_engine.h"
#include "ui/support/hand_clock.h"

#include <algorithm>

#include <QAudioDevice>
#include <QSignalSpy>
#include <QTest>

using namespace lipsync;
using namespace lipsync::ui;

namespace {

/// A preview of a fake engine that is open, and a clock turned by hand.
struct Desk {
    test::FakeEngine engine;
    EngineBridge bridge{engine};
    std::shared_ptr<test::HandTime> time = std::make_shared<test::HandTime>();
    PlaybackController playback{bridge, test::handClocks(time)};

    bool open(double seconds)
    {
        bridge.openPreview("a.avatar", "v.wav");
        engine.preview().becomeReady(seconds);
        const auto frames = static_cast<std::int64_t>(25 * seconds);
        return QTest::qWaitFor(
            [&] { return playback.state() == PlaybackState::Paused && playback.frames() == frames; });
    }

    /// Presses play and makes the pictures it waits for.
    bool play()
    {
        playback.play();
        const std::int64_t from = playback.frame();
        for (std::int64_t frame = from; frame < std::min(from + 3, playback.frames()); ++frame)
            engine.preview().make(frame);
        return QTest::qWaitFor([&] { return playback.state() == PlaybackState::Playing; });
    }

    bool wasAsked(const std::string& call) const
    {
        const auto& calls = engine.previews.back()->calls;
        return std::find(calls.begin(), calls.end(), call) != calls.end();
    }
};

std::shared_ptr<VoiceSound> shortVoice(double seconds)
{
    return std::make_shared<VoiceSound>(
        VoiceSound{8000, 2, std::vector<float>(static_cast<std::size_t>(16000 * seconds), 0.5F)});
}

} // namespace

/// Clocks, and how picture and sound keep together.
class PlaybackTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aTimerClockRunsFromWhereItWasStarted()
    {
        TimerClock clock;
        QCOMPARE(clock.position(), 0.0);
        clock.start(2);
        QVERIFY(clock.position() >= 2);
        QTRY_VERIFY(clock.position() > 2.02);
        clock.stop();
        const double stopped = clock.position();
        TimerClock running;
        running.start(0);
        QTRY_VERIFY(running.position() > 0.001);
        QCOMPARE(clock.position(), stopped);
        QVERIFY(!clock.isAudible());
    }

    void withoutASoundDeviceTheTimeRunsOn()
    {
        AudioClock clock(shortVoice(1), QAudioDevice());
        clock.start(0.25);
        QVERIFY(!clock.isAudible());
        QTRY_VERIFY(clock.position() > 0.27);
        clock.stop();
        const double stopped = clock.position();
        clock.start(stopped);
        QVERIFY(clock.position() >= stopped);
    }

    void aVoiceIsReadFromTheSampleOfItsTime()
    {
        auto sound = std::make_shared<VoiceSound>(VoiceSound{4, 2, {0, 1, 2, 3, 4, 5, 6, 7}});
        VoiceDevice device(sound);
        device.openAt(0.5);
        float samples[8] = {};
        QCOMPARE(device.read(reinterpret_cast<char*>(samples), sizeof(samples)), qint64(4 * sizeof(float)));
        QCOMPARE(samples[0], 4.0F);
        QCOMPARE(samples[3], 7.0F);
        QVERIFY(device.atEnd());
        device.close();
        device.openAt(99);
        QVERIFY(device.atEnd());
    }

    void theOffsetIsTheMeanOfTheLastMeasurements()
    {
        OffsetMeter meter(2);
        QVERIFY(!meter.mean());
        meter.add(100);
        meter.add(10);
        meter.add(20);
        QCOMPARE(*meter.mean(), 15.0);
    }

    void openingShowsTheFirstFrame()
    {
        Desk desk;
        QCOMPARE(desk.playback.state(), PlaybackState::Empty);
        QSignalSpy pictures(&desk.playback, &PlaybackController::pictureChanged);
        QVERIFY(desk.open(2));
        QVERIFY(desk.wasAsked("show 0"));
        desk.engine.preview().make(0);
        QTRY_COMPARE(pictures.count(), 1);
        QCOMPARE(desk.playback.frames(), 50);
    }

    void playWaitsForPicturesThenFollowsTheClock()
    {
        Desk desk;
        QVERIFY(desk.open(2));
        desk.playback.play();
        QCOMPARE(desk.playback.state(), PlaybackState::Starting);
        QVERIFY(!desk.time->isRunning);
        for (int frame = 0; frame < 3; ++frame)
            desk.engine.preview().make(frame);
        QTRY_COMPARE(desk.playback.state(), PlaybackState::Playing);
        QVERIFY(desk.time->isRunning);

        desk.time->seconds = 0.41; // frame 10 of 25 a second begins at 0.40 s
        QTRY_COMPARE(desk.playback.frame(), 10);
        QVERIFY(desk.wasAsked("playhead 10"));
    }

    void theNewestPictureIsShownWhenTheEngineLags()
    {
        Desk desk;
        QVERIFY(desk.open(2));
        std::int64_t shown = -1;
        connect(&desk.playback, &PlaybackController::pictureChanged, this,
                [&](const auto& picture) { shown = picture->frame; });
        QVERIFY(desk.play());
        desk.engine.preview().make(5);
        desk.time->seconds = 0.42; // frame 10 is heard, 5 is the newest made
        QTRY_COMPARE(desk.playback.frame(), 10);
        QTRY_COMPARE(shown, 5);
        QTRY_VERIFY(desk.playback.offsetMs().value_or(0) < -100);
    }

    void pictureAndSoundAreLessThanAFrameApartWhenTheEngineKeepsUp()
    {
        Desk desk;
        QVERIFY(desk.open(2));
        QVERIFY(desk.play());
        for (int frame = 3; frame < 50; ++frame)
            desk.engine.preview().make(frame);
        for (double seconds = 0; seconds < 1; seconds += 0.013) {
            desk.time->seconds = seconds;
            QTRY_COMPARE(desk.playback.frame(), static_cast<std::int64_t>(seconds * 25));
            if (desk.playback.offsetMs())
                QVERIFY(std::abs(*desk.playback.offsetMs()) <= 40);
        }
    }

    void pauseHoldsTheFrameThatWasHeard()
    {
        Desk desk;
        QVERIFY(desk.open(2));
        QVERIFY(desk.play());
        desk.time->seconds = 0.5;
        QTRY_COMPARE(desk.playback.frame(), 12);
        desk.playback.pause();
        QCOMPARE(desk.playback.state(), PlaybackState::Paused);
        QVERIFY(!desk.time->isRunning);
        QVERIFY(desk.wasAsked("show 12")); // it had not been made
        QVERIFY(!desk.playback.offsetMs());
    }

    void stepsStayWithinTheVideo()
    {
        Desk desk;
        QVERIFY(desk.open(2));
        desk.playback.step(-1);
        QCOMPARE(desk.playback.frame(), 0);
        desk.playback.step(1);
        QCOMPARE(desk.playback.frame(), 1);
        desk.playback.showLast();
        desk.playback.step(1);
        QCOMPARE(desk.playback.frame(), 49);
        desk.playback.showFirst();
        QCOMPARE(desk.playback.frame(), 0);
        desk.playback.showFrame(-5);
        QCOMPARE(desk.playback.frame(), 0);
    }

    void theEndPausesAndPlayBeginsAgain()
    {
        Desk desk;
        QVERIFY(desk.open(1));
        QVERIFY(desk.play());
        desk.time->seconds = 1.2;
        QTRY_COMPARE(desk.playback.state(), PlaybackState::Paused);
        QCOMPARE(desk.playback.frame(), 24);
        desk.playback.play();
        QCOMPARE(desk.playback.frame(), 0);
    }

    void scrubbingWhilePlayingGoesOnAfterwards()
    {
        Desk desk;
        QVERIFY(desk.open(2));
        QVERIFY(desk.play());
        desk.playback.beginScrub();
        QCOMPARE(desk.playback.state(), PlaybackState::Paused);
        desk.playback.showFrame(30);
        QVERIFY(desk.wasAsked("show 30"));
        desk.playback.endScrub();
        QCOMPARE(desk.playback.state(), PlaybackState::Starting);
        QVERIFY(desk.wasAsked("play 30"));
    }

    void scrubbingWhilePausedStaysPaused()
    {
        Desk desk;
        QVERIFY(desk.open(2));
        desk.playback.beginScrub();
        desk.playback.showFrame(30);
        desk.playback.endScrub();
        QCOMPARE(desk.playback.state(), PlaybackState::Paused);
    }

    void aStuckEngineDoesNotHoldTheSoundForEver()
    {
        Desk desk;
        QVERIFY(desk.open(2));
        desk.playback.play();
        QTRY_COMPARE(desk.playback.state(), PlaybackState::Playing);
        QVERIFY(desk.time->isRunning);
    }

    void aLoopIsPlayedOverAndOver()
    {
        Desk desk;
        QVERIFY(desk.open(2));
        desk.playback.setLoop(LoopRange{10, 19});
        desk.playback.play(); // from the beginning, which lies outside
        QCOMPARE(desk.playback.frame(), 10);
        for (int frame = 10; frame < 13; ++frame)
            desk.engine.preview().make(frame);
        QTRY_COMPARE(desk.playback.state(), PlaybackState::Playing);
        QCOMPARE(desk.time->seconds, 0.4);
        desk.engine.preview().calls.clear();
        desk.time->seconds = 0.81; // frame 20 is heard
        QTRY_VERIFY(desk.wasAsked("play 10"));
        QVERIFY(desk.playback.isPlaying());
        QCOMPARE(desk.playback.frame(), 10);
        for (int frame = 10; frame < 13; ++frame)
            desk.engine.preview().make(frame);
        QTRY_VERIFY(desk.time->isRunning);
        QCOMPARE(desk.time->seconds, 0.4);
    }

    void picturesOfTheTurnBeforeDoNotStartTheSound()
    {
        Desk desk;
        QVERIFY(desk.open(2));
        desk.playback.play();
        desk.engine.preview().make(2);
        desk.engine.preview().pictures.clear(); // it was under way for another wish
        QVERIFY(!QTest::qWaitFor([&] { return desk.time->isRunning; }, 100));
    }

    void aLoopStaysWithinTheVideo()
    {
        Desk desk;
        desk.playback.setLooping(true);
        QVERIFY(!desk.playback.loop()); // nothing is open
        QVERIFY(desk.open(2));
        QSignalSpy changes(&desk.playback, &PlaybackController::loopChanged);
        desk.playback.setLoop(LoopRange{-5, 500});
        QCOMPARE(*desk.playback.loop(), (LoopRange{0, 49}));
        desk.playback.setLoop(LoopRange{49, 49});
        QCOMPARE(*desk.playback.loop(), (LoopRange{48, 49}));
        desk.playback.setLoop(LoopRange{48, 49});
        QCOMPARE(changes.count(), 2);
        desk.playback.setLooping(false);
        QVERIFY(!desk.playback.loop());
        desk.playback.setLooping(true); // the last one again
        QCOMPARE(*desk.playback.loop(), (LoopRange{48, 49}));
        QVERIFY(desk.open(1));
        QVERIFY(!desk.playback.loop());
        desk.playback.setLooping(true); // of this video
        QCOMPARE(*desk.playback.loop(), (LoopRange{0, 24}));
    }

    void aLoopBeginsAndEndsWhereTheHandSays()
    {
        Desk desk;
        QVERIFY(desk.open(2));
        desk.playback.showFrame(10);
        desk.playback.beginLoopHere();
        QCOMPARE(*desk.playback.loop(), (LoopRange{10, 49}));
        desk.playback.showFrame(30);
        desk.playback.endLoopHere();
        QCOMPARE(*desk.playback.loop(), (LoopRange{10, 30}));
        desk.playback.showFrame(40);
        desk.playback.beginLoopHere(); // behind its end: to the end of the video
        QCOMPARE(*desk.playback.loop(), (LoopRange{40, 49}));
        desk.playback.showFrame(5);
        desk.playback.endLoopHere();
        QCOMPARE(*desk.playback.loop(), (LoopRange{0, 5}));
    }

    void theNudgeShowsThePictureLaterOrEarlier()
    {
        Desk desk;
        QVERIFY(desk.open(2));
        QVERIFY(desk.play());
        desk.playback.setNudgeMs(200); // five frames
        desk.time->seconds = 0.61; // frame 15 is heard
        QTRY_COMPARE(desk.playback.frame(), 10);
        desk.playback.setNudgeMs(-200);
        QTRY_COMPARE(desk.playback.frame(), 20);
        desk.playback.setNudgeMs(99999);
        QCOMPARE(desk.playback.nudgeMs(), PlaybackController::kMostNudgeMs);
    }

    void theNudgeLosesNoSound()
    {
        Desk desk;
        QVERIFY(desk.open(2));
        desk.playback.setNudgeMs(200);
        QVERIFY(desk.play());
        QCOMPARE(desk.time->seconds, 0.0); // of the first frame nothing is skipped
        desk.playback.pause();
        desk.playback.showFrame(10);
        QVERIFY(desk.play());
        QCOMPARE(desk.time->seconds, 0.6); // what is heard with frame 10
        desk.playback.setNudgeMs(-200);
        desk.time->seconds = 1.9; // the pictures are over, the sound is not
        QTRY_COMPARE(desk.playback.frame(), 49);
        QVERIFY(desk.playback.isPlaying());
        desk.time->seconds = 2.0;
        QTRY_COMPARE(desk.playback.state(), PlaybackState::Paused);
    }

    void theVolumeIsHeardAndKeptForTheNextVoice()
    {
        Desk desk;
        desk.playback.setVolumePercent(50);
        QVERIFY(desk.open(2));
        QVERIFY(desk.time->volume > 0 && desk.time->volume < 0.5); // half as loud is less than half the amplitude
        desk.playback.setMuted(true);
        QCOMPARE(desk.time->volume, 0.0);
        desk.playback.setMuted(false);
        desk.playback.setVolumePercent(1000);
        QCOMPARE(desk.playback.volumePercent(), 100);
        QCOMPARE(desk.time->volume, 1.0);
    }

    void originalsAreWishedForAndThePresentPictureIsMadeAgain()
    {
        Desk desk;
        QVERIFY(desk.open(2));
        desk.engine.preview().make(0);
        QTRY_VERIFY(desk.playback.picture() != nullptr);
        desk.engine.preview().calls.clear();
        desk.playback.setOriginalsWanted(true);
        QVERIFY(desk.wasAsked("originals on"));
        QVERIFY(desk.wasAsked("show 0"));
        QVERIFY(desk.open(1)); // another preview knows it, too
        QVERIFY(desk.wasAsked("originals on"));
    }

    void withoutAPreviewTheTransportDoesNothing()
    {
        Desk desk;
        desk.playback.play();
        desk.playback.step(1);
        desk.playback.showLast();
        desk.playback.pause();
        desk.playback.beginLoopHere();
        desk.playback.endLoopHere();
        desk.playback.setOriginalsWanted(true);
        QVERIFY(!desk.playback.loop());
        QCOMPARE(desk.playback.state(), PlaybackState::Empty);
    }
};

QTEST_MAIN(PlaybackTest)
#include "playback_test.moc"
