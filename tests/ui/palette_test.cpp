// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/actions/action_registry.h"
#include "ui/actions/studio_actions.h"
#include "ui/palette/command_palette.h"
#include "ui/palette/fuzzy_match.h"
#include "ui/support/widget_walk.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QLineEdit>
#include <QListView>
#include <QSignalSpy>
#include <QTest>

using namespace lipsync;
using namespace lipsync::ui;

namespace {

QString text(const char* words)
{
    return QString::fromUtf8(words);
}

QStringList commandsOf(const PaletteModel& model)
{
    QStringList names;
    for (int row = 0; row < model.rowCount(); ++row)
        names << model.index(row).data().toString();
    return names;
}

} // namespace

/// Commands by a few letters.
class PaletteTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void lettersInOrderFitAndOthersDoNot()
    {
        QVERIFY(fuzzyScore(text("opav"), text("Open Avatar")));
        QVERIFY(fuzzyScore(text("avatar open"), text("Open Avatar")));
        QVERIFY(fuzzyScore(text("uberg"), text("Übergang")));
        QVERIFY(fuzzyScore(text(""), text("anything")));
        QVERIFY(!fuzzyScore(text("avo"), text("Open Avatar")));
        QVERIFY(!fuzzyScore(text("x"), text("")));
        QVERIFY(!fuzzyScore(text("aa"), text("a")));
    }

    void beginningsOfWordsCountMore()
    {
        QVERIFY(*fuzzyScore(text("ov"), text("Open Voice")) > *fuzzyScore(text("ov"), text("Remove")));
        QVERIFY(*fuzzyScore(text("play"), text("Play")) > *fuzzyScore(text("play"), text("Panel layout")));
    }

    void aQueryOfAnyLengthIsAnswered()
    {
        QVERIFY(!fuzzyScore(QString(100000, u'a'), text("Open Avatar")));
        QVERIFY(fuzzyScore(QString(100000, u' '), text("Open Avatar")));
    }

    void theBestCommandIsFirst()
    {
        ActionRegistry registry;
        addStudioActions(registry);
        PaletteModel model(registry);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(model.rowCount(), static_cast<int>(registry.ids().size()));
        model.setQuery(text("opvo"));
        QCOMPARE(commandsOf(model).value(0), text("Open Voice"));
        model.setQuery(text("dark"));
        QCOMPARE(commandsOf(model).value(0), text("Dark Theme"));
        model.setQuery(text("view larger")); // the menu finds it, too
        QCOMPARE(commandsOf(model).value(0), text("Larger Text"));
        model.setQuery(text("licences")); // what it does, too
        QCOMPARE(commandsOf(model).value(0), text("About LipSync Studio"));
        model.setQuery(text("qqqq"));
        QCOMPARE(model.rowCount(), 0);
    }

    void aWholeNameIsFirst()
    {
        ActionRegistry registry;
        for (const char* name : {"Co&py Log", "Clear &Log", "&Log"})
            registry.add({text(name), text(name), text("Records"), {}, {}});
        PaletteModel model(registry);
        model.setQuery(text("copy log"));
        QVERIFY(model.trigger(0)); // used last, it counts for more from now on
        model.setQuery(text("log "));
        QCOMPARE(commandsOf(model).value(0), text("Log"));
    }

    void whatCannotBeUsedNowComesLastAndDoesNothing()
    {
        ActionRegistry registry;
        addStudioActions(registry);
        QAction* play = registry.action(text(action_id::kPlay));
        play->setEnabled(false);
        QSignalSpy triggered(play, &QAction::triggered);
        PaletteModel model(registry);
        model.setQuery(text("play"));
        const int last = model.rowCount() - 1;
        QCOMPARE(model.index(last).data(PaletteModel::IdRole).toString(), text(action_id::kPlay));
        QVERIFY(!(model.flags(model.index(last)) & Qt::ItemIsEnabled));
        QVERIFY(!model.trigger(last));
        QVERIFY(!model.trigger(99));
        QCoreApplication::processEvents();
        QCOMPARE(triggered.count(), 0);
    }

    void theCommandUsedLastIsInFront()
    {
        ActionRegistry registry;
        addStudioActions(registry);
        PaletteModel model(registry);
        model.leaveOut(text(action_id::kOpenAvatar));
        QVERIFY(!commandsOf(model).contains(text("Open Avatar")));
        model.setQuery(text("normal text"));
        QVERIFY(model.trigger(0));
        model.setQuery({});
        QCOMPARE(commandsOf(model).value(0), text("Normal Text"));
    }

    void aCommandIsRunWithTheKeyboardAlone()
    {
        ActionRegistry registry;
        addStudioActions(registry);
        QSignalSpy triggered(registry.action(text(action_id::kSmallerText)), &QAction::triggered);
        QWidget window;
        window.resize(800, 600);
        window.show();
        CommandPalette palette(registry, &window);
        QVERIFY(test::accessibilityFaults(palette).isEmpty());
        palette.open();
        QVERIFY(QTest::qWaitForWindowExposed(&palette));
        auto* query = palette.findChild<QLineEdit*>(text("paletteQuery"));
        auto* commands = palette.findChild<QListView*>(text("paletteCommands"));
        QTest::keyClicks(query, text("text"));
        QVERIFY(palette.model().rowCount() >= 3);
        while (commands->currentIndex().data().toString() != text("Smaller Text")) {
            const int row = commands->currentIndex().row();
            QTest::keyClick(query, Qt::Key_Down);
            QVERIFY(commands->currentIndex().row() > row);
        }
        QTest::keyClick(query, Qt::Key_Return);
        QVERIFY(!palette.isVisible());
        QTRY_COMPARE(triggered.count(), 1);
    }

    void escapeClosesIt()
    {
        ActionRegistry registry;
        addStudioActions(registry);
        QWidget window;
        window.show();
        CommandPalette palette(registry, &window);
        palette.open();
        QVERIFY(QTest::qWaitForWindowExposed(&palette));
        QTest::keyClick(&palette, Qt::Key_Escape);
        QVERIFY(!palette.isVisible());
    }
};

QTEST_MAIN(PaletteTest)
#include "palette_test.moc"
