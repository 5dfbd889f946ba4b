// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/checkpoint/number_type.h"

#include <algorithm>
#include <cstring>

namespace lipsync::nn {

namespace {

struct TypeFacts {
    NumberType type;
    std::string_view name;
    std::string_view safetensors;
    std::string_view storage;
    std::size_t bytes;
    bool floating;
};

constexpr TypeFacts kTypes[] = {
    {NumberType::Float32, "float32", "F32", "FloatStorage", 4, true},
    {NumberType::Float64, "float64", "F64", "DoubleStorage", 8, true},
    {NumberType::Float16, "float16", "F16", "HalfStorage", 2, true},
    {NumberType::BFloat16, "bfloat16", "BF16", "BFloat16Storage", 2, true},
    {NumberType::Int64, "int64", "I64", "LongStorage", 8, false},
    {NumberType::Int32, "int32", "I32", "IntStorage", 4, false},
    {NumberType::Int16, "int16", "I16", "ShortStorage", 2, false},
    {NumberType::Int8, "int8", "I8", "CharStorage", 1, false},
    {NumberType::UInt8, "uint8", "U8", "ByteStorage", 1, false},
    {NumberType::Bool, "bool", "BOOL", "BoolStorage", 1, false},
};

const TypeFacts& facts(NumberType type)
{
    return kTypes[static_cast<std::size_t>(type)];
}

std::optional<NumberType> find(std::string_view TypeFacts::*member, std::string_view name)
{
    for (const auto& type : kTypes) {
        if (type.*member == name)
            return type.type;
    }
    return {};
}

template <typename T> T load(const char* at)
{
    T value;
    std::memcpy(&value, at, sizeof value);
    return value;
}

float fromBits(std::uint32_t bits)
{
    float value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

/// IEEE 754 binary16 to binary32.
float widenHalf(std::uint16_t half)
{
    const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000u) << 16;
    const std::uint32_t exponent = (half >> 10) & 0x1fu;
    const std::uint32_t fraction = half & 0x3ffu;
    if (exponent == 0) // zero and subnormal: the fraction counts 2^-24
        return fromBits(sign | 0x3f800000u) * static_cast<float>(fraction) * 0x1p-24f;
    if (exponent == 31)
        return fromBits(sign | 0x7f800000u | (fraction << 13));
    return fromBits(sign | ((exponent + 112) << 23) | (fraction << 13));
}

template <typename T, typename Widen>
void widenEach(const char* from, std::size_t count, std::size_t step, float* to, const Widen& widenOne)
{
    for (std::size_t i = 0; i < count; ++i)
        to[i] = widenOne(load<T>(from + i * step * sizeof(T)));
}

template <typename T> void castEach(const char* from, std::size_t count, std::size_t step, float* to)
{
    widenEach<T>(from, count, step, to, [](T number) { return static_cast<float>(number); });
}

constexpr std::size_t kSmallFileBudget = std::size_t{8} << 20;

} // namespace

std::string_view toString(NumberType type)
{
    return facts(type).name;
}

std::size_t bytesOf(NumberType type)
{
    return facts(type).bytes;
}

std::optional<NumberType> numberTypeOfSafetensors(std::string_view name)
{
    return find(&TypeFacts::safetensors, name);
}

std::optional<NumberType> numberTypeOfStorage(std::string_view name)
{
    return find(&TypeFacts::storage, name);
}

void widen(NumberType type, const char* from, std::size_t count, std::size_t step, float* to)
{
    switch (type) {
    case NumberType::Float32:
        if (step == 1 && count > 0)
            std::memcpy(to, from, count * sizeof(float));
        else
            castEach<float>(from, count, step, to);
        break;
    case NumberType::Float64:
        castEach<double>(from, count, step, to);
        break;
    case NumberType::Float16:
        widenEach<std::uint16_t>(from, count, step, to, widenHalf);
        break;
    case NumberType::BFloat16:
        widenEach<std::uint16_t>(from, count, step, to,
                                 [](std::uint16_t bits) { return fromBits(std::uint32_t{bits} << 16); });
        break;
    case NumberType::Int64:
        castEach<std::int64_t>(from, count, step, to);
        break;
    case NumberType::Int32:
        castEach<std::int32_t>(from, count, step, to);
        break;
    case NumberType::Int16:
        castEach<std::int16_t>(from, count, step, to);
        break;
    case NumberType::Int8:
        castEach<std::int8_t>(from, count, step, to);
        break;
    case NumberType::UInt8:
        castEach<std::uint8_t>(from, count, step, to);
        break;
    case NumberType::Bool:
        widenEach<std::uint8_t>(from, count, step, to, [](std::uint8_t bit) { return bit ? 1.0f : 0.0f; });
        break;
    }
}

bool allFinite(std::span<const float> numbers)
{
    constexpr std::uint32_t kExponent = 0x7f800000u; // all ones: NaN or infinity
    std::uint32_t found = 0;
    const float* const data = numbers.data();
    for (std::size_t i = 0; i < numbers.size(); ++i) { // without a branch, so that the compiler makes vectors of it
        std::uint32_t bits;
        std::memcpy(&bits, data + i, sizeof bits);
        found |= (bits & kExponent) == kExponent ? 1u : 0u;
    }
    return found == 0;
}

std::string commonFloatType(const std::set<NumberType>& types)
{
    std::string common;
    for (const auto type : types) {
        if (facts(type).floating)
            common = common.empty() ? std::string(facts(type).name) : "mixed";
    }
    return common;
}

MemoryBudget::MemoryBudget(std::size_t fileBytes)
    : m_left(std::max(3 * fileBytes, kSmallFileBudget))
{
}

bool MemoryBudget::take(std::size_t bytes)
{
    if (bytes > m_left)
        return false;
    m_left -= bytes;
    return true;
}

std::optional<WeightValues> valuesAt(NumberType type, const char* from, std::size_t count,
                                     const std::shared_ptr<const void>& owner, MemoryBudget& budget)
{
    const bool aligned = reinterpret_cast<std::uintptr_t>(from) % alignof(float) == 0;
    if (type == NumberType::Float32 && aligned && owner)
        return WeightValues(std::span(reinterpret_cast<const float*>(from), count), owner);
    if (!budget.take(count * sizeof(float)))
        return {};
    const auto numbers = std::make_shared_for_overwrite<float[]>(count);
    widen(type, from, count, 1, numbers.get());
    return WeightValues(std::span<const float>(numbers.get(), count), numbers);
}

} // namespace lipsync::nn
