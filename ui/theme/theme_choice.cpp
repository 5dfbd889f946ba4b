// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme_choice.h"

#include <QApplication>
#include <QSettings>

namespace lipsync::ui {
namespace {

const auto kSetting = QStringLiteral("view/theme");
const auto kDark = QStringLiteral("dark");
const auto kLight = QStringLiteral("light");

} // namespace

ThemeChoice::ThemeChoice(QSettings& settings, QObject* parent)
    : QObject(parent)
    , m_settings(settings)
    , m_name(settings.value(kSetting, kDark).toString() == kLight ? ThemeName::Light : ThemeName::Dark)
{
    apply();
}

void ThemeChoice::choose(ThemeName name)
{
    if (name == m_name)
        return;
    m_name = name;
    m_settings.setValue(kSetting, name == ThemeName::Light ? kLight : kDark);
    apply();
    Q_EMIT changed(tokens());
}

void ThemeChoice::apply()
{
    const ThemeTokens colours = tokens();
    QApplication::setPalette(paletteOf(colours));
    qApp->setStyleSheet(styleSheetOf(colours));
}

} // namespace lipsync::ui
