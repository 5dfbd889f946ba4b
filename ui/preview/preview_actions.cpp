// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/preview/preview_actions.h"

#include "ui/actions/action_registry.h"

#include <QCoreApplication>

namespace lipsync::ui {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(PreviewActions)
};

enum class Kind { Command, Switch };
enum class Group { Same, New };

void add(ActionRegistry& registry, MenuName menu, const char* id, const QString& text, const QString& toolTip,
         const QKeySequence& key, const char* icon = "", Kind kind = Kind::Command, Group group = Group::Same)
{
    registry.add({QString::fromLatin1(id), text, toolTip,
                  key.isEmpty() ? QList<QKeySequence>{} : QList<QKeySequence>{key}, QString::fromLatin1(icon),
                  kind == Kind::Switch, menu, group == Group::New});
}

void addPlayback(ActionRegistry& registry)
{
    using namespace action_id;
    constexpr MenuName kMenu = MenuName::Playback;
    add(registry, kMenu, kLoop, Text::tr("L&oop"), Text::tr("Play a part, or all of it, over and over"),
        QKeySequence(Qt::Key_L), "loop", Kind::Switch, Group::New);
    add(registry, kMenu, kBeginLoop, Text::tr("&Begin Loop Here"), Text::tr("Let the loop begin with this frame"),
        QKeySequence(Qt::Key_I), "begin_loop");
    add(registry, kMenu, kEndLoop, Text::tr("&End Loop Here"), Text::tr("Let the loop end with this frame"),
        QKeySequence(Qt::Key_O), "end_loop");
    add(registry, kMenu, kPictureEarlier, Text::tr("Picture E&arlier"),
        Text::tr("Show the picture 10 ms earlier against the sound"), QKeySequence(Qt::Key_J), "", Kind::Command,
        Group::New);
    add(registry, kMenu, kPictureLater, Text::tr("Picture La&ter"),
        Text::tr("Show the picture 10 ms later against the sound"), QKeySequence(Qt::Key_K));
    add(registry, kMenu, kNoNudge, Text::tr("Picture with the Soun&d"),
        Text::tr("Show the picture neither earlier nor later than its sound"), QKeySequence(Qt::SHIFT | Qt::Key_K));
    add(registry, kMenu, kMute, Text::tr("&Mute"), Text::tr("Silence the voice"), QKeySequence(Qt::Key_M), "sound",
        Kind::Switch, Group::New);
    add(registry, kMenu, kLouder, Text::tr("Lo&uder"), Text::tr("Make the voice louder"),
        QKeySequence(Qt::CTRL | Qt::Key_Up));
    add(registry, kMenu, kQuieter, Text::tr("&Quieter"), Text::tr("Make the voice quieter"),
        QKeySequence(Qt::CTRL | Qt::Key_Down));
    add(registry, kMenu, kSaveFrame, Text::tr("&Save Frame…"), Text::tr("Save the picture that is shown as a PNG file"),
        QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_S), "save_frame", Kind::Command, Group::New);
}

void addView(ActionRegistry& registry)
{
    using namespace action_id;
    constexpr MenuName kMenu = MenuName::View;
    add(registry, kMenu, kWipe, Text::tr("&Before and After"),
        Text::tr("Show the frame as it was filmed left of a line that can be dragged"), QKeySequence(Qt::Key_W), "wipe",
        Kind::Switch, Group::New);
    add(registry, kMenu, kWipeLeft, Text::tr("Move Line L&eft"), Text::tr("Show less of the frame as it was filmed"),
        QKeySequence(Qt::ALT | Qt::Key_Left));
    add(registry, kMenu, kWipeRight, Text::tr("Move Line R&ight"), Text::tr("Show more of the frame as it was filmed"),
        QKeySequence(Qt::ALT | Qt::Key_Right));
    add(registry, kMenu, kFitPicture, Text::tr("&Fit Picture"), Text::tr("Show all of the picture as large as it fits"),
        QKeySequence(Qt::CTRL | Qt::Key_0), "fit_picture", Kind::Command, Group::New);
    add(registry, kMenu, kActualSize, Text::tr("&Actual Size"),
        Text::tr("Show a pixel of the picture as a pixel of the screen"), QKeySequence(Qt::CTRL | Qt::Key_1));
    add(registry, kMenu, kZoomIn, Text::tr("&Zoom In"), Text::tr("Enlarge the picture"),
        QKeySequence(Qt::CTRL | Qt::Key_Plus), "zoom_in");
    add(registry, kMenu, kZoomOut, Text::tr("Zoom O&ut"), Text::tr("Make the picture smaller"),
        QKeySequence(Qt::CTRL | Qt::Key_Minus), "zoom_out");
    add(registry, kMenu, kOverlay, Text::tr("Figures &over the Picture"),
        Text::tr("Show frames a second, delay, dropped frames and sound against picture"), QKeySequence(Qt::Key_V),
        "overlay", Kind::Switch, Group::New);
    add(registry, kMenu, kFullScreenPreview, Text::tr("Full-Screen &Preview"),
        Text::tr("Fill the screen with the preview; Escape ends it"), QKeySequence(Qt::Key_F), "full_screen",
        Kind::Switch);
}

} // namespace

void addPreviewActions(ActionRegistry& registry)
{
    addPlayback(registry);
    addView(registry);
}

} // namespace lipsync::ui
