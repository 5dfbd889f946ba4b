// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>

#include <QEventLoop>
#include <QTimer>

namespace lipsync::test {

/// Runs the thread's event loop for so long, as an application does: QTest's waiting sleeps between its turns, which a
/// test of the thread's own time would count.
inline void runEventLoop(std::chrono::milliseconds time)
{
    QEventLoop loop;
    QTimer::singleShot(time, Qt::PreciseTimer, &loop, &QEventLoop::quit);
    loop.exec();
}

} // namespace lipsync::test
