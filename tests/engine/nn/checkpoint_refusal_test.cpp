// SPDX-License-Identifier: GPL-3.0-or-later
// Checkpoints in every way of being broken, and the sentence each deserves.
#include "checkpoint_case.h"
#include "base/file_system.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <cstring>
#include <limits>

using namespace lipsync;
using namespace lipsync::nn;
using namespace lipsync::test;
using namespace std::string_literals;

class CheckpointRefusalTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void namesThatMeetAreRefused();
    void badTensorsAreNamed_data();
    void badTensorsAreNamed();
    void badArchivesAreRefused_data();
    void badArchivesAreRefused();
    void truncatedFilesNameTheFirstMissingTensor();
    void everyTruncationIsRefused();
    void hostileCheckpointsAreRefused();
    void errorsOfFilesNameTheFile();
};

void CheckpointRefusalTest::namesThatMeetAreRefused()
{
    const auto message = refusal(zipCheckpoint(
        {floatTensor("inc.inconv.conv.0.weight", {1}, {1}), floatTensor("inc.inconv.0.conv.0.weight", {1}, {2})}));
    QVERIFY2(message.contains("inc.inconv.0.conv.0.weight"), qPrintable(message));
}

void CheckpointRefusalTest::badTensorsAreNamed_data()
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

void CheckpointRefusalTest::badTensorsAreNamed()
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

void CheckpointRefusalTest::badArchivesAreRefused_data()
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

void CheckpointRefusalTest::badArchivesAreRefused()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, says);
    const auto message = refusal(bytes.toStdString());
    QVERIFY2(message.contains(says), qPrintable(message.isEmpty() ? QString("it was accepted") : message));
}

void CheckpointRefusalTest::truncatedFilesNameTheFirstMissingTensor()
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

void CheckpointRefusalTest::everyTruncationIsRefused()
{
    for (const auto& [format, write] : kWriters) {
        const auto whole = write({floatTensor("a.w", {2}, {1, 2}), floatTensor("b.w", {2}, {1, 2})}, {"model"});
        QCOMPARE(refusal(whole), QString());
        for (std::size_t size = 0; size < whole.size(); ++size)
            QVERIFY2(!refusal(whole.substr(0, size)).isEmpty(), (format + std::to_string(size)).c_str());
    }
}

void CheckpointRefusalTest::hostileCheckpointsAreRefused()
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

void CheckpointRefusalTest::errorsOfFilesNameTheFile()
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

QTEST_GUILESS_MAIN(CheckpointRefusalTest)
#include "checkpoint_refusal_test.moc"
