// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/library/library_actions.h"

#include "ui/actions/action_registry.h"

#include <QCoreApplication>

namespace lipsync::ui {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(LibraryActions)
};

void add(ActionRegistry& registry, const char* id, const QString& text, const QString& toolTip, const char* icon,
         bool startsGroup = false)
{
    registry.add(
        {QString::fromLatin1(id), text, toolTip, {}, QString::fromLatin1(icon), false, MenuName::Avatar, startsGroup});
}

} // namespace

void addLibraryActions(ActionRegistry& registry)
{
    using namespace action_id;
    add(registry, kUseAvatar, Text::tr("Put Avatar on the &Desk"),
        Text::tr("Preview and export with the avatar chosen in the library"), "put_on_desk", true);
    add(registry, kCheckAvatar, Text::tr("&Check Avatar"),
        Text::tr("Read all of the chosen avatar and say whether it is whole"), "check_integrity");
    add(registry, kShowAvatarFolder, Text::tr("Show Avatar's &Folder"),
        Text::tr("Show the chosen avatar in the file browser"), "folder");
    add(registry, kRemoveAvatar, Text::tr("&Remove Avatar from the List"),
        Text::tr("Take the chosen avatar from the list; its files stay"), "remove");
    add(registry, kUseVoice, Text::tr("Put &Voice on the Desk"),
        Text::tr("Preview and export with the voice chosen in the library"), "put_on_desk", true);
    add(registry, kShowVoiceFolder, Text::tr("Show Voice's F&older"),
        Text::tr("Show the folder of the chosen voice in the file browser"), "folder");
    add(registry, kRemoveVoice, Text::tr("Remove Voice from the &List"),
        Text::tr("Take the chosen voice from the list; its file stays"), "remove");
}

} // namespace lipsync::ui
