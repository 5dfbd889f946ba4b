// SPDX-License-Identifier: GPL-3.0-or-later
// Against PyTorch itself, where a Python with torch is installed (Debian's python3-torch): what it saves is read to the
// bit, and what it computes is computed.
#include "base/npy.h"
#include "nn/checkpoint/checkpoint.h"
#include "nn/reference_forward.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace lipsync;
using namespace lipsync::nn;

namespace {

constexpr const char* kPython = "/usr/bin/python3";
constexpr int kPatience = 100'000; ///< ms

bool runPython(const QStringList& arguments, QString* output = nullptr)
{
    QProcess python;
    python.setProcessChannelMode(QProcess::MergedChannels);
    python.start(kPython, arguments);
    const bool good =
        python.waitForFinished(kPatience) && python.exitStatus() == QProcess::NormalExit && python.exitCode() == 0;
    if (output)
        *output = QString::fromUtf8(python.readAll());
    return good;
}

/// -1 where they differ in size.
double largestDifference(const std::vector<float>& a, const std::vector<float>& b)
{
    if (a.size() != b.size())
        return -1;
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        largest = std::max(largest, std::abs(static_cast<double>(a[i]) - b[i]));
    return largest;
}

} // namespace

class CheckpointPythonTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (!runPython({"-c", "import torch, numpy"}))
            QSKIP("There is no Python with torch and numpy here (Debian: python3-torch). What PyTorch writes was not "
                  "compared.");
        const QString script = LIPSYNC_SOURCE_DIR "/tests/engine/nn/checkpoint_reference.py";
        QVERIFY(m_folder.isValid());
        for (const char* part : {"save", "forward"}) {
            QString output;
            QVERIFY2(runPython({script, part, m_folder.path()}, &output), qPrintable(output));
        }
    }

    void whatPyTorchSavesIsReadToTheBit_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("expected");
        QTest::addColumn<QString>("wrapper");
        QTest::addColumn<QString>("numberType");
        const std::tuple<const char*, const char*, const char*> kinds[] = {{"ordered", "", "float32"},
                                                                           {"plain", "", "float32"},
                                                                           {"state_dict", "", "float32"},
                                                                           {"module", "", "float32"},
                                                                           {"wrapped", "state_dict", "float32"},
                                                                           {"parameters", "", "float32"},
                                                                           {"half", "", "float16"},
                                                                           {"bfloat16", "", "bfloat16"},
                                                                           {"double", "", "float64"},
                                                                           {"integers", "", ""},
                                                                           {"shared", "", "float32"}};
        for (const auto& [kind, wrapper, type] : kinds) {
            for (const char* ending : {".pth", ".legacy.pth"})
                QTest::addRow("%s%s", kind, ending) << QString(kind) + ending << QString(kind) << wrapper << type;
        }
        QTest::newRow("protocol 4") << "protocol4.pth"
                                    << "protocol4"
                                    << ""
                                    << "float32";
        QTest::newRow("TorchScript") << "script.pth"
                                     << "script"
                                     << ""
                                     << "float32";
    }

    void whatPyTorchSavesIsReadToTheBit()
    {
        QFETCH(QString, file);
        QFETCH(QString, expected);
        QFETCH(QString, wrapper);
        QFETCH(QString, numberType);
        const auto checkpoint = readCheckpoint(inFolder(file));
        QVERIFY2(checkpoint.has_value(), checkpoint ? "" : checkpoint.error().message.c_str());
        const auto right = readSafetensors(inFolder(expected + ".safetensors"));
        QVERIFY2(right.has_value(), right ? "" : right.error().message.c_str());
        QCOMPARE(QString::fromStdString(checkpoint->wrapper), wrapper);
        QCOMPARE(QString::fromStdString(checkpoint->numberType), numberType);
        QCOMPARE(checkpoint->weights.size(), right->size());
        for (const auto& [name, weight] : *right) {
            const auto found = checkpoint->weights.find(name);
            QVERIFY2(found != checkpoint->weights.end(), name.c_str());
            QVERIFY2(found->second.shape == weight.shape, name.c_str());
            QCOMPARE(found->second.values.size(), weight.values.size());
            QVERIFY2(std::memcmp(std::as_const(found->second.values).data(), weight.values.data(),
                                 weight.values.size() * sizeof(float)) == 0,
                     name.c_str());
        }
    }

    void whatPyTorchComputesIsComputed_data()
    {
        QTest::addColumn<QString>("network");
        QTest::newRow("SyncTalk_2D 160") << "synctalk2d_160_ave";
        QTest::newRow("Wav2Lip 96") << "wav2lip_96";
    }

    void whatPyTorchComputesIsComputed()
    {
        QFETCH(QString, network);
        const auto checkpoint = readCheckpoint(inFolder(network + ".pth"));
        QVERIFY2(checkpoint.has_value(), checkpoint ? "" : checkpoint.error().message.c_str());
        const auto part = [&](const char* name) {
            auto array = readNpy(inFolder(network + "." + name + ".npy")).value();
            return Tensor{std::move(array.shape), std::move(array.values)};
        };
        const auto expected = part("result");
        for (const bool folded : {false, true}) {
            const auto result =
                referenceForward(network.toStdString(), &checkpoint->weights, part("picture"), part("sound"), folded);
            QVERIFY2(result.has_value(), result ? "" : result.error().message.c_str());
            const double difference = largestDifference(result->values, expected.values);
            QVERIFY2(difference >= 0 && difference <= 1e-4, std::to_string(difference).c_str());
            qInfo("%s%s: at most %.2g from PyTorch", qPrintable(network), folded ? ", folded" : "", difference);
        }
    }

private:
    std::filesystem::path inFolder(const QString& name) const
    {
        return std::filesystem::path(m_folder.path().toStdString()) / name.toStdString();
    }

    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(CheckpointPythonTest)
#include "checkpoint_python_test.moc"
