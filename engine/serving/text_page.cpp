// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/text_page.h"

#include "base/thread_name.h"

#include <chrono>
#include <cstdint>

#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace lipsync::serving {

namespace {

constexpr std::size_t kMostRequestBytes = 8192;
constexpr int kPatienceMs = 2000;
constexpr int kWaitingCallers = 16;

int listenOn(const std::string& host, const std::string& port)
{
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    if (getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0)
        return -1;
    int descriptor = -1;
    for (const auto* each = found; each && descriptor < 0; each = each->ai_next) {
        const int one = 1;
        descriptor = socket(each->ai_family, each->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (descriptor < 0)
            continue;
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
        if (bind(descriptor, each->ai_addr, each->ai_addrlen) != 0 || listen(descriptor, kWaitingCallers) != 0) {
            close(descriptor);
            descriptor = -1;
        }
    }
    freeaddrinfo(found);
    return descriptor;
}

int portOf(int descriptor)
{
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                                               : reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

using Deadline = std::chrono::steady_clock::time_point;

/// Waits until something can be read or written; false when its time is over.
bool isReady(int connection, short event, Deadline deadline)
{
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
    pollfd waiting{connection, event, 0};
    return left > 0 && poll(&waiting, 1, static_cast<int>(left)) > 0;
}

std::string readRequest(int connection, Deadline deadline)
{
    std::string request;
    while (request.size() < kMostRequestBytes && request.find("\r\n\r\n") == std::string::npos) {
        char bytes[1024];
        if (!isReady(connection, POLLIN, deadline))
            return {};
        const auto count = recv(connection, bytes, sizeof bytes, 0);
        if (count <= 0)
            return {};
        request.append(bytes, static_cast<std::size_t>(count));
    }
    return request;
}

void sendAll(int connection, std::string_view bytes, Deadline deadline)
{
    while (!bytes.empty() && isReady(connection, POLLOUT, deadline)) {
        const auto count = send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count <= 0)
            return;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

/// What stands behind "Authorization: Bearer ".
std::string_view tokenOf(std::string_view request)
{
    for (const std::string_view name : {"\r\nAuthorization: Bearer ", "\r\nauthorization: Bearer "}) {
        if (const auto at = request.find(name); at != std::string_view::npos) {
            const auto rest = request.substr(at + name.size());
            return rest.substr(0, rest.find("\r\n"));
        }
    }
    return {};
}

std::string response(const char* status, const std::string& text)
{
    return fmt::format("HTTP/1.1 {}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
                       "Content-Length: {}\r\nConnection: close\r\n\r\n{}",
                       status, text.size(), text);
}

} // namespace

Result<std::unique_ptr<TextPage>> TextPage::start(const std::string& listen, Events events)
{
    const auto colon = listen.rfind(':');
    auto host = listen.substr(0, colon);
    const auto shown = host;
    if (host.size() > 2 && host.front() == '[' && host.back() == ']')
        host = host.substr(1, host.size() - 2);
    const int descriptor = colon == std::string::npos || host.empty() ? -1 : listenOn(host, listen.substr(colon + 1));
    if (descriptor < 0)
        return failure(ErrorCode::Resource,
                       fmt::format("The page of metrics cannot listen on '{}': it is taken, forbidden or no address of "
                                   "this machine.",
                                   listen));
    const int wake = eventfd(0, EFD_CLOEXEC);
    return std::unique_ptr<TextPage>(
        new TextPage(descriptor, wake, fmt::format("{}:{}", shown, portOf(descriptor)), std::move(events)));
}

TextPage::TextPage(int descriptor, int wake, std::string address, Events events)
    : m_descriptor(descriptor)
    , m_wake(wake)
    , m_address(std::move(address))
    , m_events(std::move(events))
    , m_thread([this](const std::stop_token& stop) { run(stop); })
{
}

TextPage::~TextPage()
{
    m_thread.request_stop();
    const std::uint64_t one = 1;
    (void)!write(m_wake, &one, sizeof one);
    m_thread.join();
    close(m_wake);
    close(m_descriptor);
}

void TextPage::run(const std::stop_token& stop)
{
    setThreadName("metrics page");
    while (!stop.stop_requested()) {
        pollfd waiting[] = {{m_descriptor, POLLIN, 0}, {m_wake, POLLIN, 0}};
        if (poll(waiting, 2, -1) < 0 || waiting[1].revents != 0)
            continue; // asked to stop, or interrupted
        const int connection = accept4(m_descriptor, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (connection < 0)
            continue;
        answer(connection, stop);
        close(connection);
    }
}

void TextPage::answer(int connection, const std::stop_token& stop) const
{
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(kPatienceMs);
    const auto request = readRequest(connection, deadline);
    if (request.empty() || stop.stop_requested())
        return;
    if (request.starts_with("GET /health ")) {
        const bool isHealthy = m_events.isHealthy();
        return sendAll(
            connection,
            response(isHealthy ? "200 OK" : "503 Service Unavailable", isHealthy ? "ready\n" : "not ready\n"),
            deadline);
    }
    if (!request.starts_with("GET /metrics "))
        return sendAll(connection, response("404 Not Found", "The pages are /metrics and /health.\n"), deadline);
    if (!m_events.isAllowed(tokenOf(request)))
        return sendAll(connection, response("401 Unauthorized", "The token is missing or wrong.\n"), deadline);
    sendAll(connection, response("200 OK", m_events.makeText()), deadline);
}

} // namespace lipsync::serving
