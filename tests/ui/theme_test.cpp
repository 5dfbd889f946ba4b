// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/actions/action_registry.h"
#include "ui/actions/studio_actions.h"
#include "ui/theme/theme_choice.h"
#include "ui/theme/theme_tokens.h"
#include "ui/theme/tinted_icon.h"

#include <QAction>
#include <QApplication>
#include <QMenu>
#include <QSet>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace lipsync::ui;

Q_DECLARE_METATYPE(ThemeName)

/// Colours, icons and commands.
class ThemeTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void contrastOfBlackOnWhiteIsTwentyOne()
    {
        QCOMPARE(contrastRatio(Qt::black, Qt::white), 21.0);
        QCOMPARE(contrastRatio(Qt::red, Qt::red), 1.0);
    }

    void everyTextCanBeRead_data()
    {
        QTest::addColumn<ThemeName>("name");
        QTest::newRow("dark") << ThemeName::Dark;
        QTest::newRow("light") << ThemeName::Light;
        QTest::newRow("high contrast") << ThemeName::HighContrast;
    }

    void everyTextCanBeRead()
    {
        QFETCH(ThemeName, name);
        const ThemeTokens tokens = themeTokens(name);
        for (const TextPair& pair : kTextPairs) {
            const double contrast = contrastRatio(tokens.*pair.text, tokens.*pair.background);
            // WCAG 2.1, success criterion 1.4.3 (AA).
            QVERIFY2(contrast >= 4.5, qPrintable(QStringLiteral("%1: %2").arg(QLatin1String(pair.name)).arg(contrast)));
        }
    }

    void theStyleSheetHasAColourForEveryName()
    {
        for (const ThemeName name : kThemeNames) {
            const QString sheet = styleSheetOf(themeTokens(name));
            QVERIFY(!sheet.isEmpty());
            QVERIFY(!sheet.mid(sheet.indexOf(QStringLiteral("*/"))).contains(QLatin1Char('@')));
            QVERIFY(sheet.contains(themeTokens(name).accent.name()));
        }
    }

    void theChoiceIsAppliedAndRemembered()
    {
        QTemporaryDir folder;
        QSettings settings(folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat);
        {
            ThemeChoice choice(settings);
            QCOMPARE(choice.name(), ThemeName::Dark);
            QSignalSpy changed(&choice, &ThemeChoice::changed);
            choice.choose(ThemeName::Light);
            QCOMPARE(changed.count(), 1);
            QCOMPARE(QApplication::palette().color(QPalette::Highlight), themeTokens(ThemeName::Light).accent);
        }
        QCOMPARE(ThemeChoice(settings).name(), ThemeName::Light);
    }

    void textGrowsToTwiceTheSystemsSizeAndNoFurther()
    {
        QTemporaryDir folder;
        QSettings settings(folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat);
        const double system = QApplication::font().pointSizeF();
        {
            ThemeChoice choice(settings);
            choice.setTextPercent(200);
            QCOMPARE(QApplication::font().pointSizeF(), 2 * system);
            choice.setTextPercent(1000);
            QCOMPARE(choice.textPercent(), kMostTextPercent);
        }
        QCOMPARE(QApplication::font().pointSizeF(), system);
        QCOMPARE(ThemeChoice(settings).textPercent(), kMostTextPercent);
        settings.setValue(QStringLiteral("view/textPercent"), QStringLiteral("nonsense"));
        QCOMPARE(ThemeChoice(settings).textPercent(), kLeastTextPercent);
    }

    void iconsWearTheColourOfTheText()
    {
        const ThemeTokens tokens = themeTokens(ThemeName::Light);
        const QImage play = tintedIcon(QStringLiteral("play"), tokens).pixmap(24, 24).toImage();
        QCOMPARE(play.pixelColor(play.width() / 2, play.height() / 2), tokens.text);
    }

    void everyCommandHasTextToolTipAndAnIconThatIsThere()
    {
        ActionRegistry registry;
        addStudioActions(registry);
        registry.tint(themeTokens(ThemeName::Dark));
        QSet<QString> shortcuts;
        for (const QString& id : registry.ids()) {
            const QAction* action = registry.action(id);
            QVERIFY2(!action->text().isEmpty() && !action->statusTip().isEmpty(), qPrintable(id));
            for (const QKeySequence& shortcut : action->shortcuts()) {
                QVERIFY2(!shortcuts.contains(shortcut.toString()), qPrintable(id));
                QVERIFY(action->toolTip().contains(shortcut.toString(QKeySequence::NativeText)));
                shortcuts.insert(shortcut.toString());
            }
            if (!action->icon().isNull()) {
                const QImage image = action->icon().pixmap(24, 24).toImage();
                bool isDrawn = false;
                for (int y = 0; y < image.height(); ++y)
                    for (int x = 0; x < image.width(); ++x)
                        isDrawn = isDrawn || image.pixelColor(x, y).alpha() > 0;
                QVERIFY2(isDrawn, qPrintable(id));
            }
        }
        QVERIFY(shortcuts.contains(QStringLiteral("Space")));
    }

    void menusAreMadeFromTheRegistry()
    {
        ActionRegistry registry;
        registry.add({QStringLiteral("a"), QStringLiteral("A"), QStringLiteral("does a"), {}, {}});
        registry.add({QStringLiteral("b"), QStringLiteral("B"), QStringLiteral("does b"), {}, {}});
        QMenu menu;
        registry.fill(menu, {QStringLiteral("b"), {}, QStringLiteral("a")});
        QCOMPARE(menu.actions().size(), 3);
        QCOMPARE(menu.actions().at(0), registry.action(QStringLiteral("b")));
        QVERIFY(menu.actions().at(1)->isSeparator());
        QCOMPARE(menu.actions().at(2), registry.action(QStringLiteral("a")));
    }
};

QTEST_MAIN(ThemeTest)
#include "theme_test.moc"
