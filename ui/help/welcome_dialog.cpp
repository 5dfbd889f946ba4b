// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/help/welcome_dialog.h"

#include "ui/actions/action_registry.h"
#include "ui/actions/studio_actions.h"
#include "ui/live/live_actions.h"
#include "ui/operations/operation_actions.h"
#include "ui/palette/palette_actions.h"
#include "ui/settings/settings_actions.h"

#include <QAction>
#include <QGridLayout>
#include <QLabel>
#include <QPushButton>

namespace lipsync::ui {

WelcomeDialog::WelcomeDialog(const ActionRegistry& actions, QWidget* parent)
    : QDialog(parent)
{
    setObjectName(QStringLiteral("welcome"));
    setWindowTitle(tr("Welcome to LipSync Studio"));
    setAccessibleName(windowTitle());

    auto* grid = new QGridLayout(this);
    constexpr int kMargin = 20, kGap = 10;
    grid->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    grid->setHorizontalSpacing(2 * kGap);
    grid->setVerticalSpacing(kGap);
    auto* title = new QLabel(windowTitle());
    title->setObjectName(QStringLiteral("title"));
    auto* purpose = new QLabel(tr("A voice makes an avatar speak. A demo of both is on the desk; drop your own files "
                                  "anywhere on the window at any time."));
    purpose->setObjectName(QStringLiteral("muted"));
    purpose->setWordWrap(true);
    grid->addWidget(title, 0, 0, 1, 2);
    grid->addWidget(purpose, 1, 0, 1, 2);

    using namespace action_id;
    for (const char* id :
         {kPlay, kOpenAvatar, kOpenVoice, kPrepareAvatar, kImportAvatar, kLive, kShowPalette, kShowSettings}) {
        QAction* action = actions.action(QString::fromLatin1(id));
        auto* button = new QPushButton(action->icon(), action->text());
        button->setObjectName(QString::fromLatin1(id == kPlay ? "primary" : id));
        button->setAccessibleName(action->iconText());
        button->setToolTip(action->toolTip());
        button->setAutoDefault(id == kPlay);
        connect(button, &QPushButton::clicked, this, [this, action] {
            accept();
            action->trigger();
        });
        auto* effect = new QLabel(action->statusTip());
        effect->setObjectName(QStringLiteral("muted"));
        effect->setWordWrap(true);
        effect->setBuddy(button);
        const int row = grid->rowCount();
        grid->addWidget(button, row, 0);
        grid->addWidget(effect, row, 1);
    }
    grid->setColumnStretch(1, 1);
    constexpr int kWidthLetters = 80;
    resize(kWidthLetters * fontMetrics().averageCharWidth(), sizeHint().height());
}

} // namespace lipsync::ui
