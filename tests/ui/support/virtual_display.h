// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <QProcess>
#include <QString>

namespace lipsync::test {

/// An X server without a screen, for windows that are really drawn. Ends with this object.
class VirtualDisplay {
public:
    /// Starts Xvfb on a free display and points Qt at it; to be called before the application is made. Nothing where
    /// Xvfb is not installed or does not come up.
    static std::unique_ptr<VirtualDisplay> start(int width, int height);
    ~VirtualDisplay();

private:
    QProcess m_server;
};

} // namespace lipsync::test
