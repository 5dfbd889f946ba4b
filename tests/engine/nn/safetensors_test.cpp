// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/weight_set.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>

#include <nlohmann/json.hpp>

using namespace lipsync;
using namespace lipsync::nn;
using nlohmann::json;

namespace {

/// A safetensors file with this header and data.
std::string fileOf(const std::string& header, const std::string& data)
{
    const std::uint64_t length = header.size();
    std::string bytes(sizeof length, '\0');
    std::memcpy(bytes.data(), &length, sizeof length);
    return bytes + header + data;
}

std::string fileWith(const json& header, const std::string& data)
{
    return fileOf(header.dump(), data);
}

json tensor(const char* type, std::vector<std::uint64_t> shape, std::uint64_t begin, std::uint64_t end)
{
    return {{"dtype", type}, {"shape", shape}, {"data_offsets", {begin, end}}};
}

template <typename T> std::string bytesOf(std::initializer_list<T> numbers)
{
    return {reinterpret_cast<const char*>(std::data(numbers)), numbers.size() * sizeof(T)};
}

std::string sixteenBytes()
{
    return bytesOf<float>({1, 2, 3, 4});
}

/// What the reader says about these bytes; empty when it accepts them.
QString refusal(const std::string& bytes)
{
    const auto weights = parseSafetensors(bytes);
    return weights ? QString() : QString::fromStdString(weights.error().message);
}

std::filesystem::path inFolder(const QTemporaryDir& folder, const char* name)
{
    return std::filesystem::path(folder.path().toStdString()) / name;
}

} // namespace

class SafetensorsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatIsWrittenIsReadBack();
    void halfPrecisionRoundsToElevenBits();
    void writtenFilesFollowTheFormat();
    void everyTypeBecomesFloat_data();
    void everyTypeBecomesFloat();
    void malformedFilesAreRefused_data();
    void malformedFilesAreRefused();
    void everyTruncationIsRefused();
    void numbersThatAreNotFiniteAreRefusedByName();
    void errorsOfFilesNameTheFile();
    void aFolderThatDoesNotExistIsNamed();
};

void SafetensorsTest::whatIsWrittenIsReadBack()
{
    QTemporaryDir folder;
    const auto file = inFolder(folder, "weights.safetensors");
    WeightSet weights;
    weights["conv.weight"] = {{2, 3}, {1, -2, 3.5f, 1e-30f, 3e38f, 0}};
    weights["scalar"] = {{}, {7}};
    weights["nothing"] = {{0, 4}, {}};
    QVERIFY(writeSafetensors(file, weights, WeightStorage::Float32, {{"made by", "a \"test\" – ünïcode"}}).has_value());
    const auto read = readSafetensors(file);
    QVERIFY2(read.has_value(), read ? "" : read.error().message.c_str());
    QCOMPARE(read->size(), weights.size());
    for (const auto& [name, weight] : weights) {
        QVERIFY(read->at(name).shape == weight.shape);
        QVERIFY(read->at(name).values == weight.values);
    }
    QVERIFY(!std::filesystem::exists(file.string() + ".part"));
}

void SafetensorsTest::halfPrecisionRoundsToElevenBits()
{
    QTemporaryDir folder;
    const auto whole = inFolder(folder, "whole.safetensors"), half = inFolder(folder, "half.safetensors");
    WeightSet weights;
    auto& written = weights["conv.weight"];
    for (int i = -1000; i <= 1000; ++i)
        written.values.push_back(0.0137f * static_cast<float>(i) * static_cast<float>(i % 7));
    written.values.own().insert(written.values.own().end(), {0.0f, 1.0f, 65504.0f, -65504.0f, 0x1p-14f, 0x1p-24f});
    written.shape = {static_cast<std::int64_t>(written.values.size())};
    QVERIFY(writeSafetensors(whole, weights).has_value());
    QVERIFY(writeSafetensors(half, weights, WeightStorage::Float16).has_value());
    QVERIFY(std::filesystem::file_size(half) < std::filesystem::file_size(whole) / 2 + 200);
    const auto read = readSafetensors(half);
    QVERIFY2(read.has_value(), read ? "" : read.error().message.c_str());
    for (std::size_t i = 0; i < written.values.size(); ++i) {
        // Half a unit in the eleventh bit, or half of the smallest subnormal number.
        const float allowed = std::max(std::abs(written.values[i]) * 0x1p-11f, 0x1p-25f);
        QVERIFY(std::abs(read->at("conv.weight").values[i] - written.values[i]) <= allowed);
    }
}

void SafetensorsTest::writtenFilesFollowTheFormat()
{
    QTemporaryDir folder;
    const auto file = inFolder(folder, "weights.safetensors");
    QVERIFY(writeSafetensors(file, {{"b", {{2}, {1, 2}}}, {"a", {{1}, {3}}}}).has_value());
    std::ifstream in(file, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    std::uint64_t length = 0;
    std::memcpy(&length, bytes.data(), sizeof length);
    QCOMPARE((8 + length) % 8, std::uint64_t{0}); // data begins aligned
    const auto header = json::parse(bytes.substr(8, length));
    QCOMPARE(header["a"]["dtype"].get<std::string>(), std::string("F32"));
    QVERIFY(header["a"]["data_offsets"] == json({0, 4}));
    QVERIFY(header["b"]["data_offsets"] == json({4, 12}));
    QCOMPARE(bytes.size(), 8 + length + 12);
}

void SafetensorsTest::everyTypeBecomesFloat_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<QByteArray>("data");
    QTest::addColumn<float>("expected");
    const auto row = [](const char* type, const std::string& data, float expected, const char* name = "") {
        QTest::addRow("%s%s", type, name) << type << QByteArray::fromStdString(data) << expected;
    };
    row("F32", bytesOf<float>({-1.5f}), -1.5f);
    row("F64", bytesOf<double>({2.25}), 2.25f);
    row("F16", bytesOf<std::uint16_t>({0xBC00}), -1.0f);
    row("F16", bytesOf<std::uint16_t>({0x7BFF}), 65504.0f, " largest");
    row("F16", bytesOf<std::uint16_t>({0x0001}), 0x1p-24f, " smallest");
    row("BF16", bytesOf<std::uint16_t>({0x4049}), 3.140625f);
    row("I64", bytesOf<std::int64_t>({-9}), -9);
    row("I32", bytesOf<std::int32_t>({70000}), 70000);
    row("I16", bytesOf<std::int16_t>({-300}), -300);
    row("I8", bytesOf<std::int8_t>({-3}), -3);
    row("U8", bytesOf<std::uint8_t>({200}), 200);
}

void SafetensorsTest::everyTypeBecomesFloat()
{
    QFETCH(QString, type);
    QFETCH(QByteArray, data);
    QFETCH(float, expected);
    const auto size = static_cast<std::uint64_t>(data.size());
    const auto weights =
        parseSafetensors(fileWith({{"x", tensor(type.toUtf8().constData(), {1}, 0, size)}}, data.toStdString()));
    QVERIFY2(weights.has_value(), weights ? "" : weights.error().message.c_str());
    QCOMPARE(weights->at("x").values.at(0), expected);
}

void SafetensorsTest::malformedFilesAreRefused_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* name, const std::string& bytes, const char* says) {
        QTest::newRow(name) << QByteArray::fromStdString(bytes) << says;
    };
    const std::string data = sixteenBytes();
    const auto withTensor = [&](const json& entry) { return fileWith({{"conv.weight", entry}}, data); };

    row("nothing", "", "too short");
    row("seven bytes", "1234567", "too short");
    row("a text", "This is a readme and no weights file.\n", "not a safetensors file");
    row("a zip, as PyTorch writes", "PK\x03\x04 and so on, and so on", "not a safetensors file");
    row("header longer than any", bytesOf<std::uint64_t>({~0ull}) + "{}", "not a safetensors file");
    row("header longer than the file", bytesOf<std::uint64_t>({1000}) + "{\"x\":1}", "header is truncated");
    row("header that is no JSON", fileOf(std::string("{\"x\": "), data), "not JSON");
    row("tensor that is a number", withTensor(5), "conv.weight");
    row("tensor without a type", withTensor({{"shape", {1}}, {"data_offsets", {0, 4}}}), "conv.weight");
    row("unknown type", withTensor(tensor("F8_E4M3", {4}, 0, 4)), "unknown type F8_E4M3");
    row("type that is a number", withTensor({{"dtype", 3}, {"shape", {1}}, {"data_offsets", {0, 4}}}), "conv.weight");
    row("negative side", withTensor({{"dtype", "F32"}, {"shape", {-4}}, {"data_offsets", {0, 16}}}), "whole number");
    row("broken side", withTensor({{"dtype", "F32"}, {"shape", {1.5}}, {"data_offsets", {0, 16}}}), "whole number");
    row("more sides than any", withTensor(tensor("F32", std::vector<std::uint64_t>(9, 1), 0, 4)), "dimensions");
    row("huge side", withTensor(tensor("F32", {1ull << 62}, 0, 16)), "larger");
    row("sides that overflow", withTensor(tensor("F32", {1ull << 31, 1ull << 31, 4}, 0, 16)), "larger");
    row("negative offset", withTensor({{"dtype", "F32"}, {"shape", {4}}, {"data_offsets", {-16, 0}}}), "offsets");
    row("offsets the wrong way round", withTensor(tensor("F32", {4}, 16, 0)), "offsets");
    row("offsets that do not fit the shape", withTensor(tensor("F32", {3}, 0, 16)), "offsets");
    row("three offsets", withTensor({{"dtype", "F32"}, {"shape", {4}}, {"data_offsets", {0, 8, 16}}}), "conv.weight");
    row("data past the end", withTensor(tensor("F32", {4}, 4, 20)), "truncated");
    row("offsets that overflow", withTensor(tensor("F32", {4}, ~0ull - 15, ~0ull)), "conv.weight");
    row("tensors over one another",
        fileWith({{"a", tensor("F32", {4}, 0, 16)}, {"b", tensor("F32", {2}, 8, 16)}}, data), "overlap");
}

void SafetensorsTest::malformedFilesAreRefused()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, says);
    const auto message = refusal(bytes.toStdString());
    QVERIFY2(!message.isEmpty(), "it was accepted");
    QVERIFY2(message.contains(says), qPrintable(message));
}

void SafetensorsTest::everyTruncationIsRefused()
{
    const auto whole =
        fileWith({{"a", tensor("F32", {2}, 0, 8)}, {"b", tensor("F64", {1}, 8, 16)}}, bytesOf<double>({1, 2}));
    QCOMPARE(refusal(whole), QString());
    for (std::size_t size = 0; size < whole.size(); ++size)
        QVERIFY2(!refusal(whole.substr(0, size)).isEmpty(), std::to_string(size).c_str());
}

void SafetensorsTest::numbersThatAreNotFiniteAreRefusedByName()
{
    const float none = std::numeric_limits<float>::quiet_NaN(), endless = std::numeric_limits<float>::infinity();
    for (const float value : {none, endless, -endless}) {
        const auto message =
            refusal(fileWith({{"up1.weight", tensor("F32", {2}, 0, 8)}}, bytesOf<float>({1.0f, value})));
        QVERIFY2(message.contains("up1.weight") && message.contains("not finite"), qPrintable(message));
    }
    QVERIFY(refusal(fileWith({{"x", tensor("F64", {1}, 0, 8)}}, bytesOf<double>({1e300}))).contains("not finite"));
    QVERIFY(
        refusal(fileWith({{"x", tensor("F16", {1}, 0, 2)}}, bytesOf<std::uint16_t>({0x7E00}))).contains("not finite"));
}

void SafetensorsTest::errorsOfFilesNameTheFile()
{
    QTemporaryDir folder;
    const auto file = inFolder(folder, "broken.safetensors");
    const auto missing = readSafetensors(file);
    QVERIFY(!missing.has_value());
    QCOMPARE(missing.error().code, ErrorCode::InvalidInput);
    QVERIFY(QString::fromStdString(missing.error().message).contains("broken.safetensors"));

    std::ofstream(file) << "no weights";
    const auto broken = readSafetensors(file);
    QVERIFY(!broken.has_value());
    QCOMPARE(broken.error().code, ErrorCode::InvalidInput);
    QVERIFY(QString::fromStdString(broken.error().message).contains("broken.safetensors"));
}

void SafetensorsTest::aFolderThatDoesNotExistIsNamed()
{
    const auto written = writeSafetensors("/nowhere/at/all/weights.safetensors", {{"a", {{1}, {1}}}});
    QVERIFY(!written.has_value());
    QCOMPARE(written.error().code, ErrorCode::Resource);
    QVERIFY(QString::fromStdString(written.error().message).contains("/nowhere/at/all"));
}

QTEST_GUILESS_MAIN(SafetensorsTest)
#include "safetensors_test.moc"
