// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/cancellable_calls.h"

namespace lipsync::inference {

bool CancellableCalls::begin(grpc::ClientContext& context)
{
    std::lock_guard lock(m_mutex);
    m_running = m_isCancelled ? nullptr : &context;
    return !m_isCancelled;
}

void CancellableCalls::finish()
{
    std::lock_guard lock(m_mutex);
    m_running = nullptr;
}

void CancellableCalls::cancel() noexcept
{
    {
        std::lock_guard lock(m_mutex);
        m_isCancelled = true;
        if (m_running)
            m_running->TryCancel();
    }
    m_cancelling.notify_all();
}

bool CancellableCalls::waitFor(Duration time)
{
    std::unique_lock lock(m_mutex);
    return !m_cancelling.wait_for(lock, time, [&] { return m_isCancelled; });
}

} // namespace lipsync::inference
