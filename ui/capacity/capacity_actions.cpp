// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/capacity/capacity_actions.h"

#include "ui/actions/action_registry.h"

#include <QCoreApplication>

namespace lipsync::ui {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(CapacityActions)
};

} // namespace

void addCapacityActions(ActionRegistry& registry)
{
    using namespace action_id;
    registry.add({QString::fromLatin1(kPlanCapacity),
                  Text::tr("&Plan Capacity"),
                  Text::tr("Measure what a frame costs here, and compute how many viewers the settings serve"),
                  {},
                  QStringLiteral("capacity"),
                  false,
                  MenuName::Engine,
                  true});
    registry.add({QString::fromLatin1(kCancelCapacity),
                  Text::tr("Stop Plannin&g"),
                  Text::tr("Stop planning the capacity"),
                  {},
                  QStringLiteral("cancel"),
                  false,
                  MenuName::Engine});
}

} // namespace lipsync::ui
