// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/actions/command_text.h"

#include <QAction>
#include <QCoreApplication>

namespace lipsync::ui {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(CommandText)
};

} // namespace

QString commandText(const QAction& action)
{
    const QString text = action.text();
    QString plain;
    for (qsizetype at = 0; at < text.size(); ++at) {
        if (text[at] == u'&' && at + 1 < text.size())
            ++at; // "&&" is one that is meant
        plain += text[at];
    }
    while (plain.endsWith(u'…') || plain.endsWith(u'.'))
        plain.chop(1);
    return plain;
}

QString menuText(MenuName menu)
{
    switch (menu) {
    case MenuName::File:
        return Text::tr("File");
    case MenuName::Edit:
        return Text::tr("Edit");
    case MenuName::View:
        return Text::tr("View");
    case MenuName::Avatar:
        return Text::tr("Avatar");
    case MenuName::Playback:
        return Text::tr("Playback");
    case MenuName::Engine:
        return Text::tr("Engine");
    case MenuName::Export:
        return Text::tr("Export");
    case MenuName::Server:
        return Text::tr("Server");
    case MenuName::Help:
        return Text::tr("Help");
    case MenuName::None:
        break;
    }
    return Text::tr("Panels");
}

} // namespace lipsync::ui
