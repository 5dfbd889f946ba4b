// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/weight_set.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lipsync::test {

/// Writes a pickle instruction by instruction, so that a test can write what Python never would.
class Pickle {
public:
    explicit Pickle(int protocol = 2);

    Pickle& raw(std::string_view bytes);
    Pickle& global(std::string_view module, std::string_view name);
    Pickle& text(std::string_view text);
    Pickle& integer(std::int64_t number);
    Pickle& boolean(bool value);
    Pickle& mark() { return raw("("); }
    Pickle& tuple() { return raw("t"); } ///< of what follows the mark
    Pickle& reduce() { return raw("R"); }
    Pickle& integers(const std::vector<std::int64_t>& numbers); ///< a tuple of them
    Pickle& emptyOrderedDict();

    /// With STOP behind it.
    std::string finished() const { return m_bytes + "."; }

private:
    std::string m_bytes;
};

/// A tensor as a checkpoint has it.
struct FileTensor {
    std::string name;
    std::string bytes; ///< of its storage
    std::vector<std::int64_t> sizes;
    std::vector<std::int64_t> strides{}; ///< empty: contiguous
    std::int64_t offset = 0; ///< elements
    std::string storageType = "FloatStorage";
    std::string key{}; ///< of its storage; empty: the tensor's place in the list
    std::int64_t elements = -1; ///< that the pickle tells of the storage; −1: as many as there are
    std::string view{}; ///< legacy files: an instruction sequence for the sixth item of the storage's identity
};

/// The numbers' bytes as they lie in a file.
template <typename T> std::string bytesOf(const std::vector<T>& numbers)
{
    return {reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(T)};
}

FileTensor floatTensor(std::string name, std::vector<std::int64_t> sizes, const std::vector<float>& numbers);
std::vector<FileTensor> fileTensors(const nn::WeightSet& weights);

/// Adds the call that makes the tensor.
void addTensor(Pickle& pickle, const FileTensor& tensor, const std::string& key);

/// A pickled OrderedDict of the tensors, inside dictionaries of these names, from the outside in.
std::string pickledStateDict(const std::vector<FileTensor>& tensors, const std::vector<std::string>& wrappers = {});

using ZipMembers = std::vector<std::pair<std::string, std::string>>;

/// A zip archive as PyTorch writes it: stored, data aligned to 64 bytes. `method` other than 0 only claims compression.
std::string zipOf(const ZipMembers& members, std::uint16_t method = 0, std::uint16_t flags = 0);
/// The same with a ZIP64 directory and sizes that are told there only.
std::string zip64Of(const ZipMembers& members);

/// archive/data.pkl and what belongs to it.
ZipMembers checkpointMembers(const std::string& pickle, const std::vector<FileTensor>& tensors);
std::string zipCheckpoint(const std::vector<FileTensor>& tensors, const std::vector<std::string>& wrappers = {});

/// The format before PyTorch 1.6.
std::string legacyCheckpoint(const std::vector<FileTensor>& tensors, const std::vector<std::string>& wrappers = {});
std::string legacyFile(const std::string& pickle, const std::vector<FileTensor>& tensors, bool littleEndian = true);

} // namespace lipsync::test
