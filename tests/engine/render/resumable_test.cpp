// SPDX-License-Identifier: GPL-3.0-or-later
// A render that ends and goes on makes the same file as one that was not disturbed.

#include "render/resumable_job.h"

#include "engine/media/sample_media.h"
#include "media/audio_decoder.h"
#include "media/video_reader.h"
#include "support/test_avatar.h"

#include <QTemporaryDir>
#include <QTest>
#include <opencv2/core.hpp>

using namespace lipsync;
namespace fs = std::filesystem;

namespace {

constexpr int kVoiceFrames = 260; ///< of 640 samples
constexpr int kFrames = kVoiceFrames - 1;
constexpr int kSegment = 50; ///< frames
constexpr int kSide = 256; ///< of the picture: x264 makes of a very small one not the same bytes each time

std::map<std::string, std::string> contentOf(const fs::path& output)
{
    std::map<std::string, std::string> content;
    if (!fs::is_directory(output))
        return {{"", media::sample::readBytes(output)}};
    for (const auto& entry : fs::directory_iterator(output))
        content[entry.path().filename().string()] = media::sample::readBytes(entry.path());
    return content;
}

} // namespace

class ResumableTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_temporary = std::make_unique<QTemporaryDir>();
        m_folder = m_temporary->path().toStdString();
        fs::create_directories(m_folder / "out");
        makeAvatar(kSide);
        makeVoice(4000);
        session::FrameServiceOptions options;
        options.plan.devices = {{"cpu", 1}};
        options.plan.batchSizes = {1}; // other batches may differ in the last bit
        m_service = std::move(session::FrameService::create(options).value());
        m_begun.clear();
    }

    void aStoppedRenderGoesOnToTheSameFile_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("MP4") << "a.mp4";
        QTest::newRow("WebM") << "a.webm";
        QTest::newRow("ProRes") << "a.mov";
        QTest::newRow("pictures") << "frames";
    }

    void aStoppedRenderGoesOnToTheSameFile()
    {
        QFETCH(QString, name);
        auto whole = request(name.toStdString());
        QVERIFY(run(whole).has_value());
        const auto expected = contentOf(whole.output);
        render::discardWork(whole);
        whole.output = m_folder / "out" / fmt::format("b{}", whole.output.extension().string());
        std::int64_t before = 0;
        for (const std::int64_t stopAt : {20, 70, 120, 121, 258}) {
            const auto stopped = run(whole, stopAt);
            QVERIFY(!stopped.has_value());
            QCOMPARE(stopped.error().code, ErrorCode::Interrupted);
            QVERIFY(!fs::exists(whole.output));
            const auto begun = m_begun.back().frames;
            QVERIFY2(begun >= before, qPrintable(QString("%1 after %2").arg(begun).arg(before)));
            if (!whole.pictureSequence)
                QCOMPARE(begun % kSegment, std::int64_t{0});
            before = begun;
        }
        const auto last = run(whole);
        QVERIFY2(last.has_value(), last ? "" : last.error().text().c_str());
        QVERIFY(m_begun.back().frames >= 250);
        QVERIFY(m_begun.back().seconds > 0);
        QCOMPARE(last->frames, std::int64_t{kFrames});
        QVERIFY(contentOf(whole.output) == expected);
        render::discardWork(whole);
        QCOMPARE(media::sample::namesIn(m_folder / "out").size(), std::size_t{2});
    }

    void picturesTimesAndSoundAreThoseOfAPlainRender_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("MP4") << "a.mp4";
        QTest::newRow("WebM") << "a.webm";
        QTest::newRow("ProRes") << "a.mov";
    }

    void picturesTimesAndSoundAreThoseOfAPlainRender()
    {
        QFETCH(QString, name);
        auto job = request(name.toStdString());
        QVERIFY(render::render(*m_service, job, [](const auto&) {}, {}).has_value());
        const auto plain = job.output;
        job.output = m_folder / "out" / fmt::format("b{}", plain.extension().string());
        QVERIFY(run(job).has_value());
        const auto a = media::probeVideo(plain), b = media::probeVideo(job.output);
        QVERIFY(a.has_value() && b.has_value());
        QCOMPARE(b->frameCount, std::int64_t{kFrames});
        QCOMPARE(b->frameCount, a->frameCount);
        QCOMPARE(b->frameRateNumerator, a->frameRateNumerator);
        const auto soundA = media::decodeAudio(plain), soundB = media::decodeAudio(job.output);
        QVERIFY(soundA.has_value() && soundB.has_value());
        QCOMPARE(soundB->frames(), soundA->frames());
        QVERIFY(soundB->samples == soundA->samples);
        const auto readerA = media::VideoReader::open(plain).value(),
                   readerB = media::VideoReader::open(job.output).value();
        for (int frame = 0; frame < kFrames; ++frame) {
            const std::optional<cv::Mat> pictureA = readerA->next().value(), pictureB = readerB->next().value();
            QVERIFY(pictureA.has_value() && pictureB.has_value());
            QVERIFY(cv::norm(*pictureA, *pictureB, cv::NORM_L1) / static_cast<double>(pictureA->total() * 3) < 3);
        }
        QVERIFY(!readerB->next().value().has_value());
    }

    void anotherAvatarOrVoiceBeginsAnewAndSaysSo()
    {
        auto job = request("a.mp4");
        QVERIFY(!run(job, 120).has_value());
        makeVoice(3000);
        QVERIFY(!run(job, 120).has_value());
        QCOMPARE(m_begun.back().frames, std::int64_t{0});
        QVERIFY2(m_begun.back().note.find("voice has changed") != std::string::npos, m_begun.back().note.c_str());
        makeAvatar(kSide + 8);
        QVERIFY(!run(job, 120).has_value());
        QVERIFY2(m_begun.back().note.find("avatar has changed") != std::string::npos, m_begun.back().note.c_str());
        job.quality = 30;
        QVERIFY(run(job).has_value());
        QVERIFY2(m_begun.back().note.find("settings have changed") != std::string::npos, m_begun.back().note.c_str());
        QCOMPARE(media::probeVideo(job.output)->frameCount, std::int64_t{kFrames});
    }

    void afterAFullDiskItGoesOn()
    {
        const auto job = request("a.mp4");
        QVERIFY(!run(job, 120).has_value());
        const auto avatar = m_service->openAvatar(job.avatar); // its crops count as a file too
        {
            const media::sample::FullDisk disk(fs::file_size(m_folder / "out/a.mp4.unfinished") + 100);
            const auto failed = run(job);
            QVERIFY(!failed.has_value());
            QCOMPARE(failed.error().code, ErrorCode::Resource);
            QVERIFY2(failed.error().text().find("room") != std::string::npos, failed.error().text().c_str());
        }
        QVERIFY(run(job).has_value());
        QCOMPARE(m_begun.back().frames, std::int64_t{100});
        QCOMPARE(media::probeVideo(job.output)->frameCount, std::int64_t{kFrames});
    }

    void anOutputThatCameMeanwhileIsNotReplaced()
    {
        const auto job = request("a.mp4");
        QVERIFY(!run(job, 120).has_value());
        media::sample::writeBytes(job.output, "precious");
        const auto refused = run(job);
        QVERIFY(!refused.has_value());
        QCOMPARE(refused.error().code, ErrorCode::InvalidInput);
        QCOMPARE(media::sample::readBytes(job.output), std::string("precious"));
    }

    void aFileThatIsWholeIsNotMadeTwice()
    {
        const auto job = request("a.mp4"); // may not replace what is there
        QVERIFY(run(job).has_value());
        const auto again = run(job);
        QVERIFY2(again.has_value(), again ? "" : again.error().text().c_str());
        QCOMPARE(m_begun.back().frames, std::int64_t{kFrames});
        render::discardWork(job);
        QVERIFY(!run(job).has_value());
        QCOMPARE(media::sample::namesIn(m_folder / "out"), std::vector<std::string>{"a.mp4"});
    }

    void aFolderThatIsGoneIsAResourceError()
    {
        const auto job = request("a.mp4");
        QVERIFY(!run(job, 120).has_value());
        fs::remove_all(m_folder / "out");
        const auto failed = run(job);
        QVERIFY(!failed.has_value());
        QCOMPARE(failed.error().code, ErrorCode::Resource);
    }

    void brokenPicturesAreMadeAgain()
    {
        const auto job = request("frames");
        QVERIFY(!run(job, 120).has_value());
        media::sample::cut(m_folder / "out/frames.part/frame-000030.png", 0.5);
        QVERIFY(run(job).has_value());
        QCOMPARE(m_begun.back().frames, std::int64_t{30});
        QCOMPARE(media::sample::namesIn(job.output).size(), std::size_t{kFrames + 1});
    }

private:
    void makeAvatar(int side) const
    {
        test::TestAvatarOptions options;
        options.frameSize = {side, side};
        const auto made = test::makeTestAvatar(m_folder / "small.avatar", options);
        QVERIFY2(made.has_value(), made ? "" : made.error().text().c_str());
    }
    void makeVoice(double highest) const
    {
        const auto sound = media::sample::chirp(16000, kVoiceFrames * 640, 10.0, highest);
        media::sample::writeWav(m_folder / "voice.wav", 16000, 1, std::span<const float>(sound));
    }
    render::RenderRequest request(const std::string& output) const
    {
        render::RenderRequest job;
        job.avatar = m_folder / "small.avatar";
        job.voice = m_folder / "voice.wav";
        job.output = m_folder / "out" / output;
        job.pictureSequence = job.output.extension().empty();
        if (job.output.extension() == ".webm")
            job.videoFormat = media::VideoFormat::WebM;
        if (job.output.extension() == ".mov")
            job.videoFormat = media::VideoFormat::ProRes;
        return job;
    }
    /// Renders; stops after the frame `stopAt` when there is one.
    Result<render::RenderReport> run(const render::RenderRequest& job, std::int64_t stopAt = -1)
    {
        std::stop_source stop;
        render::ResumableEvents events;
        events.begun = [this](const render::EarlierWork& earlier) { m_begun.push_back(earlier); };
        events.progress = [&](const render::RenderProgress& state) {
            if (stopAt >= 0 && state.framesDone >= stopAt)
                stop.request_stop();
        };
        return render::renderResumable(*m_service, job, 0, events, stop.get_token());
    }

    std::unique_ptr<QTemporaryDir> m_temporary;
    fs::path m_folder;
    std::unique_ptr<session::FrameService> m_service;
    std::vector<render::EarlierWork> m_begun;
};

QTEST_GUILESS_MAIN(ResumableTest)
#include "resumable_test.moc"
