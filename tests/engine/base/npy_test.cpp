// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/npy.h"

#include "base/file_system.h"

#include <QTemporaryDir>
#include <QtTest>

#include <cmath>
#include <limits>
#include <string>

using namespace lipsync;

namespace {

/// An NPY file of version 1 (or `major`) with exactly this header text.
std::string npyFile(const std::string& header, const std::string& data, char major = 1)
{
    std::string content = "\x93NUMPY";
    content += major;
    content += '\0';
    for (int i = 0; i < (major == 1 ? 2 : 4); ++i)
        content += static_cast<char>((header.size() >> (8 * i)) & 0xFF);
    return content + header + data;
}

std::string headerOf(const std::string& type, const std::string& shape)
{
    return "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }\n";
}

template <typename T> std::string bytesOf(std::initializer_list<T> numbers)
{
    return {reinterpret_cast<const char*>(std::data(numbers)), numbers.size() * sizeof(T)};
}

Result<NpyArray> parse(const std::string& content)
{
    return parseNpy(content, "test.npy");
}

} // namespace

class NpyTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatIsWrittenIsReadBack();
    void bytesAreReadBackAsFloats();
    void bytesStayBytesAndNothingElseDoes();
    void everySupportedTypeBecomesFloat_data();
    void everySupportedTypeBecomesFloat();
    void halfPrecisionIsExact();
    void versionsTwoAndThreeAreRead();
    void scalarsAndEmptyArraysAreRead();
    void malformedFilesAreRefused_data();
    void malformedFilesAreRefused();
    void everyTruncationIsRefused();
    void aShapeThatDoesNotFitIsNotWritten();
    void missingFileIsNamedInTheMessage();
};

void NpyTest::whatIsWrittenIsReadBack()
{
    QTemporaryDir folder;
    const auto file = std::filesystem::path(folder.path().toStdString()) / "array.npy";
    const std::vector<std::size_t> shape{2, 3};
    const std::vector<float> values{0.0F, -1.5F, 3.25F, 1e-30F, 1e30F, 7.0F};
    QVERIFY(writeNpy(file, shape, values).has_value());
    QCOMPARE((std::filesystem::file_size(file) - values.size() * sizeof(float)) % 64, std::uintmax_t{0});
    const auto array = readNpy(file);
    QVERIFY(array.has_value());
    QVERIFY(array->shape == shape);
    QVERIFY(array->values == values);
}

void NpyTest::bytesAreReadBackAsFloats()
{
    QTemporaryDir folder;
    const auto file = std::filesystem::path(folder.path().toStdString()) / "bytes.npy";
    const std::vector<std::size_t> shape{3};
    const std::vector<std::uint8_t> values{0, 127, 255};
    QVERIFY(writeNpy(file, shape, values).has_value());
    const auto array = readNpy(file);
    QVERIFY(array.has_value());
    QVERIFY((array->values == std::vector<float>{0.0F, 127.0F, 255.0F}));
}

void NpyTest::bytesStayBytesAndNothingElseDoes()
{
    QTemporaryDir folder;
    const auto file = std::filesystem::path(folder.path().toStdString()) / "bytes.npy";
    const std::vector<std::size_t> shape{2, 2};
    const std::vector<std::uint8_t> values{0, 127, 128, 255};
    QVERIFY(writeNpy(file, shape, values).has_value());
    const auto array = readNpyBytes(file);
    QVERIFY(array.has_value());
    QVERIFY(array->shape == shape);
    QVERIFY(array->values == values);

    QVERIFY(writeNpy(file, shape, std::vector<float>(4)).has_value());
    const auto refused = readNpyBytes(file);
    QVERIFY(!refused.has_value());
    QCOMPARE(refused.error().code, ErrorCode::InvalidInput);
}

void NpyTest::everySupportedTypeBecomesFloat_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<QByteArray>("data");
    const auto add = [](const char* type, const std::string& data) {
        QTest::newRow(type) << QString::fromLatin1(type) << QByteArray::fromStdString(data);
    };
    add("<f4", bytesOf<float>({-3.0F, 100.0F}));
    add("<f8", bytesOf<double>({-3.0, 100.0}));
    add("<f2", bytesOf<std::uint16_t>({0xC200, 0x5640}));
    add("|i1", bytesOf<std::int8_t>({-3, 100}));
    add("<i2", bytesOf<std::int16_t>({-3, 100}));
    add("<i4", bytesOf<std::int32_t>({-3, 100}));
    add("<i8", bytesOf<std::int64_t>({-3, 100}));
}

void NpyTest::everySupportedTypeBecomesFloat()
{
    QFETCH(QString, type);
    QFETCH(QByteArray, data);
    const auto array = parse(npyFile(headerOf(type.toStdString(), "(2,)"), data.toStdString()));
    QVERIFY(array.has_value());
    QVERIFY((array->shape == std::vector<std::size_t>{2}));
    QVERIFY((array->values == std::vector<float>{-3.0F, 100.0F}));
}

void NpyTest::halfPrecisionIsExact()
{
    // IEEE 754 binary16: one, largest, smallest normal, smallest subnormal, minus zero, infinity, not a number.
    const auto array = parse(npyFile(headerOf("<f2", "(7,)"),
                                     bytesOf<std::uint16_t>({0x3C00, 0x7BFF, 0x0400, 0x0001, 0x8000, 0x7C00, 0x7E00})));
    QVERIFY(array.has_value());
    QCOMPARE(array->values[0], 1.0F);
    QCOMPARE(array->values[1], 65504.0F);
    QVERIFY(array->values[2] == std::ldexp(1.0F, -14));
    QVERIFY(array->values[3] == std::ldexp(1.0F, -24));
    QVERIFY(array->values[4] == 0.0F && std::signbit(array->values[4]));
    QVERIFY(array->values[5] == std::numeric_limits<float>::infinity());
    QVERIFY(std::isnan(array->values[6]));
}

void NpyTest::versionsTwoAndThreeAreRead()
{
    for (const char major : {char{2}, char{3}}) {
        const auto array = parse(npyFile(headerOf("<f4", "(1, 1)"), bytesOf<float>({5.0F}), major));
        QVERIFY(array.has_value());
        QCOMPARE(array->values.at(0), 5.0F);
    }
}

void NpyTest::scalarsAndEmptyArraysAreRead()
{
    const auto scalar = parse(npyFile(headerOf("<f4", "()"), bytesOf<float>({5.0F})));
    QVERIFY(scalar.has_value());
    QVERIFY(scalar->shape.empty());
    QCOMPARE(scalar->values.size(), std::size_t{1});
    const auto empty = parse(npyFile(headerOf("<f4", "(0, 512)"), {}));
    QVERIFY(empty.has_value());
    QVERIFY(empty->values.empty());
}

void NpyTest::malformedFilesAreRefused_data()
{
    QTest::addColumn<QByteArray>("content");
    const std::string four = bytesOf<float>({1, 2, 3, 4});
    const auto add = [](const char* name, const std::string& content) {
        QTest::newRow(name) << QByteArray::fromStdString(content);
    };
    const auto addHeader = [&](const char* name, const std::string& header) { add(name, npyFile(header, four)); };
    add("empty", {});
    add("another format", "RIFF\0\0\0\0WAVEfmt ");
    add("only the magic", "\x93NUMPY");
    add("version 4", npyFile(headerOf("<f4", "(4,)"), four, 4));
    add("header longer than the file", std::string("\x93NUMPY\x01\0\xFF\xFF{", 11));
    add("header of four gigabytes", std::string("\x93NUMPY\x02\0\xFF\xFF\xFF\xFF{", 13));
    addHeader("no dictionary", "");
    addHeader("unclosed dictionary", "{'descr': '<f4', 'fortran_order': False, 'shape': (4,), ");
    addHeader("text after the dictionary", headerOf("<f4", "(4,)") + "x");
    addHeader("no shape", "{'descr': '<f4', 'fortran_order': False}");
    addHeader("type twice", "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (4,)}");
    addHeader("unknown key", "{'descr': '<f4', 'fortran_order': False, 'shape': (4,), 'extra': 1}");
    addHeader("unclosed string", "{'descr: <f4}");
    addHeader("no comma", "{'descr': '<f4' 'fortran_order': False, 'shape': (4,)}");
    addHeader("Fortran order", "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2)}");
    addHeader("order is no truth value", "{'descr': '<f4', 'fortran_order': 0, 'shape': (4,)}");
    addHeader("big-endian", headerOf(">f4", "(4,)"));
    addHeader("objects", headerOf("|O", "(4,)"));
    addHeader("complex", headerOf("<c8", "(2,)"));
    addHeader("records", "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (4,)}");
    addHeader("negative extent", headerOf("<f4", "(-4,)"));
    addHeader("extent beyond 64 bits", headerOf("<f4", "(99999999999999999999999,)"));
    addHeader("product beyond 64 bits", headerOf("<f4", "(4294967296, 4294967296, 4294967296)"));
    addHeader("beyond the limit", headerOf("<f4", "(268435457,)"));
    addHeader("more than the file holds", headerOf("<f4", "(5,)"));
    addHeader("number instead of shape", headerOf("<f4", "(4)"));
    addHeader("only a comma", headerOf("<f4", "(,)"));
    std::string deep = "(";
    for (int i = 0; i < 40; ++i)
        deep += "1, ";
    addHeader("forty dimensions", headerOf("<f4", deep + ")"));
}

void NpyTest::malformedFilesAreRefused()
{
    QFETCH(QByteArray, content);
    const auto array = parse(content.toStdString());
    QVERIFY(!array.has_value());
    QCOMPARE(array.error().code, ErrorCode::InvalidInput);
    QVERIFY(QString::fromStdString(array.error().message).contains("test.npy"));
}

void NpyTest::everyTruncationIsRefused()
{
    const std::string whole = npyFile(headerOf("<f4", "(4,)"), bytesOf<float>({1, 2, 3, 4}));
    QVERIFY(parse(whole).has_value());
    for (std::size_t length = 0; length < whole.size(); ++length)
        QVERIFY(!parse(whole.substr(0, length)).has_value());
}

void NpyTest::aShapeThatDoesNotFitIsNotWritten()
{
    QTemporaryDir folder;
    const auto file = std::filesystem::path(folder.path().toStdString()) / "array.npy";
    const std::vector<std::size_t> shape{2, 3};
    const auto written = writeNpy(file, shape, std::vector<float>(5));
    QVERIFY(!written.has_value());
    QCOMPARE(written.error().code, ErrorCode::Usage);
    QVERIFY(!std::filesystem::exists(file));
}

void NpyTest::missingFileIsNamedInTheMessage()
{
    const auto array = readNpy("/nowhere/array.npy");
    QVERIFY(!array.has_value());
    QCOMPARE(array.error().code, ErrorCode::InvalidInput);
    QVERIFY(QString::fromStdString(array.error().message).contains("/nowhere/array.npy"));
}

QTEST_GUILESS_MAIN(NpyTest)
#include "npy_test.moc"
