// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/server/server_actions.h"

#include "ui/actions/action_registry.h"

#include <string_view>

#include <QCoreApplication>

namespace lipsync::ui {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(ServerActions)
};

void add(ActionRegistry& registry, const char* name, const QString& text, const QString& toolTip, const char* icon,
         const QList<QKeySequence>& shortcuts = {}, bool startsGroup = false)
{
    const bool isSwitch = std::string_view(name) == action_id::kServe;
    registry.add({QString::fromLatin1(name), text, toolTip, shortcuts, QString::fromLatin1(icon), isSwitch,
                  MenuName::Server, startsGroup});
}

} // namespace

void addServerActions(ActionRegistry& registry)
{
    using namespace action_id;
    add(registry, kServe, Text::tr("Sta&rt Server"),
        Text::tr(
            "Let other programs use the avatars and workers of the studio, or stop that after the calls under way"),
        "serve", {QKeySequence(Qt::CTRL | Qt::Key_R)});
    add(registry, kShowServer, Text::tr("Show Ser&ver"), Text::tr("Show the panel of the server and go to it"), "");
    add(registry, kCopyEndpoint, Text::tr("&Copy Address"),
        Text::tr("Copy the address at which clients reach the server"), "copy",
        {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C)}, true);
    add(registry, kCopyMetricsUrl, Text::tr("Copy Address of &Metrics"),
        Text::tr("Copy the address of the page of numbers, for Prometheus"), "");
    add(registry, kNewToken, Text::tr("&New Token File…"),
        Text::tr("Make a file with a random token that clients have to show, and ask for it from now on"), "key", {},
        true);
    add(registry, kCopyToken, Text::tr("Copy &Token"), Text::tr("Copy the first token of the token file, for a client"),
        "copy");
}

} // namespace lipsync::ui
