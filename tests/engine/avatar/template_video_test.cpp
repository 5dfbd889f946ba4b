// SPDX-License-Identifier: GPL-3.0-or-later
#include "avatar/template_video.h"

#include "avatar/template_frames.h"
#include "engine/media/sample_media.h"
#include "media/audio_decoder.h"
#include "media/video_reader.h"

#include <algorithm>
#include <cmath>
#include <fstream>

#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <opencv2/imgproc.hpp>

using namespace lipsync;
using namespace lipsync::avatar;
namespace fs = std::filesystem;
namespace sample = lipsync::media::sample;

namespace {

constexpr int kRate = 16000;
constexpr const char* kNeedsFfmpeg = "The program ffmpeg is not installed (packaging/setup --for test).";

bool hasFfmpeg()
{
    return !QStandardPaths::findExecutable("ffmpeg").isEmpty();
}

/// A clip whose picture n shows the number n.
bool writeNumbers(const fs::path& file, int frames, int rateNumerator, int rateDenominator, int width = 208)
{
    media::VideoOptions options;
    options.width = width;
    options.height = 96;
    options.frameRateNumerator = rateNumerator;
    options.frameRateDenominator = rateDenominator;
    options.quality = 10;
    options.fullChroma = width % 2 != 0; // which may have an odd size
    options.overwrite = true;
    auto writer = media::VideoWriter::create(file, options);
    for (int i = 0; writer && i < frames; ++i)
        if (!(*writer)->write(sample::numberedPicture(i, width)))
            return false;
    return writer && (*writer)->finish();
}

std::vector<cv::Mat> picturesOf(const fs::path& file)
{
    std::vector<cv::Mat> pictures;
    auto reader = media::VideoReader::open(file);
    if (!reader)
        return pictures;
    while (true) {
        auto picture = (*reader)->next();
        if (!picture || !*picture)
            return pictures;
        pictures.push_back(std::move(**picture));
    }
}

std::vector<int> numbersIn(const fs::path& file)
{
    std::vector<int> numbers;
    for (const auto& picture : picturesOf(file))
        numbers.push_back(sample::numberOn(picture));
    return numbers;
}

/// Writes the matrix of a clockwise turn into the track's header, as telephones do (ISO/IEC 14496-12, 8.3.2).
bool setRotation(const fs::path& file, int degrees)
{
    constexpr std::size_t kMatrixAfterType = 4 + 40; // of version 0
    std::string bytes = sample::readBytes(file);
    const auto type = bytes.find("tkhd");
    if (type == std::string::npos || bytes[type + 4] != 0)
        return false;
    const int cosine = degrees == 90 || degrees == 270 ? 0 : degrees == 180 ? -1 : 1;
    const int sine = degrees == 90 ? 1 : degrees == 270 ? -1 : 0;
    const auto put = [&](std::size_t index, int value) {
        const auto fixed = static_cast<std::uint32_t>(value * 65536);
        for (std::size_t i = 0; i < 4; ++i)
            bytes[type + kMatrixAfterType + 4 * index + i] = static_cast<char>(fixed >> (24 - 8 * i) & 0xFF);
    };
    put(0, cosine);
    put(1, sine);
    put(3, -sine);
    put(4, cosine);
    sample::writeBytes(file, bytes);
    return true;
}

/// Positions of key frames.
std::vector<int> keyFramesOf(const fs::path& file)
{
    QProcess probe;
    probe.start("ffprobe",
                {"-v", "error", "-select_streams", "v", "-show_entries", "packet=flags", "-of", "csv=p=0",
                 QString::fromStdString(file.string())});
    probe.waitForFinished();
    std::vector<int> keys;
    int index = 0;
    for (const auto& line : probe.readAllStandardOutput().split('\n')) {
        if (line.startsWith('K'))
            keys.push_back(index);
        index += line.isEmpty() ? 0 : 1;
    }
    return keys;
}

/// Mean difference between neighbouring rows.
double combOf(const cv::Mat& picture)
{
    cv::Mat difference;
    cv::absdiff(picture.rowRange(1, picture.rows), picture.rowRange(0, picture.rows - 1), difference);
    return cv::mean(difference)[1];
}

} // namespace

class TemplateVideoTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(m_folder->isValid());
    }

    void aClipAtTheRateIsTakenFrameByFrame()
    {
        QVERIFY(writeNumbers(at("in.mp4"), 30, 25, 1));
        const auto report = make({});
        QVERIFY(report);
        QCOMPARE(report->frames, 30);
        QCOMPARE(report->repeated, 0);
        QCOMPARE(report->dropped, 0);
        QCOMPARE(report->hasSound, false);
        QVERIFY(report->warnings.empty());
        const auto numbers = numbersIn(at("out.mp4"));
        QCOMPARE(numbers, counting(30));
        QCOMPARE(report->sourceFrames, numbers);
    }

    void aKeyFrameBeginsEveryBlockOfTheTemplate()
    {
        if (!hasFfmpeg())
            QSKIP(kNeedsFfmpeg);
        QVERIFY(writeNumbers(at("in.mp4"), 40, 25, 1));
        QVERIFY(make({}));
        const auto keys = keyFramesOf(at("out.mp4"));
        for (int first = 0; first < 40; first += kTemplateBlockFrames)
            QVERIFY2(std::find(keys.begin(), keys.end(), first) != keys.end(), std::to_string(first).c_str());
    }

    void picturesAreVisuallyLossless()
    {
        QVERIFY(writeNumbers(at("in.mp4"), 12, 25, 1));
        QVERIFY(make({}));
        const auto given = picturesOf(at("in.mp4"));
        const auto made = picturesOf(at("out.mp4"));
        QCOMPARE(made.size(), given.size());
        for (std::size_t i = 0; i < made.size(); ++i)
            QVERIFY2(cv::PSNR(given[i], made[i]) > 40.0, std::to_string(cv::PSNR(given[i], made[i])).c_str());
    }

    // 30 → 25: frame n shows the picture on the screen at (n + 0.5) / 25 s.
    void otherRatesAreBroughtToTheNetworksRateWithoutDrift_data()
    {
        QTest::addColumn<int>("numerator");
        QTest::addColumn<int>("denominator");
        QTest::addColumn<int>("pictures");
        QTest::newRow("30") << 30 << 1 << 90;
        QTest::newRow("29.97") << 30000 << 1001 << 90;
        QTest::newRow("23.976") << 24000 << 1001 << 72;
        QTest::newRow("60") << 60 << 1 << 180;
        QTest::newRow("12.5") << 25 << 2 << 40;
    }
    void otherRatesAreBroughtToTheNetworksRateWithoutDrift()
    {
        QFETCH(int, numerator);
        QFETCH(int, denominator);
        QFETCH(int, pictures);
        QVERIFY(writeNumbers(at("in.mp4"), pictures, numerator, denominator));
        const auto report = make({});
        QVERIFY(report);
        const double rate = static_cast<double>(numerator) / denominator;
        QCOMPARE(report->frames, static_cast<int>(std::ceil(pictures / rate * 25 - 0.5 - 1e-6)));
        QVERIFY(std::abs(report->sourceFrameRate - rate) < 0.01);
        const auto numbers = numbersIn(at("out.mp4"));
        QCOMPARE(numbers, report->sourceFrames);
        for (int n = 0; n < report->frames; ++n) {
            const double middle = (n + 0.5) / 25.0;
            const double shown = numbers[static_cast<std::size_t>(n)] / rate;
            QVERIFY2(shown <= middle + 1e-4 && middle < shown + 1.0 / rate + 1e-4, std::to_string(n).c_str());
        }
    }

    void aVariableRateIsFollowedByItsTimeStamps()
    {
        if (!hasFfmpeg())
            QSKIP(kNeedsFfmpeg);
        QVERIFY(writeNumbers(at("constant.mp4"), 20, 25, 1));
        // Pictures 0–9 at 25 a second, then at 12.5.
        QVERIFY(ffmpeg({"-i", "constant.mp4", "-vf", "setpts='if(lt(N,10),N,10+2*(N-10))/25/TB'", "-vsync", "vfr",
                        "-enc_time_base", "1/1000", "in.mkv"}));
        m_source = "in.mkv";
        const auto report = make({});
        QVERIFY(report);
        const auto numbers = numbersIn(at("out.mp4"));
        QVERIFY(numbers.size() >= 29);
        for (int n = 0; n < 29; ++n)
            QCOMPARE(numbers[static_cast<std::size_t>(n)], n < 10 ? n : 10 + (n - 10) / 2);
        QVERIFY(report->repeated >= 9);
    }

    void rotationIsApplied_data()
    {
        QTest::addColumn<int>("degrees");
        QTest::newRow("90") << 90;
        QTest::newRow("180") << 180;
        QTest::newRow("270") << 270;
    }
    void rotationIsApplied()
    {
        QFETCH(int, degrees);
        if (!hasFfmpeg())
            QSKIP(kNeedsFfmpeg);
        QVERIFY(writeNumbers(at("upright.mp4"), 3, 25, 1));
        // Lying pictures that a player turns: what is stored is turned the other way.
        const char* turned = degrees == 90 ? "transpose=cclock" : degrees == 180 ? "hflip,vflip" : "transpose=clock";
        QVERIFY(ffmpeg({"-i", "upright.mp4", "-vf", turned, "-crf", "10", "in.mp4"}));
        QVERIFY(setRotation(at("in.mp4"), degrees));
        const auto report = make({});
        QVERIFY(report);
        QCOMPARE(report->rotationDegrees, degrees);
        QCOMPARE(report->width, 208);
        QCOMPARE(report->height, 96);
        QCOMPARE(numbersIn(at("out.mp4")), counting(3));
    }

    void anOddSizeGrowsByOneRepeatedColumn()
    {
        QVERIFY(writeNumbers(at("in.mp4"), 3, 25, 1, 209));
        const auto report = make({});
        QVERIFY(report);
        QCOMPARE(report->width, 210);
        const auto pictures = picturesOf(at("out.mp4"));
        QCOMPARE(pictures.size(), 3U);
        QCOMPARE(pictures[0].cols, 210);
        QCOMPARE(sample::numberOn(pictures[2](cv::Rect(0, 0, 209, 96))), 2);
    }

    void pixelsThatAreNotSquareAreStretched()
    {
        if (!hasFfmpeg())
            QSKIP(kNeedsFfmpeg);
        QVERIFY(writeNumbers(at("wide.mp4"), 3, 25, 1));
        QVERIFY(ffmpeg({"-i", "wide.mp4", "-vf", "scale=104:96,setsar=2", "-crf", "10", "in.mp4"}));
        const auto report = make({});
        QVERIFY(report);
        QCOMPARE(report->width, 208);
        QCOMPARE(numbersIn(at("out.mp4")), counting(3));
    }

    void otherCodecsAndDepthsAreDecoded_data()
    {
        QTest::addColumn<QStringList>("encoding");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("codec");
        QTest::newRow("HEVC") << QStringList{"-c:v", "libx265"} << "in.mp4"
                              << "hevc";
        QTest::newRow("HEVC, 10 bits") << QStringList{"-c:v", "libx265", "-pix_fmt", "yuv420p10le"} << "in.mp4"
                                       << "hevc";
        QTest::newRow("H.264, 10 bits") << QStringList{"-c:v", "libx264", "-pix_fmt", "yuv422p10le"} << "in.mkv"
                                        << "h264";
        QTest::newRow("VP9") << QStringList{"-c:v", "libvpx-vp9", "-b:v", "2M"} << "in.webm"
                             << "vp9";
        QTest::newRow("AV1") << QStringList{"-c:v", "libaom-av1", "-cpu-used", "8", "-b:v", "2M"} << "in.mkv"
                             << "av1";
        QTest::newRow("MPEG-1") << QStringList{"-c:v", "mpeg1video", "-q:v", "2"} << "in.mpg"
                                << "mpeg1video";
        QTest::newRow("Motion JPEG") << QStringList{"-c:v", "mjpeg", "-q:v", "2"} << "in.avi"
                                     << "mjpeg";
    }
    void otherCodecsAndDepthsAreDecoded()
    {
        QFETCH(QStringList, encoding);
        QFETCH(QString, name);
        QFETCH(QString, codec);
        if (!hasFfmpeg())
            QSKIP(kNeedsFfmpeg);
        QVERIFY(writeNumbers(at("plain.mp4"), 10, 25, 1));
        QVERIFY(ffmpeg(QStringList{"-i", "plain.mp4"} + encoding + QStringList{name}));
        m_source = name.toStdString();
        const auto report = make({});
        QVERIFY(report);
        QCOMPARE(QString::fromStdString(report->sourceCodec), codec);
        QCOMPARE(numbersIn(at("out.mp4")), counting(10));
    }

    void highDynamicRangeIsMapped_data()
    {
        QTest::addColumn<QString>("transfer");
        QTest::newRow("PQ") << "smpte2084";
        QTest::newRow("HLG") << "arib-std-b67";
    }
    void highDynamicRangeIsMapped()
    {
        QFETCH(QString, transfer);
        if (!hasFfmpeg())
            QSKIP(kNeedsFfmpeg);
        QVERIFY(writeNumbers(at("plain.mp4"), 5, 25, 1));
        QVERIFY(ffmpeg({"-i", "plain.mp4", "-vf",
                        QString("zscale=transfer=linear,format=gbrpf32le,zscale=primaries=bt2020,"
                                "zscale=transfer=%1:npl=203:matrix=bt2020nc:range=limited,format=yuv420p10le")
                            .arg(transfer),
                        "-c:v", "libx265", "-x265-params",
                        QString("colorprim=bt2020:transfer=%1:colormatrix=bt2020nc").arg(transfer), "in.mp4"}));
        const auto report = make({});
        QVERIFY(report);
        QVERIFY(report->wasToneMapped);
        const auto pictures = picturesOf(at("out.mp4"));
        QCOMPARE(pictures.size(), 5U);
        QCOMPARE(sample::numberOn(pictures[3]), 3);
        // The background's colour, which is darker than the roll-off, comes back as it was.
        const cv::Vec3b background = pictures[3].at<cv::Vec3b>(5, 5);
        for (int channel = 0; channel < 3; ++channel)
            QVERIFY2(std::abs(background[channel] - (90 + 30 * channel)) <= 12,
                     QByteArray::number(background[channel]).constData());
    }

    void interlacedVideoIsDeinterlaced()
    {
        if (!hasFfmpeg())
            QSKIP(kNeedsFfmpeg);
        // A bar that moves by 8 pixels a field: two fields in one picture show it as a comb.
        media::VideoOptions moving;
        moving.width = 208;
        moving.height = 96;
        moving.frameRateNumerator = 50;
        auto writer = media::VideoWriter::create(at("fast.mp4"), moving);
        QVERIFY(writer);
        for (int i = 0; i < 20; ++i) {
            cv::Mat picture(96, 208, CV_8UC3, cv::Scalar::all(40));
            picture(cv::Rect(8 * i, 0, 16, 96)).setTo(cv::Scalar::all(220));
            QVERIFY((*writer)->write(picture));
        }
        QVERIFY((*writer)->finish());
        QVERIFY(ffmpeg({"-i", "fast.mp4", "-vf", "tinterlace=interleave_top", "-flags", "+ilme+ildct", "-x264opts",
                        "tff=1", "-crf", "10", "in.mkv"}));
        const auto combed = picturesOf(at("in.mkv"));
        m_source = "in.mkv";
        const auto report = make({});
        QVERIFY(report);
        QVERIFY(report->wasDeinterlaced);
        QCOMPARE(report->frames, 10);
        const auto pictures = picturesOf(at("out.mp4"));
        QVERIFY(combOf(combed[5]) > 10.0);
        QVERIFY2(combOf(pictures[5]) < 2.0, QByteArray::number(combOf(pictures[5])).constData());
    }

    void soundStaysInStepWithThePictures()
    {
        if (!hasFfmpeg())
            QSKIP(kNeedsFfmpeg);
        QVERIFY(writeNumbers(at("mute.mp4"), 50, 25, 1));
        const auto sweep = sample::chirp(kRate, kRate, 1.0, 3000.0);
        sample::writeWav(at("sweep.wav"), kRate, 1, std::span<const float>(sweep));
        // The sound begins half a second after the pictures.
        QVERIFY(ffmpeg(
            {"-i", "mute.mp4", "-itsoffset", "0.5", "-i", "sweep.wav", "-c:v", "copy", "-c:a", "pcm_s16le", "in.mkv"}));
        m_source = "in.mkv";
        const auto report = make({.soundFile = at("sound.wav")});
        QVERIFY(report);
        QVERIFY(report->hasSound);
        const auto sound = media::decodeSpeech(at("sound.wav"));
        QVERIFY(sound);
        QCOMPARE(sound->samples.size(), std::size_t{50} * kRate / 25);
        std::vector<float> expected(kRate / 2, 0.0F);
        expected.insert(expected.end(), sweep.begin(), sweep.end());
        expected.resize(sound->samples.size());
        QVERIFY(std::abs(sample::lagOf(sound->samples, expected, 400)) <= kRate / 1000); // a millisecond of Matroska
        QCOMPARE(sound->samples.front(), 0.0F);
        QCOMPARE(sound->samples.back(), 0.0F);
    }

    void aRangeTakesItsOwnPicturesAndSound()
    {
        if (!hasFfmpeg())
            QSKIP(kNeedsFfmpeg);
        QVERIFY(writeNumbers(at("mute.mp4"), 125, 25, 1));
        const auto sweep = sample::chirp(kRate, 5 * kRate, 5.0, 3000.0);
        sample::writeWav(at("sweep.wav"), kRate, 1, std::span<const float>(sweep));
        QVERIFY(ffmpeg({"-i", "mute.mp4", "-i", "sweep.wav", "-c:v", "copy", "-c:a", "aac", "-b:a", "128k", "in.mp4"}));
        const auto report = make({.startSeconds = 3.2, .seconds = 1.0, .soundFile = at("sound.wav")});
        QVERIFY(report);
        QCOMPARE(report->frames, 25);
        QCOMPARE(report->sourceFrames, counting(25));
        const auto numbers = numbersIn(at("out.mp4"));
        QCOMPARE(numbers.front(), 80);
        QCOMPARE(numbers.back(), 104);
        const auto sound = media::decodeSpeech(at("sound.wav"));
        QVERIFY(sound);
        QCOMPARE(sound->samples.size(), std::size_t{kRate});
        const std::span<const float> expected(sweep.data() + 32 * kRate / 10, kRate);
        QVERIFY2(std::abs(sample::lagOf(sound->samples, expected, 400)) <= 16,
                 std::to_string(sample::lagOf(sound->samples, expected, 400)).c_str());
    }

    void aHoleInTheSoundIsSilence()
    {
        if (!hasFfmpeg())
            QSKIP(kNeedsFfmpeg);
        QVERIFY(writeNumbers(at("mute.mp4"), 75, 25, 1));
        const auto sweep = sample::chirp(kRate, kRate, 1.0, 3000.0);
        sample::writeWav(at("sweep.wav"), kRate, 1, std::span<const float>(sweep));
        // The same second of sound at 0 s and at 2 s, nothing in between.
        QVERIFY(
            ffmpeg({"-i", "sweep.wav", "-i", "sweep.wav", "-filter_complex",
                    "[0][1]concat=v=0:a=1,asetpts='if(lt(T,0.99),PTS,PTS+1/TB)'", "-c:a", "pcm_s16le", "holed.mkv"}));
        QVERIFY(ffmpeg({"-i", "mute.mp4", "-i", "holed.mkv", "-c", "copy", "in.mkv"}));
        m_source = "in.mkv";
        const auto report = make({.soundFile = at("sound.wav")});
        QVERIFY(report);
        const auto sound = media::decodeSpeech(at("sound.wav"));
        QVERIFY(sound);
        const std::span<const float> heard(sound->samples);
        QVERIFY(std::abs(sample::lagOf(heard.subspan(0, kRate), sweep, 400)) <= 16);
        QVERIFY(std::abs(sample::lagOf(heard.subspan(2 * kRate, kRate), sweep, 400)) <= 16);
        const auto hole = heard.subspan(kRate + kRate / 10, kRate * 8 / 10);
        QVERIFY(std::all_of(hole.begin(), hole.end(), [](float sample) { return sample == 0.0F; }));
    }

    void aTruncatedVideoIsRefusedAndLeavesNothing()
    {
        if (!hasFfmpeg())
            QSKIP(kNeedsFfmpeg);
        QVERIFY(writeNumbers(at("whole.mp4"), 100, 25, 1));
        QVERIFY(ffmpeg({"-i", "whole.mp4", "-c", "copy", "-movflags", "+faststart", "in.mp4"}));
        sample::cut(at("in.mp4"), 0.6);
        const auto report = make({.soundFile = at("sound.wav")});
        QVERIFY(!report);
        QCOMPARE(report.error().code, ErrorCode::InvalidInput);
        QVERIFY2(report.error().message.find("ends early") != std::string::npos, report.error().message.c_str());
        QCOMPARE(sample::namesIn(at("")), (std::vector<std::string>{"in.mp4", "whole.mp4"}));
        // The part before the cut can still be had.
        QVERIFY(make({.seconds = 0.4}));
    }

    void whatIsNoVideoIsRefused()
    {
        sample::writeBytes(at("in.mp4"), "this is no video at all, but words in a file");
        const auto report = make({});
        QVERIFY(!report);
        QCOMPARE(report.error().code, ErrorCode::InvalidInput);
    }

    void aStopLeavesNothing()
    {
        QVERIFY(writeNumbers(at("in.mp4"), 60, 25, 1));
        std::stop_source stop;
        const auto report = makeTemplateVideo(
            at("in.mp4"), at("out.mp4"), {.soundFile = at("sound.wav")},
            [&](const TemplateVideoProgress& state) {
                if (state.frames == 10)
                    stop.request_stop();
            },
            stop.get_token());
        QVERIFY(!report);
        QCOMPARE(report.error().code, ErrorCode::Interrupted);
        QCOMPARE(sample::namesIn(at("")), std::vector<std::string>{"in.mp4"});
    }

    void senselessOptionsAreUsageErrors()
    {
        QVERIFY(writeNumbers(at("in.mp4"), 5, 25, 1));
        for (const auto& options :
             {TemplateVideoOptions{.frameRateNumerator = 0}, TemplateVideoOptions{.startSeconds = -1.0},
              TemplateVideoOptions{.seconds = 0.0}, TemplateVideoOptions{.frameRateNumerator = 10'000}}) {
            const auto report = make(options);
            QVERIFY(!report);
            QCOMPARE(report.error().code, ErrorCode::Usage);
        }
        const auto same = makeTemplateVideo(at("in.mp4"), at("in.mp4"), {.overwrite = true});
        QVERIFY(!same);
        QCOMPARE(same.error().code, ErrorCode::Usage);
        const auto behind = make({.startSeconds = 10.0});
        QVERIFY(!behind);
        QCOMPARE(behind.error().code, ErrorCode::InvalidInput);
    }

private:
    fs::path at(const std::string& name) const { return fs::path(m_folder->path().toStdString()) / name; }

    Result<TemplateVideoReport> make(const TemplateVideoOptions& options)
    {
        auto report = makeTemplateVideo(at(m_source), at("out.mp4"), options);
        m_source = "in.mp4";
        if (!report)
            qInfo("%s", report.error().text().c_str());
        return report;
    }

    static std::vector<int> counting(int count)
    {
        std::vector<int> numbers;
        for (int i = 0; i < count; ++i)
            numbers.push_back(i);
        return numbers;
    }

    /// Runs the program in the test's folder.
    bool ffmpeg(const QStringList& arguments) const
    {
        QProcess program;
        program.setWorkingDirectory(m_folder->path());
        program.start("ffmpeg", QStringList{"-v", "error", "-y"} + arguments);
        if (program.waitForFinished() && program.exitCode() == 0)
            return true;
        qWarning("%s", program.readAllStandardError().constData());
        return false;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::string m_source = "in.mp4";
};

QTEST_GUILESS_MAIN(TemplateVideoTest)
#include "template_video_test.moc"
