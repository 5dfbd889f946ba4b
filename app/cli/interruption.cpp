// SPDX-License-Identifier: GPL-3.0-or-later
#include "interruption.h"

#include "base/thread_name.h"

#include <csignal>

#include <unistd.h>

namespace lipsync::cli {

namespace {

constexpr int kInterruptedStatus = 130;

bool isIgnored(int signal)
{
    struct sigaction action { };
    return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

sigset_t stoppingSignals()
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    if (!isIgnored(SIGHUP)) // under nohup the terminal may go
        sigaddset(&signals, SIGHUP);
    sigaddset(&signals, SIGUSR1); // ends the waiting thread itself
    return signals;
}

} // namespace

Interruption::Interruption()
{
    const auto signals = stoppingSignals();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    // A full disk and a closed pipe are errors of a write, not reasons to die silently.
    std::signal(SIGXFSZ, SIG_IGN);
    std::signal(SIGPIPE, SIG_IGN);
    m_thread = std::jthread([this, signals](std::stop_token ended) {
        setThreadName("signals");
        while (true) {
            int signal = 0;
            sigwait(&signals, &signal);
            if (ended.stop_requested())
                return;
            if (signal == SIGUSR1)
                continue;
            if (m_source.stop_requested())
                _exit(kInterruptedStatus);
            m_source.request_stop();
        }
    });
}

Interruption::~Interruption()
{
    m_thread.request_stop();
    pthread_kill(m_thread.native_handle(), SIGUSR1);
}

} // namespace lipsync::cli
