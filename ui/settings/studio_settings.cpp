// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/studio_settings.h"

#include "ui/project/project_store.h"
#include "ui/settings/language_choice.h"
#include "ui/settings/settings_model.h"
#include "ui/theme/theme_choice.h"

#include <QCoreApplication>
#include <QSettings>

namespace lipsync::ui {
namespace {

const auto kLastProjectId = QStringLiteral("project.opensLast");
const auto kLastProjectKey = QStringLiteral("project/opensLast");
constexpr int kTextStep = 10; // per cent
constexpr int kShortestAutosave = 2, kLongestAutosave = 600; // seconds

struct Text {
    Q_DECLARE_TR_FUNCTIONS(StudioSettings)
};

void addLanguage(SettingsModel& model, LanguageChoice& language)
{
    SettingSpec spec{QStringLiteral("general.language"), Text::tr("General"), Text::tr("Language"),
                     Text::tr("The studio speaks another language when it is started again."), SettingKind::Choice};
    for (const LanguageName name : kLanguageNames)
        spec.choices.append({static_cast<int>(name), LanguageChoice::title(name)});
    spec.read = [&language] { return QVariant(static_cast<int>(language.name())); };
    spec.write = [&language](const QVariant& value) { language.choose(static_cast<LanguageName>(value.toInt())); };
    model.add(spec);
}

void addAppearance(SettingsModel& model, ThemeChoice& theme)
{
    SettingSpec colours{QStringLiteral("view.theme"), Text::tr("Appearance"), Text::tr("Theme"),
                        Text::tr("Colours of the whole studio."), SettingKind::Choice};
    colours.choices = {{static_cast<int>(ThemeName::Dark), Text::tr("Dark")},
                       {static_cast<int>(ThemeName::Light), Text::tr("Light")},
                       {static_cast<int>(ThemeName::HighContrast), Text::tr("High contrast")}};
    colours.read = [&theme] { return QVariant(static_cast<int>(theme.name())); };
    colours.write = [&theme](const QVariant& value) { theme.choose(static_cast<ThemeName>(value.toInt())); };
    model.add(colours);
    SettingSpec text{QStringLiteral("view.textPercent"), Text::tr("Appearance"), Text::tr("Text size"),
                     Text::tr("Size of all text, in per cent of the system's."), SettingKind::Number};
    text.least = kLeastTextPercent;
    text.most = kMostTextPercent;
    text.step = kTextStep;
    text.suffix = Text::tr(" %");
    text.read = [&theme] { return QVariant(theme.textPercent()); };
    text.write = [&theme](const QVariant& value) { theme.setTextPercent(value.toInt()); };
    model.add(text);
    QObject::connect(&theme, &ThemeChoice::changed, &model, [&model, id = colours.id] { model.refresh(id); });
    QObject::connect(&theme, &ThemeChoice::textPercentChanged, &model, [&model, id = text.id] { model.refresh(id); });
}

void addProject(SettingsModel& model, QSettings& settings, ProjectStore& project)
{
    model.add(keptIn(settings,
                     {kLastProjectId, Text::tr("General"), Text::tr("Open the last project at the start"),
                      Text::tr("Otherwise the studio starts with the demo."), SettingKind::Switch},
                     false));
    SettingSpec wait{
        QStringLiteral("project.autosaveSeconds"), Text::tr("General"), Text::tr("Keep unsaved work after"),
        Text::tr("So much work is lost at most when the machine or the studio breaks down."), SettingKind::Number};
    wait.least = kShortestAutosave;
    wait.most = kLongestAutosave;
    wait.suffix = Text::tr(" s");
    wait = keptIn(settings, wait, static_cast<int>(ProjectStore::kAutosaveWait.count()));
    project.setAutosaveWait(std::chrono::seconds(wait.read().toInt()));
    wait.write = [&project, keep = wait.write](const QVariant& value) {
        keep(value);
        project.setAutosaveWait(std::chrono::seconds(value.toInt()));
    };
    model.add(wait);
}

} // namespace

void addStudioSettings(SettingsModel& model, QSettings& settings, LanguageChoice& language, ThemeChoice& theme,
                       ProjectStore& project)
{
    addLanguage(model, language);
    addProject(model, settings, project);
    addAppearance(model, theme);
}

bool opensLastProject(const QSettings& settings)
{
    return settings.value(kLastProjectKey, false).toBool();
}

} // namespace lipsync::ui
