// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/project/close_guard.h"

#include "ui/dialogs/dialogs.h"
#include "ui/project/project_commands.h"

#include <utility>

#include <QWidget>

namespace lipsync::ui {

CloseGuard::CloseGuard(ProjectCommands& project, Dialogs& dialogs, QWidget& window)
    : QObject(&window)
    , m_project(project)
    , m_dialogs(dialogs)
    , m_window(window)
{
}

void CloseGuard::add(CloseConcern concern)
{
    m_concerns.push_back(std::move(concern));
}

bool CloseGuard::mayClose()
{
    if (!m_isSettled) {
        // What is answered at once must not close the window inside its own closeEvent().
        m_isAsking = true;
        ask(0);
        m_isAsking = false;
    }
    return std::exchange(m_isSettled, false);
}

void CloseGuard::ask(std::size_t concern)
{
    if (concern == m_concerns.size()) {
        askAboutProject();
        return;
    }
    const CloseConcern& next = m_concerns[concern];
    if (!next.isPending()) {
        ask(concern + 1);
        return;
    }
    m_dialogs.confirm(&m_window, next.question, next.detail, next.answer,
                      [this, concern] { m_concerns[concern].settle([this, concern] { ask(concern + 1); }); });
}

void CloseGuard::askAboutProject()
{
    m_project.whenSaved([this] {
        m_isSettled = true;
        if (!m_isAsking)
            m_window.close();
    });
}

} // namespace lipsync::ui
