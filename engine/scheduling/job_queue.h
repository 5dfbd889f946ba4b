// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scheduling/frame_job.h"

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <vector>

namespace lipsync::scheduling {

/// How jobs of different classes share the workers.
enum class BatchPolicy : std::uint8_t {
    SlackAware, ///< shares by weight, urgent jobs first, batches no larger than deadlines allow
    Fifo, ///< in the order of arrival whatever the class; for comparison
    StrictMixed, ///< a more urgent class first, batches filled up with the others; for comparison
    StrictSeparate, ///< a more urgent class first, never two classes in a batch; for comparison
};
std::string_view toString(BatchPolicy policy);
std::optional<BatchPolicy> parseBatchPolicy(std::string_view text);

/// Jobs that wait for a worker: weighted deficit round robin between classes, the earliest deadline first inside one.
/// Jobs without a deadline are ordered by when they should be done at the latest, so none waits for ever. One thread.
class JobQueue {
public:
    struct Entry {
        TimePoint order; ///< deadline, or a class' patience after submission
        JobId id = 0;
        bool hasDeadline = false;
        auto operator<=>(const Entry& other) const { return std::tie(order, id) <=> std::tie(other.order, other.id); }
        bool operator==(const Entry& other) const { return id == other.id; }
    };
    /// Whose turn it is among the classes.
    struct Rotation {
        std::size_t turn = 0;
        std::array<int, kJobClasses> credit{};
    };
    /// A job in the order in which it would be taken.
    struct Pick {
        Entry entry;
        JobClass jobClass;
        Rotation after; ///< whose turn it is once it is taken
    };
    using Weights = std::array<int, kJobClasses>;

    JobQueue(BatchPolicy policy, const Weights& weights)
        : m_policy(policy)
        , m_weights(weights)
    {
    }

    /// From the next turn of a class on.
    void setWeights(const Weights& weights) { m_weights = weights; }

    void add(ModelId model, JobClass jobClass, const Entry& entry);
    /// False when it was not there.
    bool remove(ModelId model, JobClass jobClass, const Entry& entry);

    bool empty() const { return m_size == 0; }
    std::size_t size() const { return m_size; }
    std::size_t size(JobClass jobClass) const { return m_sizes[static_cast<std::size_t>(jobClass)]; }
    std::size_t size(ModelId model) const;

    /// The model whose jobs are due next, of those for which `urgentBefore` gives a time: deadlines before that time
    /// decide first.
    std::optional<ModelId> nextModel(const std::function<std::optional<TimePoint>(ModelId)>& urgentBefore) const;

    /// Up to `count` jobs of a model in the order in which they should be taken: one of a class that was passed over
    /// again and again, those whose deadline lies before `urgentBefore`, then class by class. Nothing changes.
    std::vector<Pick> pick(ModelId model, std::size_t count, TimePoint urgentBefore) const;

    /// Removes the first jobs of a pick() that was made since the last change.
    void take(ModelId model, std::span<const Pick> picks);

    /// Every waiting job, and none afterwards.
    std::vector<std::pair<ModelId, Entry>> takeAll();

private:
    using Queue = std::set<Entry>;
    using ClassQueues = std::map<ModelId, Queue>;

    /// Appends deadlines before `urgentBefore`, the earliest first.
    void pickUrgent(ModelId model, std::size_t count, TimePoint urgentBefore, std::vector<Pick>& picks) const;
    /// The job of a class that would be taken next, if any.
    using Heads = std::array<const Entry*, kJobClasses>;
    /// Class whose turn it is, of those with a head; moves the rotation on.
    std::optional<std::size_t> nextClass(Rotation& rotation, const Heads& heads) const;
    /// Class that urgent jobs of the others have kept waiting for too long.
    std::optional<std::size_t> neglectedClass(const Heads& heads) const;

    const BatchPolicy m_policy;
    Weights m_weights;
    std::array<ClassQueues, kJobClasses> m_queues; ///< no empty queue stays in a map
    std::array<std::size_t, kJobClasses> m_sizes{};
    std::size_t m_size = 0;
    Rotation m_rotation;
    std::array<int, kJobClasses> m_passed{}; ///< times in a row that others were taken while the class waited
};

} // namespace lipsync::scheduling
