// SPDX-License-Identifier: GPL-3.0-or-later

#include "render/render_job.h"

#include "engine/media/sample_media.h"
#include "avatar/template_loop.h"
#include "media/audio_decoder.h"
#include "media/video_reader.h"
#include "support/test_avatar.h"

#include <csignal>

#include <QTemporaryDir>
#include <QTest>
#include <opencv2/imgcodecs.hpp>
#include <sys/resource.h>

using namespace lipsync;
namespace fs = std::filesystem;

namespace {

constexpr int kVoiceFrames = 50; ///< of 640 samples: 2 s

/// Everything in a folder, to see that nothing was left behind.
std::vector<std::string> names(const fs::path& folder)
{
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(folder))
        found.push_back(entry.path().filename().string());
    std::sort(found.begin(), found.end());
    return found;
}

void ignoreProgress(const render::RenderProgress&) { }

/// Files may not grow beyond so many bytes while this lives: a full disk without a disk.
class FileSizeLimit {
public:
    explicit FileSizeLimit(rlim_t bytes)
    {
        std::signal(SIGXFSZ, SIG_IGN);
        getrlimit(RLIMIT_FSIZE, &m_before);
        const rlimit limit{bytes, m_before.rlim_max};
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() { setrlimit(RLIMIT_FSIZE, &m_before); }

private:
    rlimit m_before{};
};

} // namespace

class RenderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_temporary = std::make_unique<QTemporaryDir>();
        m_folder = m_temporary->path().toStdString();
        fs::create_directories(m_folder / "out");
        const auto made = test::makeTestAvatar(m_folder / "small.avatar");
        QVERIFY2(made.has_value(), made ? "" : made.error().text().c_str());
        const auto sound = media::sample::chirp(16000, kVoiceFrames * 640, 2.0, 4000);
        media::sample::writeWav(m_folder / "voice.wav", 16000, 1, std::span<const float>(sound));
    }

    void aVideoHasTheFramesOfTheVoiceAndItsSoundToTheSample()
    {
        const auto report = renderWith(request("a.mp4"), ignoreProgress, {});
        QVERIFY2(report.has_value(), report ? "" : report.error().text().c_str());
        QCOMPARE(report->frames, std::int64_t{49}); // 161 mel columns: int(145 / 80 · 25) + 2 windows and two more
        const auto info = media::probeVideo(m_folder / "out/a.mp4");
        QVERIFY(info.has_value());
        QCOMPARE(info->frameCount, std::int64_t{49});
        QCOMPARE(info->frameRateNumerator, 25);
        const auto sound = media::decodeAudio(m_folder / "out/a.mp4");
        QVERIFY(sound.has_value());
        QCOMPARE(sound->frames(), std::size_t{kVoiceFrames * 640});
        QCOMPARE(names(m_folder / "out"), std::vector<std::string>{"a.mp4"});
        QVERIFY(report->seconds > 0 && report->framesPerSecond > 0 && report->peakMemoryMb > 0);
        QCOMPARE(report->networkFramesPerSecond, 0.0);
    }

    void framesComeInTheOrderOfTheTemplateWhateverTheWorkers()
    {
        auto job = request("frames");
        job.pictureSequence = true;
        QVERIFY(renderWith(job, ignoreProgress, {}, planOf(3, {3})).has_value());
        const avatar::TemplateLoop loop(avatar::LoopRule::PingPong, 12, 0);
        QCOMPARE(names(m_folder / "out/frames").size(), std::size_t{50}); // and sound.wav
        for (int frame = 0; frame < 49; ++frame) {
            const auto picture =
                cv::imread((m_folder / "out/frames" / fmt::format("frame-{:06d}.png", frame)).string());
            // The top rows lie outside of the crop: they are the template's, up to its compression.
            int nearest = -1;
            double least = 1e9;
            for (int index = 0; index < 12; ++index) {
                const auto expected = test::testTemplatePicture(index, picture.size());
                const double distance = cv::norm(picture.rowRange(0, 8), expected.rowRange(0, 8), cv::NORM_L1);
                if (distance < least) {
                    least = distance;
                    nearest = index;
                }
            }
            QCOMPARE(nearest, loop.frameAt(frame));
        }
    }

    void theResultDoesNotDependOnBatchOrWorkers()
    {
        std::vector<cv::Mat> firstFrames;
        for (const auto& [batch, threads] : {std::pair{1, 1}, {4, 2}}) {
            auto job = request(fmt::format("b{}", batch));
            job.pictureSequence = true;
            QVERIFY(renderWith(job, ignoreProgress, {}, planOf(threads, {batch})).has_value());
            firstFrames.push_back(cv::imread((job.output / "frame-000030.png").string()));
        }
        // Convolutions of other batch sizes may differ in the last bit before truncation to bytes.
        QVERIFY(cv::norm(firstFrames[0], firstFrames[1], cv::NORM_INF) <= 1);
    }

    void progressReachesTheEnd()
    {
        std::vector<std::int64_t> done;
        const auto report =
            renderWith(request("p.mp4"), [&](const auto& state) { done.push_back(state.framesDone); }, {});
        QVERIFY(report.has_value());
        QVERIFY(std::is_sorted(done.begin(), done.end()));
        QCOMPARE(done.back(), report->frames);
    }

    void theBareNetworkIsMeasuredWhenAsked()
    {
        auto job = request("m.mp4");
        job.measureNetwork = true;
        const auto report = renderWith(job, ignoreProgress, {});
        QVERIFY(report.has_value());
        QVERIFY(report->networkFramesPerSecond > 0);
    }

    void stoppingHalfWayLeavesNothingBehind()
    {
        std::stop_source stop;
        const auto report = renderWith(
            request("s.mp4"), [&](const auto&) { stop.request_stop(); }, stop.get_token());
        QVERIFY(!report.has_value());
        QCOMPARE(report.error().code, ErrorCode::Interrupted);
        QVERIFY(names(m_folder / "out").empty());
    }

    void aFullDiskIsAResourceErrorAndLeavesNothingBehind()
    {
        for (const bool pictures : {false, true}) {
            auto job = request(pictures ? "full" : "full.mp4");
            job.pictureSequence = pictures;
            const auto service = session::FrameService::create({});
            const auto avatar = (*service)->openAvatar(job.avatar); // its crops count as a file too
            const FileSizeLimit limit(pictures ? 1000 : 8000);
            const auto report = render::render(**service, job, ignoreProgress, {});
            QVERIFY(!report.has_value());
            QCOMPARE(report.error().code, ErrorCode::Resource);
            QVERIFY2(report.error().message.find("full") != std::string::npos, report.error().message.c_str());
            QVERIFY(names(m_folder / "out").empty());
        }
    }

    void anExistingOutputIsKeptUnlessItMayBeReplaced()
    {
        media::sample::writeBytes(m_folder / "out/e.mp4", "precious");
        const auto refused = renderWith(request("e.mp4"), ignoreProgress, {});
        QVERIFY(!refused.has_value());
        QCOMPARE(media::sample::readBytes(m_folder / "out/e.mp4"), std::string("precious"));
        auto job = request("e.mp4");
        job.overwrite = true;
        QVERIFY(renderWith(job, ignoreProgress, {}).has_value());
        QVERIFY(media::probeVideo(m_folder / "out/e.mp4").has_value());
    }

    void aNameThatPromisesAnotherKindOfVideoIsRefused()
    {
        const auto report = renderWith(request("video.AVI"), ignoreProgress, {});
        QVERIFY(!report.has_value());
        QCOMPARE(report.error().code, ErrorCode::Usage);
        QVERIFY2(report.error().message.find("video.mp4") != std::string::npos, report.error().message.c_str());
        QVERIFY(names(m_folder / "out").empty());
    }

    void shortAndSilentVoicesWork_data()
    {
        QTest::addColumn<int>("samples");
        QTest::newRow("one sample") << 1;
        QTest::newRow("20 ms") << 320;
        QTest::newRow("a second") << 16000;
    }

    void shortAndSilentVoicesWork()
    {
        QFETCH(int, samples);
        const std::vector<float> silence(static_cast<std::size_t>(samples));
        media::sample::writeWav(m_folder / "silence.wav", 16000, 1, std::span<const float>(silence));
        auto job = request("silent.mp4");
        job.voice = m_folder / "silence.wav";
        const auto report = renderWith(job, ignoreProgress, {});
        QVERIFY2(report.has_value(), report ? "" : report.error().text().c_str());
        QCOMPARE(media::probeVideo(job.output)->frameCount, report->frames);
        QVERIFY(report->frames >= 4);
    }

    void exactAndFeatheredPasteDiffer()
    {
        auto job = request("feathered");
        job.pictureSequence = true;
        QVERIFY(renderWith(job, ignoreProgress, {}).has_value());
        job.output = m_folder / "out/exact";
        job.paste = avatar::PasteMode::Exact;
        QVERIFY(renderWith(job, ignoreProgress, {}).has_value());
        const auto a = cv::imread((m_folder / "out/feathered/frame-000010.png").string());
        const auto b = cv::imread((m_folder / "out/exact/frame-000010.png").string());
        QVERIFY(cv::norm(a, b, cv::NORM_INF) > 0);
    }

    void anAvatarThatListensToOtherFeaturesIsRefused()
    {
        test::TestAvatarOptions options;
        options.network.mode = nn::AudioMode::Hubert;
        QVERIFY(test::makeTestAvatar(m_folder / "hubert.avatar", options).has_value());
        auto job = request("h.mp4");
        job.avatar = m_folder / "hubert.avatar";
        const auto report = renderWith(job, ignoreProgress, {});
        QVERIFY(!report.has_value());
        QCOMPARE(report.error().code, ErrorCode::InvalidInput);
        QVERIFY(report.error().message.find("hubert") != std::string::npos);
        QVERIFY(names(m_folder / "out").empty());
    }

private:
    render::RenderRequest request(const std::string& output) const
    {
        render::RenderRequest job;
        job.avatar = m_folder / "small.avatar";
        job.voice = m_folder / "voice.wav";
        job.output = m_folder / "out" / output;
        return job;
    }

    static ConcurrencyPlan planOf(int workers, std::vector<int> batchSizes)
    {
        ConcurrencyPlan plan;
        plan.devices = {{"cpu", workers}};
        plan.batchSizes = std::move(batchSizes);
        return plan;
    }

    static Result<render::RenderReport> renderWith(const render::RenderRequest& request,
                                                   const std::function<void(const render::RenderProgress&)>& progress,
                                                   std::stop_token stop,
                                                   const ConcurrencyPlan& plan = planOf(2, {1, 2, 4}))
    {
        session::FrameServiceOptions options;
        options.plan = plan;
        auto service = session::FrameService::create(options);
        if (!service)
            return failure(service);
        return render::render(**service, request, progress, std::move(stop));
    }

    std::unique_ptr<QTemporaryDir> m_temporary;
    fs::path m_folder;
};

QTEST_GUILESS_MAIN(RenderTest)
#include "render_test.moc"
