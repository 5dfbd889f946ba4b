// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme_tokens.h"

#include "ui/theme/theme_resources.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <QFile>

namespace lipsync::ui {
namespace {

struct NamedToken {
    const char* name;
    QColor ThemeTokens::*colour;
};

constexpr NamedToken kNamedTokens[] = {
    {"@window", &ThemeTokens::window},       {"@surface", &ThemeTokens::surface}, {"@field", &ThemeTokens::field},
    {"@raised", &ThemeTokens::raised},       {"@hover", &ThemeTokens::hover},     {"@border", &ThemeTokens::border},
    {"@mutedText", &ThemeTokens::mutedText}, {"@text", &ThemeTokens::text},       {"@onAccent", &ThemeTokens::onAccent},
    {"@accent", &ThemeTokens::accent},       {"@onStage", &ThemeTokens::onStage}, {"@stage", &ThemeTokens::stage},
    {"@onDanger", &ThemeTokens::onDanger},   {"@danger", &ThemeTokens::danger},   {"@onNotice", &ThemeTokens::onNotice},
    {"@notice", &ThemeTokens::notice},
};

ThemeTokens darkTokens()
{
    ThemeTokens tokens;
    tokens.window = "#15171b";
    tokens.surface = "#1c1f25";
    tokens.field = "#14161a";
    tokens.raised = "#2a2e36";
    tokens.hover = "#353a44";
    tokens.border = "#343943";
    tokens.text = "#e7e9ee";
    tokens.mutedText = "#a1a8b5";
    tokens.accent = "#5aa9ff";
    tokens.onAccent = "#0a1626";
    tokens.stage = "#0d0e11";
    tokens.onStage = "#c3c8d2";
    tokens.danger = "#4a1d22";
    tokens.onDanger = "#ffc9cc";
    tokens.notice = "#1b3047";
    tokens.onNotice = "#cfe4ff";
    tokens.series = {"#5aa9ff", "#ffb454", "#66d19e", "#e58ae0"};
    return tokens;
}

ThemeTokens lightTokens()
{
    ThemeTokens tokens;
    tokens.window = "#e9ebef";
    tokens.surface = "#f7f8fa";
    tokens.field = "#ffffff";
    tokens.raised = "#ffffff";
    tokens.hover = "#eaf1fb";
    tokens.border = "#c9ced8";
    tokens.text = "#1b1f27";
    tokens.mutedText = "#555d6c";
    tokens.accent = "#0b5fc4";
    tokens.onAccent = "#ffffff";
    tokens.stage = "#d5d9e1";
    tokens.onStage = "#363d4a";
    tokens.danger = "#fde3e4";
    tokens.onDanger = "#84161d";
    tokens.notice = "#dfecfc";
    tokens.onNotice = "#12406f";
    tokens.series = {"#0b5fc4", "#b35300", "#13794a", "#9c2a97"};
    return tokens;
}

// Black, white and yellow: text has a contrast of 7 and more (WCAG 2.1, criterion 1.4.6), lines are as bright as text.
ThemeTokens highContrastTokens()
{
    ThemeTokens tokens;
    tokens.window = "#000000";
    tokens.surface = "#000000";
    tokens.field = "#000000";
    tokens.raised = "#0a0a0a";
    tokens.hover = "#1a3a5c";
    tokens.border = "#ffffff";
    tokens.text = "#ffffff";
    tokens.mutedText = "#e6e6e6";
    tokens.accent = "#ffe600";
    tokens.onAccent = "#000000";
    tokens.stage = "#000000";
    tokens.onStage = "#ffffff";
    tokens.danger = "#5c0000";
    tokens.onDanger = "#ffffff";
    tokens.notice = "#00274d";
    tokens.onNotice = "#ffffff";
    tokens.series = {"#ffe600", "#4dd2ff", "#8cff8c", "#ff99ff"};
    return tokens;
}

// WCAG 2.1, definition of relative luminance.
double linear(double channel)
{
    return channel <= 0.03928 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

double luminance(const QColor& colour)
{
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF());
}

} // namespace

const std::array<TextPair, 15> kTextPairs{{
    {"text on window", &ThemeTokens::text, &ThemeTokens::window},
    {"text on surface", &ThemeTokens::text, &ThemeTokens::surface},
    {"text on field", &ThemeTokens::text, &ThemeTokens::field},
    {"text on raised", &ThemeTokens::text, &ThemeTokens::raised},
    {"text on hover", &ThemeTokens::text, &ThemeTokens::hover},
    {"muted text on window", &ThemeTokens::mutedText, &ThemeTokens::window},
    {"muted text on surface", &ThemeTokens::mutedText, &ThemeTokens::surface},
    {"muted text on field", &ThemeTokens::mutedText, &ThemeTokens::field},
    {"accent on surface", &ThemeTokens::accent, &ThemeTokens::surface},
    {"accent on field", &ThemeTokens::accent, &ThemeTokens::field},
    {"text on accent", &ThemeTokens::onAccent, &ThemeTokens::accent},
    {"text on stage", &ThemeTokens::text, &ThemeTokens::stage},
    {"lesser text on stage", &ThemeTokens::onStage, &ThemeTokens::stage},
    {"text on danger", &ThemeTokens::onDanger, &ThemeTokens::danger},
    {"text on notice", &ThemeTokens::onNotice, &ThemeTokens::notice},
}};

ThemeTokens themeTokens(ThemeName name)
{
    switch (name) {
    case ThemeName::Light:
        return lightTokens();
    case ThemeName::HighContrast:
        return highContrastTokens();
    case ThemeName::Dark:
        break;
    }
    return darkTokens();
}

QPalette paletteOf(const ThemeTokens& tokens)
{
    QPalette palette;
    palette.setColor(QPalette::Window, tokens.surface);
    palette.setColor(QPalette::WindowText, tokens.text);
    palette.setColor(QPalette::Base, tokens.field);
    palette.setColor(QPalette::AlternateBase, tokens.surface);
    palette.setColor(QPalette::Text, tokens.text);
    palette.setColor(QPalette::PlaceholderText, tokens.mutedText);
    palette.setColor(QPalette::Button, tokens.raised);
    palette.setColor(QPalette::ButtonText, tokens.text);
    palette.setColor(QPalette::BrightText, tokens.onStage);
    palette.setColor(QPalette::Highlight, tokens.accent);
    palette.setColor(QPalette::HighlightedText, tokens.onAccent);
    palette.setColor(QPalette::Link, tokens.accent);
    palette.setColor(QPalette::ToolTipBase, tokens.raised);
    palette.setColor(QPalette::ToolTipText, tokens.text);
    palette.setColor(QPalette::Light, tokens.hover);
    palette.setColor(QPalette::Midlight, tokens.hover);
    palette.setColor(QPalette::Mid, tokens.border);
    palette.setColor(QPalette::Dark, tokens.stage);
    palette.setColor(QPalette::Shadow, tokens.window);
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, tokens.mutedText);
    return palette;
}

QString styleSheetOf(const ThemeTokens& tokens, double textScale)
{
    constexpr double kTitlePoints = 11.5;
    constexpr double kTimePoints = 10.5;
    initialiseThemeResources();
    QFile file(QStringLiteral(":/themes/studio.qss"));
    QString sheet = file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
    for (const NamedToken& token : kNamedTokens)
        sheet.replace(QLatin1String(token.name), (tokens.*token.colour).name());
    sheet.replace(QLatin1String("$titleSize"), QStringLiteral("%1pt").arg(kTitlePoints * textScale));
    sheet.replace(QLatin1String("$timeSize"), QStringLiteral("%1pt").arg(kTimePoints * textScale));
    constexpr int kMiddleLightness = 127;
    sheet.replace(QLatin1String("$onAccent"),
                  tokens.onAccent.lightness() > kMiddleLightness ? QStringLiteral("light") : QStringLiteral("dark"));
    return sheet;
}

double contrastRatio(const QColor& one, const QColor& other)
{
    const auto [darker, lighter] = std::minmax({luminance(one), luminance(other)});
    return (lighter + 0.05) / (darker + 0.05);
}

} // namespace lipsync::ui
