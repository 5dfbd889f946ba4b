// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/checkpoint/pickle_stack.h"

namespace lipsync::nn {

namespace {

constexpr std::size_t kMemoBytes = 96; ///< an entry, with what the table adds

} // namespace

bool PickleStack::fail(std::string why)
{
    m_problem.why = std::move(why);
    return false;
}

bool PickleStack::endsTooSoon()
{
    m_problem.truncated = true;
    for (const auto& value : m_values) { // tensors have names with dots
        if (value.kind == PickleKind::Text && value.text.find('.') != std::string_view::npos) {
            m_problem.firstName = value.text;
            break;
        }
    }
    return fail("its description of the tensors ends too soon");
}

bool PickleStack::charge(std::size_t bytes)
{
    return m_memory.take(bytes) ||
        fail("its description of the tensors would take more memory than any checkpoint of this size");
}

bool PickleStack::push(const PickleValue& value)
{
    if (m_values.size() >= kMaxPickleStack)
        return fail("it holds more values at once than any checkpoint");
    if (m_values.size() == m_values.capacity() && !charge(m_values.size() * sizeof(PickleValue)))
        return false;
    m_values.push_back(value);
    return true;
}

bool PickleStack::need(std::size_t count)
{
    const auto available = m_values.size() - (m_marks.empty() ? 0 : m_marks.back());
    return available >= count || fail("it takes values that nobody put there");
}

bool PickleStack::pop(PickleValue& value)
{
    if (!need(1))
        return false;
    value = m_values.back();
    m_values.pop_back();
    return true;
}

bool PickleStack::mark()
{
    if (m_marks.size() >= kMaxPickleDepth)
        return fail("it is nested deeper than any checkpoint");
    m_marks.push_back(m_values.size());
    return true;
}

bool PickleStack::closeMark(std::span<const PickleValue>& values)
{
    if (m_marks.empty())
        return fail("it closes what was never opened");
    values = std::span(m_values).subspan(m_marks.back());
    m_marks.pop_back();
    return true;
}

bool PickleStack::make(PickleKind kind, PickleValue& value, std::span<const PickleValue> items)
{
    if (!charge(sizeof(PickleNode) + items.size_bytes()))
        return false;
    if (m_tree.m_nodes.size() == m_tree.m_nodes.capacity() && !charge(m_tree.m_nodes.size() * sizeof(PickleNode)))
        return false;
    value = {};
    value.kind = kind;
    value.node = static_cast<std::uint32_t>(m_tree.m_nodes.size());
    m_tree.m_nodes.emplace_back().items.assign(items.begin(), items.end());
    return true;
}

bool PickleStack::pushNew(PickleKind kind, std::span<const PickleValue> items)
{
    PickleValue value;
    return make(kind, value, items) && push(value);
}

bool PickleStack::tupleOf(std::size_t count)
{
    PickleValue value;
    if (!need(count) || !make(PickleKind::Tuple, value, std::span(m_values).last(count)))
        return false;
    drop(count);
    return push(value);
}

bool PickleStack::collect(PickleKind kind)
{
    std::span<const PickleValue> values;
    PickleValue value;
    if (!closeMark(values))
        return false;
    if (kind == PickleKind::Dict && values.size() % 2 != 0)
        return fail("it has a dictionary with a key and no value");
    if (!make(kind, value, values))
        return false;
    drop(values.size());
    return push(value);
}

bool PickleStack::extend(std::size_t count, bool pairs)
{
    if (!need(count + 1))
        return false;
    if (pairs && count % 2 != 0)
        return fail("it has a dictionary with a key and no value");
    const PickleValue target = m_values[m_values.size() - count - 1];
    const bool fits = target.kind == PickleKind::Call || target.kind == (pairs ? PickleKind::Dict : PickleKind::List);
    if (!fits)
        return fail("it puts entries into something that holds none");
    auto& items = m_tree.m_nodes[target.node].items;
    const std::size_t before = items.capacity();
    items.insert(items.end(), m_values.end() - static_cast<std::ptrdiff_t>(count), m_values.end());
    drop(count);
    return charge((items.capacity() - before) * sizeof(PickleValue));
}

bool PickleStack::extendFromMark(bool pairs)
{
    std::span<const PickleValue> values;
    return closeMark(values) && extend(values.size(), pairs);
}

bool PickleStack::remember(std::uint32_t index)
{
    if (!need(1) || !charge(kMemoBytes))
        return false;
    m_memo.insert_or_assign(index, m_values.back());
    return true;
}

bool PickleStack::recall(std::uint32_t index)
{
    const auto found = m_memo.find(index);
    return found == m_memo.end() ? fail("it refers to a value that was never there") : push(found->second);
}

bool PickleStack::popOrUnmark()
{
    if (!m_marks.empty() && m_marks.back() == m_values.size()) {
        m_marks.pop_back();
        return true;
    }
    PickleValue ignored;
    return pop(ignored);
}

bool PickleStack::popToMark()
{
    std::span<const PickleValue> values;
    if (!closeMark(values))
        return false;
    drop(values.size());
    return true;
}

bool PickleStack::persistent()
{
    PickleValue identity, value;
    if (!pop(identity) || !make(PickleKind::Persistent, value) || !charge(2 * sizeof(PickleValue)))
        return false;
    node(value).args = identity;
    m_tree.m_persistents.push_back(value);
    return push(value);
}

bool PickleStack::finish(std::size_t length)
{
    m_tree.m_length = length;
    return pop(m_tree.m_root);
}

} // namespace lipsync::nn
