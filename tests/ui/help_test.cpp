// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/actions/action_registry.h"
#include "ui/actions/studio_actions.h"
#include "ui/engine_bridge/engine_post.h"
#include "ui/engine_bridge/qt_conversion.h"
#include "ui/help/about_dialog.h"
#include "ui/help/help_actions.h"
#include "ui/help/help_commands.h"
#include "ui/support/fake_engine.h"
#include "ui/support/scripted_dialogs.h"
#include "ui/support/widget_walk.h"
#include "ui/theme/theme_resources.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QDir>
#include <QPlainTextEdit>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace lipsync;
using namespace lipsync::ui;

namespace {

struct Bench {
    QTemporaryDir folder;
    QSettings settings{folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat};
    test::FakeEngine engine;
    EnginePost post;
    test::ScriptedDialogs dialogs;
    ActionRegistry actions;
    QWidget window;
    HelpCommands* commands;

    Bench()
    {
        addStudioActions(actions);
        addHelpActions(actions);
        commands = new HelpCommands(engine, post, settings, actions, dialogs, window);
    }
    void saveDiagnostics() { actions.action(QString::fromLatin1(action_id::kSaveDiagnostics))->trigger(); }
};

std::string textOf(const std::vector<ArchivedText>& texts, const std::string& name)
{
    for (const ArchivedText& one : texts)
        if (one.name == name)
            return one.text;
    return {};
}

bool holds(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

} // namespace

/// About, licences and diagnostics.
class HelpTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { initialiseThemeResources(); }

    void diagnosticsHoldWhatADeveloperNeedsAndNoNames()
    {
        Bench bench;
        const std::string home = toPath(QDir::homePath()).string();
        bench.engine.presentLog = {{std::chrono::system_clock::time_point(std::chrono::seconds(0)), LogLevel::Warning,
                                    "preview", "'" + home + "/clips/hello.wav' could not be opened"}};
        bench.engine.presentDevices = {{"cpu", {}, 100, 200, "Processor of " + home}};
        StatsSnapshot figures;
        figures.framesPerSecond = 58.5;
        figures.workers = {{.id = 7, .device = "cpu", .since = {}, .lastError = "It was killed."}};
        bench.engine.setStatistics(figures);
        bench.settings.setValue(QStringLiteral("view/theme"), QStringLiteral("light"));
        bench.settings.setValue(QStringLiteral("files/folder"), QStringLiteral("/secret/place"));
        bench.settings.setValue(QStringLiteral("project/recent"), QStringList{QStringLiteral("/secret/p.lipsync")});
        bench.settings.setValue(QStringLiteral("window/layout"), QByteArray(2000, 'x'));

        bench.dialogs.newFile = bench.folder.filePath(QStringLiteral("help"));
        const QSignalSpy succeeded(bench.commands, &HelpCommands::succeeded);
        bench.saveDiagnostics();
        QTRY_COMPARE(succeeded.count(), 1);
        QCOMPARE(bench.engine.archives.size(), std::size_t(1));
        const auto& [file, texts] = *bench.engine.archives.begin();
        QCOMPARE(fromPath(file), bench.folder.filePath(QStringLiteral("help.zip")));
        QVERIFY(holds(textOf(texts, "about.txt"), qVersion()));
        QVERIFY(holds(textOf(texts, "plan.txt"), "cpu"));
        QVERIFY(holds(textOf(texts, "devices.txt"), "Processor of ~"));
        QVERIFY(holds(textOf(texts, "workers.txt"), "It was killed."));
        QVERIFY(holds(textOf(texts, "figures.txt"), "58.5"));
        QVERIFY(holds(textOf(texts, "log.txt"), "1970-01-01T00:00:00.000Z warning preview: '~/clips/hello.wav'"));
        QCOMPARE(textOf(texts, "trace.json"), std::string("{}"));
        QVERIFY(holds(textOf(texts, "settings.txt"), "view/theme = light"));
        for (const ArchivedText& one : texts) {
            QVERIFY2(!holds(one.text, home), one.name.c_str());
            QVERIFY2(!holds(one.text, "/secret"), one.name.c_str());
            QVERIFY2(one.name.ends_with(".txt") || one.name.ends_with(".json"), one.name.c_str()); // no media
        }
    }

    void aFailureIsTold()
    {
        Bench bench;
        bench.engine.archiveRefusal = "The archive help.zip cannot be written: the disk is full.";
        bench.dialogs.newFile = bench.folder.filePath(QStringLiteral("help.zip"));
        const QSignalSpy failed(bench.commands, &HelpCommands::failed);
        bench.saveDiagnostics();
        QTRY_COMPARE(failed.count(), 1);
        QVERIFY(failed.first().first().toString().contains(QStringLiteral("the disk is full")));
    }

    void anExistingArchiveIsReplacedOnlyWhenAsked()
    {
        Bench bench;
        QFile there(bench.folder.filePath(QStringLiteral("help.zip")));
        QVERIFY(there.open(QIODevice::WriteOnly));
        bench.dialogs.newFile = there.fileName();
        bench.saveDiagnostics();
        bench.post.waitForHandles();
        QVERIFY(bench.engine.archives.empty());
        bench.dialogs.agrees = true;
        bench.saveDiagnostics();
        bench.post.waitForHandles();
        QCOMPARE(bench.engine.archives.size(), std::size_t(1));
    }

    void aWindowThatClosesMeanwhileIsNoHarm()
    {
        Bench bench;
        bench.dialogs.newFile = bench.folder.filePath(QStringLiteral("help.zip"));
        bench.saveDiagnostics();
        delete bench.commands;
        bench.post.waitForHandles();
        QCoreApplication::processEvents();
        QCOMPARE(bench.engine.archives.size(), std::size_t(1));
    }

    void onlyTheHomeItselfIsShortened()
    {
        const auto texts = withoutHome({{"log.txt", "/home/anna/x '/home/anna' /home/annabel/y /home/anna"}},
                                       QStringLiteral("/home/anna"));
        QCOMPARE(texts.front().text, std::string("~/x '~' /home/annabel/y ~"));
    }

    void anEmptyHomeChangesNothing()
    {
        const std::vector<ArchivedText> texts{{"log.txt", "/a/b"}};
        QCOMPARE(withoutHome(texts, QStringLiteral("/")).front().text, std::string("/a/b"));
        QCOMPARE(withoutHome(texts, {}).front().text, std::string("/a/b"));
    }

    void licencesAreAModel()
    {
        LicencesModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QVERIFY(model.rowCount() >= 10);
    }

    void aboutShowsTheWholeLicence()
    {
        AboutDialog about;
        about.show();
        const QString text = about.findChild<QPlainTextEdit*>()->toPlainText();
        QVERIFY(text.contains(QStringLiteral("GNU GENERAL PUBLIC LICENSE")));
        QVERIFY(text.contains(QStringLiteral("END OF TERMS AND CONDITIONS")));
        const QStringList faults = test::accessibilityFaults(about);
        QVERIFY2(faults.isEmpty(), qPrintable(faults.join(QStringLiteral("\n"))));
    }
};

QTEST_MAIN(HelpTest)
#include "help_test.moc"
