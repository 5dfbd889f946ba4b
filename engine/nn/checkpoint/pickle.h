// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "nn/checkpoint/number_type.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace lipsync::nn {

/// What a value of a pickle is. Nothing of it is ever imported or called: a class is its name, a call is what would be
/// called and with what.
enum class PickleKind : std::uint8_t {
    None,
    Bool,
    Int,
    LargeInt, ///< does not fit 64 bits; `text` are its bytes
    Float,
    Text,
    Bytes,
    Tuple,
    List, ///< also sets
    Dict, ///< also OrderedDict: entries in their order
    Global, ///< a class or function: items are the texts of its module and name
    Call, ///< callable(args), later perhaps with state and items
    Persistent, ///< `args` says which storage (or pickled module) is meant
};

/// A value: small ones as they are, others as the index of a node of the PickleTree. Texts are views of the pickle.
struct PickleValue {
    PickleKind kind = PickleKind::None;
    std::uint32_t node = 0; ///< of Tuple and what follows
    union {
        std::int64_t integer = 0; ///< of Bool and Int
        double real; ///< of Float
    };
    std::string_view text; ///< of Text, Bytes and LargeInt
};

struct PickleNode {
    std::vector<PickleValue> items; ///< elements; of a Dict its keys and values by turns
    PickleValue callable, args, state;
};

/// What an unpickled object looks like. Nodes may be shared and may form circles.
class PickleTree {
public:
    const PickleValue& root() const { return m_root; }
    const PickleNode& node(const PickleValue& value) const { return m_nodes[value.node]; }
    /// Every persistent identity in the pickle, as often as it was named.
    const std::vector<PickleValue>& persistents() const { return m_persistents; }
    /// Bytes up to the end of the pickle: another may follow.
    std::size_t length() const { return m_length; }

    /// The elements of a tuple or list; empty for anything else.
    std::span<const PickleValue> elements(const PickleValue& value) const;
    /// The value of a dictionary's entry; null when it has none, or is no dictionary.
    const PickleValue* entry(const PickleValue& dictionary, std::string_view key) const;
    /// "collections.OrderedDict" of a Global or of a Call's callable, else "".
    std::string globalName(const PickleValue& value) const;

private:
    friend class PickleStack;
    std::vector<PickleNode> m_nodes;
    std::vector<PickleValue> m_persistents;
    PickleValue m_root;
    std::size_t m_length = 0;
};

/// Why a pickle was not read, and how far it came.
struct PickleProblem {
    std::string why; ///< a phrase
    bool truncated = false; ///< its bytes ended
    std::string firstName; ///< truncated: of what looks like the first tensor in it, perhaps empty
};

/// Limits of a pickle that comes from outside.
inline constexpr std::size_t kMaxPickleDepth = 1000; ///< open marks
inline constexpr std::size_t kMaxPickleStack = 1'000'000; ///< values
inline constexpr std::size_t kMaxPickleText = std::size_t{16} << 20; ///< bytes of one text

/// Reads one pickle of protocol 2 to 5 from the front of `bytes`; its tree views them. Never executes anything; names of
/// functions that could do harm (os.system and the like) are refused at once.
tl::expected<PickleTree, PickleProblem> unpickle(std::span<const char> bytes, MemoryBudget& memory);

} // namespace lipsync::nn
