// SPDX-License-Identifier: GPL-3.0-or-later

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
