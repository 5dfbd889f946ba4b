// SPDX-License-Identifier: GPL-3.0-or-later
// Checkpoints as people have them: formats, wrappers, prefixes, dialects, number types, and every way of being broken.
#include "base/file_system.h"
#include "nn/checkpoint/checkpoint.h"
#include "nn/formula_weights.h"
#include "nn/generator.h"
#include "support/checkpoint_writer.h"

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

/// Reads bytes that are kept for as long as the views of them.
Result<Checkpoint> read(const std::string& bytes)
{
    const auto kept = std::make_shared<const std::string>(bytes);
    return parseCheckpoint(*kept, kept);
}

QString refusal(const std::string& bytes)
{
    const auto checkpoint = read(bytes);
    if (!checkpoint && checkpoint.error().code != ErrorCode::InvalidInput)
        return "of another kind: " + QString::fromStdString(checkpoint.error().message);
    return checkpoint ? QString() : QString::fromStdString(checkpoint.error().message);
}

std::vector<float> numbersOf(const Checkpoint& checkpoint, const std::string& name)
{
    const auto found = checkpoint.weights.find(name);
    return found == checkpoint.weights.end()
        ? std::vector<float>()
        : std::vector<float>(found->second.values.begin(), found->second.values.end());
}

using Writer = std::string (*)(const std::vector<FileTensor>&, const std::vector<std::string>&);
constexpr std::pair<const char*, Writer> kWriters[] = {{"zip", zipCheckpoint}, {"legacy", legacyCheckpoint}};

FileTensor with(FileTensor tensor, std::vector<std::int64_t> sizes, std::vector<std::int64_t> strides,
                std::int64_t offset = 0)
{
    tensor.sizes = std::move(sizes);
    tensor.strides = std::move(strides);
    tensor.offset = offset;
    return tensor;
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
    void namesThatMeetAreRefused();
    void everyTypeBecomesFloat_data();
    void everyTypeBecomesFloat();
    void stridesOffsetsAndSharedStorages();
    void partsOfLegacyStorages();
    void parametersAndSubclassesAreTensors();
    void optimisersAreNotRead();
    void pickledModulesGiveTheirTensors();
    void zip64IsRead();
    void floatsAreReadInPlace();
    void badTensorsAreNamed_data();
    void badTensorsAreNamed();
    void badArchivesAreRefused_data();
    void badArchivesAreRefused();
    void truncatedFilesNameTheFirstMissingTensor();
    void everyTruncationIsRefused();
    void hostileCheckpointsAreRefused();
    void aWholeNetworkComesThrough();
    void errorsOfFilesNameTheFile();
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

void CheckpointTest::namesThatMeetAreRefused()
{
    const auto message = refusal(zipCheckpoint(
        {floatTensor("inc.inconv.conv.0.weight", {1}, {1}), floatTensor("inc.inconv.0.conv.0.weight", {1}, {2})}));
    QVERIFY2(message.contains("inc.inconv.0.conv.0.weight"), qPrintable(message));
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

void CheckpointTest::badTensorsAreNamed_data()
{
    QTest::addColumn<QByteArray>("pickle");
    QTest::addColumn<QString>("says");
    const auto good = floatTensor("x.w", {2, 2}, {1, 2, 3, 4});
    const auto row = [](const char* name, const FileTensor& tensor, const char* says) {
        QTest::newRow(name) << QByteArray::fromStdString(pickledStateDict({tensor})) << says;
    };
    const auto typed = [&](const char* type) {
        auto tensor = good;
        tensor.storageType = type;
        return tensor;
    };
    constexpr std::int64_t kHuge = std::int64_t{1} << 62;
    row("size too large", with(good, {3, 2}, {2, 1}), "x.w reaches past");
    row("offset too large", with(good, {2, 2}, {2, 1}, 1), "x.w reaches past");
    row("offset past the end", with(good, {1}, {1}, 4), "x.w reaches past");
    row("stride too large", with(good, {2, 2}, {3, 1}), "x.w reaches past");
    row("negative size", with(good, {-2, 2}, {2, 1}), "make no sense");
    row("negative stride", with(good, {2, 2}, {-2, 1}), "make no sense");
    row("negative offset", with(good, {2}, {1}, -1), "no proper");
    row("huge size", with(good, {kHuge}, {1}), "make no sense");
    row("huge stride", with(good, {2}, {kHuge}), "make no sense");
    row("sizes that overflow", with(good, {1 << 30, 1 << 30, 16}, {0, 0, 0}), "larger than any");
    row("strides that overflow", with(good, {1 << 15, 1 << 15}, {1 << 30, 1 << 30}), "reaches past");
    row("numbers over one another", with(good, {1 << 15, 1 << 10}, {0, 0}), "more memory");
    row("sizes without strides", with(good, {2, 2}, {2}), "make no sense");
    row("nine dimensions", with(good, {1, 1, 1, 1, 1, 1, 1, 1, 1}, {1, 1, 1, 1, 1, 1, 1, 1, 1}), "dimensions");
    row("unknown type", typed("ComplexFloatStorage"), "unknown type torch.ComplexFloatStorage");
    auto longer = good;
    longer.elements = 5;
    row("storage that is too short", longer, "16 bytes of numbers instead of 20");
    auto nan = floatTensor("x.w", {2, 2}, {1, 2, std::numeric_limits<float>::quiet_NaN(), 4});
    row("not a number", nan, "x.w holds a number that is not finite");
    nan = floatTensor("x.w", {2, 2}, {1, 2, 3, -std::numeric_limits<float>::infinity()});
    row("infinite", nan, "x.w holds a number that is not finite");

    const auto call = [](const char* name, const char* module, const char* function, const char* says) {
        Pickle pickle;
        pickle.raw("}").text("x.w").global(module, function).raw(")").reduce().raw("s");
        QTest::newRow(name) << QByteArray::fromStdString(pickle.finished()) << says;
    };
    call("quantised", "torch._utils", "_rebuild_qtensor", "x.w is quantised");
    call("sparse", "torch._utils", "_rebuild_sparse_tensor", "x.w is sparse");
    call("without numbers", "torch._utils", "_rebuild_meta_tensor_no_storage", "x.w has no numbers");
    call("of the future", "torch._utils", "_rebuild_tensor_v3", "_rebuild_tensor_v3");
    call("without arguments", "torch._utils", "_rebuild_tensor_v2", "no proper storage");
    call("a class", "numpy.core.multiarray", "_reconstruct", "no weights");

    Pickle number;
    number.raw("}").text("x.w").global("torch._utils", "_rebuild_tensor_v2").mark().integer(1).integer(0).integers({1});
    number.integers({1}).tuple().reduce().raw("s");
    QTest::newRow("storage that is a number") << QByteArray::fromStdString(number.finished()) << "x.w has no storage";
    Pickle unnamed;
    unnamed.raw("}").integer(1);
    addTensor(unnamed, good, "0");
    unnamed.raw("s");
    QTest::newRow("no name") << QByteArray::fromStdString(unnamed.finished()) << "without a name";
    QTest::newRow("a list") << QByteArray::fromStdString(Pickle().raw("]").finished()) << "a list";
    QTest::newRow("a number") << QByteArray::fromStdString(Pickle().integer(1).finished()) << "a single value";
    QTest::newRow("an empty dictionary") << QByteArray::fromStdString(Pickle().raw("}").finished()) << "no weights";
    QTest::newRow("only settings") << QByteArray::fromStdString(
                                          Pickle().raw("}").text("epoch").integer(3).raw("s").finished())
                                   << "only 'epoch'";
    QTest::newRow("an object") << QByteArray::fromStdString(
                                      Pickle().global("sklearn.svm", "SVC").raw(")\x81").finished())
                               << "sklearn.svm.SVC";
}

void CheckpointTest::badTensorsAreNamed()
{
    QFETCH(QByteArray, pickle);
    QFETCH(QString, says);
    const auto storage = floatTensor("x.w", {2, 2}, {1, 2, 3, 4});
    auto tensors = std::vector{storage};
    if (const auto name = std::string(QTest::currentDataTag()); name == "not a number")
        tensors[0] = floatTensor("x.w", {2, 2}, {1, 2, std::numeric_limits<float>::quiet_NaN(), 4});
    else if (name == "infinite")
        tensors[0] = floatTensor("x.w", {2, 2}, {1, 2, 3, -std::numeric_limits<float>::infinity()});
    const auto message = refusal(zipOf(checkpointMembers(pickle.toStdString(), tensors)));
    QVERIFY2(message.contains(says), qPrintable(message.isEmpty() ? QString("it was accepted") : message));
}

void CheckpointTest::badArchivesAreRefused_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* name, const std::string& bytes, const char* says) {
        QTest::newRow(name) << QByteArray::fromStdString(bytes) << says;
    };
    const std::vector<FileTensor> tensors{floatTensor("x.w", {2}, {1, 2})};
    const auto pickle = pickledStateDict(tensors);
    const auto members = checkpointMembers(pickle, tensors);
    row("compressed", zipOf(members, 8), "compressed");
    row("encrypted", zipOf(members, 0, 1), "encrypted");
    auto changed = members;
    changed.erase(changed.begin() + 1);
    row("a storage that is missing", zipOf(changed), "x.w has no numbers");
    changed = members;
    changed.push_back(members[0]);
    row("a member twice", zipOf(changed), "twice");
    changed = members;
    changed.emplace_back("archive/byteorder", "big");
    row("big-endian", zipOf(changed), "big-endian");
    changed = members;
    changed[0].second[changed[0].second.size() - 1] = 'z';
    row("a broken pickle", zipOf(changed), "0x7a");
    row("a NumPy archive", zipOf({{"arr_0.npy", "x"}}), "NumPy archive");
    row("an office document", zipOf({{"[Content_Types].xml", "x"}}), "office document");
    row("a checkpoint packed by hand", zipOf({{"best/100.pth", "x"}}), "around best/100.pth");
    row("some archive", zipOf({{"readme", "x"}}), "has no data.pkl");
    row("no directory", zipOf({{"readme", "x"}}).substr(0, 60), "truncated");
    auto bytes = zipOf(members);
    const auto flip = [&](std::size_t fromEnd, char byte) {
        auto flipped = bytes;
        flipped[flipped.size() - fromEnd] = byte;
        return flipped;
    };
    row("directory past the end", flip(6 - 3, '\x7F'), "lies past its end");
    row("more entries than fit", flip(22 - 11, '\x7F'), "more entries than fit");
    row(
        "checksum",
        [&] {
            // A damaged pickle says that it is damaged, not only what is odd about it.
            auto damaged = bytes;
            damaged[damaged.find("_rebuild_tensor_v2\n") + 18] = ' ';
            return damaged;
        }(),
        "checksum");

    row("legacy big-endian", legacyFile(pickle, tensors, false), "big-endian");
    auto legacy = legacyFile(pickle, tensors);
    auto count = legacy;
    count[count.size() - 16] = 3;
    row("legacy storage of another size", count, "3 numbers instead of 2");
    auto stranger = tensors;
    stranger[0].key = "other";
    row("legacy storage of nobody", legacyFile(pickle, stranger), "no tensor is of");
    auto version = legacy;
    version[version.find("J\xE9\x03") + 1] = '\x01';
    row("legacy version", version, "not known");
    auto harm = Pickle().global("posix", "system").text("touch harmed").raw("\x85R").finished();
    row("legacy harm", legacyFile(harm, {}), "posix.system");
}

void CheckpointTest::badArchivesAreRefused()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, says);
    const auto message = refusal(bytes.toStdString());
    QVERIFY2(message.contains(says), qPrintable(message.isEmpty() ? QString("it was accepted") : message));
}

void CheckpointTest::truncatedFilesNameTheFirstMissingTensor()
{
    const std::vector<FileTensor> tensors{floatTensor("a.first", {4}, {1, 2, 3, 4}),
                                          floatTensor("b.second", {4}, {1, 2, 3, 4}),
                                          floatTensor("c.third", {4}, {1, 2, 3, 4})};
    for (const auto& [format, write] : kWriters) {
        const auto whole = write(tensors, {"state_dict"});
        const auto storage = bytesOf<float>({1, 2, 3, 4});
        const auto first = whole.find(storage), second = whole.find(storage, first + 1);
        const auto within = refusal(whole.substr(0, second + 5));
        QVERIFY2(within.contains("b.second is the first one missing, 2 of 3") && within.contains("ends in b.second"),
                 qPrintable(within));
        const auto table = refusal(whole.substr(0, whole.find("c.third")));
        QVERIFY2(table.contains("truncated") && table.contains("a.first is the first one missing"), qPrintable(table));
    }
}

void CheckpointTest::everyTruncationIsRefused()
{
    for (const auto& [format, write] : kWriters) {
        const auto whole = write({floatTensor("a.w", {2}, {1, 2}), floatTensor("b.w", {2}, {1, 2})}, {"model"});
        QCOMPARE(refusal(whole), QString());
        for (std::size_t size = 0; size < whole.size(); ++size)
            QVERIFY2(!refusal(whole.substr(0, size)).isEmpty(), (format + std::to_string(size)).c_str());
    }
}

void CheckpointTest::hostileCheckpointsAreRefused()
{
    // A file that would do harm where Python opens it, around weights that are good.
    const auto tensor = floatTensor("x.w", {1}, {1});
    Pickle pickle;
    pickle.raw("}").mark().text("x.w");
    addTensor(pickle, tensor, "0");
    pickle.text("harm").global("posix", "system").text("touch harmed").raw("\x85R").raw("u");
    const auto message = refusal(zipOf(checkpointMembers(pickle.finished(), {tensor})));
    QVERIFY2(message.contains("posix.system") && message.contains("malicious"), qPrintable(message));
    QVERIFY(!std::filesystem::exists("harmed"));

    // Modules that hold each other.
    Pickle circle;
    circle.global("a", "Module").raw(")\x81q\x01}"s).text("child").raw("h\x01sb"s);
    QVERIFY(refusal(zipOf(checkpointMembers(circle.finished(), {}))).contains("deeper"));
    // Each holds the next one twice: 2^30 ways through 30 of them.
    Pickle doubled;
    doubled.global("a", "Module").raw(")\x81q\x01"s);
    for (int i = 0; i < 30; ++i) {
        doubled.raw("0").global("a", "Module").raw(")\x81}").mark().text("a").raw("h\x01"s);
        doubled.text("b").raw("h\x01ubq\x01"s);
    }
    QVERIFY(refusal(zipOf(checkpointMembers(doubled.finished(), {}))).contains("deeper"));
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

void CheckpointTest::errorsOfFilesNameTheFile()
{
    QTemporaryDir folder;
    const auto file = std::filesystem::path(folder.path().toStdString()) / "broken.pth";
    QCOMPARE(readCheckpoint(file).error().code, ErrorCode::InvalidInput);
    QVERIFY(QString::fromStdString(readCheckpoint(file).error().message).contains("broken.pth"));
    QVERIFY(writeFile(file, "").has_value());
    QVERIFY(QString::fromStdString(readCheckpoint(file).error().message)
                .contains("broken.pth cannot be used: it is empty"));
    QCOMPARE(readCheckpoint(folder.path().toStdString()).error().code, ErrorCode::InvalidInput);
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
