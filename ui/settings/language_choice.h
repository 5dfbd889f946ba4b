// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

#include <QLocale>
#include <QObject>
#include <QTranslator>

class QSettings;

namespace lipsync::ui {

/// Languages the studio speaks.
enum class LanguageName { System, English, German };
inline constexpr std::array kLanguageNames{LanguageName::System, LanguageName::English, LanguageName::German};

/// Which language the program speaks: applies it to the application as long as it lives, and remembers another one for
/// the next start, because what is on screen keeps its words. Made before the first window. The settings must outlive
/// it.
class LanguageChoice final : public QObject {
    Q_OBJECT

public:
    explicit LanguageChoice(QSettings& settings, QObject* parent = nullptr);
    ~LanguageChoice() override;

    /// Of the next start.
    LanguageName name() const { return m_name; }
    void choose(LanguageName name);
    /// Another one than the present was chosen.
    bool needsRestart() const { return m_name != m_present; }

    /// What a language calls itself; of System, what it says in the present one.
    static QString title(LanguageName name);

Q_SIGNALS:
    void changed();

private:
    QSettings& m_settings;
    const QLocale m_systemLocale;
    const LanguageName m_present;
    LanguageName m_name;
    QTranslator m_ours;
    QTranslator m_qt;
};

} // namespace lipsync::ui
