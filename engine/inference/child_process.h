// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "base/error.h"

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace lipsync::inference {

/// An open file descriptor, closed by its owner. Movable; not copyable.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int number)
        : m_number(number)
    {
    }
    Descriptor(Descriptor&& other) noexcept;
    Descriptor& operator=(Descriptor&& other) noexcept;
    ~Descriptor() { close(); }

    int number() const { return m_number; } ///< −1 when there is none
    void close();

private:
    int m_number = -1;
};

/// A supervised child of this process, in a process group of its own so that Ctrl-C of the terminal is ours alone.
/// It inherits three descriptors: its standard input ends when this process does (see EndWithParent), its first line
/// on standard output says that it is ready, and the last lines on its standard error are kept. Any thread.
class ChildProcess {
public:
    /// Starts `program` with `arguments`. Resource with the system's words when it cannot be run.
    static Result<std::unique_ptr<ChildProcess>> spawn(const std::filesystem::path& program,
                                                       const std::vector<std::string>& arguments);
    /// Asks the child to end, kills it when it does not within two seconds, and reaps it.
    ~ChildProcess();

    int processId() const { return m_processId; }
    /// Waits for the child's first line. Resource when it ends before, or takes longer than `atMost`.
    Status waitUntilReady(Duration atMost);
    /// Waits for the child's end; whether it came.
    bool waitForEnd(Duration atMost);
    /// How it ended in one sentence, with its last lines on standard error as the cause; nothing while it lives.
    std::optional<Error> end() const;
    /// Ends the child at once; nothing happens when it has ended. Never hits another process.
    void kill() noexcept;

private:
    ChildProcess(int processId, Descriptor self, Descriptor input, Descriptor output, Descriptor errors);
    void watch();
    bool readOutput();
    bool readErrors();
    void reap();

    const int m_processId;
    const Descriptor m_self; ///< the child itself, a pidfd: readable at its end, and never another process
    const Descriptor m_input; ///< kept open as long as this process lives
    Descriptor m_output;
    Descriptor m_errors;
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_ready = false;
    std::optional<std::string> m_ending;
    std::string m_line; ///< of standard error, not yet whole
    std::deque<std::string> m_lastLines;
    std::jthread m_thread; ///< "worker child": watch()
};

/// For a child of ChildProcess: ends this process at once when the parent is gone, whatever else it is doing, and
/// removes `socket` before.
class EndWithParent {
public:
    /// `descriptor` reads the parent's end of a pipe: standard input, 0.
    EndWithParent(int descriptor, std::filesystem::path socket);
    ~EndWithParent();

private:
    const int m_descriptor;
    const std::filesystem::path m_socket;
    const Descriptor m_wake;
    std::jthread m_thread; ///< "parent watch"
};

} // namespace lipsync::inference
