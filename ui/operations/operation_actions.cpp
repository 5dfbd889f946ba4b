// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/operations/operation_actions.h"

#include "ui/actions/action_registry.h"

#include <QCoreApplication>

namespace lipsync::ui {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(OperationActions)
};

void add(ActionRegistry& registry, const char* id, const QString& text, const QString& toolTip, const char* icon)
{
    registry.add(
        {QString::fromLatin1(id), text, toolTip, {}, QString::fromLatin1(icon), false, MenuName::Avatar, false});
}

} // namespace

void addOperationActions(ActionRegistry& registry)
{
    using namespace action_id;
    add(registry, kImportAvatar, Text::tr("&Import Avatar…"),
        Text::tr("Make an avatar of a data set, package or video and a network of another tool"), "import");
    add(registry, kPrepareAvatar, Text::tr("&Prepare Avatar…"),
        Text::tr("Make an avatar, to be trained, of a video of a talking person"), "prepare");
    add(registry, kTrainAvatar, Text::tr("&Train Avatar…"),
        Text::tr("Teach a prepared or trained avatar its speaker's mouth"), "train");
}

} // namespace lipsync::ui
