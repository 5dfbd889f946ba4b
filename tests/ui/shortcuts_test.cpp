// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/actions/action_registry.h"
#include "ui/actions/studio_actions.h"
#include "ui/settings/shortcut_choice.h"
#include "ui/settings/shortcuts_editor.h"
#include "ui/support/widget_walk.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QKeySequenceEdit>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

using namespace lipsync;
using namespace lipsync::ui;

namespace {

const auto kPlayId = QString::fromLatin1(action_id::kPlay);
const auto kVoiceId = QString::fromLatin1(action_id::kOpenVoice);
const auto kAvatarId = QString::fromLatin1(action_id::kOpenAvatar);

QKeySequence keys(const char* text)
{
    return QKeySequence::fromString(QString::fromLatin1(text), QKeySequence::PortableText);
}

/// The registry of the studio with settings that last as long as the test.
struct Bench {
    QTemporaryDir folder;
    QSettings settings{folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat};
    ActionRegistry registry;

    Bench() { addStudioActions(registry); }
    QList<QKeySequence> of(const QString& id) const { return registry.action(id)->shortcuts(); }
};

} // namespace

/// Shortcuts that a person changes.
class ShortcutsTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aShortcutIsChangedAndRemembered()
    {
        Bench bench;
        {
            ShortcutChoice choice(bench.registry, bench.settings);
            choice.assign(kPlayId, keys("Ctrl+Space"));
            QCOMPARE(bench.of(kPlayId), QList{keys("Ctrl+Space")});
            QVERIFY(bench.registry.action(kPlayId)->toolTip().contains(QStringLiteral("Ctrl+Space")));
            QVERIFY(choice.isChanged(kPlayId));
        }
        Bench later;
        later.settings.setValue(QStringLiteral("shortcuts/") + kPlayId,
                                bench.settings.value(QStringLiteral("shortcuts/") + kPlayId));
        const ShortcutChoice again(later.registry, later.settings);
        QCOMPARE(later.of(kPlayId), QList{keys("Ctrl+Space")});
    }

    void aTakenShortcutLeavesItsCommand()
    {
        Bench bench;
        ShortcutChoice choice(bench.registry, bench.settings);
        QCOMPARE(choice.holderOf(keys("Ctrl+O"), kPlayId), kAvatarId);
        choice.assign(kPlayId, keys("Ctrl+O"));
        QVERIFY(bench.of(kAvatarId).isEmpty());
        choice.reset(kAvatarId);
        QCOMPARE(bench.of(kAvatarId), QList{keys("Ctrl+O")});
        QVERIFY(bench.of(kPlayId).isEmpty());
        choice.resetAll();
        QCOMPARE(bench.of(kPlayId), QList{keys("Space")});
        QVERIFY(!choice.isAnyChanged());
    }

    void theBeginningOfAnotherShortcutCountsAsTaken()
    {
        Bench bench;
        ShortcutChoice choice(bench.registry, bench.settings);
        QCOMPARE(choice.holderOf(keys("Ctrl+O, Ctrl+P"), kPlayId), kAvatarId);
        choice.assign(kVoiceId, keys("Ctrl+K, V"));
        QCOMPARE(choice.holderOf(keys("Ctrl+K"), kPlayId), kVoiceId);
    }

    void keysThatMoveAroundAreRefused()
    {
        Bench bench;
        ShortcutChoice choice(bench.registry, bench.settings);
        for (const char* bad : {"", "Tab", "Esc", "Return", "Shift+Tab"}) {
            QVERIFY2(!ShortcutChoice::refusal(keys(bad)).isEmpty(), bad);
            choice.assign(kPlayId, keys(bad));
            QCOMPARE(bench.of(kPlayId), QList{keys("Space")});
        }
        QVERIFY(ShortcutChoice::refusal(keys("Ctrl+Tab")).isEmpty());
    }

    void aCommandWithoutShortcutStaysWithoutOne()
    {
        Bench bench;
        ShortcutChoice(bench.registry, bench.settings).clear(kPlayId);
        ActionRegistry registry;
        addStudioActions(registry);
        const ShortcutChoice again(registry, bench.settings);
        QVERIFY(registry.action(kPlayId)->shortcuts().isEmpty());
    }

    void nonsenseInTheSettingsIsLeftOut()
    {
        Bench bench;
        bench.settings.setValue(QStringLiteral("shortcuts/") + kPlayId,
                                QStringList{QStringLiteral("NoSuchKey"), QStringLiteral("Tab"), QStringLiteral("P")});
        bench.settings.setValue(QStringLiteral("shortcuts/no.such.command"), QStringList{QStringLiteral("F9")});
        const ShortcutChoice choice(bench.registry, bench.settings);
        QCOMPARE(bench.of(kPlayId), QList{keys("P")});
    }

    void aCommandThatComesLaterFollowsAndYields()
    {
        Bench bench;
        ShortcutChoice choice(bench.registry, bench.settings);
        choice.assign(kPlayId, keys("F9"));
        bench.registry.add({QStringLiteral("new.command"),
                            QStringLiteral("New"),
                            QStringLiteral("Something new"),
                            {keys("F9"), keys("F10")},
                            {}});
        QCOMPARE(bench.of(QStringLiteral("new.command")), QList{keys("F10")});
        QCOMPARE(bench.of(kPlayId), QList{keys("F9")});
    }

    void theListFollowsTheRegistry()
    {
        Bench bench;
        ShortcutChoice choice(bench.registry, bench.settings);
        ShortcutsModel model(bench.registry, choice);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const int before = model.rowCount();
        bench.registry.add(
            {QStringLiteral("new.command"), QStringLiteral("&New…"), QStringLiteral("Something"), {}, {}});
        QCOMPARE(model.rowCount(), before + 1);
        QCOMPARE(model.index(before, ShortcutsModel::Command).data().toString(), QStringLiteral("New"));
        choice.assign(QStringLiteral("new.command"), keys("F9"));
        QCOMPARE(model.index(before, ShortcutsModel::Shortcut).data().toString(), QStringLiteral("F9"));
    }

    void theEditorTellsWhoHasTheKeysAndTakesThemOver()
    {
        Bench bench;
        ShortcutChoice choice(bench.registry, bench.settings);
        ShortcutsEditor editor(bench.registry, choice);
        editor.resize(500, 400);
        editor.show();
        QVERIFY(test::accessibilityFaults(editor).isEmpty());
        editor.setFilter(QStringLiteral("Play or pause"));
        auto* table = editor.findChild<QTableView*>();
        QCOMPARE(table->model()->rowCount(), 1);
        table->setCurrentIndex(table->model()->index(0, 0));
        auto* edit = editor.findChild<QKeySequenceEdit*>();
        auto* assign = editor.findChild<QPushButton*>(QStringLiteral("assignShortcut"));
        QVERIFY(!assign->isEnabled());
        edit->setKeySequence(keys("Ctrl+O"));
        QCOMPARE(assign->text(), QStringLiteral("Take over"));
        bool isTold = false;
        for (const QLabel* label : editor.findChildren<QLabel*>())
            isTold = isTold || label->text().contains(QStringLiteral("Open Avatar"));
        QVERIFY(isTold);
        assign->click();
        QCOMPARE(bench.of(kPlayId), QList{keys("Ctrl+O")});
        QVERIFY(edit->keySequence().isEmpty());
        editor.findChild<QPushButton*>(QStringLiteral("resetShortcut"))->click();
        QCOMPARE(bench.of(kPlayId), QList{keys("Space")});
        editor.setFilter(QStringLiteral("no such thing"));
        QVERIFY(!assign->isEnabled());
    }

    void theNextKeyUndoesNothing()
    {
        Bench bench;
        ShortcutChoice choice(bench.registry, bench.settings);
        ShortcutsEditor editor(bench.registry, choice);
        editor.show();
        editor.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&editor));
        editor.setFilter(QStringLiteral("Play or pause"));
        auto* assign = editor.findChild<QPushButton*>(QStringLiteral("assignShortcut"));
        editor.findChild<QKeySequenceEdit*>()->setKeySequence(keys("Ctrl+O"));
        assign->setFocus(Qt::TabFocusReason);
        QTest::keyClick(assign, Qt::Key_Space);
        QCOMPARE(bench.of(kPlayId), QList{keys("Ctrl+O")});
        QCOMPARE(editor.focusWidget(), editor.findChild<QTableView*>());
        QTest::keyClick(editor.focusWidget(), Qt::Key_Space);
        QCOMPARE(bench.of(kPlayId), QList{keys("Ctrl+O")});
        editor.findChild<QKeySequenceEdit*>()->setKeySequence(keys("Ctrl+P"));
        QTest::mouseClick(assign, Qt::LeftButton);
        QCOMPARE(editor.focusWidget(), editor.findChild<QTableView*>());
    }
};

QTEST_MAIN(ShortcutsTest)
#include "shortcuts_test.moc"
