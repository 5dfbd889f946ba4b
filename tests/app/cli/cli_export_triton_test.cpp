// SPDX-License-Identifier: GPL-3.0-or-later
#include "program_run.h"
#include "workplace.h"

#include "avatar/avatar_manifest.h"
#include "base/file_system.h"
#include "tuning/machine.h"
#include "tuning/saved_tuning.h"

#include <nlohmann/json.hpp>

#include <QProcess>
#include <QTest>

using namespace lipsync;
using namespace lipsync::test;
namespace fs = std::filesystem;

namespace {

constexpr int kPatienceMs = 60'000;

QString contentOf(const fs::path& file)
{
    constexpr std::size_t kMost = 1 << 20;
    const auto bytes = readFile(file, kMost);
    return bytes ? QString::fromUtf8(bytes->data(), static_cast<qsizetype>(bytes->size())) : QString();
}

} // namespace

/// `lipsync export-triton` as a program, and a program whose frames another one computes by KServe.
class CliExportTritonTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        const auto prepared = m_place.prepare();
        QVERIFY2(prepared, prepared ? "" : prepared.error().text().c_str());
        qputenv("XDG_CONFIG_HOME", text(m_place.file("config")).toUtf8());
    }

    void cleanup() { m_place.clearOutputs(); }

    void aModelIsWrittenByTheGivenPlan()
    {
        const auto run =
            exportTo({"--json", "--device", "cuda:0", "--workers", "2", "--batch", "8", "--max-wait-ms", "3"});
        QVERIFY2(run.status == 0, qPrintable(run.errors));
        const auto object = nlohmann::json::parse(run.output.toStdString(), nullptr, false);
        QVERIFY(object.is_object());
        QCOMPARE(object.value("model", std::string()), std::string("test"));
        QVERIFY(!object.value("is_tuned", true));
        QVERIFY(object.value("largest_difference", 255) <= 1);
        const auto config = contentOf(m_place.output("models") / "test" / "config.pbtxt");
        for (const char* line : {"max_batch_size: 8", "count: 2", "kind: KIND_GPU", "gpus: 0",
                                 "max_queue_delay_microseconds: 3000", "preferred_batch_size: 8"})
            QVERIFY2(config.contains(line), qPrintable(line + (" is missing in:\n" + config)));
        QVERIFY(fs::exists(m_place.output("models") / "test" / "1" / "model.pt"));
    }

    void theTuningOfThisMachineIsUsed()
    {
        const auto manifest = avatar::parseManifest(contentOf(m_place.avatar() / avatar::kManifestFile).toStdString());
        QVERIFY(manifest.has_value());
        tuning::SavedTuning tuned;
        // What the program's key is, this one's is too: both are of this machine and build.
        tuned.key = tuning::tuningKey(manifest->generatorHash());
        tuned.plan.devices = {{"cpu", 3}};
        tuned.plan.batchSizes = {1, 2};
        QVERIFY(tuning::saveTuning(tuned, m_place.file("config") / "lipsync-studio" / "tuning.json").has_value());
        const auto run = exportTo({});
        QVERIFY2(run.status == 0, qPrintable(run.errors));
        QVERIFY2(run.output.contains("as tuned for this machine"), qPrintable(run.output));
        const auto config = contentOf(m_place.output("models") / "test" / "config.pbtxt");
        QVERIFY2(config.contains("count: 3") && config.contains("max_batch_size: 2"), qPrintable(config));
    }

    void whatMakesNoSenseIsRefused()
    {
        QVERIFY(exportTo({}).status == 0);
        QCOMPARE(refusalProblem(exportTo({}), 2, {"--force"}), QString());
        QVERIFY(exportTo({"--force"}).status == 0);
        QCOMPARE(refusalProblem(exportTo({"--name", "a/b"}), 2, {"--name"}), QString());
        QCOMPARE(refusalProblem(exportTo({"--name", "b", "--device", "host:7000"}), 2, {"cpu or cuda:N"}), QString());
        QCOMPARE(refusalProblem(runLipsync({"export-triton", text(m_place.avatar())}), 2, {"--repository"}), QString());
        QCOMPARE(refusalProblem(runLipsync({"export-triton", text(m_place.file("nobody.avatar")), "--repository",
                                            text(m_place.output("models"))}),
                                3, {"nobody.avatar"}),
                 QString());
        QCOMPARE(refusalProblem(exportTo({"--name", "c", "--repository", "/proc/models"}), 2, {"--repository"}),
                 QString());
        QCOMPARE(refusalProblem(runLipsync({"export-triton", text(m_place.avatar()), "--repository", "/proc/models"}),
                                4, {"/proc/models", "cannot be written"}),
                 QString());
    }

    void aServerRendersForAnotherProgram()
    {
        QProcess server;
        server.start(programFile(),
                     {"serve", "--listen", "127.0.0.1:0", "--library", text(m_place.avatar()), "--device", "cpu",
                      "--threads", "1"});
        QVERIFY(server.waitForReadyRead(kPatienceMs));
        const auto words = QString::fromUtf8(server.readLine()).split(' ');
        const auto at = words.indexOf("on");
        QVERIFY(at > 0);
        const auto address = words.at(at + 1).split(';').first();
        const auto voice = m_place.writeVoice("voice.wav", 0.4);
        const auto here = m_place.output("here"), there = m_place.output("there");
        const QStringList asPictures{"--format", "png"};
        const QStringList elsewhere = asPictures + QStringList{"--device", "kserve://" + address};
        const auto rendered = runLipsync(m_place.renderArguments(voice, there) + elsewhere);
        QVERIFY2(rendered.status == 0, qPrintable(rendered.errors));
        const auto local =
            runLipsync(m_place.renderArguments(voice, here) + asPictures + QStringList{"--device", "cpu"});
        QVERIFY2(local.status == 0, qPrintable(local.errors));
        int pictures = 0;
        for (const auto& entry : fs::directory_iterator(here)) {
            QVERIFY(sha256(there / entry.path().filename()).value() == sha256(entry.path()).value());
            pictures += entry.path().extension() == ".png" ? 1 : 0;
        }
        QVERIFY(pictures > 5);
        server.terminate();
        QVERIFY(server.waitForFinished(kPatienceMs));
        const auto gone = runLipsync(m_place.renderArguments(voice, m_place.output("gone")) + elsewhere);
        QCOMPARE(refusalProblem(gone, 4, {"Nobody answers at", address}), QString());
    }

private:
    ProgramRun exportTo(const QStringList& options) const
    {
        return runLipsync(
            QStringList{"export-triton", text(m_place.avatar()), "--repository", text(m_place.output("models"))} +
            options);
    }

    Workplace m_place;
};

QTEST_GUILESS_MAIN(CliExportTritonTest)
#include "cli_export_triton_test.moc"
