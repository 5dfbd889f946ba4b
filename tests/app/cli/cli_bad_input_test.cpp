// SPDX-License-Identifier: GPL-3.0-or-later
#include "program_run.h"
#include "workplace.h"

#include "avatar/avatar_package.h"
#include "base/file_system.h"
#include "engine/media/sample_media.h"
#include "support/test_avatar.h"

#include <functional>
#include <limits>

#include <QProcess>
#include <QTest>

using namespace lipsync;
using namespace lipsync::test;
namespace fs = std::filesystem;
namespace sample = lipsync::media::sample;

namespace {

using Damage = std::function<void(const fs::path& avatar)>;

void changeWeights(const fs::path& file, const std::function<void(nn::WeightSet&)>& change)
{
    auto weights = nn::readSafetensors(file).value();
    change(weights);
    QVERIFY(nn::writeSafetensors(file, weights));
}

} // namespace

Q_DECLARE_METATYPE(Damage)

/// Whatever is wrong with what the program is given: one sentence that names it, the right exit status, and nothing
/// left behind.
class CliBadInputTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        const auto prepared = m_place.prepare();
        QVERIFY2(prepared, prepared ? "" : prepared.error().text().c_str());
        m_voice = m_place.writeVoice("voice.wav", 1.0);
    }

    void cleanup()
    {
        m_place.clearOutputs();
        fs::remove_all(m_place.file("broken.avatar"));
    }

    void voicesThatCannotBeUsed_data()
    {
        QTest::addColumn<QString>("voice");
        QTest::addColumn<QString>("word");
        QTest::newRow("missing") << "nowhere.wav"
                                 << "no file";
        sample::writeBytes(m_place.file("empty.wav"), "");
        QTest::newRow("empty") << "empty.wav"
                               << "empty";
        sample::writeBytes(m_place.file("text.wav"), "This is a letter, not a voice.\n");
        QTest::newRow("text as WAV") << "text.wav"
                                     << "not a whole sound";
        QTest::newRow("a folder") << "test.avatar"
                                  << "folder";
        fs::copy_file(m_place.avatar() / "template.mp4", m_place.file("mute.mp4"));
        QTest::newRow("no audio stream") << "mute.mp4"
                                         << "no sound";
        QVERIFY(m_place.writeTalkingVideo("cut.mp4"));
        sample::cut(m_place.file("cut.mp4"), 0.6);
        QTest::newRow("truncated video") << "cut.mp4"
                                         << "ends early";
        sample::writeWav(m_place.file("no-samples.wav"), 16000, 1, std::span<const std::int16_t>());
        QTest::newRow("no samples") << "no-samples.wav"
                                    << "sound";
    }

    void voicesThatCannotBeUsed()
    {
        QFETCH(QString, voice);
        QFETCH(QString, word);
        const auto file = m_place.file(voice.toStdString());
        const auto run = runLipsync(m_place.renderArguments(file, m_place.output("video.mp4")) + QStringList{"--json"});
        QCOMPARE(refusalProblem(run, 3, {voice, word}), QString());
        QVERIFY(m_place.outputs().empty());
    }

    void otherCommandsRefuseTheSameVoices()
    {
        const auto voice = text(m_place.file("nowhere.wav"));
        const auto output = text(m_place.output("array.npy"));
        QCOMPARE(refusalProblem(runLipsync({"mel", "--voice", voice, "--out", output}), 3, {"nowhere.wav"}), QString());
        QCOMPARE(refusalProblem(
                     runLipsync({"features", "--avatar", text(m_place.avatar()), "--voice", voice, "--out", output}), 3,
                     {"nowhere.wav"}),
                 QString());
        QVERIFY(m_place.outputs().empty());
    }

    void avatarsThatCannotBeUsed_data()
    {
        QTest::addColumn<Damage>("damage");
        QTest::addColumn<QStringList>("words");
        const auto row = [](const char* name, Damage damage, QStringList words) {
            QTest::newRow(name) << damage << words;
        };
        row("missing folder", [](const fs::path& avatar) { fs::remove_all(avatar); }, {"no avatar"});
        for (const char* file : {"avatar.json", "template.mp4", "crops.json", "generator.safetensors",
                                 "audio_encoder.safetensors", "thumbnail.png"}) {
            row(qPrintable(QString("missing ") + file), [file](const fs::path& avatar) { fs::remove(avatar / file); },
                {file, "missing"});
        }
        for (const char* file : {"avatar.json", "template.mp4", "generator.safetensors"}) {
            row(qPrintable(QString("truncated ") + file),
                [file](const fs::path& avatar) { sample::cut(avatar / file, 0.5); }, {file});
        }
        row("swapped networks",
            [](const fs::path& avatar) {
                fs::rename(avatar / "generator.safetensors", avatar / "other");
                fs::rename(avatar / "audio_encoder.safetensors", avatar / "generator.safetensors");
                fs::rename(avatar / "other", avatar / "audio_encoder.safetensors");
            },
            {"generator.safetensors", "swapped"});
        row("NaN",
            [](const fs::path& avatar) {
                changeWeights(avatar / "generator.safetensors", [](nn::WeightSet& weights) {
                    weights.at("outc.conv.bias").values[1] = std::numeric_limits<float>::quiet_NaN();
                });
            },
            {"generator.safetensors", "outc.conv.bias"});
        row("wrong shape",
            [](const fs::path& avatar) {
                changeWeights(avatar / "generator.safetensors", [](nn::WeightSet& weights) {
                    weights.at("outc.conv.bias") = {{2}, {0, 0}};
                });
            },
            {"generator.safetensors", "outc.conv.bias", "shape"});
        row("rectangle outside of the frame",
            [](const fs::path& avatar) {
                const auto json = sample::readBytes(avatar / "crops.json");
                auto crops = avatar::parseCrops(json).value();
                crops[4] = {60, 60, 124, 124};
                sample::writeBytes(avatar / "crops.json", avatar::toJson(crops));
            },
            {"crops.json", "rectangle 4", "outside"});
        row("one-frame template",
            [](const fs::path& avatar) {
                TestAvatarOptions one;
                one.frameCount = 1;
                QVERIFY(writeTestTemplate(avatar / "template.mp4", one));
            },
            {"template.mp4", "at least 2"});
        row("weights of another avatar",
            [](const fs::path& avatar) {
                changeWeights(avatar / "audio_encoder.safetensors",
                              [](nn::WeightSet& weights) { weights.begin()->second.values.front() += 0.25F; });
            },
            {"audio_encoder.safetensors", "SHA-256"});
    }

    void avatarsThatCannotBeUsed()
    {
        QFETCH(Damage, damage);
        QFETCH(QStringList, words);
        const auto avatar = m_place.file("broken.avatar");
        fs::copy(m_place.avatar(), avatar);
        damage(avatar);
        const auto run = runLipsync(
            {"render", "--avatar", text(avatar), "--voice", text(m_voice), "--out", text(m_place.output("video.mp4"))});
        QCOMPARE(refusalProblem(run, 3, words + QStringList{"broken.avatar"}), QString());
        QVERIFY(m_place.outputs().empty());
    }

    void inspectDescribesABrokenAvatarAndRefusesIt()
    {
        const auto avatar = m_place.file("broken.avatar");
        fs::copy(m_place.avatar(), avatar);
        fs::remove(avatar / "template.mp4");
        const auto run = runLipsync({"inspect", text(avatar)});
        QCOMPARE(run.status, 3);
        QVERIFY2(run.output.contains("Test avatar"), qPrintable(run.output)); // what its manifest still tells
        QCOMPARE(run.sentences().size(), 1);
        QVERIFY2(run.sentences().first().contains("template.mp4"), qPrintable(run.errors));
    }

    void outputsThatCannotBeWritten_data()
    {
        QTest::addColumn<QString>("output");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("word");
        QTest::newRow("folder that is not there") << text(m_place.output("none/video.mp4")) << 4 << "no folder";
        QTest::newRow("below a file") << text(m_voice / "video.mp4") << 4 << "no folder";
        QTest::newRow("folder that nobody may write") << "/proc/lipsync-video.mp4" << 4 << "cannot be";
        QTest::newRow("a folder") << text(m_place.file("out")) << 3 << "no ordinary file";
        QTest::newRow("no name") << "" << 2 << "empty";
        QTest::newRow("the voice") << text(m_voice) << 2 << "input";
        QTest::newRow("a file of the avatar") << text(m_place.avatar() / "template.mp4") << 2 << "input";
    }

    void outputsThatCannotBeWritten()
    {
        QFETCH(QString, output);
        QFETCH(int, status);
        QFETCH(QString, word);
        const auto before = sample::readBytes(m_voice);
        const auto run = runLipsync(m_place.renderArguments(m_voice, output.toStdString()) + QStringList{"--force"});
        QCOMPARE(refusalProblem(run, status, {output, word}), QString());
        QCOMPARE(sample::readBytes(m_voice), before);
        QVERIFY(m_place.outputs().empty());
    }

    void theVoiceUnderAnotherNameIsNotOverwrittenEither()
    {
        fs::create_hard_link(m_voice, m_place.output("same.mp4"));
        const auto run =
            runLipsync(m_place.renderArguments(m_voice, m_place.output("same.mp4")) + QStringList{"--force"});
        QCOMPARE(refusalProblem(run, 2, {"same.mp4", "voice.wav"}), QString());
        QVERIFY(fs::equivalent(m_voice, m_place.output("same.mp4")));
    }

    void anExistingOutputStaysWithoutForce()
    {
        sample::writeBytes(m_place.output("video.mp4"), "somebody's work");
        const auto run = runLipsync(m_place.renderArguments(m_voice, m_place.output("video.mp4")));
        QCOMPARE(refusalProblem(run, 3, {"video.mp4", "--force"}), QString());
        QCOMPARE(sample::readBytes(m_place.output("video.mp4")), std::string("somebody's work"));
        QCOMPARE(m_place.outputs(), std::vector<std::string>{"video.mp4"});
    }

    void aFullDiskLeavesNothingBehind_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::newRow("video") << QStringList{};
        QTest::newRow("pictures") << QStringList{"--png"};
    }

    void aFullDiskLeavesNothingBehind()
    {
        QFETCH(QStringList, options);
        const auto voice = m_place.writeVoice("longer.wav", 4.0);
        const auto run =
            runLipsync(m_place.renderArguments(voice, m_place.output("video.mp4")) + options, "ulimit -f 1");
        QCOMPARE(refusalProblem(run, 4, {"video.mp4"}), QString());
        QVERIFY(m_place.outputs().empty());
    }

    void aFullFileSystemLeavesNothingBehind()
    {
        const auto disk = m_place.file("disk");
        fs::create_directory(disk);
        if (QProcess::execute("mount", {"-t", "tmpfs", "-o", "size=16k", "lipsync-test", text(disk)}) != 0)
            QSKIP("a small file system cannot be mounted here");
        const auto voice = m_place.writeVoice("longer.wav", 4.0);
        const auto run = runLipsync(m_place.renderArguments(voice, disk / "video.mp4"));
        const auto left = sample::namesIn(disk);
        QCOMPARE(QProcess::execute("umount", {text(disk)}), 0);
        QCOMPARE(refusalProblem(run, 4, {"video.mp4"}), QString());
        QVERIFY(left.empty());
    }

    void aFullDiskStopsArraysToo()
    {
        const auto run =
            runLipsync({"mel", "--voice", text(m_voice), "--out", text(m_place.output("mel.npy"))}, "ulimit -f 1");
        QCOMPARE(refusalProblem(run, 4, {"mel.npy"}), QString());
        QVERIFY(m_place.outputs().empty());
    }

    void standardOutputThatIsFullIsNoticed()
    {
        const auto run = runLipsync({"inspect", "--json", text(m_voice)}, "exec >/dev/full");
        QCOMPARE(refusalProblem(run, 4, {"standard output"}), QString());
    }

    void arraysDoNotReplaceOtherFiles()
    {
        const auto before = sample::readBytes(m_voice);
        QCOMPARE(
            refusalProblem(runLipsync({"mel", "--voice", text(m_voice), "--out", text(m_voice)}), 2, {"voice.wav"}),
            QString());
        sample::writeBytes(m_place.output("letter.npy"), "no array");
        const auto run = runLipsync({"mel", "--voice", text(m_voice), "--out", text(m_place.output("letter.npy"))});
        QCOMPARE(refusalProblem(run, 3, {"letter.npy"}), QString());
        QCOMPARE(sample::readBytes(m_place.output("letter.npy")), std::string("no array"));
        QCOMPARE(sample::readBytes(m_voice), before);
    }

    void pathsThatAreNothingWeKnow_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("missing") << "nowhere";
        sample::writeBytes(m_place.file("notes.txt"), "Dear diary,\n");
        QTest::newRow("text") << "notes.txt";
        sample::writeBytes(m_place.file("nothing"), "");
        QTest::newRow("empty") << "nothing";
        fs::create_directory(m_place.file("folder"));
        QTest::newRow("folder") << "folder";
    }

    void pathsThatAreNothingWeKnow()
    {
        QFETCH(QString, name);
        QCOMPARE(refusalProblem(runLipsync({"inspect", text(m_place.file(name.toStdString()))}), 3, {name}), QString());
    }

private:
    Workplace m_place;
    fs::path m_voice;
};

QTEST_GUILESS_MAIN(CliBadInputTest)
#include "cli_bad_input_test.moc"
