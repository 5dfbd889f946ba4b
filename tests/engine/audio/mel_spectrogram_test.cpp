// SPDX-License-Identifier: GPL-3.0-or-later
#include "audio/mel_spectrogram.h"

#include "base/file_system.h"
#include "base/npy.h"
#include "engine/audio/test_sound.h"

#include <QtTest>

#include <complex>

using namespace lipsync;
using namespace lipsync::audio;

namespace {

constexpr double kTolerance = 1e-5; // the bar for tone.npy

const std::filesystem::path kMelFolder = LIPSYNC_SOURCE_DIR "/../shared/assets/mel";

/// Section 1.6 written out for one column, with a discrete Fourier transform by definition and an ideal mel matrix.
std::vector<double> columnByDefinition(const std::vector<float>& sound, std::ptrdiff_t column, StftPadding padding)
{
    const auto count = static_cast<std::ptrdiff_t>(sound.size());
    const auto emphasised = [&](std::ptrdiff_t n) {
        if (padding == StftPadding::Reflect && n < 0)
            n = -n;
        if (padding == StftPadding::Reflect && n >= count)
            n = 2 * (count - 1) - n;
        if (n < 0 || n >= count)
            return 0.0;
        return n == 0 ? double{sound[0]} : sound[n] - 0.97 * sound[n - 1];
    };
    std::vector<double> magnitudes;
    for (int bin = 0; bin <= 400; ++bin) {
        std::complex<double> sum = 0.0;
        for (int i = 0; i < 800; ++i) {
            const double hann = 0.5 * (1.0 - std::cos(2.0 * std::numbers::pi * i / 800.0));
            sum += hann * emphasised(200 * column - 400 + i) *
                std::polar(1.0, -2.0 * std::numbers::pi * ((bin * i) % 800) / 800.0);
        }
        magnitudes.push_back(std::abs(sum));
    }
    // 55 Hz lies in the linear, 7600 Hz in the logarithmic part of the scale: 15 mel up to 1000 Hz, 27 to 6400 Hz.
    const double lowest = 55.0 * 3.0 / 200.0;
    const double highest = 15.0 + 27.0 * std::log(7.6) / std::log(6.4);
    const auto edge = [&](int i) {
        const double mel = lowest + (highest - lowest) * i / 81.0;
        return mel < 15.0 ? mel * 200.0 / 3.0 : 1000.0 * std::pow(6.4, (mel - 15.0) / 27.0);
    };
    std::vector<double> bands;
    for (int m = 0; m < 80; ++m) {
        double sum = 0.0;
        for (int bin = 0; bin <= 400; ++bin) {
            const double triangle = std::min((20.0 * bin - edge(m)) / (edge(m + 1) - edge(m)),
                                             (edge(m + 2) - 20.0 * bin) / (edge(m + 2) - edge(m + 1)));
            sum += magnitudes[bin] * std::max(0.0, triangle) * 2.0 / (edge(m + 2) - edge(m));
        }
        const double decibels = 20.0 * std::log10(std::max(1e-5, sum)) - 20.0;
        bands.push_back(std::clamp(8.0 * (decibels + 100.0) / 100.0 - 4.0, -4.0, 4.0));
    }
    return bands;
}

} // namespace

class MelSpectrogramTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void matrixHasTheKnownShape();
    void columnsFollowTheDefinition_data();
    void columnsFollowTheDefinition();
    void goldenToneIsReproduced();
    void columnCountFollowsTheLength();
    void piecesGiveTheSameBitsAsTheWhole_data();
    void piecesGiveTheSameBitsAsTheWhole();
    void aColumnIsReadyAsSoonAsItsSamplesAre();
    void paddingChangesOnlyTheTwoOuterColumns();
    void silenceIsTheLowestValue();
    void tinySoundsAreFinite_data();
    void tinySoundsAreFinite();
    void discardedColumnsLeaveTheOthersAlone();
};

void MelSpectrogramTest::matrixHasTheKnownShape()
{
    const MelFilterBank bank;
    QCOMPARE(bank.nonZeroCount(), std::size_t{739}); // section 1.6
    std::size_t nonZero = 0;
    for (std::size_t m = 0; m < kMelBandCount; ++m) {
        for (std::size_t bin = 0; bin < kMelBins; ++bin) {
            QVERIFY(bank.weight(m, bin) >= 0.0F);
            nonZero += bank.weight(m, bin) > 0.0F ? 1 : 0;
        }
    }
    QCOMPARE(nonZero, std::size_t{739});
    // Nothing is heard below 55 Hz (bins are 20 Hz apart) and above 7600 Hz.
    QCOMPARE(bank.weight(0, 2), 0.0F);
    QVERIFY(bank.weight(0, 3) > 0.0F);
    QCOMPARE(bank.weight(79, 380), 0.0F);
    QVERIFY(bank.weight(79, 379) > 0.0F);
}

void MelSpectrogramTest::columnsFollowTheDefinition_data()
{
    QTest::addColumn<int>("padding");
    QTest::newRow("zeros") << static_cast<int>(StftPadding::Zero);
    QTest::newRow("mirrored") << static_cast<int>(StftPadding::Reflect);
}

void MelSpectrogramTest::columnsFollowTheDefinition()
{
    QFETCH(int, padding);
    const auto sound = testSound(4321);
    const auto mel = melSpectrogram(sound, static_cast<StftPadding>(padding));
    for (const std::ptrdiff_t column : {0, 1, 2, 11, 19, 20, 21}) {
        const auto expected = columnByDefinition(sound, column, static_cast<StftPadding>(padding));
        for (std::size_t band = 0; band < kMelBandCount; ++band)
            QVERIFY(std::abs(mel.at(column * kMelBandCount + band) - expected[band]) < kTolerance);
    }
}

void MelSpectrogramTest::goldenToneIsReproduced()
{
    if (!std::filesystem::exists(kMelFolder / "tone.npy"))
        QSKIP("The shared reference data is absent.");
    const auto tone = readNpy(kMelFolder / "tone.npy");
    QVERIFY(tone.has_value());
    const auto mel = melSpectrogram(tone->values);
    QCOMPARE(mel.size(), std::size_t{52 * 80});

    // The reference lies column by column, which readNpy refuses: read as its transpose, 80 × 52 row by row.
    auto content = readFile(kMelFolder / "tone-mel.npy", 1 << 20);
    QVERIFY(content.has_value());
    std::string bytes(content->begin(), content->end());
    if (const auto order = bytes.find("True, 'shape': (52, 80)"); order != std::string::npos)
        bytes.replace(order, 23, "False,'shape': (80, 52)");
    const auto reference = parseNpy(bytes, "tone-mel.npy");
    QVERIFY(reference.has_value());
    QCOMPARE(reference->values.size(), mel.size());
    double largest = 0.0;
    for (std::size_t column = 0; column < 52; ++column) {
        for (std::size_t band = 0; band < 80; ++band)
            largest =
                std::max(largest, std::abs(double{mel[column * 80 + band]} - reference->values[band * 52 + column]));
    }
    qInfo("largest difference %.3g", largest);
    QVERIFY(largest < kTolerance);
}

void MelSpectrogramTest::columnCountFollowsTheLength()
{
    for (const std::size_t samples : {0, 1, 199, 200, 399, 400, 401, 799, 800, 801, 10240, 16000}) {
        const auto mel = melSpectrogram(testSound(samples));
        QCOMPARE(mel.size(), (1 + samples / 200) * 80);
        QCOMPARE(melColumnCount(samples), 1 + samples / 200);
    }
}

void MelSpectrogramTest::piecesGiveTheSameBitsAsTheWhole_data()
{
    QTest::addColumn<int>("padding");
    QTest::addColumn<int>("samples");
    QTest::addColumn<int>("largestPiece");
    QTest::newRow("single samples") << static_cast<int>(StftPadding::Zero) << 3001 << 1;
    QTest::newRow("packets") << static_cast<int>(StftPadding::Zero) << 100000 << 640;
    QTest::newRow("large pieces") << static_cast<int>(StftPadding::Zero) << 100000 << 50000;
    QTest::newRow("mirrored packets") << static_cast<int>(StftPadding::Reflect) << 100000 << 640;
    QTest::newRow("mirrored and short") << static_cast<int>(StftPadding::Reflect) << 350 << 30;
}

void MelSpectrogramTest::piecesGiveTheSameBitsAsTheWhole()
{
    QFETCH(int, padding);
    QFETCH(int, samples);
    QFETCH(int, largestPiece);
    const auto sound = testSound(static_cast<std::size_t>(samples));
    const auto whole = melSpectrogram(sound, static_cast<StftPadding>(padding));
    for (const std::uint32_t seed : {1U, 2U, 3U}) {
        MelStream stream(static_cast<StftPadding>(padding));
        std::vector<float> joined;
        const auto collect = [&] {
            for (std::size_t i = joined.size() / kMelBandCount; i < stream.columns(); ++i)
                joined.insert(joined.end(), stream.column(i).begin(), stream.column(i).end());
            stream.discardBefore(stream.columns());
        };
        inRandomPieces(sound, seed, static_cast<std::size_t>(largestPiece), [&](std::span<const float> piece) {
            stream.push(piece);
            collect();
        });
        stream.finish();
        collect();
        QVERIFY(stream.finished());
        QVERIFY(joined == whole);
    }
}

void MelSpectrogramTest::aColumnIsReadyAsSoonAsItsSamplesAre()
{
    const auto sound = testSound(2000);
    MelStream stream;
    for (std::size_t i = 0; i < sound.size(); ++i) {
        const std::size_t samples = i + 1;
        stream.push({&sound[i], 1});
        QCOMPARE(stream.columns(), samples < 400 ? 0 : (samples - 400) / 200 + 1);
    }
    stream.finish();
    QCOMPARE(stream.columns(), std::size_t{11});
}

void MelSpectrogramTest::paddingChangesOnlyTheTwoOuterColumns()
{
    const auto sound = testSound(4000); // 21 columns
    const auto zero = melSpectrogram(sound, StftPadding::Zero);
    const auto mirrored = melSpectrogram(sound, StftPadding::Reflect);
    for (std::size_t column = 0; column < 21; ++column) {
        const auto begin = static_cast<std::ptrdiff_t>(column * kMelBandCount);
        const bool same = std::equal(zero.begin() + begin, zero.begin() + begin + 80, mirrored.begin() + begin);
        QCOMPARE(same, column >= 2 && column < 19);
    }
}

void MelSpectrogramTest::silenceIsTheLowestValue()
{
    const auto mel = melSpectrogram(std::vector<float>(16000));
    QVERIFY(std::ranges::all_of(mel, [](float value) { return value == -4.0F; }));
}

void MelSpectrogramTest::tinySoundsAreFinite_data()
{
    QTest::addColumn<int>("samples");
    for (const int samples : {0, 1, 2, 3, 320, 400, 401})
        QTest::addRow("%d samples", samples) << samples;
}

void MelSpectrogramTest::tinySoundsAreFinite()
{
    QFETCH(int, samples);
    const std::vector<float> loud(static_cast<std::size_t>(samples), 1.0F);
    for (const auto padding : {StftPadding::Zero, StftPadding::Reflect}) {
        const auto mel = melSpectrogram(loud, padding);
        QVERIFY(std::ranges::all_of(mel, [](float value) { return value >= -4.0F && value <= 4.0F; }));
    }
}

void MelSpectrogramTest::discardedColumnsLeaveTheOthersAlone()
{
    const auto sound = testSound(200000);
    const auto whole = melSpectrogram(sound);
    MelStream stream;
    stream.push(sound);
    stream.discardBefore(700);
    stream.finish();
    QCOMPARE(stream.columns(), std::size_t{1001});
    for (std::size_t i = 700; i < stream.columns(); ++i)
        QVERIFY(std::ranges::equal(stream.column(i), std::span(whole).subspan(i * 80, 80)));
}

QTEST_GUILESS_MAIN(MelSpectrogramTest)
#include "mel_spectrogram_test.moc"
