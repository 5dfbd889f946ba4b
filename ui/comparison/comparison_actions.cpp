// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/comparison/comparison_actions.h"

#include "ui/actions/action_registry.h"

#include <QCoreApplication>

namespace lipsync::ui {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(ComparisonActions)
};

} // namespace

void addComparisonActions(ActionRegistry& registry)
{
    using namespace action_id;
    registry.add({QString::fromLatin1(kCompare),
                  Text::tr("&Compare Ways to Serve"),
                  Text::tr("Measure every way to serve many requests under the same load"),
                  {},
                  QStringLiteral("compare"),
                  false,
                  MenuName::Engine,
                  true});
    registry.add({QString::fromLatin1(kCancelComparison),
                  Text::tr("Stop C&omparing"),
                  Text::tr("Stop the comparison; the workers get their settings back"),
                  {},
                  QStringLiteral("cancel"),
                  false,
                  MenuName::Engine});
    registry.add({QString::fromLatin1(kUseStrategy),
                  Text::tr("Apply Chosen &Way"),
                  Text::tr("Change the running workers to the settings of the chosen row"),
                  {},
                  QStringLiteral("apply"),
                  false,
                  MenuName::Engine});
}

} // namespace lipsync::ui
