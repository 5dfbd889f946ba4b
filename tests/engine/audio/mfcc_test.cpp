// SPDX-License-Identifier: GPL-3.0-or-later
#include "audio/mfcc.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <numbers>

#include <QTest>

using namespace lipsync::audio;

namespace {

/// The specification's hash (section 7), mapped to [-1, 1).
double hashNumber(std::uint32_t j, std::uint32_t stream)
{
    std::uint32_t x = j + 0x9E3779B9u * (stream + 1);
    x ^= x >> 16;
    x *= 0x7feb352du;
    x ^= x >> 15;
    x *= 0x846ca68bu;
    x ^= x >> 16;
    return x / 2147483648.0 - 1.0;
}

/// A swept tone in noise with a hole of silence, as the goldens below were made of.
std::vector<std::int16_t> testSound(std::size_t samples)
{
    std::vector<std::int16_t> sound(samples);
    for (std::size_t i = 0; i < samples; ++i) {
        const double tone = 6000 * std::sin(std::pow(static_cast<double>(i), 1.5) / 300);
        sound[i] =
            static_cast<std::int16_t>(std::nearbyint(tone + 2000 * hashNumber(static_cast<std::uint32_t>(i), 5)));
        if (i >= 900 && i < 1400)
            sound[i] = 0;
    }
    return sound;
}

/// One row as python_speech_features describes it, step by step and by definition: no fast transform, no tables.
std::vector<double> slowRow(const std::vector<std::int16_t>& sound, std::size_t index)
{
    std::vector<double> emphasised(sound.size() + 400);
    for (std::size_t i = 0; i < sound.size(); ++i)
        emphasised[i] = i == 0 ? sound[0] : sound[i] - 0.97 * sound[i - 1];
    std::vector<double> power(257);
    for (std::size_t bin = 0; bin < power.size(); ++bin) {
        std::complex<double> sum;
        for (std::size_t i = 0; i < 400; ++i) {
            const double angle = -2 * std::numbers::pi * static_cast<double>((bin * i) % 512) / 512;
            sum += emphasised[index * 160 + i] * std::complex<double>(std::cos(angle), std::sin(angle));
        }
        power[bin] = std::norm(sum) / 512;
    }
    const auto mel = [](double hertz) { return 2595 * std::log10(1 + hertz / 700); };
    const auto corner = [&](int i) {
        const double hertz = 700 * (std::pow(10, mel(8000) * i / 27 / 2595) - 1);
        return std::floor(513 * hertz / 16000);
    };
    const double least = std::numeric_limits<double>::epsilon();
    std::vector<double> bands;
    for (int filter = 0; filter < 26; ++filter) {
        const double left = corner(filter), peak = corner(filter + 1), right = corner(filter + 2);
        double sum = 0;
        for (int bin = 0; bin < 257; ++bin) {
            if (bin >= left && bin < peak)
                sum += power[bin] * (bin - left) / (peak - left);
            else if (bin >= peak && bin < right)
                sum += power[bin] * (right - bin) / (right - peak);
        }
        bands.push_back(std::log(sum == 0 ? least : sum));
    }
    std::vector<double> row;
    for (int n = 0; n < 13; ++n) {
        double sum = 0;
        for (int filter = 0; filter < 26; ++filter)
            sum += bands[filter] * std::cos(std::numbers::pi * n * (2 * filter + 1) / 52);
        row.push_back(sum * std::sqrt(n == 0 ? 1.0 / 26 : 2.0 / 26) * (1 + 11 * std::sin(std::numbers::pi * n / 22)));
    }
    double energy = 0;
    for (const double value : power)
        energy += value;
    row[0] = std::log(energy == 0 ? least : energy);
    return row;
}

} // namespace

class MfccTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rowsAreCountedWithTheLastOneFilledUp_data()
    {
        QTest::addColumn<qulonglong>("samples");
        QTest::addColumn<qulonglong>("rows");
        // 1 + ceil((samples − 400) / 160)
        QTest::newRow("none") << 0ULL << 1ULL;
        QTest::newRow("one frame") << 400ULL << 1ULL;
        QTest::newRow("one sample more") << 401ULL << 2ULL;
        QTest::newRow("two frames") << 560ULL << 2ULL;
        QTest::newRow("a second") << 16000ULL << 99ULL;
    }

    void rowsAreCountedWithTheLastOneFilledUp()
    {
        QFETCH(qulonglong, samples);
        QFETCH(qulonglong, rows);
        QCOMPARE(static_cast<qulonglong>(mfccRowCount(samples)), rows);
    }

    void everyRowIsThatOfTheDefinition()
    {
        const auto sound = testSound(1700);
        const Mfcc mfcc;
        QCOMPARE(mfccRowCount(sound.size()), std::size_t{10});
        for (std::size_t index = 0; index < 10; ++index) {
            const auto row = mfcc.row(sound, index);
            const auto expected = slowRow(sound, index);
            for (std::size_t n = 0; n < row.size(); ++n)
                QVERIFY2(std::abs(row[n] - expected[n]) < 1e-8,
                         qPrintable(QString("row %1, %2: %3, not %4").arg(index).arg(n).arg(row[n]).arg(expected[n])));
        }
    }

    void theNumbersAreThoseOfPythonSpeechFeatures_data()
    {
        QTest::addColumn<int>("row");
        QTest::addColumn<QList<double>>("expected");
        // python_speech_features 0.6: mfcc(testSound(1700), 16000).
        QTest::newRow("first") << 0 << QList<double>{20.0993514797,  -21.0092156039, 9.78864473857,  8.92380003833,
                                                     15.3188827299,  5.9403756109,   -2.67079335965, 2.25989969967,
                                                     -5.15757576348, -21.8084272212, -25.1858935702, -22.4698949274,
                                                     -13.9535166565};
        QTest::newRow("into silence") << 5
                                      << QList<double>{18.7270336946,  -14.5499441672, 4.66608384504,  -8.42014522877,
                                                       -13.5094241725, -22.069578267,  -26.2083165408, -24.1497282674,
                                                       -12.7618904896, -16.128384071,  5.96211901532,  6.04067501359,
                                                       8.88314165269};
        QTest::newRow("silence") << 6 << QList<double>{-36.0436533891, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
        QTest::newRow("beyond the end") << 9
                                        << QList<double>{19.8223860095,  -18.1692563568, 2.75360110931,  -11.2631942279,
                                                         -20.2677276939, -28.8609482685, -21.2547944479, -2.24464020164,
                                                         10.0258787685,  16.5081012179,  12.3505295043,  8.18736081761,
                                                         4.16231283085};
    }

    void theNumbersAreThoseOfPythonSpeechFeatures()
    {
        QFETCH(int, row);
        QFETCH(QList<double>, expected);
        const auto numbers = Mfcc().row(testSound(1700), static_cast<std::size_t>(row));
        for (std::size_t n = 0; n < numbers.size(); ++n)
            QVERIFY(std::abs(numbers[n] - expected[static_cast<qsizetype>(n)]) < 1e-8);
    }

    void soundBecomesTheNumbersOfAWavFile()
    {
        const std::vector<float> sound{0.0F, 0.5F, -1.0F, 1.0F, 1.7F, 0.4999F / 32768, 0.5001F / 32768};
        const std::vector<std::int16_t> expected{0, 16384, -32768, 32767, 32767, 0, 1};
        QCOMPARE(toSixteenBits(sound), expected);
    }
};

QTEST_GUILESS_MAIN(MfccTest)
#include "mfcc_test.moc"
