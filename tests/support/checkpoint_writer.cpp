// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/checkpoint_writer.h"

#include <cstring>
#include <set>

namespace lipsync::test {

namespace {

template <typename T> std::string littleEndian(T number)
{
    std::string bytes(sizeof number, '\0');
    std::memcpy(bytes.data(), &number, sizeof number);
    return bytes;
}

std::string keyOf(const FileTensor& tensor, std::size_t index)
{
    return tensor.key.empty() ? std::to_string(index) : tensor.key;
}

std::size_t elementBytes(const FileTensor& tensor)
{
    const auto& type = tensor.storageType;
    if (type == "DoubleStorage" || type == "LongStorage")
        return 8;
    if (type == "HalfStorage" || type == "BFloat16Storage" || type == "ShortStorage")
        return 2;
    return type == "CharStorage" || type == "ByteStorage" || type == "BoolStorage" ? 1 : 4;
}

std::int64_t elementsOf(const FileTensor& tensor)
{
    return tensor.elements >= 0 ? tensor.elements
                                : static_cast<std::int64_t>(tensor.bytes.size() / elementBytes(tensor));
}

std::vector<std::int64_t> contiguousStrides(const std::vector<std::int64_t>& sizes)
{
    std::vector<std::int64_t> strides(sizes.size(), 1);
    for (std::size_t i = sizes.size(); i-- > 1;)
        strides[i - 1] = strides[i] * sizes[i];
    return strides;
}

std::uint32_t checksum(std::string_view bytes)
{
    std::uint32_t sum = 0xFFFFFFFFu;
    for (const char byte : bytes) {
        sum ^= static_cast<unsigned char>(byte);
        for (int bit = 0; bit < 8; ++bit)
            sum = (sum & 1u) ? (sum >> 1) ^ 0xEDB88320u : sum >> 1;
    }
    return ~sum;
}

std::string zip(const ZipMembers& members, std::uint16_t method, std::uint16_t flags, bool large)
{
    constexpr std::size_t kAlignment = 64, kHeaderBytes = 30, kExtraBytes = 4;
    std::string bytes, directory;
    for (const auto& [name, data] : members) {
        const auto offset = bytes.size();
        const auto unpadded = offset + kHeaderBytes + name.size() + kExtraBytes;
        const std::string padding((kAlignment - unpadded % kAlignment) % kAlignment, 'Z');
        const std::string sizes = littleEndian(checksum(data)) + littleEndian(static_cast<std::uint32_t>(data.size())) +
            littleEndian(static_cast<std::uint32_t>(data.size()));
        const std::string begin = littleEndian<std::uint16_t>(0) + littleEndian(flags) + littleEndian(method) +
            littleEndian<std::uint32_t>(0);
        bytes += std::string("PK\x03\x04", 4) + begin + sizes + littleEndian(static_cast<std::uint16_t>(name.size())) +
            littleEndian(static_cast<std::uint16_t>(padding.size() + kExtraBytes)) + name + "FB" +
            littleEndian(static_cast<std::uint16_t>(padding.size())) + padding + data;

        const std::string in64 = std::string(4, '\xFF');
        const auto size64 = littleEndian(static_cast<std::uint64_t>(data.size()));
        const std::string extra = large ? littleEndian<std::uint16_t>(1) + littleEndian<std::uint16_t>(24) + size64 +
                size64 + littleEndian(static_cast<std::uint64_t>(offset))
                                        : std::string();
        directory += std::string("PK\x01\x02", 4) + littleEndian<std::uint16_t>(0) + begin +
            (large ? littleEndian(checksum(data)) + in64 + in64 : sizes) +
            littleEndian(static_cast<std::uint16_t>(name.size())) +
            littleEndian(static_cast<std::uint16_t>(extra.size())) + std::string(10, '\0') +
            (large ? in64 : littleEndian(static_cast<std::uint32_t>(offset))) + name + extra;
    }
    const auto count = static_cast<std::uint16_t>(members.size());
    const auto begin = bytes.size();
    bytes += directory;
    if (large) {
        const auto end64 = bytes.size();
        bytes += std::string("PK\x06\x06", 4) + littleEndian<std::uint64_t>(44) + std::string(12, '\0') +
            littleEndian<std::uint64_t>(count) + littleEndian<std::uint64_t>(count) +
            littleEndian(static_cast<std::uint64_t>(directory.size())) +
            littleEndian(static_cast<std::uint64_t>(begin));
        bytes += std::string("PK\x06\x07", 4) + std::string(4, '\0') + littleEndian(static_cast<std::uint64_t>(end64)) +
            littleEndian<std::uint32_t>(1);
    }
    const std::string in64 = std::string(4, '\xFF');
    return bytes + std::string("PK\x05\x06", 4) + std::string(4, '\0') + littleEndian(count) + littleEndian(count) +
        (large ? in64 : littleEndian(static_cast<std::uint32_t>(directory.size()))) +
        (large ? in64 : littleEndian(static_cast<std::uint32_t>(begin))) + std::string(2, '\0');
}

} // namespace

Pickle::Pickle(int protocol)
    : m_bytes({'\x80', static_cast<char>(protocol)})
{
}

Pickle& Pickle::raw(std::string_view bytes)
{
    m_bytes += bytes;
    return *this;
}

Pickle& Pickle::global(std::string_view module, std::string_view name)
{
    return raw("c").raw(module).raw("\n").raw(name).raw("\n");
}

Pickle& Pickle::text(std::string_view text)
{
    return raw("X").raw(littleEndian(static_cast<std::uint32_t>(text.size()))).raw(text);
}

Pickle& Pickle::integer(std::int64_t number)
{
    if (number == static_cast<std::int32_t>(number))
        return raw("J").raw(littleEndian(static_cast<std::int32_t>(number)));
    return raw("\x8a").raw("\x08").raw(littleEndian(number));
}

Pickle& Pickle::boolean(bool value)
{
    return raw(value ? "\x88" : "\x89");
}

Pickle& Pickle::integers(const std::vector<std::int64_t>& numbers)
{
    mark();
    for (const auto number : numbers)
        integer(number);
    return tuple();
}

Pickle& Pickle::emptyOrderedDict()
{
    return global("collections", "OrderedDict").raw(")").reduce();
}

FileTensor floatTensor(std::string name, std::vector<std::int64_t> sizes, const std::vector<float>& numbers)
{
    return {.name = std::move(name), .bytes = bytesOf(numbers), .sizes = std::move(sizes)};
}

std::vector<FileTensor> fileTensors(const nn::WeightSet& weights)
{
    std::vector<FileTensor> tensors;
    for (const auto& [name, weight] : weights)
        tensors.push_back(floatTensor(name, weight.shape, {weight.values.begin(), weight.values.end()}));
    return tensors;
}

void addTensor(Pickle& pickle, const FileTensor& tensor, const std::string& key)
{
    pickle.global("torch._utils", "_rebuild_tensor_v2").mark();
    pickle.mark().text("storage").global("torch", tensor.storageType).text(key).text("cpu");
    pickle.integer(elementsOf(tensor)).raw(tensor.view).tuple().raw("Q");
    pickle.integer(tensor.offset).integers(tensor.sizes);
    pickle.integers(tensor.strides.empty() ? contiguousStrides(tensor.sizes) : tensor.strides);
    pickle.boolean(false).emptyOrderedDict().tuple().reduce();
}

std::string pickledStateDict(const std::vector<FileTensor>& tensors, const std::vector<std::string>& wrappers)
{
    Pickle pickle;
    for (const auto& wrapper : wrappers)
        pickle.raw("}").mark().text("epoch").integer(3).text(wrapper);
    pickle.emptyOrderedDict().mark();
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        pickle.text(tensors[i].name);
        addTensor(pickle, tensors[i], keyOf(tensors[i], i));
    }
    pickle.raw("u");
    // What Python writes of an OrderedDict's attributes.
    pickle.raw("}").text("_metadata").emptyOrderedDict().raw("sb");
    for (std::size_t i = 0; i < wrappers.size(); ++i)
        pickle.raw("u");
    return pickle.finished();
}

std::string zipOf(const ZipMembers& members, std::uint16_t method, std::uint16_t flags)
{
    return zip(members, method, flags, false);
}

std::string zip64Of(const ZipMembers& members)
{
    return zip(members, 0, 0, true);
}

ZipMembers checkpointMembers(const std::string& pickle, const std::vector<FileTensor>& tensors)
{
    ZipMembers members{{"archive/data.pkl", pickle}};
    std::set<std::string> written;
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        const auto key = keyOf(tensors[i], i);
        if (written.insert(key).second)
            members.emplace_back("archive/data/" + key, tensors[i].bytes);
    }
    members.emplace_back("archive/version", "3\n");
    return members;
}

std::string zipCheckpoint(const std::vector<FileTensor>& tensors, const std::vector<std::string>& wrappers)
{
    return zipOf(checkpointMembers(pickledStateDict(tensors, wrappers), tensors));
}

std::string legacyFile(const std::string& pickle, const std::vector<FileTensor>& tensors, bool littleEndianMachine)
{
    std::string bytes = Pickle().raw("\x8a\x0a").raw("\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19").finished();
    bytes += Pickle().integer(1001).finished();
    bytes += Pickle().raw("}").mark().text("little_endian").boolean(littleEndianMachine).raw("u").finished();
    bytes += pickle;
    Pickle keys;
    keys.raw("]").mark();
    std::string storages;
    std::set<std::string> written;
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        const auto key = keyOf(tensors[i], i);
        if (!written.insert(key).second)
            continue;
        keys.text(key);
        storages += littleEndian(elementsOf(tensors[i])) + tensors[i].bytes;
    }
    return bytes + keys.raw("e").finished() + storages;
}

std::string legacyCheckpoint(const std::vector<FileTensor>& tensors, const std::vector<std::string>& wrappers)
{
    return legacyFile(pickledStateDict(tensors, wrappers), tensors);
}

} // namespace lipsync::test
