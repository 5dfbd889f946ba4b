// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/actions/studio_actions.h"

#include "ui/actions/action_registry.h"

#include <QCoreApplication>

namespace lipsync::ui {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(StudioActions)
};

QString icon(const char* name)
{
    return QString::fromLatin1(name);
}

void addFileActions(ActionRegistry& registry)
{
    using namespace action_id;
    registry.add({kOpenAvatar,
                  Text::tr("Open &Avatar…"),
                  Text::tr("Open an avatar folder"),
                  {QKeySequence(Qt::CTRL | Qt::Key_O)},
                  icon("open_avatar")});
    registry.add({kOpenVoice,
                  Text::tr("Open &Voice…"),
                  Text::tr("Open a sound file that the avatar speaks"),
                  {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O)},
                  icon("open_voice")});
    registry.add({kStartExport,
                  Text::tr("&Export"),
                  Text::tr("Write the video to the file named in the export panel"),
                  {QKeySequence(Qt::CTRL | Qt::Key_E)},
                  icon("export")});
    registry.add({kCancelExport,
                  Text::tr("&Cancel Export"),
                  Text::tr("Stop the export and leave nothing behind"),
                  {},
                  icon("cancel")});
    registry.add({kQuit, Text::tr("&Quit"), Text::tr("Close the studio"), {QKeySequence(Qt::CTRL | Qt::Key_Q)}, {}});
}

void addPlaybackActions(ActionRegistry& registry)
{
    using namespace action_id;
    registry.add({kPlay, Text::tr("&Play"), Text::tr("Play or pause"), {QKeySequence(Qt::Key_Space)}, icon("play")});
    registry.add({kPreviousFrame,
                  Text::tr("P&revious Frame"),
                  Text::tr("One frame back"),
                  {QKeySequence(Qt::Key_Left)},
                  icon("previous_frame")});
    registry.add({kNextFrame,
                  Text::tr("&Next Frame"),
                  Text::tr("One frame forward"),
                  {QKeySequence(Qt::Key_Right)},
                  icon("next_frame")});
    registry.add({kFirstFrame,
                  Text::tr("&First Frame"),
                  Text::tr("To the beginning"),
                  {QKeySequence(Qt::Key_Home)},
                  icon("first_frame")});
    registry.add(
        {kLastFrame, Text::tr("&Last Frame"), Text::tr("To the end"), {QKeySequence(Qt::Key_End)}, icon("last_frame")});
}

void addViewActions(ActionRegistry& registry)
{
    using namespace action_id;
    registry.add({kDarkTheme, Text::tr("&Dark Theme"), Text::tr("Light text on dark"), {}, {}, true});
    registry.add({kLightTheme, Text::tr("&Light Theme"), Text::tr("Dark text on light"), {}, {}, true});
    registry.add(
        {kSwitchTheme, Text::tr("Theme"), Text::tr("Switch between the dark and the light theme"), {}, icon("theme")});
    registry.add({kFullScreen,
                  Text::tr("&Full Screen"),
                  Text::tr("Fill the screen with the window"),
                  {QKeySequence(Qt::Key_F11)},
                  {},
                  true});
    registry.add(
        {kResetLayout, Text::tr("&Reset Layout"), Text::tr("Put every panel back where it was at first"), {}, {}});
    registry.add({kAbout, Text::tr("&About LipSync Studio"), Text::tr("Version and licence"), {}, {}});
}

} // namespace

void addStudioActions(ActionRegistry& registry)
{
    addFileActions(registry);
    addPlaybackActions(registry);
    addViewActions(registry);
}

} // namespace lipsync::ui
