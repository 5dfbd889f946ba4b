// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/support/virtual_display.h"

namespace lipsync::test {
namespace {

constexpr int kPatienceMs = 20000;

} // namespace

std::unique_ptr<VirtualDisplay> VirtualDisplay::start(int width, int height)
{
    auto display = std::make_unique<VirtualDisplay>();
    QProcess& server = display->m_server;
    // It writes the number of the display it found free to its standard output, once it takes connections.
    server.start(QStringLiteral("Xvfb"),
                 {QStringLiteral("-displayfd"), QStringLiteral("1"), QStringLiteral("-screen"), QStringLiteral("0"),
                  QStringLiteral("%1x%2x24").arg(width).arg(height), QStringLiteral("-nolisten"),
                  QStringLiteral("tcp")});
    if (!server.waitForStarted(kPatienceMs))
        return nullptr;
    QByteArray number;
    while (!number.endsWith('\n')) {
        if (!server.waitForReadyRead(kPatienceMs))
            return nullptr;
        number += server.readAllStandardOutput();
    }
    qputenv("DISPLAY", ":" + number.trimmed());
    qputenv("QT_QPA_PLATFORM", "xcb");
    return display;
}

VirtualDisplay::~VirtualDisplay()
{
    m_server.terminate();
    if (!m_server.waitForFinished(kPatienceMs))
        m_server.kill();
    m_server.waitForFinished(kPatienceMs);
}

} // namespace lipsync::test
