// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QSettings;

namespace lipsync::ui {

class LanguageChoice;
class ProjectStore;
class SettingsModel;
class ThemeChoice;

/// Adds the settings of language, appearance and projects. All must outlive the model.
void addStudioSettings(SettingsModel& model, QSettings& settings, LanguageChoice& language, ThemeChoice& theme,
                       ProjectStore& project);

/// Whether the project that was open last is opened at the start.
bool opensLastProject(const QSettings& settings);

} // namespace lipsync::ui
