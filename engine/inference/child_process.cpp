// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/child_process.h"

#include "base/thread_name.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace lipsync::inference {

namespace {

constexpr auto kPatience = std::chrono::seconds(2); ///< between asking a child to end and killing it
constexpr std::size_t kLinesKept = 8;
constexpr std::size_t kLongestLine = 400; ///< bytes kept of a line on standard error

// Called by number: the C library of Debian 12 declares both for C alone.
int openProcess(pid_t processId)
{
    return static_cast<int>(syscall(SYS_pidfd_open, processId, 0));
}

void sendSignal(const Descriptor& process, int signal) noexcept
{
    syscall(SYS_pidfd_send_signal, process.number(), signal, nullptr, 0);
}

struct Pipe {
    Descriptor read;
    Descriptor write;
};

Result<Pipe> makePipe()
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return failure(ErrorCode::Resource, "No pipe to a worker process can be made.", std::strerror(errno));
    return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

/// What a child gets: its end of the three pipes and nothing else of ours, default signals, a process group.
class SpawnSettings {
public:
    SpawnSettings(int input, int output, int errors)
    {
        posix_spawn_file_actions_init(&m_files);
        posix_spawn_file_actions_adddup2(&m_files, input, STDIN_FILENO);
        posix_spawn_file_actions_adddup2(&m_files, output, STDOUT_FILENO);
        posix_spawn_file_actions_adddup2(&m_files, errors, STDERR_FILENO);
        posix_spawn_file_actions_addclosefrom_np(&m_files, STDERR_FILENO + 1);
        posix_spawnattr_init(&m_attributes);
        sigset_t signals;
        sigfillset(&signals);
        posix_spawnattr_setsigdefault(&m_attributes, &signals);
        sigemptyset(&signals);
        posix_spawnattr_setsigmask(&m_attributes, &signals);
        posix_spawnattr_setpgroup(&m_attributes, 0);
        posix_spawnattr_setflags(&m_attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    }
    ~SpawnSettings()
    {
        posix_spawnattr_destroy(&m_attributes);
        posix_spawn_file_actions_destroy(&m_files);
    }
    SpawnSettings(const SpawnSettings&) = delete;
    SpawnSettings& operator=(const SpawnSettings&) = delete;

    const posix_spawn_file_actions_t* files() const { return &m_files; }
    const posix_spawnattr_t* attributes() const { return &m_attributes; }

private:
    posix_spawn_file_actions_t m_files;
    posix_spawnattr_t m_attributes;
};

/// A pipe whose number is none of the three that the child's own become: dup2() onto itself would keep it
/// close-on-exec.
Result<Pipe> makeChildPipe()
{
    auto pipe = makePipe();
    if (!pipe)
        return pipe;
    for (auto* end : {&pipe->read, &pipe->write}) {
        if (end->number() > STDERR_FILENO)
            continue;
        *end = Descriptor(fcntl(end->number(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
        if (end->number() < 0)
            return failure(ErrorCode::Resource, "No pipe to a worker process can be made.", std::strerror(errno));
    }
    return pipe;
}

std::string endingOf(int processId, const siginfo_t& info)
{
    if (info.si_code == CLD_EXITED)
        return fmt::format("The worker process {} ended with status {}.", processId, info.si_status);
    return fmt::format("The worker process {} was ended by signal {} ({}).", processId, info.si_status,
                       strsignal(info.si_status));
}

} // namespace

Descriptor::Descriptor(Descriptor&& other) noexcept
    : m_number(std::exchange(other.m_number, -1))
{
}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept
{
    if (this != &other) {
        close();
        m_number = std::exchange(other.m_number, -1);
    }
    return *this;
}

void Descriptor::close()
{
    if (m_number >= 0)
        ::close(std::exchange(m_number, -1));
}

Result<std::unique_ptr<ChildProcess>> ChildProcess::spawn(const std::filesystem::path& program,
                                                          const std::vector<std::string>& arguments)
{
    auto input = makeChildPipe(), output = makeChildPipe(), errors = makeChildPipe();
    for (const auto* pipe : {&input, &output, &errors}) {
        if (!*pipe)
            return failure(*pipe);
    }
    std::string name = program.string();
    std::vector<std::string> words(arguments);
    std::vector<char*> argv{name.data()};
    for (auto& word : words)
        argv.push_back(word.data());
    argv.push_back(nullptr);

    const SpawnSettings settings(input->read.number(), output->write.number(), errors->write.number());
    pid_t processId = 0;
    if (const int problem =
            posix_spawn(&processId, name.c_str(), settings.files(), settings.attributes(), argv.data(), environ);
        problem != 0)
        return failure(ErrorCode::Resource, fmt::format("The worker program '{}' cannot be started.", name),
                       std::strerror(problem));
    // Nobody else waits for this child, so its number is its own until we do.
    Descriptor self(openProcess(processId));
    if (self.number() < 0) {
        const int problem = errno;
        ::kill(processId, SIGKILL);
        waitpid(processId, nullptr, 0);
        return failure(ErrorCode::Resource, "This system cannot watch worker processes; Linux 5.4 or later can.",
                       std::strerror(problem));
    }
    fcntl(output->read.number(), F_SETFL, O_NONBLOCK);
    fcntl(errors->read.number(), F_SETFL, O_NONBLOCK);
    return std::unique_ptr<ChildProcess>(new ChildProcess(processId, std::move(self), std::move(input->write),
                                                          std::move(output->read), std::move(errors->read)));
}

ChildProcess::ChildProcess(int processId, Descriptor self, Descriptor input, Descriptor output, Descriptor errors)
    : m_processId(processId)
    , m_self(std::move(self))
    , m_input(std::move(input))
    , m_output(std::move(output))
    , m_errors(std::move(errors))
    , m_thread([this] {
        setThreadName("worker child");
        watch();
    })
{
}

ChildProcess::~ChildProcess()
{
    sendSignal(m_self, SIGTERM);
    if (!waitForEnd(kPatience))
        kill();
    m_thread.join();
}

Status ChildProcess::waitUntilReady(Duration atMost)
{
    std::unique_lock lock(m_mutex);
    if (!m_changed.wait_for(lock, atMost, [&] { return m_ready || m_ending; }))
        return failure(
            ErrorCode::Resource,
            fmt::format("The worker process {} was not ready within {:.0f} s.", m_processId, seconds(atMost)));
    if (m_ready)
        return {};
    lock.unlock();
    return tl::unexpected<Error>(*end());
}

bool ChildProcess::waitForEnd(Duration atMost)
{
    std::unique_lock lock(m_mutex);
    return m_changed.wait_for(lock, atMost, [&] { return m_ending.has_value(); });
}

std::optional<Error> ChildProcess::end() const
{
    std::lock_guard lock(m_mutex);
    if (!m_ending)
        return {};
    return Error{ErrorCode::Resource, *m_ending, fmt::format("{}", fmt::join(m_lastLines, " / "))};
}

void ChildProcess::kill() noexcept
{
    sendSignal(m_self, SIGKILL);
}

void ChildProcess::watch()
{
    while (true) {
        std::array<pollfd, 3> watched{
            {{m_self.number(), POLLIN, 0}, {m_output.number(), POLLIN, 0}, {m_errors.number(), POLLIN, 0}}};
        if (poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR)
            break;
        if (watched[1].revents != 0 && !readOutput())
            m_output.close();
        if (watched[2].revents != 0 && !readErrors())
            m_errors.close();
        if (watched[0].revents != 0)
            break;
    }
    if (m_errors.number() >= 0) // its last words may have come together with its end
        readErrors();
    reap();
}

/// Both drain a pipe; false at its end.
bool ChildProcess::readOutput()
{
    std::array<char, 512> piece;
    while (true) {
        const auto count = read(m_output.number(), piece.data(), piece.size());
        if (count < 0)
            return errno == EAGAIN || errno == EINTR;
        if (count == 0)
            return false;
        if (std::memchr(piece.data(), '\n', static_cast<std::size_t>(count))) {
            {
                std::lock_guard lock(m_mutex);
                m_ready = true;
            }
            m_changed.notify_all();
        }
    }
}

bool ChildProcess::readErrors()
{
    std::array<char, 512> piece;
    while (true) {
        const auto count = read(m_errors.number(), piece.data(), piece.size());
        if (count < 0)
            return errno == EAGAIN || errno == EINTR;
        if (count == 0)
            return false;
        std::lock_guard lock(m_mutex);
        for (const char c : std::string_view(piece.data(), static_cast<std::size_t>(count))) {
            if (c != '\n') {
                if (m_line.size() < kLongestLine)
                    m_line += c;
                continue;
            }
            if (!m_line.empty())
                m_lastLines.push_back(std::exchange(m_line, {}));
            if (m_lastLines.size() > kLinesKept)
                m_lastLines.pop_front();
        }
    }
}

void ChildProcess::reap()
{
    siginfo_t info{};
    int waited = 0;
    do {
        waited = waitid(P_PIDFD, static_cast<id_t>(m_self.number()), &info, WEXITED);
    } while (waited != 0 && errno == EINTR);
    {
        std::lock_guard lock(m_mutex);
        if (!m_line.empty())
            m_lastLines.push_back(std::exchange(m_line, {}));
        m_ending =
            waited == 0 ? endingOf(m_processId, info) : fmt::format("The worker process {} ended unseen.", m_processId);
    }
    m_changed.notify_all();
}

EndWithParent::EndWithParent(int descriptor, std::filesystem::path socket)
    : m_descriptor(descriptor)
    , m_socket(std::move(socket))
    , m_wake(eventfd(0, EFD_CLOEXEC))
    , m_thread([this] {
        setThreadName("parent watch");
        std::array<pollfd, 2> watched{{{m_descriptor, POLLIN, 0}, {m_wake.number(), POLLIN, 0}}};
        while (true) {
            if (poll(watched.data(), watched.size(), -1) < 0)
                continue;
            if (watched[1].revents != 0)
                return;
            std::array<char, 64> piece;
            if (read(m_descriptor, piece.data(), piece.size()) > 0)
                continue;
            ::unlink(m_socket.c_str());
            _exit(EXIT_SUCCESS); // there is nobody left to work for, and a device may never answer
        }
    })
{
}

EndWithParent::~EndWithParent()
{
    const std::uint64_t one = 1;
    while (write(m_wake.number(), &one, sizeof one) < 0 && errno == EINTR) { }
}

} // namespace lipsync::inference
