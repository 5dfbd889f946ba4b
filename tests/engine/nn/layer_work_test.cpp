// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/direct/layer_work.h"
#include "nn/formula_weights.h"

#include <numeric>

#include <QTest>

using namespace lipsync;
using namespace lipsync::nn;
using namespace lipsync::nn::direct;

namespace {

double sumOf(const std::vector<LayerWork>& layers, double (*figure)(const LayerWork&))
{
    return std::accumulate(layers.begin(), layers.end(), 0.0,
                           [&](double sum, const LayerWork& layer) { return sum + figure(layer); });
}

std::vector<LayerWork> workOf(const GeneratorSpec& spec)
{
    const auto network = DirectNetwork::create(formulaWeights(spec), spec, *kernelsFloat());
    return network ? countWork(**network) : std::vector<LayerWork>{};
}

} // namespace

class LayerWorkTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (!kernelsFloat())
            QSKIP("This processor has none of the instructions that the direct executor needs.");
    }

    /// 9.77 GFLOP a frame by the layers' sizes; expanding an enlarged map while it is small saves some of them.
    void theFullNetworkHasTheOperationsOfItsSizes()
    {
        const auto layers = workOf({GeneratorKind::SyncTalk2D328, AudioMode::Ave});
        QCOMPARE(layers.size(), std::size_t{32});
        const double operations = sumOf(layers, [](const LayerWork& layer) { return layer.matrix + layer.depthwise; });
        QVERIFY2(operations > 7e9 && operations < 9.77e9, qPrintable(QString::number(operations)));
    }

    void aLayerIsCountedByHand()
    {
        const GeneratorSpec spec{GeneratorKind::SyncTalk2D160, AudioMode::Ave, 4};
        const auto layers = workOf(spec);
        const auto& entry = layers.front(); // 6 channels become 12 hidden ones and those 4: of each, a block of 16
        const double pixels = 160.0 * 160;
        QCOMPARE(entry.name, std::string("inc"));
        QCOMPARE(entry.matrix, 2 * pixels * (6 * 16 + 12 * 16));
        QCOMPARE(entry.depthwise, 2 * 9 * pixels * 16);
        QCOMPARE(entry.bytes, pixels * (3 + 16 * sizeof(float)));
        QVERIFY(!entry.knownAhead);
    }

    void theStepsDownAreKnownAhead()
    {
        for (const auto& layer : workOf({GeneratorKind::SyncTalk2D160, AudioMode::Ave, 4}))
            QCOMPARE(layer.knownAhead, layer.name.starts_with("down"));
    }
};

QTEST_APPLESS_MAIN(LayerWorkTest)
#include "layer_work_test.moc"
