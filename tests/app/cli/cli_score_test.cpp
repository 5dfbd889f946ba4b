// SPDX-License-Identifier: GPL-3.0-or-later
#include "program_run.h"
#include "workplace.h"

#include "engine/media/sample_media.h"
#include "nn/weight_set.h"
#include "support/syncnet_weights.h"

#include <nlohmann/json.hpp>

#include <QTest>

using namespace lipsync;
using namespace lipsync::test;
namespace fs = std::filesystem;

namespace {

nlohmann::json jsonOf(const ProgramRun& run)
{
    const bool oneLine = run.status == 0 && run.output.count('\n') == 1 && run.output.endsWith('\n');
    return oneLine ? nlohmann::json::parse(run.output.toStdString(), nullptr, /*allow_exceptions=*/false)
                   : nlohmann::json();
}

} // namespace

/// `lipsync score` as a program.
class CliScoreTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        const auto prepared = m_place.prepare();
        QVERIFY2(prepared, prepared ? "" : prepared.error().text().c_str());
        m_voice = m_place.writeVoice("voice.wav", 0.6);
        QVERIFY(m_place.writeTalkingVideo("talking.mp4"));
        QVERIFY(nn::writeSafetensors(m_place.file("sync.safetensors"), syncNetWeights()));
    }

    void anAvatarsScoreHasEveryKey()
    {
        const auto run = runLipsync({"score", "--json", text(m_place.avatar()), "--own-voice", text(m_voice),
                                     "--sync-weights", text(m_place.file("sync.safetensors"))});
        QVERIFY2(run.status == 0, qPrintable(run.errors));
        const auto score = jsonOf(run);
        for (const char* key : {"frames",
                                "first_frame",
                                "fps",
                                "frames_with_face",
                                "landmarks",
                                "reference_offset",
                                "likeness",
                                "likeness_of_template",
                                "likeness_with_truth",
                                "gain_mouth_db",
                                "copying_mouth_db",
                                "voice",
                                "voice_of_truth",
                                "mean_opening",
                                "jitter",
                                "jitter_of_truth",
                                "lse_d",
                                "lse_c",
                                "sync_offset_frames",
                                "sync_frames",
                                "sync_reach",
                                "sync_crop",
                                "verdicts",
                                "notes"})
            QVERIFY2(score.contains(key), key);
        QCOMPARE(score["frames"].get<int>(), 12);
        QCOMPARE(score["reference_offset"].get<int>(), 6);
        QCOMPARE(score["sync_frames"].get<int>(), 7);
        QCOMPARE(score["sync_reach"].get<int>(), 15);
        QVERIFY(score["lse_d"].get<double>() > 0);
        for (const char* key : {"psnr_face_db", "psnr_mouth_db", "ssim_face", "ssim_mouth"})
            QVERIFY2(score["likeness"][key].is_number(), key);
        const double gain = score["likeness"]["psnr_mouth_db"].get<double>() -
            score["likeness_of_template"]["psnr_mouth_db"].get<double>();
        QVERIFY(std::abs(score["gain_mouth_db"].get<double>() - gain) < 0.011);
    }

    void aPersonIsToldWhatItMeans()
    {
        const auto run = runLipsync({"score", text(m_place.avatar()), "--own-voice", text(m_voice)});
        QVERIFY2(run.status == 0, qPrintable(run.errors));
        for (const char* word : {"12 frames", "mouth PSNR", "dB", "poor", "train longer"})
            QVERIFY2(run.output.contains(word), qPrintable(run.output));
    }

    void aVideoIsComparedWithAnother()
    {
        const auto video = text(m_place.file("talking.mp4"));
        const auto run = runLipsync({"score", "--json", video, "--against", video});
        QVERIFY2(run.status == 0, qPrintable(run.errors));
        const auto score = jsonOf(run);
        QCOMPARE(score["frames"].get<int>(), 50);
        QCOMPARE(score["likeness"]["psnr_face_db"].get<double>(), 100.0); // stands for identical
        QCOMPARE(score["likeness"]["ssim_face"].get<double>(), 1.0);
        QVERIFY(score["lse_d"].is_null());
    }

    void whatCannotBeScoredIsRefused_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("word");
        const auto avatar = text(m_place.avatar()), video = text(m_place.file("talking.mp4"));
        QTest::newRow("nothing") << QStringList{} << 2 << "subject";
        QTest::newRow("no sound of its own") << QStringList{avatar} << 3 << "--own-voice";
        QTest::newRow("against an avatar") << QStringList{avatar, "--against", video} << 2 << "--against";
        QTest::newRow("own voice of a video") << QStringList{video, "--own-voice", text(m_voice)} << 2 << "--own-voice";
        QTest::newRow("two voices") << QStringList{avatar, "--voice", text(m_voice), "--own-voice", text(m_voice)} << 2
                                    << "one voice";
        QTest::newRow("no rectangle") << QStringList{video, "--face", "1,2,3"} << 2 << "1,2,3";
        QTest::newRow("a voice is no video") << QStringList{text(m_voice)} << 3 << "voice.wav";
        QTest::newRow("not there") << QStringList{"nowhere.mp4"} << 3 << "nowhere.mp4";
        QTest::newRow("weights of another network")
            << QStringList{video, "--sync-weights", text(m_place.avatar() / "audio_encoder.safetensors")} << 3
            << "syncnet_v2.model";
    }

    void whatCannotBeScoredIsRefused()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, status);
        QFETCH(QString, word);
        QCOMPARE(refusalProblem(runLipsync(QStringList{"score"} + arguments), status, {word}), QString());
    }

private:
    Workplace m_place;
    fs::path m_voice;
};

QTEST_GUILESS_MAIN(CliScoreTest)
#include "cli_score_test.moc"
