// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/language_choice.h"

#include "ui/theme/theme_resources.h"

#include <algorithm>

#include <QCoreApplication>
#include <QLibraryInfo>
#include <QSettings>

namespace lipsync::ui {
namespace {

const auto kSetting = QStringLiteral("general/language");

QString wordOf(LanguageName name)
{
    switch (name) {
    case LanguageName::English:
        return QStringLiteral("en");
    case LanguageName::German:
        return QStringLiteral("de");
    case LanguageName::System:
        break;
    }
    return QStringLiteral("system");
}

LanguageName savedLanguage(const QSettings& settings)
{
    const QString word = settings.value(kSetting).toString();
    const auto found = std::find_if(kLanguageNames.begin(), kLanguageNames.end(),
                                    [&](LanguageName name) { return wordOf(name) == word; });
    return found == kLanguageNames.end() ? LanguageName::System : *found;
}

} // namespace

LanguageChoice::LanguageChoice(QSettings& settings, QObject* parent)
    : QObject(parent)
    , m_settings(settings)
    , m_present(savedLanguage(settings))
    , m_name(m_present)
{
    initialiseThemeResources(); // the texts are beside the themes
    // Numbers and dates are written as the language has them; a chosen language keeps the system's country where it is
    // spoken there.
    const QLocale system = QLocale::system();
    QLocale locale = system;
    if (m_present == LanguageName::English && system.language() != QLocale::English)
        locale = QLocale(QLocale::English);
    else if (m_present == LanguageName::German && system.language() != QLocale::German)
        locale = QLocale(QLocale::German);
    QLocale::setDefault(locale);
    // English is in the sources, but for its plurals; it stands in for languages that are not there. A system's second
    // language must not come before it.
    const auto english = QStringLiteral(":/translations/lipsync-studio_en.qm");
    const bool isEnglish = locale.language() == QLocale::English;
    if ((!isEnglish &&
         m_ours.load(locale, QStringLiteral("lipsync-studio"), QStringLiteral("_"),
                     QStringLiteral(":/translations"))) ||
        m_ours.load(english))
        QCoreApplication::installTranslator(&m_ours);
    if (isEnglish)
        return;
    if (m_qt.load(locale, QStringLiteral("qtbase"), QStringLiteral("_"),
                  QLibraryInfo::path(QLibraryInfo::TranslationsPath)))
        QCoreApplication::installTranslator(&m_qt);
}

LanguageChoice::~LanguageChoice()
{
    QCoreApplication::removeTranslator(&m_qt);
    QCoreApplication::removeTranslator(&m_ours);
    QLocale::setDefault(m_systemLocale);
}

void LanguageChoice::choose(LanguageName name)
{
    if (name == m_name)
        return;
    m_name = name;
    m_settings.setValue(kSetting, wordOf(name));
    Q_EMIT changed();
}

QString LanguageChoice::title(LanguageName name)
{
    switch (name) {
    case LanguageName::English:
        return QStringLiteral("English");
    case LanguageName::German:
        return QStringLiteral("Deutsch");
    case LanguageName::System:
        break;
    }
    return tr("As the system has it");
}

} // namespace lipsync::ui
