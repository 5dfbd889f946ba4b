// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

namespace lipsync::nn {

/// The numbers of one weight: a vector of its own, or a view of numbers that lie elsewhere (in a mapped file) and are
/// kept alive by their owner. Read like a vector; copies of a view are cheap; changing a view copies it first.
class WeightValues {
public:
    using value_type = float;

    WeightValues() = default;
    WeightValues(std::vector<float> own) // NOLINT(google-explicit-constructor): a vector is what it stands for
        : m_own(std::move(own))
    {
    }
    WeightValues(std::initializer_list<float> own)
        : m_own(own)
    {
    }
    /// Numbers that `owner` keeps unchanged for as long as it lives.
    WeightValues(std::span<const float> numbers, std::shared_ptr<const void> owner)
        : m_view(numbers)
        , m_owner(std::move(owner))
    {
    }

    const float* data() const { return m_owner ? m_view.data() : m_own.data(); }
    std::size_t size() const { return m_owner ? m_view.size() : m_own.size(); }
    bool empty() const { return size() == 0; }
    const float* begin() const { return data(); }
    const float* end() const { return data() + size(); }
    const float& operator[](std::size_t index) const { return data()[index]; }
    const float& at(std::size_t index) const
    {
        if (index >= size())
            throw std::out_of_range("WeightValues");
        return data()[index];
    }
    const float& front() const { return *begin(); }
    const float& back() const { return *(end() - 1); }

    /// The vector to change; what was a view becomes one.
    std::vector<float>& own()
    {
        if (m_owner) {
            m_own.assign(m_view.begin(), m_view.end());
            m_view = {};
            m_owner.reset();
        }
        return m_own;
    }
    float* data() { return own().data(); }
    float& operator[](std::size_t index) { return own()[index]; }
    float& at(std::size_t index) { return own().at(index); }
    float& front() { return own().front(); }
    float& back() { return own().back(); }
    void resize(std::size_t size) { own().resize(size); }
    void push_back(float number) { own().push_back(number); }
    template <typename Iterator> void assign(Iterator first, Iterator last) { own().assign(first, last); }

    operator std::span<const float>() const { return {data(), size()}; } // NOLINT(google-explicit-constructor)

private:
    std::vector<float> m_own;
    std::span<const float> m_view;
    std::shared_ptr<const void> m_owner; ///< set: m_view is what counts
};

inline bool operator==(const WeightValues& a, const WeightValues& b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

} // namespace lipsync::nn
