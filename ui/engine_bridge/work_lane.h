// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <utility>

#include <QObject>
#include <QString>
#include <QThreadPool>

namespace lipsync::ui {

/// A thread on which a part of the bridge does what may take long, one thing after the other. What it posts runs later
/// on the owner's thread, unless the owner is gone by then; a lane is a member of its owner. Its destructor waits.
class WorkLane final {
public:
    WorkLane(QObject& owner, const QString& threadName)
        : m_owner(owner)
    {
        m_thread.setObjectName(threadName);
        m_thread.setMaxThreadCount(1);
    }
    ~WorkLane() { m_thread.waitForDone(); }

    /// From any thread.
    template <typename Function> void run(Function function) { m_thread.start(std::move(function)); }

    /// From any thread: runs `function` on the owner's.
    template <typename Function> void post(Function function)
    {
        QMetaObject::invokeMethod(&m_owner, std::move(function), Qt::QueuedConnection);
    }

    /// Drops what has not begun yet.
    void forget() { m_thread.clear(); }

private:
    QObject& m_owner;
    QThreadPool m_thread;
};

} // namespace lipsync::ui
