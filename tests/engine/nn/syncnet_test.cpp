// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/syncnet.h"

#include "support/syncnet_weights.h"

#include <cmath>
#include <numeric>

#include <QTest>

using namespace lipsync;
using namespace lipsync::nn;

namespace {

constexpr int kClips = 2;

std::vector<std::uint8_t> formulaPictures(int frames)
{
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(frames) * kSyncPictureSize * kSyncPictureSize * 3);
    for (std::size_t j = 0; j < bytes.size(); ++j) {
        const double number = 0.5 + 0.5 * formulaNumber(static_cast<std::uint32_t>(j), 100000);
        bytes[j] = static_cast<std::uint8_t>(255 * number);
    }
    return bytes;
}

struct Golden {
    int index;
    double value;
};

/// Which number differs by more than a part in a hundred thousand of the whole, or empty.
QString difference(std::span<const float> points, double mean, double deviation, std::initializer_list<Golden> samples)
{
    const double sum = std::accumulate(points.begin(), points.end(), 0.0) / static_cast<double>(points.size());
    double squares = 0;
    for (const float value : points)
        squares += (value - sum) * (value - sum);
    const double tolerance = 1e-5 * deviation;
    if (std::abs(sum - mean) > tolerance)
        return QString("mean %1").arg(sum, 0, 'g', 12);
    if (std::abs(std::sqrt(squares / static_cast<double>(points.size())) - deviation) > tolerance)
        return QString("deviation of %1 numbers").arg(points.size());
    for (const auto& [index, value] : samples) {
        if (std::abs(points[static_cast<std::size_t>(index)] - value) > 10 * tolerance)
            return QString("%1: %2").arg(index).arg(points[static_cast<std::size_t>(index)], 0, 'g', 12);
    }
    return {};
}

} // namespace

class SyncNetTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_weights = test::syncNetWeights();
        auto made = SyncNet::create(m_weights, {.threads = 1});
        QVERIFY2(made, made ? "" : made.error().text().c_str());
        m_network = std::move(*made);
    }

    void hasTheTensorsOfSyncNetVersion2()
    {
        std::size_t numbers = 0;
        for (const auto& [name, weight] : m_weights)
            numbers += weight.values.size();
        QCOMPARE(m_weights.size(), std::size_t{88});
        QCOMPARE(numbers, std::size_t{13640256});
    }

    // Numbers of the same network in PyTorch 1.13.1, float64, with formula weights and inputs.
    void seesWhatTheOriginalSees()
    {
        const auto pictures = formulaPictures(kClips + 4);
        std::vector<float> points(kClips * kSyncEmbedding);
        const auto seen = m_network->seePictures(pictures, kClips, points);
        QVERIFY2(seen, seen ? "" : seen.error().text().c_str());
        QCOMPARE(difference(points, 1.251754892585738, 198.85686507464413,
                            {{0, 107.05523829721571},
                             {1, 123.84097181948955},
                             {1023, -173.84497910308397},
                             {1024, 132.07180867002882},
                             {2047, -150.41489646163217}}),
                 QString());
    }

    void hearsWhatTheOriginalHears()
    {
        const auto columns = formulaMel(std::size_t{kClips} * kSyncSoundRows * kSyncSoundColumns);
        std::vector<float> points(kClips * kSyncEmbedding);
        const auto heard = m_network->hearSound(columns, kClips, points);
        QVERIFY2(heard, heard ? "" : heard.error().text().c_str());
        QCOMPARE(difference(points, 0.08991059179978265, 3.7622900893229567,
                            {{0, -5.757451272156621},
                             {1, 1.1354361311578098},
                             {1023, 5.113588958158942},
                             {1024, -6.949579842766614},
                             {2047, 5.729550006516086}}),
                 QString());
    }

    void namesWhatIsMissingOrMisshapen()
    {
        auto weights = m_weights;
        weights.erase("netcnnlip.14.bias");
        const auto missing = SyncNet::create(weights);
        QVERIFY(!missing);
        QCOMPARE(missing.error().code, ErrorCode::InvalidInput);
        QVERIFY(missing.error().message.find("netcnnlip.14.bias") != std::string::npos);

        weights = m_weights;
        weights["netfcaud.3.bias"] = {{512}, {}};
        weights["netfcaud.3.bias"].values.resize(512);
        const auto misshapen = SyncNet::create(weights);
        QVERIFY(!misshapen);
        QVERIFY(misshapen.error().message.find("netfcaud.3.bias") != std::string::npos);
    }

    void countersOfTrainingAreNoMatter()
    {
        auto weights = m_weights;
        weights["netcnnlip.1.num_batches_tracked"].values.resize(1);
        QVERIFY(SyncNet::create(weights));
    }

    void refusesOtherSizes()
    {
        std::vector<float> points(kSyncEmbedding);
        QVERIFY(!m_network->seePictures(std::vector<std::uint8_t>(100), 1, points));
        QVERIFY(!m_network->hearSound(std::vector<float>(259), 1, points));
    }

private:
    WeightSet m_weights;
    std::unique_ptr<SyncNet> m_network;
};

QTEST_GUILESS_MAIN(SyncNetTest)
#include "syncnet_test.moc"
