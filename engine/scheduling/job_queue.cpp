// SPDX-License-Identifier: GPL-3.0-or-later
#include "scheduling/job_queue.h"

#include <algorithm>

namespace lipsync::scheduling {

namespace {

constexpr std::array<std::string_view, 4> kPolicies{"slack-aware", "fifo", "strict-mixed", "strict-separate"};
constexpr std::size_t kMostUrgentLooks = 64; ///< entries of a queue that are looked at for urgent ones
constexpr int kMostPassed = 8; ///< batches that may pass over a waiting class

} // namespace

std::string_view toString(BatchPolicy policy)
{
    return kPolicies[static_cast<std::size_t>(policy)];
}

std::optional<BatchPolicy> parseBatchPolicy(std::string_view text)
{
    const auto found = std::find(kPolicies.begin(), kPolicies.end(), text);
    if (found == kPolicies.end())
        return {};
    return static_cast<BatchPolicy>(found - kPolicies.begin());
}

void JobQueue::add(ModelId model, JobClass jobClass, const Entry& entry)
{
    const auto index = static_cast<std::size_t>(jobClass);
    m_queues[index][model].insert(entry);
    ++m_sizes[index];
    ++m_size;
}

bool JobQueue::remove(ModelId model, JobClass jobClass, const Entry& entry)
{
    const auto index = static_cast<std::size_t>(jobClass);
    const auto queue = m_queues[index].find(model);
    if (queue == m_queues[index].end() || queue->second.erase(entry) == 0)
        return false;
    if (queue->second.empty())
        m_queues[index].erase(queue);
    --m_sizes[index];
    --m_size;
    return true;
}

std::size_t JobQueue::size(ModelId model) const
{
    std::size_t size = 0;
    for (const auto& queues : m_queues) {
        if (const auto queue = queues.find(model); queue != queues.end())
            size += queue->second.size();
    }
    return size;
}

std::optional<std::size_t> JobQueue::nextClass(Rotation& rotation, const Heads& heads) const
{
    const auto isThere = [](const Entry* head) { return head != nullptr; };
    const auto first = std::find_if(heads.begin(), heads.end(), isThere);
    if (first == heads.end())
        return {};
    if (m_policy == BatchPolicy::Fifo) {
        const auto isEarlier = [](const Entry* a, const Entry* b) { return a && (!b || *a < *b); };
        return static_cast<std::size_t>(std::min_element(heads.begin(), heads.end(), isEarlier) - heads.begin());
    }
    if (m_policy != BatchPolicy::SlackAware)
        return static_cast<std::size_t>(first - heads.begin());
    while (true) {
        auto& credit = rotation.credit[rotation.turn];
        if (heads[rotation.turn]) {
            if (credit == 0)
                credit = m_weights[rotation.turn];
            const auto chosen = rotation.turn;
            if (--credit == 0)
                rotation.turn = (rotation.turn + 1) % kJobClasses;
            return chosen;
        }
        credit = 0;
        rotation.turn = (rotation.turn + 1) % kJobClasses;
    }
}

std::optional<std::size_t> JobQueue::neglectedClass(const Heads& heads) const
{
    if (m_policy != BatchPolicy::SlackAware)
        return {};
    for (std::size_t index = 0; index < kJobClasses; ++index) {
        if (heads[index] && m_passed[index] >= kMostPassed)
            return index;
    }
    return {};
}

std::optional<ModelId> JobQueue::nextModel(const std::function<std::optional<TimePoint>(ModelId)>& urgentBefore) const
{
    Heads heads{};
    std::array<ModelId, kJobClasses> models{};
    std::optional<std::pair<Entry, ModelId>> urgent;
    for (std::size_t index = 0; index < kJobClasses; ++index) {
        for (const auto& [model, queue] : m_queues[index]) {
            const auto limit = urgentBefore(model);
            if (!limit)
                continue;
            const auto& head = *queue.begin();
            if (!heads[index] || head < *heads[index]) {
                heads[index] = &head;
                models[index] = model;
            }
            if (head.hasDeadline && head.order < *limit && (!urgent || head < urgent->first))
                urgent = {head, model};
        }
    }
    if (const auto neglected = neglectedClass(heads))
        return models[*neglected];
    if (urgent && m_policy == BatchPolicy::SlackAware)
        return urgent->second;
    auto rotation = m_rotation;
    const auto chosen = nextClass(rotation, heads);
    if (!chosen)
        return {};
    return models[*chosen];
}

void JobQueue::pickUrgent(ModelId model, std::size_t count, TimePoint urgentBefore, std::vector<Pick>& picks) const
{
    for (std::size_t index = 0; index < kJobClasses; ++index) {
        const auto queue = m_queues[index].find(model);
        if (queue == m_queues[index].end())
            continue;
        std::size_t looks = 0;
        for (const auto& entry : queue->second) {
            if (entry.order >= urgentBefore || ++looks > kMostUrgentLooks)
                break;
            if (entry.hasDeadline)
                picks.push_back({entry, static_cast<JobClass>(index), m_rotation});
        }
    }
    std::sort(picks.begin(), picks.end(), [](const Pick& a, const Pick& b) { return a.entry < b.entry; });
    if (picks.size() > count)
        picks.resize(count);
}

std::vector<JobQueue::Pick> JobQueue::pick(ModelId model, std::size_t count, TimePoint urgentBefore) const
{
    std::array<Queue::const_iterator, kJobClasses> next, end;
    Heads heads{};
    for (std::size_t index = 0; index < kJobClasses; ++index) {
        const auto queue = m_queues[index].find(model);
        if (queue == m_queues[index].end())
            continue;
        next[index] = queue->second.begin();
        end[index] = queue->second.end();
        heads[index] = &*next[index];
    }
    std::vector<Pick> picks;
    picks.reserve(count);
    if (m_policy == BatchPolicy::SlackAware)
        pickUrgent(model, count, urgentBefore, picks);
    if (const auto neglected = neglectedClass(heads)) {
        const auto& head = *heads[*neglected];
        std::erase_if(picks, [&](const Pick& pick) { return pick.entry == head; });
        picks.insert(picks.begin(), {head, static_cast<JobClass>(*neglected), m_rotation});
        picks.resize(std::min(picks.size(), count));
    }

    const auto firstCount = static_cast<std::ptrdiff_t>(picks.size());
    const auto isPicked = [&](const Entry& entry) {
        return std::any_of(picks.begin(), picks.begin() + firstCount,
                           [&](const Pick& pick) { return pick.entry == entry; });
    };
    const auto skipPicked = [&](std::size_t index) {
        while (next[index] != end[index] && firstCount > 0 && isPicked(*next[index]))
            ++next[index];
        heads[index] = next[index] == end[index] ? nullptr : &*next[index];
    };
    for (std::size_t index = 0; index < kJobClasses; ++index) {
        if (heads[index])
            skipPicked(index);
    }
    auto rotation = m_rotation;
    while (picks.size() < count) {
        const auto chosen = nextClass(rotation, heads);
        if (!chosen)
            break;
        const auto jobClass = static_cast<JobClass>(*chosen);
        if (m_policy == BatchPolicy::StrictSeparate && !picks.empty() && picks.back().jobClass != jobClass)
            break;
        picks.push_back({*next[*chosen], jobClass, rotation});
        ++next[*chosen];
        skipPicked(*chosen);
    }
    return picks;
}

void JobQueue::take(ModelId model, std::span<const Pick> picks)
{
    std::array<bool, kJobClasses> isTaken{};
    for (const auto& pick : picks) {
        remove(model, pick.jobClass, pick.entry);
        isTaken[static_cast<std::size_t>(pick.jobClass)] = true;
    }
    if (!picks.empty())
        m_rotation = picks.back().after;
    for (std::size_t index = 0; index < kJobClasses; ++index)
        m_passed[index] = isTaken[index] || m_sizes[index] == 0 ? 0 : m_passed[index] + 1;
}

std::vector<std::pair<ModelId, JobQueue::Entry>> JobQueue::takeAll()
{
    std::vector<std::pair<ModelId, Entry>> all;
    for (auto& queues : m_queues) {
        for (const auto& [model, queue] : queues) {
            for (const auto& entry : queue)
                all.emplace_back(model, entry);
        }
        queues.clear();
    }
    m_sizes = {};
    m_size = 0;
    return all;
}

} // namespace lipsync::scheduling
