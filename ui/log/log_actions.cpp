// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/log/log_actions.h"

#include "ui/actions/action_registry.h"

#include <QCoreApplication>

namespace lipsync::ui {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(LogActions)
};

} // namespace

void addLogActions(ActionRegistry& registry)
{
    using namespace action_id;
    registry.add({QString::fromLatin1(kCopyLog),
                  Text::tr("Co&py Log"),
                  Text::tr("Copy the chosen records, or all that are listed, as text"),
                  {},
                  QStringLiteral("copy"),
                  false,
                  MenuName::Engine,
                  true});
    registry.add({QString::fromLatin1(kClearLog),
                  Text::tr("Clear &Log"),
                  Text::tr("Take all records out of the list"),
                  {},
                  QStringLiteral("remove"),
                  false,
                  MenuName::Engine});
}

} // namespace lipsync::ui
