// SPDX-License-Identifier: GPL-3.0-or-later
// Every generator gives what a second implementation in PyTorch gives for the same weights and inputs. Needs Debian's
// python3-torch.

#include "base/npy.h"
#include "nn/formula_weights.h"
#include "nn/reference_forward.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace lipsync;
using namespace lipsync::nn;

namespace {

constexpr int kWidth = 8; ///< narrow networks have the same structure and take a fraction of the time
constexpr double kTolerance = 1e-4;
constexpr int kPatienceMs = 120'000;

} // namespace

class PythonReferenceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (runPython({"-c", "import torch, numpy"}) != 0)
            QSKIP("There is no python3 with PyTorch here (Debian: python3-torch).");
        QStringList arguments{LIPSYNC_SOURCE_DIR "/tests/engine/nn/python/reference_networks.py", m_folder.path()};
        for (auto spec : knownGenerators()) {
            const auto name = spec.name();
            spec.width = kWidth;
            const auto [channels, height, columns] = spec.audioShape();
            const auto side = static_cast<std::size_t>(spec.pictureSize());
            const auto window =
                spec.mode == AudioMode::Mel ? formulaMel(spec.audioElements()) : formulaFeatures(spec.audioElements());
            QVERIFY(writeSafetensors(fileOf(name, ".safetensors"), formulaWeights(spec)));
            write(name, ".image.npy", {1, 6, side, side}, formulaPicture(6 * side * side));
            write(name, ".audio.npy", {1, std::size_t(channels), std::size_t(height), std::size_t(columns)}, window);
            arguments << QString::fromStdString(name);
        }
        QCOMPARE(runPython(arguments), 0);
    }

    void everyGeneratorGivesThePicturesOfTheReference_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("folded");
        for (const auto& spec : knownGenerators()) {
            const auto name = QString::fromStdString(spec.name());
            QTest::addRow("%s", qPrintable(name)) << name << false;
            QTest::addRow("%s, folded", qPrintable(name)) << name << true;
        }
    }

    void everyGeneratorGivesThePicturesOfTheReference()
    {
        QFETCH(QString, name);
        QFETCH(bool, folded);
        const auto network = name.toStdString();
        const auto expected = readNpy(fileOf(network, ".output.npy"));
        QVERIFY2(expected, expected ? "" : expected.error().text().c_str());
        const auto weights = readSafetensors(fileOf(network, ".safetensors"));
        QVERIFY(weights.has_value());
        const auto output = referenceForward(network, &*weights, {}, {}, folded);
        QVERIFY2(output, output ? "" : output.error().text().c_str());
        QVERIFY(output->shape == expected->shape);
        double largest = 0, lowest = 1, highest = 0;
        for (std::size_t i = 0; i < output->values.size(); ++i) {
            largest = std::max(largest, std::abs(static_cast<double>(output->values[i]) - expected->values[i]));
            lowest = std::min(lowest, static_cast<double>(expected->values[i]));
            highest = std::max(highest, static_cast<double>(expected->values[i]));
        }
        QVERIFY(highest - lowest > 0.05); // pictures, not a grey surface that any network would give
        QVERIFY2(largest <= kTolerance, qPrintable(QString::number(largest)));
    }

private:
    std::filesystem::path fileOf(const std::string& name, const char* ending) const
    {
        return std::filesystem::path(m_folder.path().toStdString()) / (name + ending);
    }

    void write(const std::string& name, const char* ending, const std::vector<std::size_t>& shape,
               const std::vector<float>& values) const
    {
        QVERIFY(writeNpy(fileOf(name, ending), shape, std::span<const float>(values)));
    }

    static int runPython(const QStringList& arguments)
    {
        QProcess process;
        process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        process.start("/usr/bin/python3", arguments); // Debian's own, which has python3-torch
        if (!process.waitForFinished(kPatienceMs))
            return -1;
        return process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
    }

    const QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(PythonReferenceTest)
#include "python_reference_test.moc"
