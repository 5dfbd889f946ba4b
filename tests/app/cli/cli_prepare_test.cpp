// SPDX-License-Identifier: GPL-3.0-or-later
#include "program_run.h"
#include "workplace.h"

#include <nlohmann/json.hpp>

#include <QTest>

using namespace lipsync;
using namespace lipsync::test;
namespace fs = std::filesystem;

/// `prepare`, and what the other commands say to an avatar that is prepared but not trained.
class CliPrepareTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        const auto prepared = m_place.prepare();
        QVERIFY2(prepared, prepared ? "" : prepared.error().text().c_str());
        m_demo = QStringLiteral(LIPSYNC_SOURCE_DIR "/resources/avatars/demo.avatar/template.mp4");
    }

    void cleanup() { m_place.clearOutputs(); }

    void aPreparedAvatarIsReportedAndCanBeLookedAtButNotSpeak()
    {
        const auto output = text(m_place.output("made.avatar"));
        const auto run = runLipsync({"prepare", m_demo, "--out", output, "--seconds", "0.6", "--json"});
        QVERIFY2(run.status == 0, qPrintable(run.errors));
        const auto facts = nlohmann::json::parse(run.output.toStdString());
        QCOMPARE(facts.at("frames").get<int>(), 15);
        QCOMPARE(facts.at("frames_with_face").get<int>(), 15);
        QVERIFY(facts.at("warnings").is_array() && !facts.at("warnings").empty());

        const auto inspected = runLipsync({"inspect", output, "--json"});
        QCOMPARE(inspected.status, 0);
        const auto avatar = nlohmann::json::parse(inspected.output.toStdString());
        QVERIFY(avatar.at("valid").get<bool>() && !avatar.at("trained").get<bool>());

        const auto voice = m_place.writeVoice("voice.wav", 0.5);
        const auto spoken = runLipsync(
            {"render", "--avatar", output, "--voice", text(voice), "--out", text(m_place.output("speech.mp4"))});
        QCOMPARE(refusalProblem(spoken, 3, {"not trained yet", "lipsync train"}), QString());

        const auto again = runLipsync({"prepare", m_demo, "--out", output, "--seconds", "0.6"});
        QCOMPARE(refusalProblem(again, 3, {"exists already"}), QString());
        QCOMPARE(m_place.outputs(), std::vector<std::string>{"made.avatar"});
    }

    void whatCannotBePreparedIsRefused_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("status");
        QTest::addColumn<QStringList>("words");
        const auto voice = text(m_place.writeVoice("only-sound.wav", 0.5));
        QTest::newRow("no such file") << QStringList{"/nowhere/video.mp4"} << 3 << QStringList{"/nowhere/video.mp4"};
        QTest::newRow("sound") << QStringList{voice} << 3 << QStringList{"only-sound.wav"};
        QTest::newRow("half a box") << QStringList{m_demo, "--face", "10,20"} << 2 << QStringList{"--face", "10,20"};
        QTest::newRow("box of nothing") << QStringList{m_demo, "--face", "10,20,0,0"} << 2 << QStringList{"--face"};
        QTest::newRow("face as a word") << QStringList{m_demo, "--face", "left"} << 2 << QStringList{"left"};
        QTest::newRow("no landmarks") << QStringList{m_demo, "--seconds", "0.4", "--landmarks", voice} << 3
                                      << QStringList{"libdlib-data"};
        QTest::newRow("another network") << QStringList{m_demo, "--network", "96"} << 2 << QStringList{"--network"};
        QTest::newRow("after the end") << QStringList{m_demo, "--start", "1000"} << 3 << QStringList{"template.mp4"};
    }

    void whatCannotBePreparedIsRefused()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, status);
        QFETCH(QStringList, words);
        const auto run =
            runLipsync(QStringList{"prepare"} + arguments + QStringList{"--out", text(m_place.output("made.avatar"))});
        QCOMPARE(refusalProblem(run, status, words), QString());
        QVERIFY(m_place.outputs().empty());
    }

private:
    Workplace m_place;
    QString m_demo;
};

QTEST_GUILESS_MAIN(CliPrepareTest)
#include "cli_prepare_test.moc"
