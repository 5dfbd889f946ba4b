// SPDX-License-Identifier: GPL-3.0-or-later
#include "audio/feature_track.h"
#include "session/speech_session.h"

#include "base/ordered_queue.h"
#include "engine/media/sample_media.h"
#include "support/test_avatar.h"

#include <thread>

#include <QTemporaryDir>
#include <QTest>

using namespace lipsync;

class SessionTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        const auto folder = std::filesystem::path(m_temporary.path().toStdString()) / "small.avatar";
        QVERIFY(test::makeTestAvatar(folder).has_value());
        const auto package = avatar::AvatarPackage::open(folder);
        QVERIFY(package.has_value());
        auto frames = avatar::TemplateFrames::open(*package);
        QVERIFY(frames.has_value());
        m_frames = *frames;
        m_sound = media::sample::chirp(16000, 32000, 2.0, 4000);
    }

    void aStreamAndAFileGiveTheSameFrames()
    {
        auto whole = session::SpeechSession::create(m_frames, 1);
        auto stream = session::SpeechSession::create(m_frames, 1);
        QVERIFY(whole && stream);
        session::pushWhole(**whole, m_sound, {});
        for (std::size_t at = 0; at < m_sound.size(); at += 777)
            QVERIFY((*stream)
                        ->push(std::span(m_sound).subspan(at, std::min<std::size_t>(777, m_sound.size() - at)))
                        .has_value());
        QVERIFY((*stream)->finish().has_value());
        const auto count = static_cast<std::int64_t>(audio::videoFrameCount(m_sound.size()));
        for (std::int64_t frame = 0; frame < count; ++frame) {
            const auto a = (*whole)->frame(frame, {}), b = (*stream)->frame(frame, {});
            QVERIFY(a && b);
            QCOMPARE(a->number, frame);
            QVERIFY(a->window == b->window);
            QCOMPARE(a->templateFrame->index, (*whole)->templateIndex(frame));
        }
        QVERIFY(!(*whole)->frame(count, {}).has_value());
        QVERIFY(*(*whole)->hasFrame(count - 1, {}));
        QVERIFY(!*(*whole)->hasFrame(count, {}));
    }

    void aFrameWaitsForItsSound()
    {
        auto session = session::SpeechSession::create(m_frames, 1);
        QVERIFY(session.has_value());
        QVERIFY(!(*session)->isReady(0));
        Result<session::SpeechFrame> frame = failure(ErrorCode::Internal, "not asked yet");
        std::jthread waiting([&] { frame = (*session)->frame(3, {}); });
        session::pushWhole(**session, m_sound, {});
        waiting.join();
        QVERIFY(frame.has_value());
        QCOMPARE(frame->number, std::int64_t{3});
    }

    void waitingEndsWhenStopped()
    {
        auto session = session::SpeechSession::create(m_frames, 1);
        QVERIFY(session.has_value());
        std::stop_source stop;
        Result<session::SpeechFrame> frame = failure(ErrorCode::Internal, "not asked yet");
        std::jthread waiting([&] { frame = (*session)->frame(3, stop.get_token()); });
        stop.request_stop();
        waiting.join();
        QCOMPARE(frame.error().code, ErrorCode::Interrupted);
    }

    void aFailureReachesWhoeverWaits()
    {
        auto session = session::SpeechSession::create(m_frames, 1);
        QVERIFY(session.has_value());
        Result<session::SpeechFrame> frame = failure(ErrorCode::Internal, "not asked yet");
        std::jthread waiting([&] { frame = (*session)->frame(3, {}); });
        (*session)->fail({ErrorCode::Resource, "the microphone is gone", {}});
        waiting.join();
        QCOMPARE(frame.error().message, std::string("the microphone is gone"));
    }

    void anAvatarsOwnFeaturesBelongToItsOwnSound()
    {
        const auto folder = std::filesystem::path(m_temporary.path().toStdString());
        const auto voice = folder / "own.wav";
        media::sample::writeWav(voice, 16000, 1, std::span<const float>(m_sound));
        test::TestAvatarOptions options;
        options.network = {nn::GeneratorKind::Ultralight160, nn::AudioMode::Hubert, 4};
        options.sound = voice;
        options.features = {{50, 2, 1024}, std::vector<float>(std::size_t{50} * 2048, 0.25f)};
        QVERIFY(test::makeTestAvatar(folder / "hubert.avatar", options).has_value());
        const auto package = avatar::AvatarPackage::open(folder / "hubert.avatar").value();
        const auto frames = avatar::TemplateFrames::open(package).value();

        const auto own = session::featuresOf(*package, *package->soundFile(), {});
        QVERIFY(own && *own);
        auto session = session::SpeechSession::create(frames, 1, **own);
        QVERIFY(session.has_value());
        QCOMPARE((*session)->framesOf(m_sound.size()).value(), std::int64_t{50});
        QVERIFY(!(*session)->framesOf(m_sound.size() / 2).has_value());
        const auto frame = (*session)->frame(10, {});
        QVERIFY(frame.has_value());
        QVERIFY(frame->window == std::vector<float>(std::size_t{8} * 2048, 0.25f));

        const auto others = session::featuresOf(*package, voice, {}); // the same sound, but not the avatar's file
        QVERIFY(others && !*others);
        const auto without = session::SpeechSession::create(frames, 1);
        QVERIFY(!without && without.error().message.find("--features") != std::string::npos);
        QVERIFY(!session::featuresOf(*package, voice, folder / "missing.npy").has_value());
        const auto needless = session::SpeechSession::create(m_frames, 1, **own); // which listens to the voice
        QVERIFY(!needless && needless.error().code == ErrorCode::InvalidInput);
    }

    void anOrderedQueueRestoresTheOrderAndCanBeCancelled()
    {
        OrderedQueue<int> queue(64);
        {
            std::vector<std::jthread> threads;
            for (int thread = 0; thread < 4; ++thread) {
                threads.emplace_back([&, thread] {
                    for (int number = thread; number < 60; number += 4)
                        QVERIFY(queue.put(number, 10 * number));
                });
            }
        }
        for (int number = 0; number < 60; ++number)
            QCOMPARE(queue.pop().value(), 10 * number);
        std::optional<int> last = 1;
        std::jthread waiting([&] { last = queue.pop(); });
        queue.cancel();
        waiting.join();
        QVERIFY(!last.has_value());
        QVERIFY(!queue.put(60, 1));
    }

private:
    QTemporaryDir m_temporary;
    std::shared_ptr<avatar::TemplateFrames> m_frames;
    std::vector<float> m_sound;
};

QTEST_GUILESS_MAIN(SessionTest)
#include "session_test.moc"
