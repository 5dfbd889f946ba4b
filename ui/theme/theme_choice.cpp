// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme_choice.h"

#include <algorithm>

#include <QApplication>
#include <QSettings>

namespace lipsync::ui {
namespace {

const auto kSetting = QStringLiteral("view/theme");
const auto kTextSetting = QStringLiteral("view/textPercent");

QString wordOf(ThemeName name)
{
    switch (name) {
    case ThemeName::Light:
        return QStringLiteral("light");
    case ThemeName::HighContrast:
        return QStringLiteral("high-contrast");
    case ThemeName::Dark:
        break;
    }
    return QStringLiteral("dark");
}

ThemeName savedTheme(const QSettings& settings)
{
    const QString word = settings.value(kSetting).toString();
    const auto found =
        std::find_if(kThemeNames.begin(), kThemeNames.end(), [&](ThemeName name) { return wordOf(name) == word; });
    return found == kThemeNames.end() ? ThemeName::Dark : *found;
}

} // namespace

ThemeChoice::ThemeChoice(QSettings& settings, QObject* parent)
    : QObject(parent)
    , m_settings(settings)
    , m_systemFont(QApplication::font())
    , m_name(savedTheme(settings))
    , m_textPercent(std::clamp(settings.value(kTextSetting, 100).toInt(), kLeastTextPercent, kMostTextPercent))
{
    apply();
}

ThemeChoice::~ThemeChoice()
{
    QApplication::setFont(m_systemFont); // a choice after this one starts from the system's again
}

void ThemeChoice::choose(ThemeName name)
{
    if (name == m_name)
        return;
    m_name = name;
    m_settings.setValue(kSetting, wordOf(name));
    apply();
    Q_EMIT changed(tokens());
}

void ThemeChoice::setTextPercent(int percent)
{
    const int wished = std::clamp(percent, kLeastTextPercent, kMostTextPercent);
    if (wished == m_textPercent)
        return;
    m_textPercent = wished;
    m_settings.setValue(kTextSetting, wished);
    apply();
    Q_EMIT textPercentChanged(wished);
}

void ThemeChoice::apply()
{
    const ThemeTokens colours = tokens();
    const double scale = m_textPercent / 100.0;
    QFont font = m_systemFont;
    font.setPointSizeF(m_systemFont.pointSizeF() * scale);
    QApplication::setFont(font);
    QApplication::setPalette(paletteOf(colours));
    qApp->setStyleSheet(styleSheetOf(colours, scale));
}

} // namespace lipsync::ui
