// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include <optional>
#include <vector>

#include <QString>

namespace lipsync::ui {

/// The ways to serve many requests that the concurrency guide compares.
enum class PresetName { Serial, Batching, MultiProcess, MultiDevice, Hybrid, Adaptive };

/// A plan with a name.
struct PlanPreset {
    PresetName id = PresetName::Serial;
    QString name;
    QString effect; ///< a sentence
    std::optional<ConcurrencyPlan> plan; ///< nothing where this machine cannot have it
    QString problem; ///< why not; empty otherwise
};

/// The presets for a machine with these devices. `tuned` is what was found best for the avatar, if anything was.
std::vector<PlanPreset> planPresets(const std::vector<DeviceLimits>& devices,
                                    const std::optional<ConcurrencyPlan>& tuned);

/// Whether two plans compute alike: priorities are not a preset's matter.
bool computesAlike(const ConcurrencyPlan& a, const ConcurrencyPlan& b);

} // namespace lipsync::ui
