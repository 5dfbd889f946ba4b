// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Inside of unpickle(): the machine's stack, marks, memo and tree, with their limits.

#include "nn/checkpoint/pickle.h"

#include <unordered_map>

namespace lipsync::nn {

/// Every step returns whether it went well; problem() says why not.
class PickleStack {
public:
    explicit PickleStack(MemoryBudget& memory)
        : m_memory(memory)
    {
    }

    PickleProblem& problem() { return m_problem; }
    const PickleTree& tree() const { return m_tree; }
    PickleNode& node(const PickleValue& value) { return m_tree.m_nodes[value.node]; }

    bool fail(std::string why);
    /// The failure of a pickle whose bytes ended.
    bool endsTooSoon();
    bool charge(std::size_t bytes);

    bool push(const PickleValue& value);
    bool pop(PickleValue& value);
    /// Whether so many values were pushed since the last mark: nobody may take those below it but who closes it.
    bool need(std::size_t count);
    bool hasMarks() const { return !m_marks.empty(); }
    bool mark();
    /// Pickle's POP and POP_MARK: takes the last value, or the mark when there is none since; all since the mark.
    bool popOrUnmark();
    bool popToMark();
    bool duplicate() { return need(1) && push(PickleValue(m_values.back())); }
    const PickleValue& top() const { return m_values.back(); }

    /// A node of its own.
    bool make(PickleKind kind, PickleValue& value, std::span<const PickleValue> items = {});
    bool pushNew(PickleKind kind, std::span<const PickleValue> items = {});
    /// Replaces the last `count` values by a tuple of them.
    bool tupleOf(std::size_t count);
    /// Replaces what was pushed since the mark by a node of it.
    bool collect(PickleKind kind);
    /// Adds the last `count` values, or those since the mark, to the one below: a list, dictionary or object like one.
    bool extend(std::size_t count, bool pairs);
    bool extendFromMark(bool pairs);

    bool remember(std::uint32_t index);
    bool rememberNext() { return remember(static_cast<std::uint32_t>(m_memo.size())); }
    bool recall(std::uint32_t index);

    /// Takes the last identity off and pushes what it stands for.
    bool persistent();
    /// The last value is the pickle's object, of `length` bytes.
    bool finish(std::size_t length);
    PickleTree take() { return std::move(m_tree); }

private:
    bool closeMark(std::span<const PickleValue>& values);
    void drop(std::size_t count) { m_values.resize(m_values.size() - count); }

    MemoryBudget& m_memory;
    std::vector<PickleValue> m_values;
    std::vector<std::size_t> m_marks; ///< how many values there were when they were set
    std::unordered_map<std::uint32_t, PickleValue> m_memo;
    PickleTree m_tree;
    PickleProblem m_problem;
};

} // namespace lipsync::nn
