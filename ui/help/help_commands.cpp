// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/help/help_commands.h"

#include "ui/actions/action_registry.h"
#include "ui/actions/studio_actions.h"
#include "ui/dialogs/dialogs.h"
#include "ui/files/standard_folder.h"
#include "ui/help/about_dialog.h"
#include "ui/help/help_actions.h"
#include "ui/help/welcome_dialog.h"

#include <QAction>
#include <QDate>
#include <QDir>
#include <QFileInfo>
#include <QWidget>

namespace lipsync::ui {

HelpCommands::HelpCommands(Engine& engine, EnginePost& post, const QSettings& settings, ActionRegistry& actions,
                           Dialogs& dialogs, QWidget& window)
    : QObject(&window)
    , m_diagnostics(engine, post, settings)
    , m_actions(actions)
    , m_dialogs(dialogs)
    , m_window(window)
{
    connect(actions.action(QString::fromLatin1(action_id::kAbout)), &QAction::triggered, this,
            &HelpCommands::showAbout);
    connect(actions.action(QString::fromLatin1(action_id::kSaveDiagnostics)), &QAction::triggered, this,
            &HelpCommands::saveDiagnostics);
    connect(actions.action(QString::fromLatin1(action_id::kShowWelcome)), &QAction::triggered, this,
            &HelpCommands::showWelcome);
    connect(&m_diagnostics, &Diagnostics::written, this, [this](const QString& file) {
        Q_EMIT succeeded(tr("The diagnostics are in %1. They hold no pictures and no sound; look through them before "
                            "you send them.")
                             .arg(QDir::toNativeSeparators(file)));
    });
    connect(&m_diagnostics, &Diagnostics::refused, this, &HelpCommands::failed);
}

void HelpCommands::showAbout()
{
    auto* about = new AboutDialog(&m_window);
    about->setAttribute(Qt::WA_DeleteOnClose);
    about->open();
}

void HelpCommands::showWelcome()
{
    auto* welcome = new WelcomeDialog(m_actions, &m_window);
    welcome->setAttribute(Qt::WA_DeleteOnClose);
    welcome->show();
}

void HelpCommands::saveDiagnostics()
{
    const QString suffix = QStringLiteral(".zip");
    const QString suggested =
        QDir(standardFolder(QStandardPaths::DocumentsLocation))
            .filePath(QStringLiteral("lipsync-studio-%1%2").arg(QDate::currentDate().toString(Qt::ISODate), suffix));
    m_dialogs.chooseNewFile(
        &m_window, tr("Save diagnostics"), suggested, tr("ZIP archives (*.zip)"), [this, suffix](const QString& name) {
            const QString file = name.endsWith(suffix, Qt::CaseInsensitive) ? name : name + suffix;
            if (!QFileInfo::exists(file)) {
                m_diagnostics.write(file);
                return;
            }
            m_dialogs.confirm(&m_window, tr("Replace what is there?"), tr("%1 exists already.").arg(file),
                              tr("Replace"), [this, file] { m_diagnostics.write(file); });
        });
}

} // namespace lipsync::ui
