// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/checkpoint/pickled_tensor.h"

#include <algorithm>
#include <array>

#include <fmt/ranges.h>

namespace lipsync::nn {

namespace {

constexpr std::string_view kTensorMakers[] = {"torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor"};
constexpr std::string_view kParameterMakers[] = {"torch._utils._rebuild_parameter",
                                                 "torch._utils._rebuild_parameter_with_state"};
constexpr std::string_view kTypedMaker = "torch._tensor._rebuild_from_type_v2"; ///< (maker, type, its args, state)
constexpr int kMaxWrappings = 4;

tl::unexpected<Error> bad(std::string why)
{
    return failure(ErrorCode::InvalidInput, std::move(why));
}

template <std::size_t N> bool isOneOf(std::string_view name, const std::string_view (&names)[N])
{
    return std::ranges::find(names, name) != std::end(names);
}

/// A whole number that may count something in a file: 0 to kMaxWeightFileBytes.
bool isCount(const PickleValue& value)
{
    return value.kind == PickleKind::Int && value.integer >= 0 &&
        value.integer <= static_cast<std::int64_t>(kMaxWeightFileBytes);
}

bool readCounts(std::span<const PickleValue> values, std::vector<std::int64_t>& counts)
{
    for (const auto& value : values) {
        if (!isCount(value))
            return false;
        counts.push_back(value.integer);
    }
    return true;
}

/// The kind of tensor that PyTorch would make, in words; empty when it is none at all.
std::string unusableKind(std::string_view maker)
{
    if (maker.find("qtensor") != std::string_view::npos)
        return "is quantised: save the network before quantising it";
    if (maker.find("sparse") != std::string_view::npos)
        return "is sparse: save it dense";
    if (maker.find("meta_tensor") != std::string_view::npos)
        return "has no numbers (it is on the device 'meta')";
    if (maker.find("_rebuild_") != std::string_view::npos)
        return fmt::format("is of a kind that is not read ({})", maker);
    return {};
}

/// What makes the tensor, and of which arguments: parameters and subclasses are looked through.
struct Maker {
    std::string name;
    std::span<const PickleValue> args;
};

Maker makerOf(const PickleTree& tree, PickleValue value)
{
    Maker maker;
    for (int depth = 0; depth < kMaxWrappings && value.kind == PickleKind::Call; ++depth) {
        maker = {tree.globalName(value), tree.elements(tree.node(value).args)};
        if (maker.name == kTypedMaker && maker.args.size() >= 3)
            return {tree.globalName(maker.args[0]), tree.elements(maker.args[2])};
        if (!isOneOf(maker.name, kParameterMakers) || maker.args.empty())
            break;
        value = maker.args[0];
    }
    return maker;
}

/// Whether the last number of the tensor lies in its storage. No overflow: each term is below 2^62, and what was added
/// up before is below 2^31.
bool liesInStorage(const PickledTensor& tensor)
{
    if (tensor.elements == 0)
        return tensor.offset <= tensor.storage.elements;
    std::int64_t last = tensor.offset;
    for (std::size_t i = 0; i < tensor.sizes.size() && last < tensor.storage.elements; ++i)
        last += (tensor.sizes[i] - 1) * tensor.strides[i];
    return last < tensor.storage.elements;
}

/// Copies the numbers of one dimension after the other, as their strides say.
void gather(const PickledTensor& tensor, std::size_t dimension, const char* from, float*& to)
{
    const auto type = tensor.storage.type;
    if (dimension == tensor.sizes.size()) {
        widen(type, from, 1, 1, to++);
        return;
    }
    const auto count = static_cast<std::size_t>(tensor.sizes[dimension]);
    const auto stride = static_cast<std::size_t>(tensor.strides[dimension]);
    if (dimension + 1 == tensor.sizes.size()) {
        widen(type, from, count, stride, to);
        to += count;
        return;
    }
    for (std::size_t i = 0; i < count; ++i)
        gather(tensor, dimension + 1, from + i * stride * bytesOf(type), to);
}

} // namespace

bool PickledTensor::isContiguous() const
{
    std::int64_t expected = 1;
    for (std::size_t i = sizes.size(); i-- > 0;) {
        if (sizes[i] != 1 && strides[i] != expected)
            return false;
        expected *= sizes[i];
    }
    return true;
}

bool isPickledTensor(const PickleTree& tree, const PickleValue& value)
{
    const auto maker = makerOf(tree, value).name;
    return isOneOf(maker, kTensorMakers) || !unusableKind(maker).empty();
}

Result<PickledStorage> readStorage(const PickleTree& tree, const PickleValue& persistent)
{
    constexpr std::size_t kLeast = 5;
    const auto identity = persistent.kind == PickleKind::Persistent ? tree.elements(tree.node(persistent).args)
                                                                    : std::span<const PickleValue>();
    if (identity.size() < kLeast || identity[0].kind != PickleKind::Text || identity[0].text != "storage")
        return bad("has no storage");
    const auto className = tree.globalName(identity[1]);
    const auto type = numberTypeOfStorage(std::string_view(className).substr(className.rfind('.') + 1));
    if (!className.starts_with("torch.") || !type)
        return bad(fmt::format("is of the unknown type {}", className.empty() ? "of no name" : className));
    if (identity[2].kind != PickleKind::Text || identity[2].text.empty() || !isCount(identity[4]))
        return bad("has a storage without a proper name and size");
    PickledStorage storage{identity[2].text, *type, identity[4].integer, 0};
    if (identity.size() > kLeast && identity[kLeast].kind != PickleKind::None) {
        // Legacy files: this storage is a part of another one: (its name, where it begins, how many elements it has).
        const auto view = tree.elements(identity[kLeast]);
        if (view.size() != 3 || !isCount(view[1]) || !isCount(view[2]) ||
            view[1].integer + view[2].integer > storage.elements)
            return bad("is a view of a storage that does not hold it");
        storage.viewOffset = view[1].integer;
    }
    return storage;
}

Result<PickledTensor> readTensor(const PickleTree& tree, const PickleValue& value)
{
    const auto maker = makerOf(tree, value);
    if (!isOneOf(maker.name, kTensorMakers)) {
        const auto kind = unusableKind(maker.name);
        return bad(kind.empty() ? "is not a tensor" : kind);
    }
    constexpr std::size_t kLeast = 4; // storage, offset, sizes, strides
    if (maker.args.size() < kLeast || !isCount(maker.args[1]) || maker.args[2].kind != PickleKind::Tuple ||
        maker.args[3].kind != PickleKind::Tuple)
        return bad("has no proper storage, offset, sizes and strides");
    const auto storage = readStorage(tree, maker.args[0]);
    if (!storage)
        return failure(storage);

    PickledTensor tensor;
    tensor.storage = *storage;
    tensor.offset = maker.args[1].integer + storage->viewOffset;
    if (!readCounts(tree.elements(maker.args[2]), tensor.sizes) ||
        !readCounts(tree.elements(maker.args[3]), tensor.strides) || tensor.sizes.size() != tensor.strides.size())
        return bad("has sizes and strides that make no sense");
    if (tensor.sizes.size() > kMaxTensorDimensions)
        return bad("has too many dimensions");
    tensor.elements = 1;
    for (const auto size : tensor.sizes) {
        const auto length = static_cast<std::size_t>(size);
        if (length != 0 && tensor.elements > kMaxWeightFileBytes / length)
            return bad("is larger than any weights file may be");
        tensor.elements *= length;
    }
    if (!liesInStorage(tensor))
        return bad(fmt::format("reaches past its storage: [{}] at {} of {} numbers", fmt::join(tensor.sizes, ", "),
                               tensor.offset, tensor.storage.elements));
    return tensor;
}

Result<Weight> weightOf(const PickledTensor& tensor, std::span<const char> bytes,
                        const std::shared_ptr<const void>& owner, MemoryBudget& memory)
{
    const auto each = bytesOf(tensor.storage.type);
    if (bytes.size() / each < static_cast<std::size_t>(tensor.storage.elements))
        return bad(fmt::format("has a storage of {} bytes where {} numbers of {} should be", bytes.size(),
                               tensor.storage.elements, toString(tensor.storage.type)));
    Weight weight;
    weight.shape = tensor.sizes;
    const char* const from = bytes.data() + static_cast<std::size_t>(tensor.offset) * each;
    constexpr const char* kTooMuch = "would take more memory than its file allows: its numbers lie over one another";
    if (tensor.elements == 0) {
        weight.values = std::vector<float>();
    } else if (tensor.isContiguous()) {
        auto values = valuesAt(tensor.storage.type, from, tensor.elements, owner, memory);
        if (!values)
            return bad(kTooMuch);
        weight.values = std::move(*values);
    } else {
        if (!memory.take(tensor.elements * sizeof(float)))
            return bad(kTooMuch);
        const auto numbers = std::make_shared_for_overwrite<float[]>(tensor.elements);
        float* to = numbers.get();
        gather(tensor, 0, from, to);
        weight.values = WeightValues(std::span<const float>(numbers.get(), tensor.elements), numbers);
    }
    if (!allFinite(std::as_const(weight.values)))
        return bad("holds a number that is not finite (NaN or infinity)");
    return weight;
}

} // namespace lipsync::nn
