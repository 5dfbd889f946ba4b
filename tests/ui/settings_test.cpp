// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/actions/action_registry.h"
#include "ui/actions/studio_actions.h"
#include "ui/project/project_document.h"
#include "ui/project/project_store.h"
#include "ui/settings/language_choice.h"
#include "ui/settings/setting_row.h"
#include "ui/settings/settings_dialog.h"
#include "ui/settings/settings_model.h"
#include "ui/settings/shortcut_choice.h"
#include "ui/settings/studio_settings.h"
#include "ui/support/hand_project_clock.h"
#include "ui/support/widget_walk.h"
#include "ui/theme/theme_choice.h"

#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QComboBox>
#include <QLineEdit>
#include <QListWidget>
#include <QSettings>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QTranslator>

using namespace lipsync;
using namespace lipsync::ui;

namespace {

/// All that the settings change.
struct Bench {
    QTemporaryDir folder;
    QSettings settings{folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat};
    test::HandProjectClock clock;
    ProjectDocument document{clock};
    ProjectStore store{document, clock, settings, folder.filePath(QStringLiteral("recovery"))};
    LanguageChoice language{settings};
    ThemeChoice theme{settings};
    ActionRegistry registry;
    SettingsModel model;

    Bench()
    {
        addStudioActions(registry);
        addStudioSettings(model, settings, language, theme, store);
    }
    QModelIndex index(const char* id) const
    {
        for (int row = 0; row < model.rowCount(); ++row)
            if (model.spec(row).id == QLatin1String(id))
                return model.index(row);
        return {};
    }
};

template <typename Control> Control* controlOf(const QWidget& dialog, const char* id)
{
    return qobject_cast<Control*>(dialog.findChild<SettingRow*>(QString::fromLatin1(id))->control());
}

} // namespace

/// Settings: what they change, and how they are found.
class SettingsTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void settingsAreAModel()
    {
        Bench bench;
        const QAbstractItemModelTester tester(&bench.model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QVERIFY(bench.model.rowCount() >= 5);
        for (int row = 0; row < bench.model.rowCount(); ++row) {
            const QModelIndex index = bench.model.index(row);
            QVERIFY(!index.data().toString().isEmpty());
            QVERIFY(!index.data(SettingsModel::HintRole).toString().isEmpty());
            QVERIFY(index.data(SettingsModel::ValueRole).isValid());
        }
    }

    void whatMakesNoSenseIsRefusedOrBroughtIntoLimits()
    {
        Bench bench;
        QVERIFY(!bench.model.setData(bench.index("view.theme"), 99));
        QVERIFY(!bench.model.setData(bench.index("view.textPercent"), QStringLiteral("large")));
        QVERIFY(bench.model.setData(bench.index("view.textPercent"), 5000));
        QCOMPARE(bench.theme.textPercent(), kMostTextPercent);
        QVERIFY(!bench.model.setData({}, 1));
        bench.settings.setValue(QStringLiteral("project/autosaveSeconds"), QStringLiteral("never"));
        QCOMPARE(bench.index("project.autosaveSeconds").data(SettingsModel::ValueRole).toInt(), 2);
    }

    void theAutosaveWaitIsInForceAtOnce()
    {
        Bench bench;
        QVERIFY(bench.model.setData(bench.index("project.autosaveSeconds"), 100));
        bench.document.setLoop(LoopRange{0, 10});
        const QSignalSpy autosaved(&bench.store, &ProjectStore::autosaved);
        bench.clock.pass(std::chrono::seconds(99));
        QVERIFY(bench.clock.isWaiting());
        bench.clock.pass(std::chrono::seconds(2));
        QTRY_COMPARE(autosaved.count(), 1);
    }

    void theLastProjectIsOpenedOnlyWhenWished()
    {
        Bench bench;
        QVERIFY(!opensLastProject(bench.settings));
        bench.model.setData(bench.index("project.opensLast"), true);
        QVERIFY(opensLastProject(bench.settings));
    }

    void aLanguageIsForTheNextStart()
    {
        QTemporaryDir folder;
        QSettings settings(folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat);
        {
            LanguageChoice choice(settings);
            QCOMPARE(choice.name(), LanguageName::System);
            QSignalSpy changed(&choice, &LanguageChoice::changed);
            choice.choose(LanguageName::German);
            choice.choose(LanguageName::German);
            QCOMPARE(changed.count(), 1);
            QVERIFY(choice.needsRestart());
        }
        const QString english = QCoreApplication::translate("StudioActions", "Play or pause");
        QTranslator texts;
        QVERIFY(texts.load(QStringLiteral(":/translations/lipsync-studio_de.qm")));
        const QString german = texts.translate("StudioActions", "Play or pause");
        {
            const LanguageChoice choice(settings);
            QCOMPARE(choice.name(), LanguageName::German);
            QVERIFY(!choice.needsRestart());
            QCOMPARE(QLocale().language(), QLocale::German);
            QCOMPARE(QCoreApplication::translate("StudioActions", "Play or pause"),
                     german.isEmpty() ? english : german);
        }
        QCOMPARE(QCoreApplication::translate("StudioActions", "Play or pause"), english);
        settings.setValue(QStringLiteral("general/language"), QStringLiteral("klingon"));
        QCOMPARE(LanguageChoice(settings).name(), LanguageName::System);
    }

    void controlsChangeSettingsAndFollowThem()
    {
        Bench bench;
        ShortcutChoice shortcuts(bench.registry, bench.settings);
        SettingsDialog dialog(bench.model, bench.registry, shortcuts);
        auto* theme = controlOf<QComboBox>(dialog, "view.theme");
        theme->setCurrentIndex(theme->findData(static_cast<int>(ThemeName::Light)));
        QCOMPARE(bench.theme.name(), ThemeName::Light);
        bench.theme.choose(ThemeName::HighContrast); // by a command
        QCOMPARE(theme->currentData().toInt(), static_cast<int>(ThemeName::HighContrast));
        auto* size = controlOf<QSpinBox>(dialog, "view.textPercent");
        size->setValue(150);
        QCOMPARE(bench.theme.textPercent(), 150);
        bench.theme.setTextPercent(100);
        QCOMPARE(size->value(), 100);
        controlOf<QCheckBox>(dialog, "project.opensLast")->click();
        QVERIFY(opensLastProject(bench.settings));
        bench.theme.choose(ThemeName::Dark);
    }

    void anyWordFindsASetting()
    {
        Bench bench;
        ShortcutChoice shortcuts(bench.registry, bench.settings);
        SettingsDialog dialog(bench.model, bench.registry, shortcuts);
        dialog.show();
        auto* search = dialog.findChild<QLineEdit*>(QStringLiteral("settingsSearch"));
        const auto isShown = [&](const char* id) {
            return !dialog.findChild<SettingRow*>(QString::fromLatin1(id))->isHidden();
        };
        search->setText(QStringLiteral("deutsch")); // a choice
        QVERIFY(isShown("general.language"));
        QVERIFY(!isShown("view.theme"));
        search->setText(QStringLiteral("per text")); // words of the hint, in any order
        QVERIFY(isShown("view.textPercent"));
        QVERIFY(controlOf<QSpinBox>(dialog, "view.textPercent")->isVisible()); // its page is in front
        search->setText(QStringLiteral("Play or pause")); // a command
        auto* pages = dialog.findChild<QListWidget*>();
        QCOMPARE(pages->currentRow(), pages->count() - 1);
        QCOMPARE(dialog.findChild<QTableView*>()->model()->rowCount(), 1);
        search->setText(QStringLiteral("no such word anywhere"));
        QVERIFY(dialog.findChild<QTableView*>()->isHidden() || !dialog.findChild<QTableView*>()->isVisible());
        search->clear();
        QVERIFY(isShown("view.theme"));
    }

    void everyControlHasANameAToolTipAndAPlaceInTheTabOrder()
    {
        Bench bench;
        ShortcutChoice shortcuts(bench.registry, bench.settings);
        SettingsDialog dialog(bench.model, bench.registry, shortcuts);
        dialog.showShortcuts();
        const QStringList faults = test::accessibilityFaults(dialog);
        QVERIFY2(faults.isEmpty(), qPrintable(faults.join(QStringLiteral("\n"))));
    }

    void nothingIsCutOffWithLargeText()
    {
        Bench bench;
        bench.theme.setTextPercent(200);
        ShortcutChoice shortcuts(bench.registry, bench.settings);
        SettingsDialog dialog(bench.model, bench.registry, shortcuts);
        dialog.show();
        QVERIFY(QTest::qWaitForWindowExposed(&dialog));
        const QStringList faults = test::cutTexts(dialog);
        QVERIFY2(faults.isEmpty(), qPrintable(faults.join(QStringLiteral("\n"))));
    }
};

QTEST_MAIN(SettingsTest)
#include "settings_test.moc"
