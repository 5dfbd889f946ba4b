// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include <QObject>
#include <QString>

class QWidget;

namespace lipsync::ui {

class Dialogs;
class ProjectCommands;

/// Something that should not be cut off by closing the window without asking.
struct CloseConcern {
    std::function<bool()> isPending;
    QString question; ///< e.g. "Quit while exports are running?"
    QString detail; ///< what then becomes of it
    QString answer; ///< of the button that agrees
    /// Brings it to an end and then calls `done`, at once or later.
    std::function<void(std::function<void()> done)> settle;
};

/// Asks, one question after the other, before the window closes: about what runs, then about unsaved changes. A
/// question that is dismissed leaves the window open and everything as it is. All must outlive it.
class CloseGuard final : public QObject {
    Q_OBJECT

public:
    CloseGuard(ProjectCommands& project, Dialogs& dialogs, QWidget& window);

    /// They are asked about in this order.
    void add(CloseConcern concern);

    /// For closeEvent(): whether the window may close now. If not, questions are under way, and the window is closed
    /// again when all are answered.
    bool mayClose();

private:
    void ask(std::size_t concern);
    void askAboutProject();

    ProjectCommands& m_project;
    Dialogs& m_dialogs;
    QWidget& m_window;
    std::vector<CloseConcern> m_concerns;
    bool m_isSettled = false; ///< all was answered
    bool m_isAsking = false; ///< inside mayClose()
};

} // namespace lipsync::ui
