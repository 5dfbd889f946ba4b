// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>

#include <QColor>
#include <QPalette>
#include <QString>

namespace lipsync::ui {

enum class ThemeName { Dark, Light, HighContrast };
inline constexpr std::array kThemeNames{ThemeName::Dark, ThemeName::Light, ThemeName::HighContrast};

/// So many series can be told apart in one chart.
inline constexpr std::size_t kSeriesColours = 4;

/// The colours of a theme by what they are for. Everything that is drawn takes its colour from here.
struct ThemeTokens {
    QColor window; ///< behind everything
    QColor surface; ///< panels and bars
    QColor field; ///< what can be written into, lists, tracks
    QColor raised; ///< buttons
    QColor hover; ///< buttons under the pointer
    QColor border; ///< lines between things
    QColor text;
    QColor mutedText; ///< labels, units, hints
    QColor accent; ///< the main action, progress, focus
    QColor onAccent; ///< text on accent
    QColor stage; ///< behind the picture
    QColor onStage; ///< lesser text on stage
    QColor danger; ///< banner and text of a failure
    QColor onDanger;
    QColor notice; ///< banner of a piece of news
    QColor onNotice;
    std::array<QColor, kSeriesColours> series; ///< lines and areas on field; each has a line style or pattern besides
};

/// A pair of colours that text is read in.
struct TextPair {
    const char* name;
    QColor ThemeTokens::*text;
    QColor ThemeTokens::*background;
};

/// Every pair in which the style sheet and the widgets set text.
extern const std::array<TextPair, 15> kTextPairs;

ThemeTokens themeTokens(ThemeName name);
QPalette paletteOf(const ThemeTokens& tokens);

/// The style sheet of the studio with `@name` replaced by the token's colour, and sizes of text `textScale` times as
/// large (1 to 2).
QString styleSheetOf(const ThemeTokens& tokens, double textScale = 1);

/// Contrast of two colours from 1 to 21: WCAG 2.1, "contrast ratio" and "relative luminance".
double contrastRatio(const QColor& one, const QColor& other);

} // namespace lipsync::ui
