// SPDX-License-Identifier: GPL-3.0-or-later
#include "service_notice.h"

#include <cstddef>
#include <cstdlib>
#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace lipsync::cli {

namespace {

std::string environment(const char* name)
{
    const char* value = std::getenv(name);
    return value ? value : "";
}

} // namespace

ServiceNotice::ServiceNotice()
    : m_socket(environment("NOTIFY_SOCKET"))
{
}

void ServiceNotice::ready(const std::string& status) const
{
    send("READY=1\nSTATUS=" + status);
}

void ServiceNotice::stopping() const
{
    send("STOPPING=1\nSTATUS=Finishing the calls under way");
}

void ServiceNotice::send(const std::string& message) const
{
    sockaddr_un address{};
    if (m_socket.empty() || m_socket.size() >= sizeof address.sun_path)
        return;
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, m_socket.data(), m_socket.size());
    if (m_socket.front() == '@') // an abstract name
        address.sun_path[0] = '\0';
    const int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
        return;
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + m_socket.size());
    (void)sendto(descriptor, message.data(), message.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address),
                 length);
    close(descriptor);
}

} // namespace lipsync::cli
