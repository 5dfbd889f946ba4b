// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/npy.h"

#include "base/file_system.h"

#include <bit>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <numeric>
#include <optional>
#include <string>

namespace lipsync {
namespace {

static_assert(std::endian::native == std::endian::little, "NPY data is copied as it lies in memory");

constexpr std::string_view kMagic{"\x93NUMPY", 6};
constexpr std::size_t kVersionEnd = 8; ///< magic, major, minor
constexpr std::size_t kMaxHeaderBytes = std::size_t{64} << 10; ///< versions 2 and 3 could claim 4 GiB
constexpr std::size_t kMaxDimensions = 32; ///< NumPy's own limit
constexpr std::size_t kHeaderAlignment = 64;
constexpr std::size_t kLargestFile = kNpyMaxElements * sizeof(double) + kMaxHeaderBytes + kVersionEnd + 4;

float halfToFloat(std::uint16_t half)
{
    const int exponent = (half >> 10) & 0x1F;
    const int fraction = half & 0x3FF;
    float magnitude = 0.0F;
    if (exponent == 0x1F)
        magnitude = fraction == 0 ? std::numeric_limits<float>::infinity() : std::numeric_limits<float>::quiet_NaN();
    else if (exponent == 0)
        magnitude = std::ldexp(static_cast<float>(fraction), -24);
    else
        magnitude = std::ldexp(static_cast<float>(fraction | 0x400), exponent - 25);
    return (half & 0x8000) != 0 ? -magnitude : magnitude;
}

/// What the header of an NPY file says, before it is believed.
struct Header {
    std::string type; ///< NumPy's `descr`, e.g. "<f4"
    bool fortranOrder = false;
    std::vector<std::size_t> shape;
    bool typeSeen = false;
    bool orderSeen = false;
    bool shapeSeen = false;
};

/// Reads the one Python dictionary literal that a header is. Every function is false on anything unexpected.
class HeaderReader {
public:
    explicit HeaderReader(std::string_view text)
        : m_rest(text)
    {
    }

    std::optional<Header> read()
    {
        Header header;
        if (!take('{'))
            return {};
        while (!take('}')) {
            if (!readEntry(header) || (!take(',') && !at('}')))
                return {};
        }
        skipSpace();
        if (!m_rest.empty() || !header.typeSeen || !header.orderSeen || !header.shapeSeen)
            return {};
        return header;
    }

private:
    bool readEntry(Header& header)
    {
        std::string key;
        if (!readString(key) || !take(':'))
            return false;
        if (key == "descr" && !header.typeSeen)
            return header.typeSeen = readString(header.type);
        if (key == "fortran_order" && !header.orderSeen)
            return header.orderSeen = readTruth(header.fortranOrder);
        if (key == "shape" && !header.shapeSeen)
            return header.shapeSeen = readShape(header.shape);
        return false;
    }

    bool readString(std::string& text)
    {
        skipSpace();
        if (m_rest.empty() || (m_rest.front() != '\'' && m_rest.front() != '"'))
            return false;
        const std::size_t end = m_rest.find(m_rest.front(), 1);
        if (end == std::string_view::npos)
            return false;
        text = m_rest.substr(1, end - 1);
        m_rest.remove_prefix(end + 1);
        return true;
    }

    bool readTruth(bool& value)
    {
        skipSpace();
        for (const bool candidate : {false, true}) {
            const std::string_view word = candidate ? "True" : "False";
            if (m_rest.starts_with(word)) {
                m_rest.remove_prefix(word.size());
                value = candidate;
                return true;
            }
        }
        return false;
    }

    bool readShape(std::vector<std::size_t>& shape)
    {
        if (!take('('))
            return false;
        bool commaSeen = false;
        while (!take(')')) {
            std::size_t extent = 0;
            skipSpace();
            const auto [end, error] = std::from_chars(m_rest.data(), m_rest.data() + m_rest.size(), extent);
            if (error != std::errc{} || shape.size() == kMaxDimensions)
                return false;
            m_rest.remove_prefix(static_cast<std::size_t>(end - m_rest.data()));
            shape.push_back(extent);
            const bool comma = take(',');
            if (!comma && !at(')'))
                return false;
            commaSeen = commaSeen || comma;
        }
        return shape.size() != 1 || commaSeen; // "(3)" is a number in Python, "(3,)" a shape
    }

    void skipSpace()
    {
        while (!m_rest.empty() && (m_rest.front() == ' ' || m_rest.front() == '\n'))
            m_rest.remove_prefix(1);
    }

    bool at(char wanted)
    {
        skipSpace();
        return !m_rest.empty() && m_rest.front() == wanted;
    }

    bool take(char wanted)
    {
        if (!at(wanted))
            return false;
        m_rest.remove_prefix(1);
        return true;
    }

    std::string_view m_rest;
};

/// Product of the extents, or nothing beyond `limit`. An empty shape is one number.
std::optional<std::size_t> elementCount(std::span<const std::size_t> shape, std::size_t limit)
{
    std::size_t count = 1;
    for (const std::size_t extent : shape) {
        if (extent != 0 && count > limit / extent)
            return {};
        count *= extent;
    }
    return count;
}

template <typename Stored> void convert(std::span<const char> data, std::vector<float>& values)
{
    for (std::size_t i = 0; i < values.size(); ++i) {
        Stored stored{};
        std::memcpy(&stored, data.data() + i * sizeof(Stored), sizeof(Stored));
        values[i] = static_cast<float>(stored);
    }
}

void convertHalf(std::span<const char> data, std::vector<float>& values)
{
    for (std::size_t i = 0; i < values.size(); ++i) {
        std::uint16_t stored = 0;
        std::memcpy(&stored, data.data() + i * sizeof(stored), sizeof(stored));
        values[i] = halfToFloat(stored);
    }
}

struct StoredType {
    std::string_view name;
    std::size_t bytes;
    void (*convert)(std::span<const char>, std::vector<float>&);
};

constexpr StoredType kStoredTypes[] = {
    {"<f4", 4, &convert<float>},        {"<f8", 8, &convert<double>},       {"<f2", 2, &convertHalf},
    {"|i1", 1, &convert<std::int8_t>},  {"|u1", 1, &convert<std::uint8_t>}, {"<i2", 2, &convert<std::int16_t>},
    {"<i4", 4, &convert<std::int32_t>}, {"<i8", 8, &convert<std::int64_t>},
};

const StoredType* findStoredType(std::string_view name)
{
    for (const StoredType& type : kStoredTypes) {
        if (type.name == name)
            return &type;
    }
    return nullptr;
}

tl::unexpected<Error> refusal(std::string_view name, std::string_view reason, std::string_view wanted = "float32")
{
    return failure(ErrorCode::InvalidInput,
                   fmt::format("The array file {} cannot be used: {}. Save it again as {} with numpy.save.", name,
                               reason, wanted));
}

/// Where the numbers start, and the text of the header before them.
struct Layout {
    std::string_view header;
    std::size_t dataStart = 0;
};

Result<Layout> findLayout(std::span<const char> content, std::string_view name)
{
    const std::string_view bytes(content.data(), content.size());
    if (!bytes.starts_with(kMagic))
        return refusal(name, "it is not in NumPy's NPY format");
    if (bytes.size() < kVersionEnd)
        return refusal(name, "it ends inside its header");
    const auto major = static_cast<unsigned char>(bytes[6]);
    if (major < 1 || major > 3 || bytes[7] != 0)
        return refusal(name, "its NPY version is not 1, 2 or 3");
    const std::size_t lengthBytes = major == 1 ? 2 : 4;
    const std::size_t headerStart = kVersionEnd + lengthBytes;
    if (bytes.size() < headerStart)
        return refusal(name, "it ends inside its header");
    std::size_t length = 0;
    for (std::size_t i = 0; i < lengthBytes; ++i)
        length |= std::size_t{static_cast<unsigned char>(bytes[kVersionEnd + i])} << (8 * i);
    if (length > kMaxHeaderBytes)
        return refusal(name, "its header is unreasonably long");
    if (bytes.size() - headerStart < length)
        return refusal(name, "it ends inside its header");
    return Layout{bytes.substr(headerStart, length), headerStart + length};
}

/// The checked numbers of a file, still as they lie there.
struct Stored {
    const StoredType* type;
    std::vector<std::size_t> shape;
    std::size_t count;
    std::span<const char> data; ///< at least count · type->bytes bytes
};

Result<Stored> findStored(std::span<const char> content, std::string_view name)
{
    const auto layout = findLayout(content, name);
    if (!layout)
        return failure(layout);
    const auto header = HeaderReader(layout->header).read();
    if (!header)
        return refusal(name, "its header is malformed or describes records instead of numbers");
    if (header->fortranOrder)
        return refusal(name, "its numbers lie in Fortran order (column by column)");
    const StoredType* type = findStoredType(header->type);
    if (type == nullptr)
        return refusal(name, "its numbers are not little-endian floats or integers of a supported size");
    const auto count = elementCount(header->shape, kNpyMaxElements);
    if (!count)
        return refusal(name, fmt::format("it claims more than {} numbers", kNpyMaxElements));
    const auto data = content.subspan(layout->dataStart);
    if (data.size() / type->bytes < *count)
        return refusal(name, "it is shorter than its header says");
    return Stored{type, header->shape, *count, data};
}

std::string headerText(std::string_view type, std::span<const std::size_t> shape)
{
    std::string extents;
    for (const std::size_t extent : shape)
        extents += fmt::format("{}, ", extent);
    if (shape.size() > 1)
        extents.resize(extents.size() - 2);
    else if (shape.size() == 1)
        extents.pop_back();
    std::string text = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", type, extents);
    const std::size_t before = kVersionEnd + 2;
    const std::size_t unpadded = before + text.size() + 1;
    text.append((kHeaderAlignment - unpadded % kHeaderAlignment) % kHeaderAlignment, ' ');
    text += '\n';

    std::string whole(kMagic);
    whole += {'\x01', '\x00', static_cast<char>(text.size() & 0xFF), static_cast<char>(text.size() >> 8)};
    return whole + text;
}

Status write(const std::filesystem::path& file, std::string_view type, std::span<const std::size_t> shape,
             std::size_t count, std::string_view data)
{
    if (shape.size() > kMaxDimensions || elementCount(shape, kNpyMaxElements) != count)
        return failure(ErrorCode::Usage,
                       fmt::format("{} was not written: its {} numbers do not fill the shape given for them.",
                                   file.string(), count));
    return writeWhole(file, [&](const std::filesystem::path& part) -> Status {
        const std::string header = headerText(type, shape);
        errno = 0;
        std::ofstream stream(part, std::ios::binary | std::ios::trunc);
        stream.write(header.data(), static_cast<std::streamsize>(header.size()));
        stream.write(data.data(), static_cast<std::streamsize>(data.size()));
        stream.close();
        if (!stream)
            return failure(ErrorCode::Resource,
                           fmt::format("{} could not be written. Check free space and permissions.", file.string()),
                           std::generic_category().message(errno));
        return {};
    });
}

} // namespace

Result<NpyArray> parseNpy(std::span<const char> content, std::string_view name)
{
    const auto stored = findStored(content, name);
    if (!stored)
        return failure(stored);
    NpyArray array{stored->shape, std::vector<float>(stored->count)};
    stored->type->convert(stored->data, array.values);
    return array;
}

Result<NpyArray> readNpy(const std::filesystem::path& file)
{
    const auto content = readFile(file, kLargestFile);
    if (!content)
        return failure(content);
    return parseNpy(*content, file.string());
}

Result<NpyBytes> readNpyBytes(const std::filesystem::path& file)
{
    const auto content = readFile(file, kLargestFile);
    if (!content)
        return failure(content);
    const auto stored = findStored(*content, file.string());
    if (!stored)
        return failure(stored);
    if (stored->type->name != "|u1")
        return refusal(file.string(), "its numbers are not bytes", "uint8");
    const auto bytes = stored->data.first(stored->count);
    return NpyBytes{stored->shape, {bytes.begin(), bytes.end()}};
}

Status writeNpy(const std::filesystem::path& file, std::span<const std::size_t> shape, std::span<const float> values)
{
    return write(file, "<f4", shape, values.size(),
                 {reinterpret_cast<const char*>(values.data()), values.size_bytes()});
}

Status writeNpy(const std::filesystem::path& file, std::span<const std::size_t> shape,
                std::span<const std::uint8_t> values)
{
    return write(file, "|u1", shape, values.size(),
                 {reinterpret_cast<const char*>(values.data()), values.size_bytes()});
}

} // namespace lipsync
