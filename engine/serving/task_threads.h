// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace lipsync::serving {

/// Threads "serving N" that do what gRPC's own threads must not wait for: decoding, listening, encoding. What waits is
/// bounded by the calls that are let in. Its destructor does what is left first. Any thread may post.
class TaskThreads {
public:
    using Task = std::function<void()>;

    explicit TaskThreads(int threads);
    ~TaskThreads();
    TaskThreads(const TaskThreads&) = delete;
    TaskThreads& operator=(const TaskThreads&) = delete;

    void post(Task task);

private:
    void work(int number);

    std::mutex m_mutex; ///< of the next two
    std::condition_variable m_changed;
    std::deque<Task> m_tasks;
    bool m_isEnding = false;
    std::vector<std::jthread> m_threads; ///< last: they use all of the above
};

/// Does its tasks one after the other, in order, on whichever thread is free: what they share needs no lock. Keeps
/// itself alive until they are done; the threads must outlive it. Any thread may post.
class Strand : public std::enable_shared_from_this<Strand> {
public:
    explicit Strand(TaskThreads& threads)
        : m_threads(threads)
    {
    }

    void post(TaskThreads::Task task);

private:
    void workOff();

    TaskThreads& m_threads;
    std::mutex m_mutex; ///< of the next two
    std::deque<TaskThreads::Task> m_tasks;
    bool m_isRunning = false;
};

} // namespace lipsync::serving
