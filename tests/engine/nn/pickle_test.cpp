// SPDX-License-Identifier: GPL-3.0-or-later
// The restricted unpickler: what it makes of pickles that Python writes, and of those that nobody should open.
#include "nn/checkpoint/pickle.h"
#include "support/checkpoint_writer.h"

#include <QTest>

#include <deque>

using namespace lipsync;
using namespace lipsync::nn;
using namespace lipsync::test;
using namespace std::string_literals;

namespace {

constexpr std::size_t kSmallFile = 1000; ///< whose memory budget is the least there is: 8 MiB

/// Trees view the bytes that they were read from, which are kept here to the end.
tl::expected<PickleTree, PickleProblem> read(std::string bytes)
{
    static std::deque<std::string> kept;
    MemoryBudget memory(kSmallFile);
    return unpickle(kept.emplace_back(std::move(bytes)), memory);
}

QString refusal(const std::string& bytes)
{
    const auto tree = read(bytes);
    return tree ? QString() : QString::fromStdString(tree.error().why);
}

std::string repeated(std::string_view bytes, std::size_t times)
{
    std::string all;
    for (std::size_t i = 0; i < times; ++i)
        all += bytes;
    return all;
}

} // namespace

class PickleTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void numbersAndTexts();
    void containersOfEveryKind();
    void protocolFour();
    void anOrderedDictOfPythonTwo();
    void whatIsUnknownIsDescribedAndNotCalled();
    void severalPicklesFollowEachOther();
    void malformedPicklesAreRefused_data();
    void malformedPicklesAreRefused();
    void everyTruncationIsToldAsSuch();
    void harmfulFunctionsAreNamed_data();
    void harmfulFunctionsAreNamed();
    void bombsRunIntoLimits_data();
    void bombsRunIntoLimits();
};

void PickleTest::numbersAndTexts()
{
    // Python: pickle.dumps((1, -2, 300, 70000, -70000, 2**40, -1, 2**70, 1.5, True, None, 'abc', b'xyz'), 2), with every
    // integer opcode there is.
    const auto tree = read(Pickle()
                               .mark()
                               .raw("K\x01"s)
                               .raw("J\xFE\xFF\xFF\xFF"s)
                               .raw("M\x2C\x01"s)
                               .raw("\x8a\x06\x00\x00\x00\x00\x00\x01"s)
                               .raw("\x8a\x01\xFF"s)
                               .raw("\x8a\x00"s)
                               .raw("\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x00\x40"s)
                               .raw("G\x3F\xF8\x00\x00\x00\x00\x00\x00"s)
                               .boolean(true)
                               .raw("N")
                               .text("abc")
                               .raw("U\x03xyz"s)
                               .tuple()
                               .finished());
    QVERIFY2(tree.has_value(), tree ? "" : tree.error().why.c_str());
    const auto values = tree->elements(tree->root());
    QCOMPARE(values.size(), std::size_t{12});
    const std::int64_t integers[] = {1, -2, 300, std::int64_t{1} << 40, -1, 0};
    for (std::size_t i = 0; i < std::size(integers); ++i) {
        QCOMPARE(values[i].kind, PickleKind::Int);
        QCOMPARE(values[i].integer, integers[i]);
    }
    QCOMPARE(values[6].kind, PickleKind::LargeInt);
    QCOMPARE(values[7].real, 1.5);
    QVERIFY(values[8].kind == PickleKind::Bool && values[8].integer == 1);
    QCOMPARE(values[9].kind, PickleKind::None);
    QCOMPARE(std::string(values[10].text), "abc"s);
    QCOMPARE(std::string(values[11].text), "xyz"s);
}

void PickleTest::containersOfEveryKind()
{
    // ({'a': [1, 2], 'b': ()}, (1,), (1, 2), (1, 2, 3), {1}) by way of the memo, APPEND, APPENDS and SETITEM.
    const auto tree = read(Pickle()
                               .mark()
                               .raw("}q\x01"s)
                               .text("a")
                               .raw("]q\x02"s)
                               .raw("K\x01"s)
                               .raw("a(K\x02"s)
                               .raw("es")
                               .text("b")
                               .raw(")s")
                               .raw("K\x01\x85K\x01K\x02\x86K\x01K\x02K\x03\x87"s)
                               .raw("\x8f(K\x01\x90"s)
                               .raw("h\x02"s)
                               .tuple()
                               .finished());
    QVERIFY2(tree.has_value(), tree ? "" : tree.error().why.c_str());
    const auto values = tree->elements(tree->root());
    QCOMPARE(values.size(), std::size_t{6});
    const auto* list = tree->entry(values[0], "a");
    QVERIFY(list);
    QCOMPARE(tree->elements(*list).size(), std::size_t{2});
    QCOMPARE(tree->elements(*list)[1].integer, std::int64_t{2});
    QVERIFY(tree->entry(values[0], "b") && !tree->entry(values[0], "c"));
    for (std::size_t i = 1; i <= 3; ++i)
        QCOMPARE(tree->elements(values[i]).size(), i);
    QCOMPARE(tree->elements(values[4]).size(), std::size_t{1});
    QCOMPARE(values[5].node, list->node); // the same list, not a copy
}

void PickleTest::protocolFour()
{
    // FRAME, SHORT_BINUNICODE, MEMOIZE, STACK_GLOBAL, NEWOBJ and NEWOBJ_EX.
    const auto tree = read(Pickle(4)
                               .raw("\x95\x30\x00\x00\x00\x00\x00\x00\x00"s)
                               .raw("\x8c\x0b"s)
                               .raw("collections\x94"s)
                               .raw("\x8c\x0b"s)
                               .raw("OrderedDict\x94\x93\x94)R\x94"s)
                               .raw("\x8c\x01k\x94K\x07s"s)
                               .finished());
    QVERIFY2(tree.has_value(), tree ? "" : tree.error().why.c_str());
    const auto* entry = tree->entry(tree->root(), "k");
    QVERIFY(entry && entry->integer == 7);
    for (const auto* last : {"\x81", "}\x92"})
        QVERIFY(read(Pickle(4).global("argparse", "Namespace").raw(")").raw(last).finished()).has_value());
}

void PickleTest::anOrderedDictOfPythonTwo()
{
    // Python 2 reduces it to a list of pairs, which are lists themselves.
    const auto tree = read(Pickle()
                               .global("collections", "OrderedDict")
                               .raw("](]")
                               .raw("(U\x01"s)
                               .raw("aK\x01"s)
                               .raw("ee\x85R"s)
                               .finished());
    QVERIFY2(tree.has_value(), tree ? "" : tree.error().why.c_str());
    const auto* entry = tree->entry(tree->root(), "a");
    QVERIFY(entry && entry->integer == 1);
}

void PickleTest::whatIsUnknownIsDescribedAndNotCalled()
{
    const auto tree = read(Pickle()
                               .global("my.package", "Trainer")
                               .raw(")")
                               .reduce()
                               .raw("}")
                               .text("step")
                               .integer(5)
                               .raw("sb")
                               .finished());
    QVERIFY2(tree.has_value(), tree ? "" : tree.error().why.c_str());
    QCOMPARE(tree->root().kind, PickleKind::Call);
    QCOMPARE(tree->globalName(tree->root()), "my.package.Trainer"s);
    const auto* step = tree->entry(tree->node(tree->root()).state, "step");
    QVERIFY(step && step->integer == 5);
}

void PickleTest::severalPicklesFollowEachOther()
{
    const auto first = Pickle().integer(1).finished(), second = Pickle().integer(2).finished();
    const auto tree = read(first + second);
    QVERIFY(tree.has_value());
    QCOMPARE(tree->length(), first.size());
}

void PickleTest::malformedPicklesAreRefused_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* name, const std::string& bytes, const char* says) {
        QTest::newRow(name) << QByteArray::fromStdString(bytes) << says;
    };
    row("protocol of the future", Pickle(9).raw("N").finished(), "protocol 9");
    row("text form", Pickle().raw("I5\n").finished(), "old text form");
    row("unknown instruction", Pickle().raw("\x01").finished(), "0x01");
    row("extension registry", Pickle().raw("\x82\x01"s).finished(), "0x82");
    row("stop with nothing", Pickle().finished(), "nobody put there");
    row("stop inside something", Pickle().raw("N(N").finished(), "in the middle");
    row("reduce of nothing", Pickle().reduce().finished(), "nobody put there");
    row("values across a mark", Pickle().raw("N(R").finished(), "nobody put there");
    row("tuple without a mark", Pickle().raw("Nt").finished(), "never opened");
    row("tuple of too few", Pickle().raw("N\x87").finished(), "nobody put there");
    row("entry of a number", Pickle().raw("K\x01NNs"s).finished(), "holds none");
    row("append to a dictionary", Pickle().raw("}Na").finished(), "holds none");
    row("key without a value", Pickle().raw("}(Nu").finished(), "key and no value");
    row("dictionary of an odd number", Pickle().raw("(Nd").finished(), "key and no value");
    row("ordered dictionary of no pairs", Pickle().global("collections", "OrderedDict").raw("](]e\x85R").finished(),
        "key and no value");
    row("memo that was never written", Pickle().raw("h\x07"s).finished(), "never there");
    row("class named by a number", Pickle(4).raw("K\x01K\x02\x93"s).finished(), "no name");
    row("class of a name without end", Pickle().raw("c" + std::string(600, 'x')).finished(), "longer than any");
    row("build of nothing", Pickle().raw("}b").finished(), "nobody put there");
}

void PickleTest::malformedPicklesAreRefused()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, says);
    const auto message = refusal(bytes.toStdString());
    QVERIFY2(!message.isEmpty(), "it was accepted");
    QVERIFY2(message.contains(says), qPrintable(message));
}

void PickleTest::everyTruncationIsToldAsSuch()
{
    const auto whole = pickledStateDict({floatTensor("up1.weight", {2}, {1, 2})}, {"state_dict"});
    QVERIFY(read(whole).has_value());
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const auto tree = read(whole.substr(0, size));
        QVERIFY2(!tree && tree.error().truncated, std::to_string(size).c_str());
    }
    const auto late = read(whole.substr(0, whole.find("_rebuild_tensor_v2")));
    QCOMPARE(late.error().firstName, "up1.weight"s);
}

void PickleTest::harmfulFunctionsAreNamed_data()
{
    QTest::addColumn<QString>("module");
    QTest::addColumn<QString>("name");
    QTest::newRow("posix.system") << "posix"
                                  << "system";
    QTest::newRow("os.system") << "os"
                               << "system";
    QTest::newRow("os.path.join") << "os.path"
                                  << "join";
    QTest::newRow("subprocess") << "subprocess"
                                << "Popen";
    QTest::newRow("eval") << "builtins"
                          << "eval";
    QTest::newRow("exec of Python 2") << "__builtin__"
                                      << "execfile";
}

void PickleTest::harmfulFunctionsAreNamed()
{
    QFETCH(QString, module);
    QFETCH(QString, name);
    const auto m = module.toStdString(), n = name.toStdString();
    const auto byLines = Pickle().global(m, n).text("touch harmed").raw("\x85R").finished();
    const auto byStack = Pickle(4).text(m).text(n).raw("\x93").text("touch harmed").raw("\x85R").finished();
    for (const auto& bytes : {byLines, byStack}) {
        const auto message = refusal(bytes);
        QVERIFY2(message.contains(module + "." + name) && message.contains("malicious"), qPrintable(message));
    }
}

void PickleTest::bombsRunIntoLimits_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* name, const std::string& bytes, const char* says) {
        QTest::newRow(name) << QByteArray::fromStdString(bytes) << says;
    };
    const char* const memory = "more memory";
    row("marks in marks", Pickle().raw(std::string(5000, '(')).finished(), "nested deeper");
    row("lists without end", Pickle().raw(std::string(2'000'000, ']')).finished(), memory);
    row("numbers without end", Pickle().raw(std::string(2'000'000, 'N')).finished(), memory);
    std::string memo = "N";
    for (std::uint32_t i = 0; i < 400'000; ++i)
        memo += "r" + std::string(reinterpret_cast<const char*>(&i), sizeof i);
    row("a memo without end", Pickle().raw(memo).finished(), memory);
    row("memos by themselves", Pickle(4).raw("N" + std::string(3'000'000, '\x94')).finished(), memory);
    row("a list that grows", Pickle().raw("]" + repeated("Na", 1'000'000)).finished(), memory);
    row("tuples of all there is",
        Pickle().raw(std::string(900, 'N') + repeated("(" + std::string(200, 'N') + "t", 9000)).finished(), memory);
    row("persistent storages without end", Pickle().raw("(" + repeated("NQ", 1'000'000)).finished(), memory);
    row("text of four gigabytes", Pickle().raw("X\xFF\xFF\xFF\xFF"s).finished(), "too soon");
    row("text of 2^63 bytes", Pickle(4).raw("\x8d\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F"s).finished(), "too soon");
    row("long text that is there", Pickle().raw("X\x01\x00\x00\x01"s + std::string(0x1000001, 'x')).finished(),
        "longer than any");
}

void PickleTest::bombsRunIntoLimits()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, says);
    const auto message = refusal(bytes.toStdString());
    QVERIFY2(message.contains(says), qPrintable(message.isEmpty() ? QString("it was accepted") : message));
}

QTEST_GUILESS_MAIN(PickleTest)
#include "pickle_test.moc"
