// SPDX-License-Identifier: GPL-3.0-or-later
#include "program_run.h"
#include "workplace.h"

#include "audio/feature_track.h"
#include "base/npy.h"
#include "engine/media/sample_media.h"
#include "media/audio_decoder.h"
#include "nn/formula_weights.h"

#include <cmath>

#include <nlohmann/json.hpp>

#include <QTest>

using namespace lipsync;
using namespace lipsync::test;
namespace fs = std::filesystem;
namespace sample = lipsync::media::sample;

using Shape = std::vector<std::size_t>;

namespace {

/// The JSON that a run printed; null, and a failed test, when it is not exactly one line of it.
nlohmann::json jsonOf(const ProgramRun& run)
{
    const bool oneLine = run.status == 0 && run.output.count('\n') == 1 && run.output.endsWith('\n');
    return oneLine ? nlohmann::json::parse(run.output.toStdString(), nullptr, /*allow_exceptions=*/false)
                   : nlohmann::json();
}

/// Which of the expected facts are others, or empty when none is.
QString difference(const nlohmann::json& facts, const nlohmann::json& expected)
{
    QString found;
    for (const auto& [name, value] : expected.items()) {
        const auto fact = facts.is_object() && facts.contains(name) ? facts[name] : nlohmann::json();
        if (fact != value)
            found += QString::fromStdString(name + ": " + fact.dump() + " instead of " + value.dump() + "; ");
    }
    return found;
}

} // namespace

/// `inspect`, `features`, `mel`, `forward` and `doctor` on things that are right.
class CliCommandsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        const auto prepared = m_place.prepare();
        QVERIFY2(prepared, prepared ? "" : prepared.error().text().c_str());
        m_voice = m_place.writeVoice("voice.wav", 1.5);
    }

    void cleanup() { m_place.clearOutputs(); }

    void inspectKnowsAnAvatar()
    {
        const auto facts = jsonOf(runLipsync({"inspect", "--json", text(m_place.avatar())}));
        const nlohmann::json expected{{"kind", "avatar"},
                                      {"valid", true},
                                      {"name", "test"},
                                      {"title", "Test avatar"},
                                      {"attribution", ""},
                                      {"licence", "GPL-3.0-or-later"},
                                      {"audio_mode", "ave"},
                                      {"network", "synctalk2d_160"},
                                      {"network_width", 4},
                                      {"frames", 12},
                                      {"fps", 25.0},
                                      {"seconds", 0.48},
                                      {"width", 96},
                                      {"height", 96},
                                      {"loop", "ping-pong"},
                                      {"start_frame", 0},
                                      {"crop_side_range", {64, 64}},
                                      {"crop_left_range", {13, 16}},
                                      {"crop_top_range", {16, 19}}};
        QCOMPARE(difference(facts, expected), QString());
        QVERIFY(facts["executors"].contains("fp32"));
        QCOMPARE(facts["file_bytes"]["template.mp4"].get<std::uintmax_t>(),
                 fs::file_size(m_place.avatar() / "template.mp4"));
    }

    void inspectTellsAPersonTheSame()
    {
        const auto run = runLipsync({"inspect", text(m_place.avatar())});
        QCOMPARE(run.status, 0);
        for (const char* fact : {"kind", "avatar", "Test avatar", "synctalk2d_160", "ping-pong", "template.mp4"})
            QVERIFY2(run.output.contains(fact), qPrintable(run.output));
    }

    void inspectKnowsWeights_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("network");
        QTest::newRow("generator") << "generator.safetensors"
                                   << "synctalk2d_160";
        QTest::newRow("audio encoder") << "audio_encoder.safetensors"
                                       << "ave_audio_encoder";
    }

    void inspectKnowsWeights()
    {
        QFETCH(QString, file);
        QFETCH(QString, network);
        const auto path = m_place.avatar() / file.toStdString();
        const auto facts = jsonOf(runLipsync({"inspect", "--json", text(path)}));
        const auto weights = nn::readSafetensors(path).value();
        const nlohmann::json expected{{"kind", "weights"},
                                      {"network", network.toStdString()},
                                      {"valid", true},
                                      {"bytes", fs::file_size(path)},
                                      {"tensors", weights.size()}};
        QCOMPARE(difference(facts, expected), QString());
        QVERIFY(facts["parameters"].get<std::size_t>() > weights.size());
    }

    void inspectListsWeightsOfANetworkItDoesNotKnowAndRefusesThem()
    {
        const auto path = m_place.output("other.weights"); // known by content, not by name
        QVERIFY(nn::writeSafetensors(path, {{"layer.bias", {{3}, {1, 2, 3}}}, {"layer.weight", {{1, 2}, {4, 5}}}}));
        const auto run = runLipsync({"inspect", "--json", text(path)});
        QCOMPARE(run.status, 3);
        QVERIFY2(run.errors.contains("layer.bias [3]"), qPrintable(run.errors));
        const auto facts = nlohmann::json::parse(run.output.toStdString());
        const nlohmann::json expected{{"kind", "weights"},
                                      {"valid", false},
                                      {"format", "safetensors"},
                                      {"network", nullptr},
                                      {"tensors", 2},
                                      {"parameters", 5},
                                      {"first_tensors", {{"layer.bias", "[3]"}, {"layer.weight", "[1, 2]"}}}};
        QCOMPARE(difference(facts, expected), QString());
    }

    void inspectKnowsAVideo()
    {
        QVERIFY(m_place.writeTalkingVideo("talking.mp4"));
        const auto facts = jsonOf(runLipsync({"inspect", "--json", text(m_place.file("talking.mp4"))}));
        const nlohmann::json expected{{"kind", "video"}, {"codec", "h264"}, {"width", 208},   {"height", 96},
                                      {"fps", 25.0},     {"frames", 50},    {"seconds", 2.0}, {"rotation_degrees", 0}};
        QCOMPARE(difference(facts, expected), QString());
        QCOMPARE(difference(facts["voice"], {{"seconds", 2.0}, {"sample_rate", 16000}, {"channels", 1}}), QString());
    }

    void inspectKnowsAVoice()
    {
        const auto facts = jsonOf(runLipsync({"inspect", "--json", text(m_voice)}));
        const nlohmann::json expected{{"kind", "voice"},
                                      {"seconds", 1.5},
                                      {"sample_rate", 16000},
                                      {"channels", 1},
                                      {"avatar_frames", audio::videoFrameCount(24000)}};
        QCOMPARE(difference(facts, expected), QString());
        QVERIFY(std::abs(facts["peak"].get<double>() - 0.5) < 0.01); // the sweep's amplitude
    }

    void featuresAndMelHaveTheShapesOfTheSpecification()
    {
        const auto features = m_place.output("features.npy"), mel = m_place.output("mel.npy"),
                   same = m_place.output("same.npy");
        const auto run = runLipsync({"features", "--avatar", text(m_place.avatar()), "--voice", text(m_voice),
                                     "--mel-out", text(mel), "--out", text(features)});
        QVERIFY2(run.status == 0, qPrintable(run.errors));
        const auto table = readNpy(features).value();
        const std::size_t frames = audio::videoFrameCount(24000); // section 1.9: as many rows as frames
        QCOMPARE(table.shape, (Shape{frames, audio::kFeatureSize}));
        const auto row = [&](std::size_t index) {
            return std::vector(table.values.begin() + index * audio::kFeatureSize,
                               table.values.begin() + (index + 1) * audio::kFeatureSize);
        };
        QCOMPARE(row(0), row(1)); // F = [f0, f0, …, f(n−1), f(n−1)]
        QCOMPARE(row(frames - 1), row(frames - 2));
        QVERIFY(row(1) != row(frames / 2));

        const auto columns = readNpy(mel).value();
        QCOMPARE(columns.shape, (Shape{audio::melColumnCount(24000), audio::kMelBandCount}));
        QCOMPARE(columns.values, audio::melSpectrogram(media::decodeSpeech(m_voice).value().samples));

        QCOMPARE(runLipsync({"mel", "--voice", text(m_voice), "--out", text(same)}).status, 0);
        QCOMPARE(sample::readBytes(same), sample::readBytes(mel));
    }

    void melTakesAnArrayOfSamples()
    {
        const auto samples = media::decodeSpeech(m_voice).value().samples;
        const auto array = m_place.output("samples.npy"), mel = m_place.output("mel.npy");
        QVERIFY(writeNpy(array, Shape{samples.size()}, samples));
        const auto run = runLipsync({"mel", "--voice", text(array), "--out", text(mel)});
        QVERIFY2(run.status == 0, qPrintable(run.errors));
        QCOMPARE(readNpy(mel).value().values, audio::melSpectrogram(samples));
    }

    void melRefusesArraysThatAreNoSound_data()
    {
        QTest::addColumn<bool>("loud");
        QTest::newRow("two dimensions") << false;
        QTest::newRow("16-bit numbers") << true;
    }

    void melRefusesArraysThatAreNoSound()
    {
        QFETCH(bool, loud);
        const auto array = m_place.output("samples.npy");
        QVERIFY(writeNpy(array, loud ? Shape{4} : Shape{2, 2}, std::vector<float>(4, loud ? 1000.0F : 0.1F)));
        const auto run = runLipsync({"mel", "--voice", text(array), "--out", text(m_place.output("mel.npy"))});
        QCOMPARE(refusalProblem(run, 3, {"samples.npy"}), QString());
        QCOMPARE(m_place.outputs(), std::vector<std::string>{"samples.npy"});
    }

    void forwardGivesTheGoldenNumbers_data()
    {
        QTest::addColumn<QString>("network");
        QTest::addColumn<QList<qulonglong>>("shape");
        QTest::addColumn<QList<std::pair<int, double>>>("samples");
        // The specification's golden_forward.json, made by the original networks on formula weights and inputs.
        QTest::newRow("generator") << "synctalk2d_160_ave" << QList<qulonglong>{1, 3, 160, 160}
                                   << QList<std::pair<int, double>>{{0, 0.49420971326404006},
                                                                    {38400, 0.26997311270732927},
                                                                    {76799, 0.4878975234068916}};
        QTest::newRow("audio encoder") << "ave_audio_encoder" << QList<qulonglong>{2, 512}
                                       << QList<std::pair<int, double>>{{0, 15.891616678620109},
                                                                        {512, 17.143682770734806},
                                                                        {1022, 16.010156807313372},
                                                                        {1023, 0.0}};
    }

    void forwardGivesTheGoldenNumbers()
    {
        QFETCH(QString, network);
        QFETCH(QList<qulonglong>, shape);
        using Samples = QList<std::pair<int, double>>;
        QFETCH(Samples, samples);
        for (const QStringList& form : {QStringList{}, QStringList{"--unfolded"}}) {
            const auto output = m_place.output("output.npy");
            const auto run = runLipsync(
                QStringList{"forward", "--network", network, "--weights", "formula", "--out", text(output)} + form);
            QVERIFY2(run.status == 0, qPrintable(run.errors));
            const auto array = readNpy(output).value();
            QCOMPARE(array.shape, Shape(shape.begin(), shape.end()));
            for (const auto& [index, expected] : samples) {
                QVERIFY2(std::abs(array.values[index] - expected) < 1e-4,
                         qPrintable(QString("%1: %2 instead of %3").arg(index).arg(array.values[index]).arg(expected)));
            }
        }
    }

    void forwardTakesWeightsAndInputsFromFiles()
    {
        const auto formula = m_place.output("formula.npy"), own = m_place.output("own.npy"),
                   input = m_place.output("mel.npy");
        QVERIFY(writeNpy(input, Shape{2, 1, nn::kMelBands, nn::kMelWindowColumns},
                         nn::formulaMel(2 * nn::kMelBands * nn::kMelWindowColumns)));
        const QStringList forward{"forward", "--network", "ave_audio_encoder", "--weights"};
        QCOMPARE(runLipsync(forward + QStringList{"formula", "--out", text(formula)}).status, 0);
        // The test avatar's encoder holds formula weights.
        const auto run = runLipsync(forward +
                                    QStringList{text(m_place.avatar() / "audio_encoder.safetensors"), "--audio",
                                                text(input), "--out", text(own)});
        QVERIFY2(run.status == 0, qPrintable(run.errors));
        QCOMPARE(sample::readBytes(own), sample::readBytes(formula));
    }

    void forwardRefusesWhatDoesNotFit_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("word");
        const auto encoder = text(m_place.avatar() / "audio_encoder.safetensors");
        QTest::newRow("weights of another network")
            << QStringList{"--network", "synctalk2d_160_ave", "--weights", encoder} << "audio_encoder.safetensors";
        QTest::newRow("missing weights") << QStringList{"--network", "synctalk2d_160_ave", "--weights",
                                                        "nowhere.safetensors"}
                                         << "nowhere.safetensors";
        const auto flat = m_place.file("flat.npy");
        QVERIFY(writeNpy(flat, Shape{4}, std::vector<float>(4)));
        QTest::newRow("input of another shape")
            << QStringList{"--network", "ave_audio_encoder", "--weights", "formula", "--audio", text(flat)}
            << "flat.npy";
        sample::writeBytes(m_place.file("letter.npy"), "no array");
        QTest::newRow("input that is no array") << QStringList{"--network", "synctalk2d_160_ave",
                                                               "--weights", "formula",
                                                               "--image",   text(m_place.file("letter.npy"))}
                                                << "letter.npy";
    }

    void forwardRefusesWhatDoesNotFit()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QString, word);
        const auto run =
            runLipsync(QStringList{"forward"} + arguments + QStringList{"--out", text(m_place.output("o.npy"))});
        QCOMPARE(refusalProblem(run, 3, {word}), QString());
        QVERIFY(m_place.outputs().empty());
    }

    void doctorSaysThatRenderingCanWork()
    {
        const auto facts = jsonOf(runLipsync({"doctor", "--json"}));
        const nlohmann::json expected{
            {"can_render", true}, {"version", LIPSYNC_VERSION}, {"codecs", {{"libx264", true}, {"aac", true}}}};
        QCOMPARE(difference(facts, expected), QString());
        QVERIFY(facts["devices"]["cores"].get<int>() > 0);
        QVERIFY(facts["network_ms_per_frame"].get<double>() > 0);
        for (const char* library : {"libtorch", "blas", "opencv", "ffmpeg"})
            QVERIFY2(!facts["libraries"][library].get<std::string>().empty(), library);
        for (const auto& lack : facts["missing"])
            QVERIFY(!lack["what"].get<std::string>().empty() && !lack["get"].get<std::string>().empty());
    }

    void theDemoAvatarIsFoundAndWhole()
    {
        const fs::path demo = LIPSYNC_SOURCE_DIR "/resources/avatars/demo.avatar";
        if (!fs::exists(demo / "avatar.json"))
            QSKIP("resources/avatars/demo.avatar is not there");
        const auto facts = jsonOf(runLipsync({"inspect", "--json", text(demo)}));
        QCOMPARE(difference(facts, {{"kind", "avatar"}, {"valid", true}}), QString());
        QVERIFY(facts["bytes"].get<long>() <= 20'000'000); // what the project allows itself to ship
        QCOMPARE(difference(jsonOf(runLipsync({"doctor", "--json"})), {{"demo_avatar", demo.string()}}), QString());
    }

private:
    Workplace m_place;
    fs::path m_voice;
};

QTEST_GUILESS_MAIN(CliCommandsTest)
#include "cli_commands_test.moc"
