// SPDX-License-Identifier: GPL-3.0-or-later
// The CUDA kernels, block by block on the processor: each kind of layer computes what LibTorch computes, at sizes that
// leave tiles half empty, whatever the order of its threads.
#include "engine/nn/cuda_layer_case.h"
#include "engine/nn/host_launcher.h"

#include "nn/cuda/expand_kernel.h"
#include "nn/cuda/shapes.h"

#include <QTest>

#include <cstring>

using namespace lipsync;
using namespace lipsync::nn;
using namespace lipsync::nn::cuda;
using namespace lipsync::test;

namespace {

constexpr double kMostUnits = 2;

/// Computes with threads forwards and backwards; NaN-filled when the two differ or a block left its memory.
template <typename Run> torch::Tensor computed(TestMap& target, NumberFormat format, const Run& run)
{
    HostLauncher forward(format), backward(format, true);
    run(forward);
    const auto first = target.memory.clone();
    target.memory.fill_(NAN);
    run(backward);
    const bool isSame = std::memcmp(first.data_ptr(), target.memory.data_ptr(), first.nbytes()) == 0;
    if (!isSame || !forward.isInBounds() || !backward.isInBounds())
        target.memory.fill_(NAN);
    return target.values();
}

torch::Tensor onePass(const TestResidual& layer, const Source& source, int step, bool addsInput)
{
    const auto& w = layer.weights;
    TestMap target((source.rows - 1) / step + 1, (source.columns - 1) / step + 1, w.out, layer.format);
    ResidualCall call;
    call.pictures = kPictures;
    call.source = source;
    call.weights = w;
    call.shape = shapeFor(w.in, w.hidden, w.out, step, false);
    call.addsInput = addsInput;
    call.target = target.view;
    return computed(target, layer.format, [&](Launcher& launcher) { launcher.residual(call); });
}

torch::Tensor twoPasses(const TestResidual& layer, const Source& source, int step, bool addsInput)
{
    const auto& w = layer.weights;
    const int rows = (source.rows - 1) / step + 1, columns = (source.columns - 1) / step + 1;
    TestMap hidden(rows, columns, w.hidden, layer.format), target(rows, columns, w.out, layer.format);
    ExpandCall expand;
    expand.pictures = kPictures;
    expand.source = source;
    expand.weights = w;
    expand.step = step;
    expand.target = hidden.view;
    ConvolveCall project;
    project.pictures = kPictures;
    project.source = hidden.source();
    project.weights = w.project;
    project.bias = w.projectBias;
    project.addsInput = addsInput;
    project.added = source;
    project.target = target.view;
    return computed(target, layer.format, [&](Launcher& launcher) {
        launcher.expand(expand);
        launcher.convolve(project);
    });
}

void addFormats()
{
    QTest::addColumn<int>("format");
    QTest::newRow("bf16") << static_cast<int>(NumberFormat::Bf16);
    QTest::newRow("fp16") << static_cast<int>(NumberFormat::Fp16);
}

/// Layers of the real networks, width 32, at a size that is no multiple of anything.
void addLayers(const std::vector<std::array<int, 4>>& layers, int rows, int columns)
{
    QTest::addColumn<int>("format");
    QTest::addColumn<int>("in");
    QTest::addColumn<int>("out");
    QTest::addColumn<int>("step");
    QTest::addColumn<bool>("addsInput");
    QTest::addColumn<int>("rows");
    QTest::addColumn<int>("columns");
    for (const auto& [in, out, step, adds] : layers) {
        for (const auto format : {NumberFormat::Bf16, NumberFormat::Fp16}) {
            QTest::addRow("%d to %d channels, step %d%s, %s", in, out, step, adds ? ", adds its input" : "",
                          format == NumberFormat::Bf16 ? "bf16" : "fp16")
                << static_cast<int>(format) << in << out << step << (adds != 0) << rows << columns;
        }
    }
}

} // namespace

class CudaKernelsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void numbersRoundAsLibTorchRounds()
    {
        for (std::uint32_t i = 0; i < 200000; ++i) {
            const auto value = static_cast<float>(std::ldexp(formulaNumber(i, 9), static_cast<int>(i % 60) - 40));
            QCOMPARE(toBf16(value), c10::BFloat16(value).x);
            QCOMPARE(toFp16(value), c10::Half(value).x);
        }
        for (const float value : {0.0f, -0.0f, 65504.0f, 65519.0f, 65520.0f, -1e30f, INFINITY, 0x1p-24f, 0x1p-25f}) {
            QCOMPARE(toBf16(value), c10::BFloat16(value).x);
            QCOMPARE(toFp16(value), c10::Half(value).x);
        }
        for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
            const auto half = static_cast<float>(c10::Half(static_cast<std::uint16_t>(bits), c10::Half::from_bits()));
            const auto mine = fromFp16(static_cast<std::uint16_t>(bits));
            QVERIFY(mine == half || (std::isnan(mine) && std::isnan(half)));
        }
        QVERIFY(std::isnan(fromFp16(toFp16(NAN))));
    }

    void wholeResidualsAreThoseOfLibTorch_data()
    {
        addLayers({{32, 32, 2, 0},
                   {32, 32, 1, 1},
                   {32, 64, 2, 0},
                   {64, 64, 1, 1},
                   {64, 128, 2, 0},
                   {128, 128, 1, 1},
                   {32, 64, 1, 0},
                   {64, 128, 1, 0},
                   {128, 32, 1, 0},
                   {64, 32, 1, 0},
                   {64, 16, 1, 0},
                   {16, 16, 1, 1},
                   {48, 48, 1, 1},
                   {16, 16, 2, 0}},
                  19, 37);
    }

    void wholeResidualsAreThoseOfLibTorch()
    {
        QFETCH(int, format);
        QFETCH(int, in);
        QFETCH(int, out);
        QFETCH(int, step);
        QFETCH(bool, addsInput);
        QFETCH(int, rows);
        QFETCH(int, columns);
        const auto as = static_cast<NumberFormat>(format);
        const TestResidual layer(in, out, as);
        const auto x = rounded(numbers({kPictures, in, rows, columns}, 7, 2), as);
        const auto made = onePass(layer, TestMap(x, as).source(), step, addsInput);
        QVERIFY(difference(made, layer.expected(x, step, addsInput), as) < kMostUnits);
    }

    void residualsInTwoPassesAreThoseOfLibTorch_data()
    {
        addLayers({{128, 256, 2, 0},
                   {256, 256, 1, 1},
                   {256, 512, 2, 0},
                   {512, 512, 1, 1},
                   {1024, 512, 1, 0},
                   {512, 256, 1, 0},
                   {512, 128, 1, 0},
                   {256, 64, 1, 0},
                   {96, 48, 1, 0}},
                  13, 11);
    }

    void residualsInTwoPassesAreThoseOfLibTorch()
    {
        QFETCH(int, format);
        QFETCH(int, in);
        QFETCH(int, out);
        QFETCH(int, step);
        QFETCH(bool, addsInput);
        QFETCH(int, rows);
        QFETCH(int, columns);
        const auto as = static_cast<NumberFormat>(format);
        const TestResidual layer(in, out, as);
        const auto x = rounded(numbers({kPictures, in, rows, columns}, 8, 2), as);
        const auto made = twoPasses(layer, TestMap(x, as).source(), step, addsInput);
        QVERIFY(difference(made, layer.expected(x, step, addsInput), as) < kMostUnits);
    }

    void theFirstLayerMasksThePicture_data()
    {
        QTest::addColumn<int>("format");
        QTest::addColumn<bool>("maskedFirst");
        QTest::newRow("bf16") << static_cast<int>(NumberFormat::Bf16) << false;
        QTest::newRow("bf16, the masked one first") << static_cast<int>(NumberFormat::Bf16) << true;
        QTest::newRow("fp16") << static_cast<int>(NumberFormat::Fp16) << false;
    }

    void theFirstLayerMasksThePicture()
    {
        QFETCH(int, format);
        QFETCH(bool, maskedFirst);
        const auto as = static_cast<NumberFormat>(format);
        constexpr int kRows = 21, kColumns = 35, kBorder = 4;
        const auto crops =
            numbers({kPictures, kRows + 2 * kBorder, kColumns + 2 * kBorder, 3}, 10, 128).add(128).to(torch::kUInt8);
        Source source;
        source.kind = SourceKind::Picture;
        source.rows = kRows;
        source.columns = kColumns;
        source.channels = 16;
        source.pictureRowBytes = 3 * (kColumns + 2 * kBorder);
        source.maskLeft = 3;
        source.maskTop = 5;
        source.maskRight = 30;
        source.maskBottom = 20;
        source.maskedFirst = maskedFirst;
        std::vector<PictureRequest> requests(kPictures);
        for (int i = 0; i < kPictures; ++i)
            requests[static_cast<std::size_t>(i)].picture =
                crops[i].data_ptr<std::uint8_t>() + kBorder * (source.pictureRowBytes + 3);

        const TestResidual layer(16, 32, as, 16);
        TestMap target(kRows, kColumns, 32, as);
        const ResidualCall call{requests.data(), kPictures,   source, layer.weights, shapeFor(16, 16, 32, 1, false),
                                false,           target.view, {}};
        QCOMPARE(call.shape.chunk, 16);
        const auto made = computed(target, as, [&](Launcher& launcher) { launcher.residual(call); });

        const auto picture = crops.slice(1, kBorder, kBorder + kRows)
                                 .slice(2, kBorder, kBorder + kColumns)
                                 .permute({0, 3, 1, 2})
                                 .to(torch::kFloat32)
                                 .div(255);
        auto masked = picture.clone();
        masked.slice(2, 5, 20).slice(3, 3, 30).zero_();
        const auto halves = maskedFirst ? torch::cat({masked, picture}, 1) : torch::cat({picture, masked}, 1);
        const auto x = torch::cat({rounded(halves, as), torch::zeros({kPictures, 10, kRows, kColumns})}, 1);
        QVERIFY(difference(made, layer.expected(x, 1, false), as) < kMostUnits);
    }

    void aSmallerMapIsEnlargedAndJoinedWhereItIsRead_data() { addFormats(); }

    void aSmallerMapIsEnlargedAndJoinedWhereItIsRead()
    {
        QFETCH(int, format);
        const auto as = static_cast<NumberFormat>(format);
        for (const bool isOne : {true, false}) { // pass
            const auto below = rounded(numbers({kPictures, 48, 9, 13}, 11, 2), as);
            const auto skip = rounded(numbers({kPictures, 80, 18, 26}, 12, 2), as);
            const TestMap first(below, as), second(skip, as);
            auto source = second.source();
            source.kind = SourceKind::Enlarged;
            source.channels = 128;
            source.first = first.view;
            source.second = second.view;
            const auto x = torch::cat({rounded(at::upsample_bilinear2d(below, {18, 26}, true), as), skip}, 1);
            const TestResidual layer(128, 32, as);
            const auto made = isOne ? onePass(layer, source, 1, false) : twoPasses(layer, source, 1, false);
            QVERIFY(difference(made, layer.expected(x, 1, false), as) < kMostUnits);
        }
    }

    void twoMapsAreJoined()
    {
        constexpr auto kFormat = NumberFormat::Bf16;
        const auto a = rounded(numbers({kPictures, 48, 10, 10}, 13, 2), kFormat);
        const auto b = rounded(numbers({kPictures, 80, 10, 10}, 14, 2), kFormat);
        const TestMap first(a, kFormat), second(b, kFormat);
        auto source = second.source();
        source.kind = SourceKind::Joined;
        source.channels = 128;
        source.first = first.view;
        source.second = second.view;
        const TestResidual layer(128, 64, kFormat);
        const auto expected = layer.expected(torch::cat({a, b}, 1), 1, false);
        QVERIFY(difference(twoPasses(layer, source, 1, false), expected, kFormat) < kMostUnits);
    }

    void aWindowOfSoundIsRead_data() { addFormats(); }

    void aWindowOfSoundIsRead()
    {
        QFETCH(int, format);
        const auto as = static_cast<NumberFormat>(format);
        const auto window = numbers({kPictures, 32, 16, 16}, 15, 3);
        Source source;
        source.kind = SourceKind::Window;
        source.rows = source.columns = 16;
        source.channels = 32;
        source.window = window.data_ptr<float>();
        source.windowPlanes = 32;
        const TestResidual layer(32, 32, as);
        const auto expected = layer.expected(rounded(window, as), 1, true);
        QVERIFY(difference(onePass(layer, source, 1, true), expected, as) < kMostUnits);
        QVERIFY(difference(twoPasses(layer, source, 1, true), expected, as) < kMostUnits);
    }

    void convolutionsAreThoseOfLibTorch_data()
    {
        QTest::addColumn<int>("format");
        QTest::addColumn<int>("in");
        QTest::addColumn<int>("out");
        QTest::addColumn<int>("stepDown");
        QTest::addColumn<int>("stepAcross");
        QTest::addColumn<int>("border");
        for (const auto format : {NumberFormat::Bf16, NumberFormat::Fp16}) {
            const char* const name = format == NumberFormat::Bf16 ? "bf16" : "fp16";
            const auto row = [&](const char* layer, int in, int out, int down, int across, int border) {
                QTest::addRow("%s, %s", layer, name)
                    << static_cast<int>(format) << in << out << down << across << border;
            };
            row("conv3 of ave", 128, 256, 1, 1, 1);
            row("conv3 of hubert", 128, 256, 2, 2, 1);
            row("conv3 of wenet", 256, 256, 1, 2, 1);
            row("conv5", 256, 512, 2, 2, 3);
            row("narrow", 48, 80, 2, 2, 3);
        }
    }

    void convolutionsAreThoseOfLibTorch()
    {
        QFETCH(int, format);
        QFETCH(int, in);
        QFETCH(int, out);
        QFETCH(int, stepDown);
        QFETCH(int, stepAcross);
        QFETCH(int, border);
        const auto as = static_cast<NumberFormat>(format);
        const auto x = rounded(numbers({kPictures, in, 15, 17}, 16, 2), as);
        const auto weights = rounded(numbers({out, in, 3, 3}, 17, std::sqrt(3.0 / 9 / in)), as);
        const auto bias = numbers({out}, 18, 0.3);
        const auto expected = at::conv2d(x, weights, bias, {stepDown, stepAcross}, border).relu();
        const auto packed = weights.permute({0, 2, 3, 1}).to(typeOf(as)).contiguous();
        const TestMap from(x, as);
        TestMap target(static_cast<int>(expected.size(2)), static_cast<int>(expected.size(3)), out, as);
        ConvolveCall call;
        call.pictures = kPictures;
        call.source = from.source();
        call.weights = static_cast<const std::uint16_t*>(packed.data_ptr());
        call.bias = bias.data_ptr<float>();
        call.side = 3;
        call.border = border;
        call.stepDown = stepDown;
        call.stepAcross = stepAcross;
        call.isRectified = true;
        call.target = target.view;
        const auto made = computed(target, as, [&](Launcher& launcher) { launcher.convolve(call); });
        QVERIFY(difference(made, expected, as) < kMostUnits);
    }

    void theLastLayerMakesBytes_data() { addFormats(); }

    void theLastLayerMakesBytes()
    {
        QFETCH(int, format);
        const auto as = static_cast<NumberFormat>(format);
        constexpr int kRows = 20, kColumns = 34;
        const TestResidual layer(16, 16, as);
        const auto x = rounded(numbers({kPictures, 16, kRows, kColumns}, 19, 2), as);
        const auto weights = numbers({3, 16}, 20, 0.3), bias = numbers({3}, 21, 0.3);
        const TestMap from(x, as);
        auto bytes = torch::zeros({kPictures, kRows, kColumns, 3}, torch::kUInt8);
        std::vector<PictureRequest> requests(kPictures);
        for (int i = 0; i < kPictures; ++i)
            requests[static_cast<std::size_t>(i)].output = bytes[i].data_ptr<std::uint8_t>();
        std::vector<int> faults(kPictures);
        ResidualCall call{requests.data(),
                          kPictures,
                          from.source(),
                          layer.weights,
                          shapeFor(16, 32, 16, 1, true),
                          true,
                          {nullptr, 0, kRows, kColumns, 16},
                          {weights.data_ptr<float>(), bias.data_ptr<float>(), faults.data()}};
        HostLauncher launcher(as);
        launcher.residual(call);
        QVERIFY(launcher.isInBounds());
        QCOMPARE(faults, std::vector<int>(kPictures));

        const auto values = at::conv2d(layer.expected(x, 1, true), weights.reshape({3, 16, 1, 1}), bias).sigmoid();
        const auto expected = values.mul(255).to(torch::kUInt8).permute({0, 2, 3, 1});
        const auto apart = (bytes.to(torch::kInt32) - expected.to(torch::kInt32)).abs();
        QVERIFY(apart.max().item<int>() <= 1);
        QVERIFY(apart.sum().item<int>() < bytes.numel() / 50);

        from.memory[1][7][8][3].fill_(NAN);
        launcher.residual(call);
        QCOMPARE(faults, (std::vector<int>{0, 1}));
    }

    void everyKernelFitsIntoSharedMemory()
    {
        constexpr int kMostBytes = 99 * 1024; // of a block on devices of compute capability 8.6 and 8.9
        const auto fits = [&]<std::size_t shape>() {
            using Tile = ResidualTile<kResidualShapes[shape]>;
            QVERIFY2(Tile::placesFor(mostInputs(kResidualShapes[shape].step)).end <= kMostBytes,
                     qPrintable(QString::number(shape)));
        };
        for (const auto& shape : kResidualShapes)
            QVERIFY(visitShape(shape, fits));
        QVERIFY(ExpandTile<1>::kEnd <= kMostBytes && ExpandTile<2>::kEnd <= kMostBytes);
    }
};

QTEST_GUILESS_MAIN(CudaKernelsTest)
#include "cuda_kernels_test.moc"
