// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace lipsync::cli {

/// Tells the service manager that started this process (systemd, Type=notify) how it does; does nothing where there is
/// none. One thread.
class ServiceNotice {
public:
    ServiceNotice();

    void ready(const std::string& status) const;
    void stopping() const;

private:
    void send(const std::string& message) const;

    const std::string m_socket; ///< a path, or a name that begins with '@'
};

} // namespace lipsync::cli
