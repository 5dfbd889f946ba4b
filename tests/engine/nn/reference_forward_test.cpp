// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/reference_forward.h"

#include "nn/formula_weights.h"
#include "nn/network_spec.h"

#include <QTest>

#include <algorithm>
#include <cmath>

using namespace lipsync;
using namespace lipsync::nn;

namespace {

const WeightSet* const kFormula = nullptr;

Tensor zeros(std::vector<std::size_t> shape)
{
    std::size_t count = 1;
    for (const auto side : shape)
        count *= side;
    return {std::move(shape), std::vector<float>(count)};
}

QString message(const Result<Tensor>& result)
{
    return result ? QString() : QString::fromStdString(result.error().message);
}

} // namespace

class ReferenceForwardTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void namesAreThoseOfTheGoldens();
    void formulaWeightsAndInputsAreTheDefault_data();
    void formulaWeightsAndInputsAreTheDefault();
    void givenInputsAreUsed();
    void weightsOfAnyWidthAreAccepted();
    void whatDoesNotFitIsRefused();
};

void ReferenceForwardTest::namesAreThoseOfTheGoldens()
{
    const auto names = referenceNetworks();
    QCOMPARE(names.size(), knownGenerators().size() + 1);
    for (const auto& spec : knownGenerators())
        QVERIFY2(std::ranges::find(names, spec.name()) != names.end(), spec.name().c_str());
    QVERIFY(std::ranges::find(names, "synctalk2d_328_ave") != names.end());
    QVERIFY(std::ranges::find(names, "wav2lip_96") != names.end());
    QVERIFY(std::ranges::find(names, "ave_audio_encoder") != names.end());
}

void ReferenceForwardTest::formulaWeightsAndInputsAreTheDefault_data()
{
    // Source: the table of section 7 of the lipsync-models specification.
    QTest::addColumn<QString>("network");
    QTest::addColumn<double>("mean");
    QTest::addColumn<double>("first");
    QTest::addColumn<double>("last");
    QTest::newRow("328") << "synctalk2d_328_ave" << 0.332694073 << 0.482531624 << 0.493330203;
    QTest::newRow("160") << "synctalk2d_160_ave" << 0.408593072 << 0.494209713 << 0.487897523;
    QTest::newRow("encoder") << "ave_audio_encoder" << 6.400917302 << 15.891616679 << 0.0;
}

void ReferenceForwardTest::formulaWeightsAndInputsAreTheDefault()
{
    QFETCH(QString, network);
    QFETCH(double, mean);
    QFETCH(double, first);
    QFETCH(double, last);
    for (const bool folded : {true, false}) {
        const auto output = referenceForward(network.toStdString(), kFormula, {}, {}, folded);
        QVERIFY2(output.has_value(), qPrintable(message(output)));
        double sum = 0;
        for (const float value : output->values)
            sum += value;
        QVERIFY(std::abs(sum / static_cast<double>(output->values.size()) - mean) < 1e-4);
        QVERIFY(std::abs(output->values.front() - first) < 1e-4);
        QVERIFY(std::abs(output->values.back() - last) < 1e-4);
    }
}

void ReferenceForwardTest::givenInputsAreUsed()
{
    const auto formula = referenceForward("ave_audio_encoder", kFormula, {}, {});
    const auto silence = referenceForward("ave_audio_encoder", kFormula, {}, zeros({3, 1, 80, 16}));
    QVERIFY(formula.has_value() && silence.has_value());
    QVERIFY(silence->shape == (std::vector<std::size_t>{3, 512}));
    QVERIFY(silence->values[0] != formula->values[0]);
    QCOMPARE(silence->values[0], silence->values[512]);
}

void ReferenceForwardTest::weightsOfAnyWidthAreAccepted()
{
    const auto weights = formulaWeights({GeneratorKind::SyncTalk2D160, AudioMode::Hubert, 4});
    const auto output = referenceForward("synctalk2d_160_hubert", &weights, {}, {});
    QVERIFY2(output.has_value(), qPrintable(message(output)));
    QVERIFY(output->shape == (std::vector<std::size_t>{1, 3, 160, 160}));
}

void ReferenceForwardTest::whatDoesNotFitIsRefused()
{
    const auto unknown = referenceForward("wav2lip_2000", kFormula, {}, {});
    QVERIFY(!unknown.has_value());
    QCOMPARE(unknown.error().code, ErrorCode::Usage);
    QVERIFY(message(unknown).contains("synctalk2d_160_ave"));

    const auto weights = formulaWeights({GeneratorKind::SyncTalk2D160, AudioMode::Ave, 2});
    const auto narrow = referenceForward("synctalk2d_160_ave", &weights, zeros({1, 3, 160, 160}), {});
    QVERIFY2(message(narrow).contains("[1, 3, 160, 160]"), qPrintable(message(narrow)));
    const auto flat = referenceForward("synctalk2d_160_ave", &weights, {}, zeros({8192}));
    QVERIFY2(message(flat).contains("[8192]"), qPrintable(message(flat)));
    QVERIFY(!referenceForward("synctalk2d_160_ave", &weights, zeros({}), {}).has_value());
    QVERIFY(!referenceForward("synctalk2d_160_ave", &weights, zeros({0, 6, 160, 160}), {}).has_value());
    const auto uneven = referenceForward("synctalk2d_160_ave", &weights, zeros({2, 6, 160, 160}), {});
    QVERIFY2(message(uneven).contains("same batch size"), qPrintable(message(uneven)));

    QVERIFY(!referenceForward("synctalk2d_328_ave", &weights, {}, {}).has_value());
    QVERIFY(!referenceForward("synctalk2d_160_wenet", &weights, {}, {}).has_value());
    QVERIFY(!referenceForward("ave_audio_encoder", &weights, {}, {}).has_value());
}

QTEST_GUILESS_MAIN(ReferenceForwardTest)
#include "reference_forward_test.moc"
