// SPDX-License-Identifier: GPL-3.0-or-later
// TorchScript archives: opened only when agreed to, and only with the interface of a generator.
#include "nn/checkpoint/checkpoint.h"
#include "nn/checkpoint/torchscript_module.h"

#include <QTemporaryDir>
#include <QTest>

using namespace lipsync;
using namespace lipsync::nn;

namespace {

constexpr ScriptInterface kInterface{32, {4, 8, 8}};

/// Adds a quarter of the sound's loudness to the picture.
constexpr const char* kGenerator = R"(
def forward(self, pictures, windows):
    shade = windows.abs().mean(dim=[1, 2, 3]).clamp(0, 1).view(-1, 1, 1, 1) * self.gain
    return (pictures[:, 0:3] * 0.5 + shade).clamp(0, 1)
)";

} // namespace

class TorchScriptTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void withoutConsentNothingIsLoaded()
    {
        const auto opened = openTorchScript(archive(kGenerator), kInterface, ScriptConsent::Missing);
        QVERIFY(!opened.has_value());
        QCOMPARE(opened.error().code, ErrorCode::Usage);
        QVERIFY(QString::fromStdString(opened.error().message).contains(kScriptConsentOption));
    }

    void aGeneratorRuns()
    {
        const auto opened = openTorchScript(archive(kGenerator), kInterface, ScriptConsent::Given);
        QVERIFY2(opened.has_value(), opened ? "" : opened.error().text().c_str());
        c10::InferenceMode inference;
        const auto result = (*opened)->forward(torch::ones({1, 6, 32, 32}), torch::ones({1, 4, 8, 8}));
        QCOMPARE(result.sizes().vec(), (std::vector<std::int64_t>{1, 3, 32, 32}));
        QCOMPARE(result.max().item<float>(), 0.75f);
        const auto copied = (*opened)->copy()->forward(torch::ones({1, 6, 32, 32}), torch::ones({1, 4, 8, 8}));
        QVERIFY(torch::equal(copied, result));
    }

    void soundMayComeFirst()
    {
        const auto file = archive(R"(
def forward(self, windows, pictures):
    return (pictures[:, 0:3] + 0.0 * windows.mean()).clamp(0, 1)
)");
        auto interface = kInterface;
        QVERIFY(!openTorchScript(file, interface, ScriptConsent::Given).has_value());
        interface.soundFirst = true;
        QVERIFY(openTorchScript(file, interface, ScriptConsent::Given).has_value());
    }

    void parametersAreReadWithoutRunningAnything()
    {
        const auto checkpoint = readCheckpoint(archive(kGenerator));
        QVERIFY2(checkpoint.has_value(), checkpoint ? "" : checkpoint.error().message.c_str());
        QVERIFY(checkpoint->format == CheckpointFormat::TorchScript);
        QCOMPARE(checkpoint->weights.at("gain").values.at(0), 0.25f);
    }

    void otherInterfacesAreRefused_data()
    {
        QTest::addColumn<QString>("code");
        QTest::addColumn<QString>("says");
        QTest::newRow("one input") << "def forward(self, x):\n    return x\n"
                                   << "forward(Tensor)";
        QTest::newRow("a number") << "def forward(self, x, y: int):\n    return x\n"
                                  << "forward(Tensor, int)";
        QTest::newRow("another picture") << "def forward(self, x, y):\n    return x[:, 0:3, 1:, 1:]\n"
                                         << "[2, 3, 31, 31]";
        QTest::newRow("six channels") << "def forward(self, x, y):\n    return x\n"
                                      << "[2, 6, 32, 32]";
        QTest::newRow("values out of range") << "def forward(self, x, y):\n    return x[:, 0:3] - 1\n"
                                             << "0 to 1";
        QTest::newRow("no numbers") << "def forward(self, x, y):\n    return x[:, 0:3] / 0\n"
                                    << "0 to 1";
        QTest::newRow("traced for one") << "def forward(self, x, y):\n    return x[:, 0:3].view(1, 3, 32, 32)\n"
                                        << "does not take";
        QTest::newRow("no forward") << "def other(self, x):\n    return x\n"
                                    << "no forward";
    }

    void otherInterfacesAreRefused()
    {
        QFETCH(QString, code);
        QFETCH(QString, says);
        const auto opened = openTorchScript(archive(code.toUtf8().constData()), kInterface, ScriptConsent::Given);
        QVERIFY(!opened.has_value());
        QCOMPARE(opened.error().code, ErrorCode::InvalidInput);
        QVERIFY2(QString::fromStdString(opened.error().message).contains(says), opened.error().text().c_str());
    }

    void whatIsNoArchiveIsRefused()
    {
        const auto file = inFolder("text.pt");
        QFile text(QString::fromStdString(file.string()));
        QVERIFY(text.open(QIODevice::WriteOnly) && text.write("no archive") > 0);
        text.close();
        for (const auto& path : {file, inFolder("missing.pt"), inFolder("")}) {
            const auto opened = openTorchScript(path, kInterface, ScriptConsent::Given);
            QVERIFY(!opened.has_value());
            QCOMPARE(opened.error().code, ErrorCode::InvalidInput);
        }
        QCOMPARE(openTorchScript(file, {0, {1, 1, 1}}, ScriptConsent::Given).error().code, ErrorCode::Usage);
    }

private:
    std::filesystem::path inFolder(const char* name) const
    {
        return std::filesystem::path(m_folder.path().toStdString()) / name;
    }

    std::filesystem::path archive(const char* code) const
    {
        torch::jit::Module module("Drawing");
        module.register_parameter("gain", torch::full({1}, 0.25), false);
        module.define(code);
        const auto file = inFolder("drawing.pt");
        module.save(file.string());
        return file;
    }

    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(TorchScriptTest)
#include "torchscript_test.moc"
