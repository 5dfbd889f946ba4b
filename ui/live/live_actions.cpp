// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/live/live_actions.h"

#include "ui/actions/action_registry.h"

#include <QCoreApplication>

namespace lipsync::ui {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(LiveActions)
};

} // namespace

void addLiveActions(ActionRegistry& registry)
{
    registry.add({QString::fromLatin1(action_id::kLive),
                  Text::tr("Speak &Live"),
                  Text::tr("The avatar speaks what the microphone hears"),
                  {QKeySequence(Qt::CTRL | Qt::Key_L)},
                  QStringLiteral("microphone"),
                  true,
                  MenuName::Playback,
                  true});
    registry.add({QString::fromLatin1(action_id::kInterruptLive),
                  Text::tr("&Interrupt"),
                  Text::tr("Stop the mouth at once and forget what was heard; the microphone stays on"),
                  {QKeySequence(Qt::CTRL | Qt::Key_Period)},
                  QStringLiteral("interrupt"),
                  false,
                  MenuName::Playback});
}

} // namespace lipsync::ui
