// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/actions/action_registry.h"
#include "ui/live/live_actions.h"
#include "ui/live/live_model.h"
#include "ui/live/live_panel.h"
#include "ui/live/microphone.h"
#include "ui/live/sound_converter.h"
#include "ui/support/fake_engine.h"
#include "ui/support/fake_sound.h"
#include "ui/support/widget_walk.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>
#include <numbers>

#include <QAction>
#include <QComboBox>
#include <QLabel>
#include <QProgressBar>
#include <QSettings>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QTest>

using namespace lipsync;
using namespace lipsync::ui;

namespace {

/// The panel over a fake engine and fake microphones.
struct Desk {
    QTemporaryDir folder;
    QSettings settings{folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat};
    test::FakeEngine engine;
    EnginePost post;
    LiveBridge bridge{engine, post};
    test::FakeSoundInputs sounds;
    LiveModel model{bridge, sounds, settings};
    ActionRegistry actions;
    std::unique_ptr<LivePanel> panel;

    Desk()
    {
        addLiveActions(actions);
        panel = std::make_unique<LivePanel>(model, actions);
    }
    test::FakeLiveRecord& session() { return *engine.lives.back(); }
    QAction* action(const char* id) const { return actions.action(QString::fromLatin1(id)); }
    /// Whether a label of the panel has these words.
    bool says(const QString& words) const
    {
        const auto labels = panel->findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(),
                           [&](const QLabel* label) { return label->text().contains(words); });
    }
    /// The avatar is open, and the engine ready for sound.
    void goLive()
    {
        model.setAvatar("anna.avatar");
        model.start();
        becomeReady();
    }
    void becomeReady()
    {
        test::fromAnotherThread([this] { session().events.ready(AvatarInfo{}); });
        QTRY_COMPARE(model.state(), LiveState::Live);
    }
    void show(std::int64_t frame)
    {
        auto picture = std::make_shared<Picture>();
        picture->frame = frame;
        picture->width = picture->height = 1;
        picture->bgr.assign(3, 7);
        test::fromAnotherThread([&] { session().events.picture(picture); });
    }
};

QAudioFormat formatOf(int rate, int channels, QAudioFormat::SampleFormat sample)
{
    QAudioFormat format;
    format.setSampleRate(rate);
    format.setChannelCount(channels);
    format.setSampleFormat(sample);
    return format;
}

std::vector<float> tone(double hertz, int rate, double seconds)
{
    std::vector<float> sound(static_cast<std::size_t>(seconds * rate));
    for (std::size_t i = 0; i < sound.size(); ++i)
        sound[i] = static_cast<float>(0.5 * std::sin(2 * std::numbers::pi * hertz * static_cast<double>(i) / rate));
    return sound;
}

QByteArray bytesOf(const std::vector<float>& samples)
{
    return {reinterpret_cast<const char*>(samples.data()), static_cast<qsizetype>(samples.size() * sizeof(float))};
}

/// Root of the mean square difference, the ends left out.
double difference(const std::vector<float>& one, const std::vector<float>& other)
{
    constexpr std::size_t kEnd = 200;
    const std::size_t count = std::min(one.size(), other.size());
    double sum = 0;
    for (std::size_t i = kEnd; i + kEnd < count; ++i)
        sum += std::pow(static_cast<double>(one[i]) - static_cast<double>(other[i]), 2);
    return std::sqrt(sum / static_cast<double>(count));
}

double loudness(const std::vector<float>& sound)
{
    return difference(sound, std::vector<float>(sound.size(), 0.0F));
}

} // namespace

/// Live speech without an engine and a microphone.
class LiveTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void soundOfEveryRateBecomesSixteenKilohertz_data()
    {
        QTest::addColumn<int>("rate");
        for (int rate : {8000, 16000, 22050, 44100, 48000, 96000, 192000})
            QTest::newRow(qPrintable(QString::number(rate))) << rate;
    }

    void soundOfEveryRateBecomesSixteenKilohertz()
    {
        QFETCH(int, rate);
        SoundConverter converter(formatOf(rate, 1, QAudioFormat::Float));
        const QByteArray bytes = bytesOf(tone(1000, rate, 1));
        std::vector<float> made;
        for (qsizetype at = 0; at < bytes.size(); at += 1001) { // pieces that cut samples in two
            const auto piece = converter.convert(bytes.mid(at, 1001));
            made.insert(made.end(), piece.begin(), piece.end());
        }
        QVERIFY(made.size() > 15700);
        QVERIFY(made.size() <= 16000);
        QVERIFY(difference(made, tone(1000, kLiveSampleRate, 1)) < 0.005);
    }

    void whatSixteenKilohertzCannotHoldIsTakenAway()
    {
        SoundConverter converter(formatOf(48000, 1, QAudioFormat::Float));
        QVERIFY(loudness(converter.convert(bytesOf(tone(11000, 48000, 1)))) < 0.005);
    }

    void channelsAndSampleFormatsBecomeMonoFloats()
    {
        SoundConverter stereo(formatOf(16000, 2, QAudioFormat::Int16));
        const qint16 samples[] = {16384, 0, -32768, -32768};
        const auto made = stereo.convert({reinterpret_cast<const char*>(samples), sizeof(samples)});
        QCOMPARE(made.size(), std::size_t{2});
        QVERIFY(std::abs(made[0] - 0.25F) < 1e-3F);
        QVERIFY(std::abs(made[1] + 1.0F) < 1e-3F);
        SoundConverter bytes(formatOf(16000, 1, QAudioFormat::UInt8));
        QVERIFY(std::abs(bytes.convert(QByteArray(1, '\x80')).front()) < 0.01F);
        QVERIFY(bytes.convert({}).empty());
    }

    void nothingIsLookedForBeforeThePanelIsSeen()
    {
        Desk desk;
        QCOMPARE(desk.sounds.looks, 0);
        desk.panel->show();
        QTRY_COMPARE(desk.panel->findChild<QComboBox*>(QStringLiteral("microphone"))->count(), 2);
        QCOMPARE(desk.model.input(), QByteArray("head")); // the system's
    }

    void withoutAMicrophoneASentenceSaysSo()
    {
        Desk desk;
        desk.sounds.present.clear();
        desk.model.setAvatar("anna.avatar");
        QVERIFY(desk.action(action_id::kLive)->isEnabled()); // nobody knows yet
        desk.action(action_id::kLive)->trigger();
        QCOMPARE(desk.model.state(), LiveState::Off);
        QVERIFY(desk.model.message().contains(QStringLiteral("No microphone")));
        QVERIFY(!desk.action(action_id::kLive)->isChecked());
        QVERIFY(!desk.action(action_id::kLive)->isEnabled());
        QVERIFY(desk.engine.lives.empty());
        desk.sounds.become({{"desk", QStringLiteral("Desk microphone"), true}}); // one is plugged in
        QVERIFY(desk.action(action_id::kLive)->isEnabled());
        QVERIFY(desk.model.message().isEmpty());
    }

    void aMicrophoneThatNobodyToldOfAppears()
    {
        Desk desk;
        desk.sounds.present.clear();
        desk.panel->show();
        QTRY_VERIFY(desk.sounds.looks > 0);
        QVERIFY(desk.model.inputs().isEmpty());
        desk.sounds.present = {{"desk", QStringLiteral("Desk microphone"), true}}; // without a signal
        QTRY_COMPARE(desk.panel->findChild<QComboBox*>(QStringLiteral("microphone"))->count(), 1);
    }

    void withoutASoundServerNothingGoesWrong()
    {
        qputenv("PULSE_SERVER", "unix:/nowhere");
        qputenv("ALSA_CONFIG_PATH", "/dev/null");
        QTemporaryDir folder;
        QSettings settings(folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat);
        test::FakeEngine engine;
        EnginePost post;
        LiveBridge bridge(engine, post);
        MicrophoneInputs inputs;
        LiveModel model(bridge, inputs, settings);
        model.setAvatar("anna.avatar");
        model.start();
        QVERIFY(model.inputs().isEmpty());
        QCOMPARE(model.state(), LiveState::Off);
        QVERIFY(model.message().contains(QStringLiteral("No microphone")));
        std::atomic<int> refusals = 0;
        const auto source = inputs.open("none", {[](auto) {}, [&](const QString&) { ++refusals; }});
        QTRY_COMPARE(refusals.load(), 1);
    }

    void withoutAnAvatarASentenceSaysSo()
    {
        Desk desk;
        QVERIFY(!desk.action(action_id::kLive)->isEnabled());
        QVERIFY(desk.model.message().contains(QStringLiteral("avatar")));
        desk.model.start();
        desk.model.interrupt();
        desk.model.stop();
        QCOMPARE(desk.model.state(), LiveState::Off);
    }

    void theMicrophoneOpensWhenTheEngineIsReadyAndItsSoundReachesIt()
    {
        Desk desk;
        desk.model.setAvatar("anna.avatar");
        desk.action(action_id::kLive)->trigger();
        QCOMPARE(desk.model.state(), LiveState::Opening);
        QVERIFY(desk.sounds.sources.empty()); // what is said meanwhile would be shown too late
        QCOMPARE(desk.session().avatar, std::filesystem::path("anna.avatar"));
        QVERIFY(desk.session().options.idles);
        desk.becomeReady();
        QVERIFY(desk.action(action_id::kLive)->isChecked());
        QCOMPARE(desk.sounds.sources.back()->id, QByteArray("head"));
        desk.sounds.say({0.5F, -0.25F});
        QCOMPARE(desk.session().sound, (std::vector<float>{0.5F, -0.25F}));
        QTRY_VERIFY(std::abs(desk.model.level() + 6.02) < 0.1);
        QVERIFY(desk.panel->findChild<QProgressBar*>(QStringLiteral("microphoneLevel"))->value() > -20);
    }

    void picturesOfTheSessionAreToldTheNewestOfThem()
    {
        Desk desk;
        desk.goLive();
        std::vector<std::int64_t> shown;
        connect(&desk.model, &LiveModel::pictureMade, this,
                [&](const auto& picture) { shown.push_back(picture->frame); });
        desk.show(1);
        desk.show(2);
        desk.show(3); // before the window came round
        QTRY_VERIFY(!shown.empty());
        QCOMPARE(shown, (std::vector<std::int64_t>{3}));
        desk.show(4);
        QTRY_COMPARE(shown.size(), std::size_t{2});
    }

    void theDelayIsShownOnceItIsMeasured()
    {
        Desk desk;
        desk.goLive();
        QVERIFY(desk.says(QStringLiteral("not measured yet")));
        desk.session().statistics = {
            .delayMs = 487.4, .framesPerSecond = 25, .computed = 9, .dropped = 2, .isIdle = false};
        QTRY_VERIFY(desk.says(QStringLiteral("Delay: 487 ms")));
        QVERIFY(desk.says(QStringLiteral("25.0 frames/s")));
        QVERIFY(desk.says(QStringLiteral("Speaking")));
        desk.session().statistics.isIdle = true;
        QTRY_VERIFY(desk.says(QStringLiteral("idle loop")));
    }

    void anInterruptionReachesTheEngineAndTheMicrophoneStaysOn()
    {
        Desk desk;
        QVERIFY(!desk.action(action_id::kInterruptLive)->isEnabled());
        desk.goLive();
        desk.action(action_id::kInterruptLive)->trigger();
        QCOMPARE(desk.session().interruptions, 1);
        QCOMPARE(desk.model.state(), LiveState::Live);
        QVERIFY(desk.sounds.sources.back()->isAlive);
    }

    void offLetsMicrophoneAndSessionGo()
    {
        Desk desk;
        desk.goLive();
        desk.action(action_id::kLive)->trigger();
        QCOMPARE(desk.model.state(), LiveState::Off);
        QVERIFY(desk.says(QStringLiteral("The microphone is off")));
        QTRY_VERIFY(!desk.sounds.sources.back()->isAlive);
        QTRY_VERIFY(!desk.session().isAlive);
        const auto heard = desk.session().sound.size();
        desk.sounds.say({0.5F}); // a last piece that was under way
        QCOMPARE(desk.session().sound.size(), heard);
        desk.goLive(); // and again
        QCOMPARE(desk.engine.lives.size(), std::size_t{2});
    }

    void anAvatarThatCannotSpeakSaysWhy()
    {
        Desk desk;
        desk.model.setAvatar("mute.avatar");
        desk.model.start();
        test::fromAnotherThread(
            [&] { desk.session().events.ready(failure(ErrorCode::InvalidInput, "It was not trained.")); });
        QTRY_COMPARE(desk.model.state(), LiveState::Off);
        QCOMPARE(desk.model.message(), QStringLiteral("It was not trained."));
        QVERIFY(desk.sounds.sources.empty());
    }

    void aSessionThatFailsEndsWithItsReason()
    {
        Desk desk;
        desk.goLive();
        test::fromAnotherThread(
            [&] { desk.session().events.finished(failure(ErrorCode::Resource, "No worker is left.")); });
        QTRY_COMPARE(desk.model.state(), LiveState::Off);
        QCOMPARE(desk.model.message(), QStringLiteral("No worker is left."));
        QTRY_VERIFY(!desk.sounds.sources.back()->isAlive);
    }

    void aMicrophoneThatIsUnpluggedEndsItWithASentence()
    {
        Desk desk;
        desk.goLive();
        const auto first = desk.sounds.sources.back();
        desk.model.setInput("desk"); // the old one's last words are of no interest
        QCOMPARE(desk.sounds.sources.back()->id, QByteArray("desk"));
        test::fromAnotherThread([&] { first->events.failed(QStringLiteral("The old one is gone.")); });
        test::fromAnotherThread(
            [&] { desk.sounds.sources.back()->events.failed(QStringLiteral("The microphone is gone.")); });
        QTRY_COMPARE(desk.model.state(), LiveState::Off);
        QCOMPARE(desk.model.message(), QStringLiteral("The microphone is gone."));
    }

    void anotherAvatarTakesOverWhileLive()
    {
        Desk desk;
        desk.goLive();
        const auto first = desk.engine.lives.back();
        desk.model.setAvatar("bert.avatar");
        QCOMPARE(desk.session().avatar, std::filesystem::path("bert.avatar"));
        QTRY_VERIFY(!first->isAlive);
        desk.sounds.say({0.5F});
        QVERIFY(desk.session().sound.empty()); // not ready
        desk.becomeReady();
        QTRY_VERIFY((desk.sounds.say({0.5F}), !desk.session().sound.empty()));
        QCOMPARE(desk.sounds.sources.size(), std::size_t{1}); // the microphone went on
        desk.model.setAvatar({});
        QCOMPARE(desk.model.state(), LiveState::Off);
    }

    void whatCountsAsSilenceReachesTheEngineAndIsRemembered()
    {
        Desk desk;
        desk.goLive();
        desk.panel->findChild<QSpinBox*>(QStringLiteral("silenceLevel"))->setValue(-40);
        desk.model.setSilenceSeconds(99);
        QCOMPARE(desk.session().options.silenceLevel, -40.0);
        QCOMPARE(desk.session().options.silenceSeconds, LiveModel::kLongestSilence);
        desk.model.setInput("desk");
        LiveModel next(desk.bridge, desk.sounds, desk.settings);
        next.findInputs();
        QCOMPARE(next.silenceLevel(), -40);
        QCOMPARE(next.silenceSeconds(), LiveModel::kLongestSilence);
        QCOMPARE(next.input(), QByteArray("desk"));
        desk.sounds.become({{"head", QStringLiteral("Headset"), true}});
        QCOMPARE(next.input(), QByteArray("head")); // until it comes back
    }

    void everyControlCanBeReachedAndSaysWhatItIs()
    {
        Desk desk;
        desk.panel->resize(240, 480);
        desk.panel->show();
        QTRY_COMPARE(desk.panel->findChild<QComboBox*>(QStringLiteral("microphone"))->count(), 2);
        QCOMPARE(test::accessibilityFaults(*desk.panel), QStringList());
        desk.goLive();
        QTRY_COMPARE(test::cutTexts(*desk.panel), QStringList());
    }
};

QTEST_MAIN(LiveTest)
#include "live_test.moc"
