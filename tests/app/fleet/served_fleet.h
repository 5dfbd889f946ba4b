// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <QProcess>
#include <QString>
#include <QStringList>

namespace lipsync::test {

/// One `lipsync serve` of its own process, with a log of its calls.
class ServedProcess {
public:
    /// Starts it and waits until it says where it listens; isRunning() tells whether it does.
    ServedProcess(const std::filesystem::path& library, const std::filesystem::path& log);
    ~ServedProcess();

    const std::string& address() const { return m_address; }
    const std::string& metricsPort() const { return m_metricsPort; }
    bool isRunning() const { return !m_address.empty(); }
    void kill();
    /// SIGTERM; the exit status, or −1.
    int drain();
    /// Lines of its log with these words.
    int loggedCalls(const std::string& words = {}) const;

private:
    const std::filesystem::path m_log;
    QProcess m_process;
    std::string m_address, m_metricsPort;
};

/// A text file's content.
std::string contentOf(const std::filesystem::path& file);
/// Replaces what must be there; empty when it is not.
std::string replaced(std::string text, const std::string& from, const std::string& to);

/// Clients that ask one address for mouths, over and over, and ask again where the transport or a draining server
/// failed, as clients do. Threads of its own; ends with its destructor.
class RetryingClients {
public:
    RetryingClients(const std::string& address, const std::string& avatar, int clients);
    ~RetryingClients();

    int answered() const { return m_answered; } ///< calls that ended well, however often they were tried
    int lost() const { return m_lost; } ///< calls that did not, after all tries
    int retries() const { return m_retries; }
    const std::string& firstLoss() const { return m_firstLoss; } ///< after stop()
    void stop();

private:
    void run(const std::string& address, const std::string& avatar, int number);

    std::atomic<bool> m_isStopping = false;
    std::atomic<int> m_answered = 0, m_lost = 0, m_retries = 0;
    std::string m_firstLoss;
    std::vector<std::jthread> m_threads;
};

} // namespace lipsync::test
