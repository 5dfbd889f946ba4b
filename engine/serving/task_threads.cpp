// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/task_threads.h"

#include "base/thread_name.h"

#include <fmt/format.h>

namespace lipsync::serving {

TaskThreads::TaskThreads(int threads)
{
    for (int i = 0; i < threads; ++i)
        m_threads.emplace_back([this, i] { work(i + 1); });
}

TaskThreads::~TaskThreads()
{
    {
        std::lock_guard lock(m_mutex);
        m_isEnding = true;
    }
    m_changed.notify_all();
}

void TaskThreads::post(Task task)
{
    {
        std::lock_guard lock(m_mutex);
        m_tasks.push_back(std::move(task));
    }
    m_changed.notify_one();
}

void TaskThreads::work(int number)
{
    setThreadName(fmt::format("serving {}", number).c_str());
    std::unique_lock lock(m_mutex);
    while (true) {
        m_changed.wait(lock, [&] { return m_isEnding || !m_tasks.empty(); });
        if (m_tasks.empty())
            return;
        Task task = std::move(m_tasks.front());
        m_tasks.pop_front();
        lock.unlock();
        task();
        task = nullptr; // what it holds ends without the lock
        lock.lock();
    }
}

void Strand::post(TaskThreads::Task task)
{
    {
        std::lock_guard lock(m_mutex);
        m_tasks.push_back(std::move(task));
        if (m_isRunning)
            return;
        m_isRunning = true;
    }
    m_threads.post([self = shared_from_this()] { self->workOff(); });
}

// One task a turn, so that a strand with many tasks does not keep a thread from the others.
void Strand::workOff()
{
    TaskThreads::Task task;
    {
        std::lock_guard lock(m_mutex);
        task = std::move(m_tasks.front());
        m_tasks.pop_front();
    }
    task();
    task = nullptr;
    {
        std::lock_guard lock(m_mutex);
        if (m_tasks.empty()) {
            m_isRunning = false;
            return;
        }
    }
    m_threads.post([self = shared_from_this()] { self->workOff(); });
}

} // namespace lipsync::serving
