// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/theme_tokens.h"

#include <QObject>

class QSettings;

namespace lipsync::ui {

/// Which theme the program wears: applies it to the application and remembers it in the settings, which must outlive it.
class ThemeChoice final : public QObject {
    Q_OBJECT

public:
    explicit ThemeChoice(QSettings& settings, QObject* parent = nullptr);

    ThemeName name() const { return m_name; }
    ThemeTokens tokens() const { return themeTokens(m_name); }
    void choose(ThemeName name);

Q_SIGNALS:
    void changed(const lipsync::ui::ThemeTokens& tokens);

private:
    void apply();

    QSettings& m_settings;
    ThemeName m_name;
};

} // namespace lipsync::ui
