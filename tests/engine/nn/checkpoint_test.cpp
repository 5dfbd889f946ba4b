// SPDX-License-Identifier: GPL-3.0-or-later
// Checkpoints as people have them: formats, wrappers, prefixes, dialects, number types.
#include "base/file_system.h"
#include "checkpoint_case.h"
#include "nn/formula_weights.h"
#include "nn/generator.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <cstring>
#include <limits>

using namespace lipsync;
using namespace lipsync::nn;
using namespace lipsync::test;
using namespace std::string_literals;

namespace {

std::vector<float> numbersOf(const Checkpoint& checkpoint, const std::string& name)
{
    const auto found = checkpoint.weights.find(name);
    return found == checkpoint.weights.end()
        ? std::vector<float>()
        : std::vector<float>(found->second.values.begin(), found->second.values.end());
}

/// The checkpoints of the reference material, which a newcomer does not have.
std::filesystem::path asset(const char* name)
{
    return std::filesystem::path(LIPSYNC_SOURCE_DIR) / ".." / "shared" / "assets" / "checkpoints" / name;
}

} // namespace

class CheckpointTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyFormatGivesTheSameNumbers();
    void wrappersAndPrefixesComeOff_data();
    void wrappersAndPrefixesComeOff();
    void dialectsGetOurNames();
    void aBareAudioEncoderGetsItsPrefix();
    void everyTypeBecomesFloat_data();
    void everyTypeBecomesFloat();
    void stridesOffsetsAndSharedStorages();
    void partsOfLegacyStorages();
    void parametersAndSubclassesAreTensors();
    void optimisersAreNotRead();
    void pickledModulesGiveTheirTensors();
    void zip64IsRead();
    void floatsAreReadInPlace();
    void aWholeNetworkComesThrough();
    void realFiles_data();
    void realFiles();
};

void CheckpointTest::everyFormatGivesTheSameNumbers()
{
    const std::vector<FileTensor> tensors{floatTensor("outc.conv.weight", {2, 3}, {1, -2, 3, -4, 5.5f, 1e-30f}),
                                          floatTensor("outc.conv.bias", {}, {7}), floatTensor("nothing", {0, 4}, {})};
    QTemporaryDir folder;
    const auto file = std::filesystem::path(folder.path().toStdString()) / "weights";
    WeightSet weights;
    for (const auto& tensor : tensors) {
        std::vector<float> numbers(tensor.bytes.size() / sizeof(float));
        std::memcpy(numbers.data(), tensor.bytes.data(), tensor.bytes.size());
        weights[tensor.name] = {tensor.sizes, numbers};
    }
    QVERIFY(writeSafetensors(file, weights).has_value());
    const auto safetensors = readFile(file, 1 << 20).value();
    const std::pair<std::string, CheckpointFormat> files[] = {
        {{safetensors.begin(), safetensors.end()}, CheckpointFormat::Safetensors},
        {zipCheckpoint(tensors), CheckpointFormat::Zip},
        {legacyCheckpoint(tensors), CheckpointFormat::Legacy}};
    for (const auto& [bytes, format] : files) {
        const auto checkpoint = read(bytes);
        QVERIFY2(checkpoint.has_value(), checkpoint ? "" : checkpoint.error().message.c_str());
        QVERIFY(checkpoint->format == format);
        QCOMPARE(checkpoint->numberType, "float32"s);
        QCOMPARE(checkpoint->fileBytes, bytes.size());
        QCOMPARE(checkpoint->weights.size(), weights.size());
        for (const auto& [name, weight] : weights) {
            QVERIFY(checkpoint->weights.at(name).shape == weight.shape);
            QVERIFY(checkpoint->weights.at(name).values == weight.values);
        }
    }
}

void CheckpointTest::wrappersAndPrefixesComeOff_data()
{
    QTest::addColumn<QStringList>("wrappers");
    QTest::addColumn<QString>("prefix");
    QTest::addColumn<QString>("stripped"); // the part of the prefix that comes off
    for (const char* wrapper : {"state_dict", "model_state_dict", "model", "net", "generator", "params"})
        QTest::newRow(wrapper) << QStringList{wrapper} << ""
                               << "";
    for (const char* prefix : {"module.", "_orig_mod.", "model.", "net.", "module._orig_mod.", "model.module."})
        QTest::newRow(prefix) << QStringList{} << prefix << prefix;
    QTest::newRow("wrapped twice") << QStringList{"model", "state_dict"} << "module."
                                   << "module.";
    QTest::newRow("no wrapper") << QStringList{} << ""
                                << "";
}

void CheckpointTest::wrappersAndPrefixesComeOff()
{
    QFETCH(QStringList, wrappers);
    QFETCH(QString, prefix);
    QFETCH(QString, stripped);
    std::vector<std::string> names;
    for (const auto& wrapper : wrappers)
        names.push_back(wrapper.toStdString());
    const auto first = prefix.toStdString();
    for (const auto& [format, write] : kWriters) {
        const auto checkpoint = read(write({floatTensor(first + "inc.inconv.0.conv.0.weight", {1}, {1}),
                                            floatTensor(first + "outc.conv.bias", {2}, {2, 3})},
                                           names));
        QVERIFY2(checkpoint.has_value(), checkpoint ? "" : checkpoint.error().message.c_str());
        QCOMPARE(QString::fromStdString(checkpoint->wrapper), wrappers.join('.'));
        QCOMPARE(QString::fromStdString(checkpoint->prefix), stripped);
        QCOMPARE(numbersOf(*checkpoint, "outc.conv.bias"), (std::vector<float>{2, 3}));
    }
    // Another network's names stay, even where they begin like a wrapper.
    const auto other = read(zipCheckpoint({floatTensor("net.1.weight", {1}, {1})}));
    QVERIFY(other.has_value() && other->weights.contains("net.1.weight"));
}

void CheckpointTest::dialectsGetOurNames()
{
    const auto checkpoint = read(zipCheckpoint({floatTensor("inc.inconv.conv.0.weight", {1}, {1}),
                                                floatTensor("down1.maxpool_conv.double_conv.0.conv.0.weight", {1}, {2}),
                                                floatTensor("outc.conv.bias", {1}, {3})},
                                               {"model"}));
    QVERIFY(checkpoint.has_value() && checkpoint->mappedDialect);
    QCOMPARE(numbersOf(*checkpoint, "inc.inconv.0.conv.0.weight"), std::vector<float>{1});
    QCOMPARE(numbersOf(*checkpoint, "down1.maxpool_conv.0.double_conv.0.conv.0.weight"), std::vector<float>{2});
    QCOMPARE(checkpoint->weights.size(), std::size_t{3});
    const auto ours = read(zipCheckpoint({floatTensor("inc.inconv.0.conv.0.weight", {1}, {1})}));
    QVERIFY(ours.has_value() && !ours->mappedDialect);
}

void CheckpointTest::aBareAudioEncoderGetsItsPrefix()
{
    for (const char* prefix : {"", "audio_encoder.", "module.audio_encoder.", "module."}) {
        const auto checkpoint = read(legacyCheckpoint({floatTensor(prefix + "0.conv_block.0.weight"s, {1}, {1}),
                                                       floatTensor(prefix + "12.conv_block.1.bias"s, {1}, {2})}));
        QVERIFY(checkpoint.has_value());
        QCOMPARE(numbersOf(*checkpoint, "audio_encoder.12.conv_block.1.bias"), std::vector<float>{2});
    }
}

void CheckpointTest::everyTypeBecomesFloat_data()
{
    QTest::addColumn<QString>("storage");
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<float>("expected");
    const auto row = [](const char* storage, const std::string& bytes, float expected) {
        QTest::newRow(storage) << storage << QByteArray::fromStdString(bytes) << expected;
    };
    row("FloatStorage", bytesOf<float>({-1.5f}), -1.5f);
    row("DoubleStorage", bytesOf<double>({2.25}), 2.25f);
    row("HalfStorage", bytesOf<std::uint16_t>({0xBC00}), -1.0f);
    row("BFloat16Storage", bytesOf<std::uint16_t>({0x4049}), 3.140625f);
    row("LongStorage", bytesOf<std::int64_t>({-9}), -9);
    row("IntStorage", bytesOf<std::int32_t>({70000}), 70000);
    row("ShortStorage", bytesOf<std::int16_t>({-300}), -300);
    row("CharStorage", bytesOf<std::int8_t>({-3}), -3);
    row("ByteStorage", bytesOf<std::uint8_t>({200}), 200);
    row("BoolStorage", bytesOf<std::uint8_t>({7}), 1);
}

void CheckpointTest::everyTypeBecomesFloat()
{
    QFETCH(QString, storage);
    QFETCH(QByteArray, bytes);
    QFETCH(float, expected);
    const FileTensor tensor{
        .name = "x", .bytes = bytes.toStdString(), .sizes = {1}, .storageType = storage.toStdString()};
    for (const auto& [format, write] : kWriters) {
        const auto checkpoint = read(write({tensor}, {}));
        QVERIFY2(checkpoint.has_value(), checkpoint ? "" : checkpoint.error().message.c_str());
        QCOMPARE(numbersOf(*checkpoint, "x"), std::vector<float>{expected});
    }
}

void CheckpointTest::stridesOffsetsAndSharedStorages()
{
    auto whole = floatTensor("a.whole", {2, 3}, {1, 2, 3, 4, 5, 6});
    whole.key = "shared";
    auto transposed = with(whole, {3, 2}, {1, 3}), column = with(whole, {2}, {3}, 1), last = with(whole, {2}, {1}, 4),
         repeated = with(whole, {2, 2}, {0, 1}, 2), sliced = with(whole, {2, 1, 2}, {3, 1, 1}, 1);
    transposed.name = "b.transposed";
    column.name = "c.column";
    last.name = "d.last";
    repeated.name = "e.repeated";
    sliced.name = "f.sliced";
    for (const auto& [format, write] : kWriters) {
        const auto checkpoint = read(write({whole, transposed, column, last, repeated, sliced}, {}));
        QVERIFY2(checkpoint.has_value(), checkpoint ? "" : checkpoint.error().message.c_str());
        QCOMPARE(numbersOf(*checkpoint, "b.transposed"), (std::vector<float>{1, 4, 2, 5, 3, 6}));
        QCOMPARE(numbersOf(*checkpoint, "c.column"), (std::vector<float>{2, 5}));
        QCOMPARE(numbersOf(*checkpoint, "d.last"), (std::vector<float>{5, 6}));
        QCOMPARE(numbersOf(*checkpoint, "e.repeated"), (std::vector<float>{3, 4, 3, 4}));
        QCOMPARE(numbersOf(*checkpoint, "f.sliced"), (std::vector<float>{2, 3, 5, 6}));
    }
}

void CheckpointTest::partsOfLegacyStorages()
{
    auto part = floatTensor("x.part", {2}, {1, 2, 3, 4});
    part.view = Pickle().mark().text("view").integer(1).integer(3).tuple().finished();
    part.view = part.view.substr(2, part.view.size() - 3); // the instructions alone
    part.offset = 1;
    const auto checkpoint = read(legacyCheckpoint({part}));
    QVERIFY2(checkpoint.has_value(), checkpoint ? "" : checkpoint.error().message.c_str());
    QCOMPARE(numbersOf(*checkpoint, "x.part"), (std::vector<float>{3, 4}));
    auto whole = part;
    whole.view = "N"; // storages that are no part say so
    QCOMPARE(numbersOf(read(legacyCheckpoint({whole})).value(), "x.part"), (std::vector<float>{2, 3}));
    part.offset = 2;
    part.sizes = {3};
    QVERIFY(refusal(legacyCheckpoint({part})).contains("x.part reaches past"));
}

void CheckpointTest::parametersAndSubclassesAreTensors()
{
    const auto tensor = floatTensor("w", {2}, {1, 2});
    Pickle pickle;
    pickle.raw("}").mark().text("a.w").global("torch._utils", "_rebuild_parameter").mark();
    addTensor(pickle, tensor, "0");
    pickle.boolean(true).emptyOrderedDict().tuple().reduce();
    pickle.text("b.w").global("torch._tensor", "_rebuild_from_type_v2").mark();
    pickle.global("torch._utils", "_rebuild_tensor_v2").global("my", "Tensor").mark();
    pickle.mark().text("storage").global("torch", "FloatStorage").text("0").text("cpu").integer(2).tuple().raw("Q");
    pickle.integer(1).integers({1}).integers({1}).boolean(false).emptyOrderedDict().tuple().raw("}").tuple().reduce();
    pickle.raw("u");
    const auto checkpoint = read(zipOf(checkpointMembers(pickle.finished(), {tensor})));
    QVERIFY2(checkpoint.has_value(), checkpoint ? "" : checkpoint.error().message.c_str());
    QCOMPARE(numbersOf(*checkpoint, "a.w"), (std::vector<float>{1, 2}));
    QCOMPARE(numbersOf(*checkpoint, "b.w"), (std::vector<float>{2}));
}

void CheckpointTest::optimisersAreNotRead()
{
    // The optimiser's storage is not even in the archive, and its settings are of a class nobody knows.
    const auto weight = floatTensor("outc.conv.bias", {1}, {4});
    Pickle pickle;
    pickle.raw("}").mark().text("optimizer").raw("}").mark().integer(0);
    addTensor(pickle, floatTensor("exp_avg", {2}, {1, 2}), "missing");
    pickle.raw("u").text("args").global("argparse", "Namespace").raw(")\x81}b").text("losses");
    pickle.raw("](").raw("G\x3F\xF8\x00\x00\x00\x00\x00\x00"s).raw("e");
    pickle.text("state_dict").emptyOrderedDict().mark().text(weight.name);
    addTensor(pickle, weight, "0");
    pickle.raw("uu");
    const auto checkpoint = read(zipOf(checkpointMembers(pickle.finished(), {weight})));
    QVERIFY2(checkpoint.has_value(), checkpoint ? "" : checkpoint.error().message.c_str());
    QCOMPARE(checkpoint->weights.size(), std::size_t{1});
    QCOMPARE(numbersOf(*checkpoint, "outc.conv.bias"), std::vector<float>{4});
}

void CheckpointTest::pickledModulesGiveTheirTensors()
{
    // torch.save(network): objects with _parameters, _buffers and _modules. Nothing of their classes is needed.
    const auto weight = floatTensor("w", {1}, {5});
    Pickle pickle;
    pickle.global("unet_328", "Model").raw(")\x81}").mark().text("_modules").emptyOrderedDict().mark().text("outc");
    pickle.global("torch.nn.modules.conv", "Conv2d").raw(")\x81}").mark().text("_parameters").raw("}").mark();
    pickle.text("weight");
    addTensor(pickle, weight, "0");
    pickle.raw("u").text("_buffers").raw("}").text("_modules").raw("}").text("training").boolean(false).raw("ub");
    pickle.raw("u").text("_parameters").raw("}ub");
    const auto checkpoint = read(zipOf(checkpointMembers(pickle.finished(), {weight})));
    QVERIFY2(checkpoint.has_value(), checkpoint ? "" : checkpoint.error().message.c_str());
    QCOMPARE(numbersOf(*checkpoint, "outc.weight"), std::vector<float>{5});
}

void CheckpointTest::zip64IsRead()
{
    const std::vector<FileTensor> tensors{floatTensor("x.y", {2}, {8, 9})};
    const auto checkpoint = read(zip64Of(checkpointMembers(pickledStateDict(tensors), tensors)));
    QVERIFY2(checkpoint.has_value(), checkpoint ? "" : checkpoint.error().message.c_str());
    QCOMPARE(numbersOf(*checkpoint, "x.y"), (std::vector<float>{8, 9}));
}

void CheckpointTest::floatsAreReadInPlace()
{
    const auto kept = std::make_shared<const std::string>(zipCheckpoint({floatTensor("x.y", {2}, {8, 9})}));
    auto checkpoint = parseCheckpoint(*kept, kept).value();
    const auto& values = std::as_const(checkpoint.weights.at("x.y").values);
    const auto* begin = reinterpret_cast<const char*>(values.data());
    QVERIFY(begin >= kept->data() && begin < kept->data() + kept->size());
    // Changing them changes a copy.
    checkpoint.weights.at("x.y").values[0] = 1;
    QCOMPARE(numbersOf(checkpoint, "x.y"), (std::vector<float>{1, 9}));
    QCOMPARE(numbersOf(parseCheckpoint(*kept, kept).value(), "x.y"), (std::vector<float>{8, 9}));
}

void CheckpointTest::aWholeNetworkComesThrough()
{
    const GeneratorSpec spec{GeneratorKind::SyncTalk2D160, AudioMode::Ave, 8};
    const auto weights = formulaWeights(spec);
    auto tensors = fileTensors(weights);
    for (auto& tensor : tensors)
        tensor.name = "module." + tensor.name;
    QTemporaryDir folder;
    const auto file = std::filesystem::path(folder.path().toStdString()) / "100.pth";
    for (const auto& [format, write] : kWriters) {
        QVERIFY(writeFile(file, write(tensors, {"state_dict"})).has_value());
        const auto checkpoint = readCheckpoint(file);
        QVERIFY2(checkpoint.has_value(), checkpoint ? "" : checkpoint.error().message.c_str());
        QCOMPARE(checkpoint->weights.size(), weights.size());
        for (const auto& [name, weight] : weights)
            QVERIFY2(checkpoint->weights.at(name).values == weight.values, name.c_str());
        const auto detected = detectGenerator(checkpoint->weights, AudioMode::Ave);
        QVERIFY(detected.has_value() && *detected == spec);
        QVERIFY(Generator::create(checkpoint->weights, spec).has_value());
    }
}

void CheckpointTest::realFiles_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("tensors"); // 0: it is refused
    QTest::addColumn<QString>("says");
    QTest::newRow("cpu") << "zip-cpu.pt" << 15 << "";
    QTest::newRow("cuda") << "zip-cuda-tagged.pt" << 15 << "";
    QTest::newRow("legacy") << "legacy-other-network.pth" << 74 << "";
    QTest::newRow("TorchScript") << "torchscript-other-network.jit" << 32 << "";
    QTest::newRow("truncated") << "wav2lip-legacy-truncated.pth" << 0
                               << "the tensor module.face_encoder_blocks.0.0.conv_block.0.weight is the first";
    QTest::newRow("web page") << "html-page.pth" << 0 << "it is a web page";
}

void CheckpointTest::realFiles()
{
    QFETCH(QString, name);
    QFETCH(int, tensors);
    QFETCH(QString, says);
    const auto file = asset(qPrintable(name));
    if (!std::filesystem::exists(file))
        QSKIP("The reference material (../shared/assets/checkpoints) is not here.");
    const auto checkpoint = readCheckpoint(file);
    if (tensors == 0) {
        QVERIFY(!checkpoint.has_value());
        QVERIFY2(QString::fromStdString(checkpoint.error().message).contains(says), checkpoint.error().message.c_str());
        return;
    }
    QVERIFY2(checkpoint.has_value(), checkpoint ? "" : checkpoint.error().message.c_str());
    QCOMPARE(static_cast<int>(checkpoint->weights.size()), tensors);
    const auto detected = detectGenerator(checkpoint->weights, AudioMode::Ave);
    QVERIFY(!detected.has_value()); // they are of other networks, which the sentence shows
    QVERIFY(QString::fromStdString(detected.error().message)
                .contains(QString::fromStdString(checkpoint->weights.begin()->first)));
}

QTEST_GUILESS_MAIN(CheckpointTest)
#include "checkpoint_test.moc"
