// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include <optional>

#include <QJsonObject>

class QSettings;

namespace lipsync::ui {

/// A plan as JSON, for settings and project documents.
QJsonObject toJson(const ConcurrencyPlan& plan);
/// The plan that toJson() wrote: what is not there keeps its default. Nothing when a value cannot be used or the plan
/// makes no sense.
std::optional<ConcurrencyPlan> planOf(const QJsonObject& object);

/// The plan the studio starts with, of the settings; nothing when none was saved or it cannot be used.
std::optional<ConcurrencyPlan> defaultPlanOf(const QSettings& settings);
void saveDefaultPlan(QSettings& settings, const ConcurrencyPlan& plan);

} // namespace lipsync::ui
