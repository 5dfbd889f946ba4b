// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/theme_tokens.h"

#include <QFont>
#include <QObject>

class QSettings;

namespace lipsync::ui {

/// Smallest and largest text of the studio in per cent of the system's.
inline constexpr int kLeastTextPercent = 80;
inline constexpr int kMostTextPercent = 200;

/// Which theme the program wears and how large its text is: applies them to the application and remembers them in the
/// settings, which must outlive it.
class ThemeChoice final : public QObject {
    Q_OBJECT

public:
    explicit ThemeChoice(QSettings& settings, QObject* parent = nullptr);
    ~ThemeChoice() override;

    ThemeName name() const { return m_name; }
    ThemeTokens tokens() const { return themeTokens(m_name); }
    void choose(ThemeName name);

    /// Size of text in per cent of the system's; brought into its limits.
    int textPercent() const { return m_textPercent; }
    void setTextPercent(int percent);

Q_SIGNALS:
    void changed(const lipsync::ui::ThemeTokens& tokens);
    void textPercentChanged(int percent);

private:
    void apply();

    QSettings& m_settings;
    const QFont m_systemFont;
    ThemeName m_name;
    int m_textPercent;
};

} // namespace lipsync::ui
