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
                  icon("open_avatar"),
                  false,
                  MenuName::File});
    registry.add({kOpenVoice,
                  Text::tr("Open &Voice…"),
                  Text::tr("Open a sound file that the avatar speaks"),
                  {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O)},
                  icon("open_voice"),
                  false,
                  MenuName::File});
    registry.add({kQuit,
                  Text::tr("&Quit"),
                  Text::tr("Close the studio"),
                  {QKeySequence(Qt::CTRL | Qt::Key_Q)},
                  {},
                  false,
                  MenuName::File,
                  true});
}

void addPlaybackActions(ActionRegistry& registry)
{
    using namespace action_id;
    registry.add({kPlay,
                  Text::tr("&Play"),
                  Text::tr("Play or pause"),
                  {QKeySequence(Qt::Key_Space)},
                  icon("play"),
                  false,
                  MenuName::Playback});
    registry.add({kPreviousFrame,
                  Text::tr("P&revious Frame"),
                  Text::tr("One frame back"),
                  {QKeySequence(Qt::Key_Left)},
                  icon("previous_frame"),
                  false,
                  MenuName::Playback,
                  true});
    registry.add({kNextFrame,
                  Text::tr("&Next Frame"),
                  Text::tr("One frame forward"),
                  {QKeySequence(Qt::Key_Right)},
                  icon("next_frame"),
                  false,
                  MenuName::Playback});
    registry.add({kFirstFrame,
                  Text::tr("&First Frame"),
                  Text::tr("To the beginning"),
                  {QKeySequence(Qt::Key_Home)},
                  icon("first_frame"),
                  false,
                  MenuName::Playback});
    registry.add({kLastFrame,
                  Text::tr("&Last Frame"),
                  Text::tr("To the end"),
                  {QKeySequence(Qt::Key_End)},
                  icon("last_frame"),
                  false,
                  MenuName::Playback});
}

void addViewActions(ActionRegistry& registry)
{
    using namespace action_id;
    registry.add(
        {kDarkTheme, Text::tr("&Dark Theme"), Text::tr("Light text on dark"), {}, {}, true, MenuName::View, true});
    registry.add({kLightTheme, Text::tr("&Light Theme"), Text::tr("Dark text on light"), {}, {}, true, MenuName::View});
    registry.add({kHighContrastTheme,
                  Text::tr("&High-Contrast Theme"),
                  Text::tr("White and yellow on black"),
                  {},
                  {},
                  true,
                  MenuName::View});
    registry.add({kSwitchTheme,
                  Text::tr("Theme"),
                  Text::tr("Switch to the next theme: dark, light, high contrast"),
                  {},
                  icon("theme")});
    registry.add({kLargerText,
                  Text::tr("&Larger Text"),
                  Text::tr("Make all text larger, up to twice the system's size"),
                  {QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_Plus)},
                  {},
                  false,
                  MenuName::View,
                  true});
    registry.add({kSmallerText,
                  Text::tr("&Smaller Text"),
                  Text::tr("Make all text smaller"),
                  {QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_Minus)},
                  {},
                  false,
                  MenuName::View});
    registry.add({kNormalText,
                  Text::tr("&Normal Text"),
                  Text::tr("Give all text the system's size"),
                  {QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_0)},
                  {},
                  false,
                  MenuName::View});
    registry.add({kFullScreen,
                  Text::tr("&Full Screen"),
                  Text::tr("Fill the screen with the window"),
                  {QKeySequence(Qt::Key_F11)},
                  {},
                  true,
                  MenuName::View,
                  true});
    registry.add({kNextPanel,
                  Text::tr("N&ext Panel"),
                  Text::tr("Go on to the next visible panel"),
                  {QKeySequence(Qt::Key_F6)},
                  {},
                  false,
                  MenuName::View,
                  true});
    registry.add({kPreviousPanel,
                  Text::tr("P&revious Panel"),
                  Text::tr("Go back to the visible panel before"),
                  {QKeySequence(Qt::SHIFT | Qt::Key_F6)},
                  {},
                  false,
                  MenuName::View});
    registry.add({kResetLayout,
                  Text::tr("&Reset Layout"),
                  Text::tr("Put every panel back where it was at first"),
                  {},
                  {},
                  false,
                  MenuName::View});
    registry.add({kAbout,
                  Text::tr("&About LipSync Studio"),
                  Text::tr("Version, licence, and the libraries with their licences"),
                  {},
                  {},
                  false,
                  MenuName::Help});
}

} // namespace

void addStudioActions(ActionRegistry& registry)
{
    addFileActions(registry);
    addPlaybackActions(registry);
    addViewActions(registry);
}

} // namespace lipsync::ui
