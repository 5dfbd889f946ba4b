// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/audio_decoder.h"

#include "media/video_writer.h"
#include "sample_media.h"

#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include <QTemporaryDir>
#include <QTest>

using namespace lipsync;
using namespace lipsync::media;

namespace {

double levelOf(std::span<const float> sound)
{
    double sum = 0.0;
    for (const float value : sound)
        sum += static_cast<double>(value) * value;
    return std::sqrt(sum / static_cast<double>(sound.size()));
}

} // namespace

class AudioDecoderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void sixteenBitMonoAt16kHzIsExact();
    void stereoBecomesTheMeanOfItsChannels();
    void rateAndChannelsStayWhenNothingIsAsked();
    void monoSpreadsOverTheChannelsAskedFor();
    void resampledLengthIsExact_data();
    void resampledLengthIsExact();
    void resampledSoundStaysAlignedAndClean_data();
    void resampledSoundStaysAlignedAndClean();
    void whatIsAboveTheBandDoesNotFoldBack();
    void oneSampleIsOneSample();
    void whatIsNoNumberReadsZero();
    void aCutWavIsReadAsFarAsItGoes();
    void aCutVideoSaysHowMuchSoundItHas();
    void soundLongerThanTheLimitIsRefused();
    void anyFileNameIsOpenedAsAFile();
    void unusableFilesAreNamedInOneSentence_data();
    void unusableFilesAreNamedInOneSentence();
    void senselessWishesAreRefused();
    void aVoiceIsTheSameInEveryContainer();
    void soundOfAVideoIsDecoded();

private:
    std::filesystem::path at(const char* name) const { return m_folder.filePath(name).toStdString(); }
    QTemporaryDir m_folder;
};

void AudioDecoderTest::sixteenBitMonoAt16kHzIsExact()
{
    std::vector<std::int16_t> samples{0, 1, -1, 12345, -12345, 32767, -32768};
    for (int i = 0; i < 5000; ++i)
        samples.push_back(static_cast<std::int16_t>(i * 7919));
    sample::writeWav(at("exact.wav"), 16000, 1, samples);
    const auto sound = decodeSpeech(at("exact.wav"));
    QVERIFY(sound.has_value());
    QCOMPARE(sound->sampleRate, 16000);
    QCOMPARE(sound->channels, 1);
    QCOMPARE(sound->frames(), samples.size());
    for (std::size_t i = 0; i < samples.size(); ++i)
        QCOMPARE(sound->samples[i], static_cast<float>(samples[i]) / 32768.0F);
}

void AudioDecoderTest::stereoBecomesTheMeanOfItsChannels()
{
    const std::array<std::int16_t, 6> samples{1000, 3000, -32768, -32768, 32767, -32767};
    sample::writeWav(at("stereo.wav"), 16000, 2, samples);
    const auto sound = decodeSpeech(at("stereo.wav"));
    QVERIFY(sound.has_value());
    QCOMPARE(sound->samples, (std::vector<float>{2000.0F / 32768.0F, -1.0F, 0.0F}));
}

void AudioDecoderTest::rateAndChannelsStayWhenNothingIsAsked()
{
    const std::array<float, 4> samples{0.25F, -0.5F, 0.75F, 1.5F};
    sample::writeWav(at("own.wav"), 44100, 2, samples);
    const auto sound = decodeAudio(at("own.wav"));
    QVERIFY(sound.has_value());
    QCOMPARE(sound->sampleRate, 44100);
    QCOMPARE(sound->channels, 2);
    QCOMPARE(sound->samples, (std::vector<float>{0.25F, -0.5F, 0.75F, 1.5F}));
}

void AudioDecoderTest::monoSpreadsOverTheChannelsAskedFor()
{
    const std::array<float, 2> samples{0.25F, -0.5F};
    sample::writeWav(at("mono.wav"), 48000, 1, samples);
    const auto sound = decodeAudio(at("mono.wav"), {}, 2);
    QVERIFY(sound.has_value());
    QCOMPARE(sound->samples, (std::vector<float>{0.25F, 0.25F, -0.5F, -0.5F}));
}

void AudioDecoderTest::resampledLengthIsExact_data()
{
    QTest::addColumn<int>("rate");
    QTest::addColumn<int>("frames");
    for (const int rate : {8000, 11025, 22050, 44100, 48000, 96000, 16001})
        for (const int frames : {1, 2, 333, 22049, 100003})
            QTest::addRow("%d frames at %d", frames, rate) << rate << frames;
}

void AudioDecoderTest::resampledLengthIsExact()
{
    QFETCH(const int, rate);
    QFETCH(const int, frames);
    sample::writeWav(at("length.wav"), rate, 1, std::vector<float>(static_cast<std::size_t>(frames), 0.5F));
    const auto sound = decodeSpeech(at("length.wav"));
    QVERIFY(sound.has_value());
    const auto wanted = std::max(1LL, std::llround(static_cast<double>(frames) * 16000 / rate));
    QCOMPARE(static_cast<long long>(sound->frames()), wanted);
}

void AudioDecoderTest::resampledSoundStaysAlignedAndClean_data()
{
    QTest::addColumn<int>("rate");
    for (const int rate : {11025, 22050, 32000, 44100, 48000, 96000})
        QTest::addRow("%d", rate) << rate;
}

void AudioDecoderTest::resampledSoundStaysAlignedAndClean()
{
    QFETCH(const int, rate);
    constexpr double kSeconds = 3.0;
    constexpr double kHighest = 4500.0; // below the lowest rate's band edge
    sample::writeWav(at("chirp.wav"), rate, 1,
                     sample::chirp(rate, static_cast<std::size_t>(kSeconds * rate), kSeconds, kHighest));
    const auto sound = decodeSpeech(at("chirp.wav"));
    QVERIFY(sound.has_value());
    const auto truth = sample::chirp(16000, sound->frames(), kSeconds, kHighest);
    QCOMPARE(sample::lagOf(sound->samples, truth, 50), 0);
    std::vector<float> difference(truth.size());
    for (std::size_t i = 0; i < truth.size(); ++i)
        difference[i] = sound->samples[i] - truth[i];
    QVERIFY2(levelOf(difference) < 1e-3 * levelOf(truth), qPrintable(QString::number(levelOf(difference))));
}

void AudioDecoderTest::whatIsAboveTheBandDoesNotFoldBack()
{
    constexpr int kRate = 44100;
    std::vector<float> tone(2 * kRate);
    for (std::size_t i = 0; i < tone.size(); ++i)
        tone[i] = static_cast<float>(0.5 * std::sin(2.0 * std::numbers::pi * 8600.0 * static_cast<double>(i) / kRate));
    sample::writeWav(at("high.wav"), kRate, 1, tone);
    const auto sound = decodeSpeech(at("high.wav"));
    QVERIFY(sound.has_value());
    const std::span<const float> middle = std::span(sound->samples).subspan(1000, sound->frames() - 2000);
    QVERIFY2(levelOf(middle) < 1e-4 * levelOf(tone), qPrintable(QString::number(levelOf(middle))));
}

void AudioDecoderTest::oneSampleIsOneSample()
{
    sample::writeWav(at("one.wav"), 16000, 1, std::array<std::int16_t, 1>{16384});
    const auto sound = decodeSpeech(at("one.wav"));
    QVERIFY(sound.has_value());
    QCOMPARE(sound->samples, std::vector<float>{0.5F});
}

void AudioDecoderTest::whatIsNoNumberReadsZero()
{
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    sample::writeWav(at("nan.wav"), 16000, 1, std::array{0.5F, std::nanf(""), kInfinity, -kInfinity, 0.25F});
    const auto sound = decodeSpeech(at("nan.wav"));
    QVERIFY(sound.has_value());
    QCOMPARE(sound->samples, (std::vector<float>{0.5F, 0.0F, 0.0F, 0.0F, 0.25F}));

    std::vector<float> infinite(4410, kInfinity);
    sample::writeWav(at("nan44.wav"), 44100, 1, infinite);
    const auto resampled = decodeSpeech(at("nan44.wav"));
    QVERIFY(resampled.has_value());
    QCOMPARE(resampled->samples, std::vector<float>(1600, 0.0F));
}

void AudioDecoderTest::aCutWavIsReadAsFarAsItGoes()
{
    sample::writeWav(at("cut.wav"), 16000, 1, std::vector<std::int16_t>(1000, 8192));
    std::filesystem::resize_file(at("cut.wav"), 44 + 2 * 600);
    const auto sound = decodeSpeech(at("cut.wav"));
    QVERIFY(sound.has_value());
    QCOMPARE(sound->samples, std::vector<float>(600, 0.25F));
}

void AudioDecoderTest::aCutVideoSaysHowMuchSoundItHas()
{
    VideoOptions options;
    options.width = 208;
    options.height = 96;
    options.audioSampleRate = 16000;
    auto writer = VideoWriter::create(at("cut.mp4"), options);
    QVERIFY(writer.has_value());
    const auto sound = sample::chirp(16000, 16000 * 10, 10.0, 3000.0);
    for (int i = 0; i < 250; ++i) {
        QVERIFY((*writer)->write(sample::numberedPicture(i)).has_value());
        QVERIFY((*writer)->writeAudio(std::span(sound).subspan(static_cast<std::size_t>(i) * 640, 640)).has_value());
    }
    QVERIFY((*writer)->finish().has_value());
    QVERIFY(decodeSpeech(at("cut.mp4")).has_value());
    sample::cut(at("cut.mp4"), 0.5);
    const auto cut = decodeSpeech(at("cut.mp4"));
    QVERIFY(!cut.has_value());
    QVERIFY(cut.error().code == ErrorCode::InvalidInput);
    QVERIFY2(cut.error().message.find("of 10.0 s could be read") != std::string::npos, cut.error().message.c_str());
}

void AudioDecoderTest::soundLongerThanTheLimitIsRefused()
{
    constexpr int kRate = 1000;
    constexpr auto kFrames = static_cast<std::uint32_t>(kLongestAudioSeconds) * kRate + kRate;
    sample::writeWav(at("long.wav"), kRate, 1, std::vector<std::int16_t>(kFrames));
    const auto sound = decodeAudio(at("long.wav"));
    QVERIFY(!sound.has_value());
    QVERIFY(sound.error().code == ErrorCode::InvalidInput);
    QVERIFY(sound.error().message.find("longer than 4 hours") != std::string::npos);
    std::filesystem::remove(at("long.wav"));
}

void AudioDecoderTest::anyFileNameIsOpenedAsAFile()
{
    for (const char* name : {"http:voice.wav", "50%d off.wav", "pipe:0", "mit Ümlaut ' und #.wav"}) {
        sample::writeWav(at(name), 16000, 1, std::array<std::int16_t, 2>{16384, -16384});
        QCOMPARE(decodeSpeech(at(name)).value_or(PcmAudio{}).frames(), std::size_t{2});
    }
}

void AudioDecoderTest::unusableFilesAreNamedInOneSentence_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("says");
    sample::writeBytes(at("empty.wav"), "");
    sample::writeBytes(at("text.wav"), "Dear reader,\nthis is a letter and no sound at all.\n");
    sample::writeBytes(at("playlist.wav"), "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9,\nhttp://example.org/a.ts\n");
    sample::writeWav(at("none.wav"), 16000, 1, std::span<const std::int16_t>{});
    sample::writeBytes(at("header.wav"), sample::readBytes(at("none.wav")).substr(0, 20));
    std::filesystem::create_directory(at("folder.wav"));
    QVERIFY(sample::writeNumberedVideo(at("silent.mp4"), 3).has_value());
    QTest::newRow("missing") << "missing.wav"
                             << "no file";
    QTest::newRow("folder") << "folder.wav"
                            << "is a folder";
    QTest::newRow("empty") << "empty.wav"
                           << "is empty";
    QTest::newRow("text") << "text.wav"
                          << "is not a whole sound";
    QTest::newRow("playlist") << "playlist.wav"
                              << "is not a whole sound";
    QTest::newRow("half a header") << "header.wav"
                                   << "is not a whole sound";
    QTest::newRow("no samples") << "none.wav"
                                << "0 samples";
    QTest::newRow("video without sound") << "silent.mp4"
                                         << "no audio stream";
}

void AudioDecoderTest::unusableFilesAreNamedInOneSentence()
{
    QFETCH(const QString, name);
    QFETCH(const QString, says);
    const auto sound = decodeSpeech(at(qPrintable(name)));
    QVERIFY(!sound.has_value());
    const auto message = QString::fromStdString(sound.error().message);
    QVERIFY2(sound.error().code == ErrorCode::InvalidInput, qPrintable(message));
    QVERIFY2(message.contains(name) && message.contains(says), qPrintable(message));
}

void AudioDecoderTest::senselessWishesAreRefused()
{
    sample::writeWav(at("fine.wav"), 16000, 1, std::array<std::int16_t, 1>{1});
    QVERIFY(decodeAudio(at("fine.wav"), 0).error().code == ErrorCode::Usage);
    QVERIFY(decodeAudio(at("fine.wav"), -16000).error().code == ErrorCode::Usage);
    QVERIFY(decodeAudio(at("fine.wav"), {}, 0).error().code == ErrorCode::Usage);
    QVERIFY(decodeAudio(at("fine.wav"), {}, 100).error().code == ErrorCode::Usage);
}

void AudioDecoderTest::aVoiceIsTheSameInEveryContainer()
{
    const std::filesystem::path voices = LIPSYNC_SOURCE_DIR "/../shared/assets/voices";
    if (!std::filesystem::exists(voices / "jfk.wav"))
        QSKIP("the shared voices are not beside this checkout");
    const auto plain = decodeSpeech(voices / "jfk.wav");
    const auto studio = decodeSpeech(voices / "jfk-44k-stereo.flac");
    QVERIFY(plain.has_value() && studio.has_value());
    QCOMPARE(plain->frames(), std::size_t{176000});
    QCOMPARE(studio->frames(), plain->frames());
    QCOMPARE(sample::lagOf(studio->samples, plain->samples, 20), 0);
}

void AudioDecoderTest::soundOfAVideoIsDecoded()
{
    const std::filesystem::path video = LIPSYNC_SOURCE_DIR "/../shared/assets/talking-faces/bbaf2n.mpg";
    if (!std::filesystem::exists(video))
        QSKIP("the shared videos are not beside this checkout");
    const auto sound = decodeSpeech(video);
    QVERIFY(sound.has_value());
    QVERIFY(std::abs(sound->seconds() - 3.0) < 0.05);
    QVERIFY(levelOf(sound->samples) > 1e-3);
}

QTEST_GUILESS_MAIN(AudioDecoderTest)
#include "audio_decoder_test.moc"
