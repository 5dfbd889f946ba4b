// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/weight_set.h"

#include "base/file_system.h"
#include "base/mapped_file.h"
#include "nn/checkpoint/checkpoint_formats.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <span>

#include <nlohmann/json.hpp>

namespace lipsync::nn {

namespace {

constexpr std::size_t kLengthBytes = 8;
constexpr std::size_t kMaxHeaderBytes = std::size_t{16} << 20;
constexpr std::size_t kMaxDimensions = kMaxTensorDimensions;

template <typename T> T load(const char* at)
{
    T value;
    std::memcpy(&value, at, sizeof value);
    return value;
}

/// Binary32 to the nearest binary16, ties to even; what is too large becomes the largest finite number.
std::uint16_t narrowToHalf(float value)
{
    constexpr float kLargest = 65504.0f, kSmallestNormal = 0x1p-14f;
    const std::uint16_t sign = std::signbit(value) ? 0x8000u : 0u;
    const float magnitude = std::min(std::abs(value), kLargest);
    if (magnitude < kSmallestNormal) // subnormal: the fraction counts 2^-24
        return static_cast<std::uint16_t>(sign | static_cast<std::uint16_t>(std::nearbyint(magnitude * 0x1p24f)));
    int exponent = 0;
    const float fraction = std::frexp(magnitude, &exponent); // 0.5 to 1
    const auto bits = static_cast<int>(std::nearbyint(fraction * 2048.0f)); // 1024 to 2048
    return static_cast<std::uint16_t>(sign | std::min(((exponent + 13) << 10) + bits, 0x7bff));
}

/// Reads one tensor's entry of the header; `data` is everything behind the header. Errors have no file name yet.
Result<Weight> readEntry(const std::string& name, const nlohmann::json& entry, const FileBytes& data,
                         MemoryBudget& memory, std::set<NumberType>& types)
{
    const auto bad = [&](std::string_view why) {
        return failure(ErrorCode::InvalidInput, fmt::format("tensor {} {}", name, why));
    };
    if (!entry.is_object() || !entry.contains("dtype") || !entry["dtype"].is_string() || !entry.contains("shape") ||
        !entry["shape"].is_array() || !entry.contains("data_offsets") || !entry["data_offsets"].is_array() ||
        entry["data_offsets"].size() != 2)
        return bad("has no proper dtype, shape and data_offsets");
    const auto type = numberTypeOfSafetensors(entry["dtype"].get<std::string>());
    if (!type)
        return bad("is of the unknown type " + entry["dtype"].get<std::string>());
    if (entry["shape"].size() > kMaxDimensions)
        return bad("has too many dimensions");

    Weight weight;
    std::size_t elements = 1;
    for (const auto& side : entry["shape"]) {
        if (!side.is_number_unsigned())
            return bad("has a side that is not a whole number");
        const auto length = side.get<std::uint64_t>();
        if (length > kMaxWeightFileBytes || (length != 0 && elements > kMaxWeightFileBytes / length))
            return bad("is larger than any weights file may be");
        elements *= length;
        weight.shape.push_back(static_cast<std::int64_t>(length));
    }
    const auto& offsets = entry["data_offsets"];
    if (!offsets[0].is_number_unsigned() || !offsets[1].is_number_unsigned())
        return bad("has offsets that are not whole numbers");
    const auto begin = offsets[0].get<std::uint64_t>(), end = offsets[1].get<std::uint64_t>();
    if (begin > end || end - begin != elements * bytesOf(*type))
        return bad("has offsets that do not fit its shape");
    if (end > data.bytes.size())
        return bad("lies past the end: the file is truncated");

    auto values = valuesAt(*type, data.bytes.data() + begin, elements, data.owner, memory);
    if (!values)
        return bad("would take more memory than its file allows");
    weight.values = std::move(*values);
    if (!allFinite(std::as_const(weight.values)))
        return bad("holds a number that is not finite (NaN or infinity)");
    types.insert(*type);
    return weight;
}

} // namespace

Result<StoredWeights> readSafetensorsBytes(const FileBytes& file)
{
    const auto bad = [](std::string why) { return failure(ErrorCode::InvalidInput, std::move(why)); };
    const auto bytes = file.bytes;
    if (bytes.size() < kLengthBytes)
        return bad("it is too short to be a safetensors file");
    const auto length = load<std::uint64_t>(bytes.data());
    if (length < 2 || length > kMaxHeaderBytes || bytes[kLengthBytes < bytes.size() ? kLengthBytes : 0] != '{')
        return bad("it is not a safetensors file");
    if (length > bytes.size() - kLengthBytes)
        return bad("the header is truncated");
    const auto text = bytes.subspan(kLengthBytes, length);
    const auto header = nlohmann::json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
    if (!header.is_object())
        return bad("its header is not JSON");
    if (header.size() > kMaxTensors)
        return bad("it holds too many tensors");

    const FileBytes data{bytes.subspan(kLengthBytes + length), file.owner};
    MemoryBudget memory(bytes.size());
    StoredWeights stored;
    std::size_t used = 0; // tensors over one another would multiply memory
    for (const auto& [name, entry] : header.items()) {
        if (name == "__metadata__")
            continue;
        auto weight = readEntry(name, entry, data, memory, stored.types);
        if (!weight)
            return failure(weight);
        used += entry["data_offsets"][1].get<std::size_t>() - entry["data_offsets"][0].get<std::size_t>();
        if (used > data.bytes.size())
            return bad("its tensors overlap");
        stored.weights.emplace(name, std::move(*weight));
    }
    return stored;
}

Result<WeightSet> parseSafetensors(std::span<const char> bytes)
{
    auto stored = readSafetensorsBytes({bytes, nullptr});
    if (!stored)
        return failure(stored);
    return std::move(stored->weights);
}

Result<WeightSet> readSafetensors(const std::filesystem::path& file)
{
    const auto mapped = MappedFile::open(file, kMaxWeightFileBytes);
    if (!mapped)
        return failure(mapped);
    auto stored = readSafetensorsBytes({(*mapped)->bytes(), *mapped});
    if (!stored) {
        return failure(stored.error().code,
                       fmt::format("The weights file {} cannot be used: {}.", file.string(), stored.error().message));
    }
    return std::move(stored->weights);
}

Status writeSafetensors(const std::filesystem::path& file, const WeightSet& weights, WeightStorage storage,
                        const std::map<std::string, std::string>& metadata)
{
    const bool half = storage == WeightStorage::Float16;
    const std::size_t bytesEach = half ? sizeof(std::uint16_t) : sizeof(float);
    nlohmann::json header = nlohmann::json::object();
    if (!metadata.empty())
        header["__metadata__"] = metadata;
    std::uint64_t offset = 0;
    for (const auto& [name, weight] : weights) {
        const std::uint64_t end = offset + weight.values.size() * bytesEach;
        header[name] = {{"dtype", half ? "F16" : "F32"}, {"shape", weight.shape}, {"data_offsets", {offset, end}}};
        offset = end;
    }
    auto text = header.dump();
    text.append((8 - text.size() % 8) % 8, ' '); // the format asks for data aligned to 8 bytes

    return writeWhole(file, [&](const std::filesystem::path& part) -> Status {
        std::ofstream out(part, std::ios::binary);
        const std::uint64_t length = text.size();
        out.write(reinterpret_cast<const char*>(&length), sizeof length);
        out.write(text.data(), static_cast<std::streamsize>(text.size()));
        for (const auto& [name, weight] : weights) {
            if (half) {
                std::vector<std::uint16_t> narrow(weight.values.size());
                std::transform(weight.values.begin(), weight.values.end(), narrow.begin(), narrowToHalf);
                out.write(reinterpret_cast<const char*>(narrow.data()),
                          static_cast<std::streamsize>(narrow.size() * sizeof(std::uint16_t)));
            } else {
                out.write(reinterpret_cast<const char*>(weight.values.data()),
                          static_cast<std::streamsize>(weight.values.size() * sizeof(float)));
            }
        }
        out.close();
        if (!out)
            return failure(ErrorCode::Resource,
                           fmt::format("The weights {} could not be written: is the disk full?", file.string()));
        return {};
    });
}

} // namespace lipsync::nn
