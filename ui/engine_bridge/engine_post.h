// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <utility>

#include <QObject>
#include <QThreadPool>

namespace lipsync::ui {

/// How the parts of the bridge reach the window's thread, and how they get rid of handles. Everything that is posted
/// runs later on the window's thread, unless the post is gone by then. Its destructor lets retired handles finish.
class EnginePost final : public QObject {
    Q_OBJECT

public:
    explicit EnginePost(QObject* parent = nullptr)
        : QObject(parent)
    {
        m_reading.setObjectName(QStringLiteral("ui-reading"));
        m_reading.setMaxThreadCount(1);
        m_retirement.setObjectName(QStringLiteral("ui-retirement"));
    }
    ~EnginePost() override { waitForHandles(); }

    /// From any thread: runs `function` on the window's thread.
    template <typename Function> void post(Function function)
    {
        QMetaObject::invokeMethod(this, std::move(function), Qt::QueuedConnection);
    }

    /// Runs `function`, which reads files through the engine, on the thread "ui-reading".
    template <typename Function> void read(Function function) { m_reading.start(std::move(function)); }

    /// Destroys a handle on the thread "ui-retirement": its destructor joins engine threads, which the window's must not
    /// wait for.
    template <typename Handle> void retire(std::unique_ptr<Handle> handle)
    {
        if (handle)
            m_retirement.start([last = std::shared_ptr<Handle>(std::move(handle))]() mutable { last.reset(); });
    }

    void waitForHandles()
    {
        m_reading.waitForDone();
        m_retirement.waitForDone();
    }

private:
    QThreadPool m_reading;
    QThreadPool m_retirement;
};

} // namespace lipsync::ui
