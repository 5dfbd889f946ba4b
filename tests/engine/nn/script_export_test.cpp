// SPDX-License-Identifier: GPL-3.0-or-later
// Networks as TorchScript archives of their own: the same pictures, whatever the network and the batch.
#include "nn/script_export.h"

#include "nn/formula_weights.h"
#include "nn/generator.h"
#include "nn/script_agreement.h"
#include "support/script_archive.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <QTemporaryDir>
#include <QTest>

using namespace lipsync;
using namespace lipsync::nn;

namespace {

std::vector<std::uint8_t> picturesOf(std::size_t count)
{
    std::vector<std::uint8_t> bytes(count);
    for (std::size_t i = 0; i < count; ++i)
        bytes[i] = static_cast<std::uint8_t>(127.5 + 127.5 * formulaNumber(static_cast<std::uint32_t>(i), 77));
    return bytes;
}

GeneratorSpec customSpec(bool soundFirst)
{
    CustomGeometry geometry;
    geometry.pictureSize = 32;
    geometry.cropBorder = 2;
    geometry.mask = {4, 6, 20, 10};
    geometry.order = soundFirst ? PictureOrder::MaskedFirst : PictureOrder::ReferenceFirst;
    geometry.audioShape = {4, 8, 8};
    geometry.soundFirst = soundFirst;
    GeneratorSpec spec{GeneratorKind::TorchScript, AudioMode::Hubert, 32};
    spec.custom = geometry;
    return spec;
}

} // namespace

class ScriptExportTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { qputenv("XDG_CONFIG_HOME", m_folder.path().toUtf8()); }

    void everyNetworkGivesItsOwnPictures_data()
    {
        QTest::addColumn<int>("index");
        const auto known = knownGenerators();
        for (std::size_t i = 0; i < known.size(); ++i)
            QTest::newRow(known[i].name().c_str()) << static_cast<int>(i);
    }

    void everyNetworkGivesItsOwnPictures()
    {
        QFETCH(int, index);
        auto spec = knownGenerators().at(static_cast<std::size_t>(index));
        spec.width = 4; // the layers are the same, and the test quick
        const auto weights = fileOf("weights.safetensors"), archive = fileOf("model.pt");
        QVERIFY(writeSafetensors(weights, formulaWeights(spec)).has_value());
        const auto exported = exportTorchScript(weights, spec, archive);
        QVERIFY2(exported, exported ? "" : exported.error().text().c_str());
        const auto likeness = compareExport(weights, spec, archive);
        QVERIFY2(likeness, likeness ? "" : likeness.error().text().c_str());
        QVERIFY2(likeness->isSame(),
                 qPrintable(QString("%1 of %2").arg(likeness->largestDifference).arg(likeness->differing)));
        const auto opened = ExportedGenerator::open(archive, spec);
        QVERIFY(opened.has_value());
        std::vector<std::uint8_t> mouth(spec.pictureBytes());
        QVERIFY((*opened)->run(picturesOf(mouth.size()), formulaFeatures(spec.audioElements()), 1, mouth).has_value());
        const auto [lowest, highest] = std::minmax_element(mouth.begin(), mouth.end());
        QVERIFY(*highest - *lowest > 10); // pictures, not a grey surface that any network would give
    }

    void anyBatchGivesTheSamePictures()
    {
        const GeneratorSpec spec{GeneratorKind::SyncTalk2D160, AudioMode::Ave, 4};
        const auto archive = exportFormula(spec);
        const auto opened = ExportedGenerator::open(archive, spec);
        QVERIFY(opened.has_value());
        constexpr int kMost = 5;
        const auto pictures = picturesOf(kMost * spec.pictureBytes());
        const auto windows = formulaFeatures(kMost * spec.audioElements());
        std::vector<std::uint8_t> together(pictures.size()), alone(spec.pictureBytes());
        QVERIFY((*opened)->run(pictures, windows, kMost, together).has_value());
        for (std::size_t i = 0; i < kMost; ++i) {
            const auto picture = std::span(pictures).subspan(i * alone.size(), alone.size());
            const auto window = std::span(windows).subspan(i * spec.audioElements(), spec.audioElements());
            QVERIFY((*opened)->run(picture, window, 1, alone).has_value());
            int largest = 0;
            for (std::size_t b = 0; b < alone.size(); ++b)
                largest = std::max(largest, std::abs(int{alone[b]} - int{together[i * alone.size() + b]}));
            QVERIFY(largest <= 1);
        }
    }

    void numbersThatAreNoneBecomeBlackAndHarmNoOtherPicture()
    {
        const GeneratorSpec spec{GeneratorKind::SyncTalk2D160, AudioMode::Ave, 4};
        const auto opened = ExportedGenerator::open(exportFormula(spec), spec);
        QVERIFY(opened.has_value());
        const auto pictures = picturesOf(2 * spec.pictureBytes());
        auto windows = formulaFeatures(2 * spec.audioElements());
        std::vector<std::uint8_t> good(pictures.size()), bad(pictures.size());
        QVERIFY((*opened)->run(pictures, windows, 2, good).has_value());
        std::fill_n(windows.begin(), spec.audioElements(), std::numeric_limits<float>::quiet_NaN());
        QVERIFY((*opened)->run(pictures, windows, 2, bad).has_value());
        const auto half = static_cast<std::ptrdiff_t>(spec.pictureBytes());
        QVERIFY(std::all_of(bad.begin(), bad.begin() + half, [](std::uint8_t byte) { return byte == 0; }));
        QVERIFY(std::equal(bad.begin() + half, bad.end(), good.begin() + half));
    }

    void aTorchScriptNetworkIsPutInside_data()
    {
        QTest::addColumn<bool>("soundFirst");
        QTest::newRow("pictures first") << false;
        QTest::newRow("sound first") << true;
    }

    void aTorchScriptNetworkIsPutInside()
    {
        QFETCH(bool, soundFirst);
        const auto spec = customSpec(soundFirst);
        const auto own = fileOf(soundFirst ? "own-sound.pt" : "own.pt"), archive = fileOf("custom.pt");
        test::writeScriptArchive(own, soundFirst);
        const auto refused = exportTorchScript(own, spec, archive);
        QVERIFY(!refused.has_value());
        QVERIFY2(refused.error().message.find("did not agree") != std::string::npos, refused.error().message.c_str());
        QVERIFY(!std::filesystem::exists(archive));
        QVERIFY(agreeToScript(own).has_value());
        const auto exported = exportTorchScript(own, spec, archive);
        QVERIFY2(exported, exported ? "" : exported.error().text().c_str());
        const auto likeness = compareExport(own, spec, archive);
        QVERIFY2(likeness, likeness ? "" : likeness.error().text().c_str());
        QVERIFY(likeness->isSame());
        std::filesystem::remove(archive);
    }

    void whatCannotBeExportedIsRefused()
    {
        const GeneratorSpec spec{GeneratorKind::SyncTalk2D160, AudioMode::Ave, 4};
        const auto weights = fileOf("good.safetensors");
        QVERIFY(writeSafetensors(weights, formulaWeights(spec)).has_value());
        auto other = spec;
        other.width = 8;
        QCOMPARE(exportTorchScript(weights, other, fileOf("a.pt")).error().code, ErrorCode::InvalidInput);
        QCOMPARE(exportTorchScript(fileOf("missing"), spec, fileOf("a.pt")).error().code, ErrorCode::InvalidInput);
        QCOMPARE(exportTorchScript(weights, spec, fileOf("no-folder") / "a.pt").error().code, ErrorCode::Resource);
        QCOMPARE(ExportedGenerator::open(weights, spec).error().code, ErrorCode::InvalidInput);
        QCOMPARE(ExportedGenerator::open(fileOf("missing"), spec).error().code, ErrorCode::InvalidInput);
        QVERIFY(!std::filesystem::exists(fileOf("a.pt")));
    }

private:
    std::filesystem::path fileOf(const char* name) const
    {
        return std::filesystem::path(m_folder.path().toStdString()) / name;
    }

    std::filesystem::path exportFormula(const GeneratorSpec& spec) const
    {
        const auto weights = fileOf("formula.safetensors"), archive = fileOf("formula.pt");
        const auto written = writeSafetensors(weights, formulaWeights(spec));
        const auto exported = written ? exportTorchScript(weights, spec, archive) : written;
        return exported ? archive : std::filesystem::path();
    }

    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(ScriptExportTest)
#include "script_export_test.moc"
