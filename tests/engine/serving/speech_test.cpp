// SPDX-License-Identifier: GPL-3.0-or-later
// Speaking sessions of our own protocol over a real server on loopback.

#include "audio/feature_track.h"
#include "serving_fixture.h"

#include "engine/media/sample_media.h"

#include <QTemporaryDir>
#include <QTest>
#include <lipsync.grpc.pb.h>
#include <opencv2/imgcodecs.hpp>

using namespace lipsync;

namespace wire = ::lipsync::v1;

namespace {

constexpr int kSide = 96; ///< of the fixture's frames

std::string floatsOf(const std::vector<float>& samples)
{
    return {reinterpret_cast<const char*>(samples.data()), samples.size() * sizeof(float)};
}

/// One session and what came of it.
class Session {
public:
    Session(const std::shared_ptr<grpc::Channel>& channel, const std::function<void(wire::OpenSession&)>& change = {},
            const std::string& avatar = "silent")
        : m_stub(wire::LipSync::NewStub(channel))
        , m_stream(m_stub->Speak(&m_context))
    {
        wire::SpeakRequest request;
        auto& open = *request.mutable_open();
        open.set_avatar(avatar);
        open.set_sample_format(wire::SAMPLE_FORMAT_FLOAT32);
        if (change)
            change(open);
        m_stream->Write(request);
    }
    ~Session()
    {
        if (m_hasEnded)
            return;
        m_context.TryCancel();
        m_stream->Finish();
    }

    void say(const std::vector<float>& samples)
    {
        for (std::size_t at = 0; at < samples.size(); at += 1600) {
            wire::SpeakRequest request;
            const auto from = samples.begin() + static_cast<std::ptrdiff_t>(at);
            const auto size = static_cast<std::ptrdiff_t>(std::min<std::size_t>(1600, samples.size() - at));
            request.set_sound(floatsOf({from, from + size}));
            m_stream->Write(request);
        }
    }
    void interrupt()
    {
        wire::SpeakRequest request;
        request.mutable_interrupt();
        m_stream->Write(request);
    }
    void cancel() { m_context.TryCancel(); }
    void finish()
    {
        wire::SpeakRequest request;
        request.mutable_finish();
        m_stream->Write(request);
    }
    bool read(wire::SpeakResponse& response) { return m_stream->Read(&response); }
    std::vector<wire::Frame> readAll()
    {
        std::vector<wire::Frame> frames;
        wire::SpeakResponse response;
        while (read(response)) {
            if (response.has_frame())
                frames.push_back(response.frame());
        }
        return frames;
    }
    grpc::Status end()
    {
        m_hasEnded = true;
        return m_stream->Finish();
    }

private:
    bool m_hasEnded = false;
    grpc::ClientContext m_context;
    std::unique_ptr<wire::LipSync::Stub> m_stub;
    std::unique_ptr<grpc::ClientReaderWriter<wire::SpeakRequest, wire::SpeakResponse>> m_stream;
};

} // namespace

class SpeechTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_library = std::filesystem::path(m_temporary.path().toStdString()) / "library";
        QVERIFY(test::makeLibrary(m_library).has_value());
        m_fixture = std::make_unique<test::ServingFixture>(m_library, test::Boundary::Real);
        QCOMPARE(m_fixture->problem(), std::string());
        QVERIFY(m_fixture->waitFor("silent"));
        QVERIFY(m_fixture->waitFor("speaker"));
        m_second = media::sample::chirp(16000, 16000, 1.0, 3000);
        m_frames = audio::videoFrameCount(m_second.size());
    }
    void cleanupTestCase() { m_fixture.reset(); }

    void soundComesBackAsNumberedFramesWithTimes()
    {
        Session session(m_fixture->channel());
        session.say(m_second);
        session.finish();
        wire::SpeakResponse opened;
        QVERIFY(session.read(opened));
        QCOMPARE(opened.opened().width(), kSide);
        QCOMPARE(opened.opened().frame_rate_numerator(), 25);
        const auto frames = session.readAll();
        QVERIFY(session.end().ok());
        QCOMPARE(frames.size(), m_frames);
        for (std::size_t i = 0; i < frames.size(); ++i) {
            QCOMPARE(frames[i].number(), static_cast<std::int64_t>(i));
            QCOMPARE(frames[i].time_us(), static_cast<std::int64_t>(i) * 40000);
            const auto& data = frames[i].data();
            const auto picture = cv::imdecode(std::vector<std::uint8_t>(data.begin(), data.end()), cv::IMREAD_COLOR);
            QCOMPARE(picture.cols, kSide);
            QVERIFY(frames[i].infer_us() > 0);
        }
    }

    void rawFramesAreTheSameWhateverPiecesTheSoundCameIn()
    {
        const auto raw = [](wire::OpenSession& open) { open.set_frame_format(wire::FRAME_FORMAT_RAW); };
        Session whole(m_fixture->channel(), raw), pieces(m_fixture->channel(), raw);
        wire::SpeakRequest request;
        request.set_sound(floatsOf(m_second));
        whole.say(m_second);
        for (std::size_t at = 0; at < m_second.size(); at += 777) {
            const auto from = m_second.begin() + static_cast<std::ptrdiff_t>(at);
            pieces.say({from, from + static_cast<std::ptrdiff_t>(std::min<std::size_t>(777, m_second.size() - at))});
        }
        whole.finish();
        pieces.finish();
        const auto a = whole.readAll(), b = pieces.readAll();
        QCOMPARE(a.size(), b.size());
        QVERIFY(!a.empty());
        for (std::size_t i = 0; i < a.size(); ++i) {
            QCOMPARE(a[i].data().size(), std::size_t{3} * kSide * kSide);
            QVERIFY(a[i].data() == b[i].data());
        }
    }

    void videoIsAnAccessUnitAFrame()
    {
        Session session(m_fixture->channel(),
                        [](wire::OpenSession& open) { open.set_frame_format(wire::FRAME_FORMAT_H264); });
        session.say(m_second);
        session.finish();
        const auto frames = session.readAll();
        QVERIFY(session.end().ok());
        QCOMPARE(frames.size(), m_frames);
        QVERIFY(frames.front().is_key_frame());
        QVERIFY(!frames[1].is_key_frame());
        std::string stream;
        for (const auto& frame : frames) {
            QVERIFY(frame.data().starts_with(std::string("\0\0\0\1", 4)) ||
                    frame.data().starts_with(std::string("\0\0\1", 3)));
            stream += frame.data();
        }
        QVERIFY(stream.find(std::string("\0\0\0\1\x67", 5)) != std::string::npos); // parameters go along
    }

    void mouthsAloneComeWithTheirPlace()
    {
        Session session(m_fixture->channel(), [](wire::OpenSession& open) { open.set_mouth_only(true); });
        session.say(m_second);
        session.finish();
        wire::SpeakResponse opened;
        QVERIFY(session.read(opened));
        QCOMPARE(opened.opened().width(), test::kFixturePicture);
        for (const auto& frame : session.readAll()) {
            QCOMPARE(frame.bounds_size(), 4);
            QVERIFY(frame.bounds(0) < frame.bounds(2) && frame.bounds(2) <= kSide);
        }
    }

    void framesFlowWhileSoundIsStillComing()
    {
        Session session(m_fixture->channel());
        session.say(m_second);
        wire::SpeakResponse response;
        int frames = 0;
        while (frames < 10 && session.read(response)) // nobody has said that the sound ends
            frames += response.has_frame();
        QCOMPARE(frames, 10);
        session.finish();
        QCOMPARE(session.readAll().size(), m_frames - 10);
        QVERIFY(session.end().ok());
    }

    void anInterruptionForgetsWhatWasNotShown()
    {
        Session session(m_fixture->channel());
        const auto minute = media::sample::chirp(16000, std::size_t{16000} * 20, 20.0, 3000);
        session.say(minute);
        wire::SpeakResponse response;
        std::int64_t last = -1;
        while (last < 3 && session.read(response)) {
            if (response.has_frame())
                last = response.frame().number();
        }
        session.interrupt();
        while (session.read(response) && !response.has_interrupted()) {
            QCOMPARE(response.frame().number(), ++last);
            QCOMPARE(response.frame().utterance(), 0u);
        }
        QCOMPARE(response.interrupted().utterance(), 1u);
        session.say(m_second);
        session.finish();
        const auto frames = session.readAll();
        QVERIFY(session.end().ok());
        QCOMPARE(frames.size(), m_frames);
        QCOMPARE(frames.front().number(), last + 1);
        QCOMPARE(frames.front().time_us(), std::int64_t{0});
        QCOMPARE(frames.front().utterance(), 1u);
    }

    void whatMakesNoSenseEndsTheSessionWithASentence()
    {
        {
            Session session(m_fixture->channel(), {}, "nobody");
            QVERIFY(session.readAll().empty());
            QCOMPARE(session.end().error_code(), grpc::StatusCode::NOT_FOUND);
        }
        {
            Session session(m_fixture->channel(), [](wire::OpenSession& open) { open.set_jpeg_quality(900); });
            QVERIFY(session.readAll().empty());
            QCOMPARE(session.end().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
        }
        {
            Session session(m_fixture->channel()); // without a word
            session.finish();
            QVERIFY(session.readAll().size() <= 4);
            QVERIFY(session.end().ok());
        }
    }

    void whatIsSaidWhileTheServerStopsIsNotTakenForAnswered()
    {
        test::ServingFixture fixture(m_library, test::Boundary::Scripted);
        QCOMPARE(fixture.problem(), std::string());
        QVERIFY(fixture.waitFor("silent"));
        fixture.script().close();
        Session session(fixture.channel());
        session.say(m_second);
        const auto underWay = [&] { return fixture.service().pool().snapshot().outstanding; };
        QTRY_COMPARE(underWay(), m_frames - 10); // all of it is heard, and its last frames may still change
        std::jthread stopping([&] { fixture.server().stop(); });
        const auto isRefused = [&] {
            Session late(fixture.channel());
            late.readAll();
            return late.end().error_code() == grpc::StatusCode::UNAVAILABLE;
        };
        QTRY_VERIFY(isRefused());
        session.say(m_second);
        session.finish();
        fixture.script().open();
        const auto frames = session.readAll().size();
        const auto ended = session.end();
        QVERIFY(frames >= m_frames);
        QCOMPARE(ended.ok(), frames == 2 * m_frames);
        QVERIFY2(ended.ok() || ended.error_code() == grpc::StatusCode::UNAVAILABLE, ended.error_message().c_str());
    }

    void aReaderWhoStallsHarmsNobodyElse()
    {
        Session stalled(m_fixture->channel(),
                        [](wire::OpenSession& open) { open.set_frame_format(wire::FRAME_FORMAT_RAW); });
        std::jthread talking([&] { stalled.say(media::sample::chirp(16000, std::size_t{16000} * 20, 20.0, 3000)); });
        for (int round = 0; round < 3; ++round) {
            Session session(m_fixture->channel());
            session.say(m_second);
            session.finish();
            QCOMPARE(session.readAll().size(), m_frames);
            QVERIFY(session.end().ok());
        }
        stalled.cancel(); // whoever still talks to it
    }

    void avatarsAndStatisticsAreTold()
    {
        const auto stub = wire::LipSync::NewStub(m_fixture->channel());
        grpc::ClientContext list, look, load;
        wire::ListAvatarsResponse avatars;
        QVERIFY(stub->ListAvatars(&list, {}, &avatars).ok());
        QCOMPARE(avatars.avatars_size(), 2);
        QCOMPARE(avatars.avatars(0).state(), wire::AVATAR_STATE_READY);
        QCOMPARE(avatars.avatars(0).width(), kSide);
        wire::GetStatisticsResponse statistics;
        QVERIFY(stub->GetStatistics(&look, {}, &statistics).ok());
        QVERIFY(statistics.frames() > 0);
        QCOMPARE(statistics.workers(), 1);
        QVERIFY(statistics.infer().p50_ms() > 0);
        wire::LoadAvatarRequest again;
        again.set_name("silent");
        wire::LoadAvatarResponse loaded;
        QVERIFY(stub->LoadAvatar(&load, again, &loaded).ok());
        QCOMPARE(loaded.avatar().template_frames(), test::kFixtureFrames);
    }

private:
    QTemporaryDir m_temporary;
    std::filesystem::path m_library;
    std::unique_ptr<test::ServingFixture> m_fixture;
    std::vector<float> m_second; ///< of sound
    std::size_t m_frames = 0; ///< of that second
};

QTEST_GUILESS_MAIN(SpeechTest)
#include "speech_test.moc"
