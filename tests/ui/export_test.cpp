// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/engine_bridge/engine_bridge.h"
#include "ui/export/export_model.h"
#include "ui/export/export_panel.h"
#include "ui/support/fake_engine.h"
#include "ui/support/scripted_dialogs.h"

#include <QComboBox>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace lipsync;
using namespace lipsync::ui;

namespace {

/// An export panel with sources, over a fake engine.
struct Desk {
    QTemporaryDir folder;
    test::FakeEngine engine;
    EngineBridge bridge{engine};
    ExportModel model{bridge};
    test::ScriptedDialogs dialogs;
    ExportPanel panel{model, dialogs};

    Desk() { model.setSources("anna.avatar", "hello.wav", folder.path()); }

    template <typename Widget> Widget* find(const char* name)
    {
        return panel.findChild<Widget*>(QString::fromLatin1(name));
    }
};

} // namespace

/// One export from the button to its end.
class ExportTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void withoutSourcesNothingStarts()
    {
        test::FakeEngine engine;
        EngineBridge bridge(engine);
        ExportModel model(bridge);
        model.setOutput(QStringLiteral("/tmp/a.mp4"));
        QVERIFY(!model.canStart());
        model.start(false);
        QVERIFY(engine.exports.empty());
    }

    void aNameIsSuggestedUntilOneIsChosen()
    {
        Desk desk;
        QCOMPARE(desk.model.output(), desk.folder.filePath(QStringLiteral("anna-hello.mp4")));
        desk.model.setKind(ExportKind::PictureSequence);
        QCOMPARE(desk.model.output(), desk.folder.filePath(QStringLiteral("anna-hello")));
        desk.model.setOutput(QStringLiteral("/tmp/mine"));
        desk.model.setKind(ExportKind::Video);
        QCOMPARE(desk.model.output(), QStringLiteral("/tmp/mine.mp4"));
        desk.model.setSources("bob.avatar", "hello.wav", desk.folder.path());
        QCOMPARE(desk.model.output(), QStringLiteral("/tmp/mine.mp4"));
    }

    void theWholeWayToAFinishedFile()
    {
        Desk desk;
        QSignalSpy finished(&desk.model, &ExportModel::finished);
        auto* start = desk.find<QPushButton>("primary");
        auto* cancel = desk.find<QPushButton>("exportCancel");
        QVERIFY(start->isEnabled() && !cancel->isEnabled());
        start->click();
        QCOMPARE(desk.model.state(), ExportState::Running);
        QVERIFY(!start->isEnabled() && cancel->isEnabled());
        QCOMPARE(desk.engine.lastExport().request.output.filename().string(), std::string("anna-hello.mp4"));
        QVERIFY(!desk.engine.lastExport().request.overwrite);
        QVERIFY(desk.engine.lastExport().request.markSynthetic);

        desk.engine.lastExport().progress(50, 200);
        QTRY_COMPARE(desk.model.fraction(), 0.25);
        QCOMPARE(desk.find<QProgressBar>("exportProgress")->value(), 250);
        QVERIFY2(desk.model.statusText().contains(QStringLiteral("50 of 200")) &&
                     desk.model.statusText().contains(QStringLiteral("3 s left")),
                 qPrintable(desk.model.statusText()));

        desk.engine.lastExport().finish();
        QTRY_COMPARE(desk.model.state(), ExportState::Done);
        QCOMPARE(finished.count(), 1);
        QVERIFY(start->isEnabled());
        QVERIFY(desk.model.statusText().contains(QStringLiteral("anna-hello.mp4")));
    }

    void cancelIsTwoSteps()
    {
        Desk desk;
        desk.panel.start();
        desk.find<QPushButton>("exportCancel")->click();
        QCOMPARE(desk.model.state(), ExportState::Cancelling);
        QVERIFY(desk.engine.lastExport().isCancelled);
        QVERIFY(!desk.model.canStart());
        desk.engine.lastExport().fail(ErrorCode::Interrupted, "stopped");
        QTRY_COMPARE(desk.model.state(), ExportState::Cancelled);
        QVERIFY(desk.model.canStart());
    }

    void aFailureIsToldInThePanel()
    {
        Desk desk;
        desk.panel.show();
        desk.panel.start();
        desk.engine.lastExport().fail(ErrorCode::Resource, "The disk is full: free some space");
        QTRY_COMPARE(desk.model.state(), ExportState::Failed);
        auto* failure = desk.find<QLabel>("failure");
        QVERIFY(failure->isVisible());
        QCOMPARE(failure->text(), QStringLiteral("The disk is full: free some space"));
    }

    void overwritingIsAskedFirst()
    {
        Desk desk;
        QFile there(desk.model.output());
        QVERIFY(there.open(QIODevice::WriteOnly));
        desk.panel.start();
        QCOMPARE(desk.dialogs.questions.size(), 1);
        QVERIFY(desk.engine.exports.empty());
        desk.dialogs.agrees = true;
        desk.panel.start();
        QCOMPARE(desk.engine.exports.size(), std::size_t(1));
        QVERIFY(desk.engine.lastExport().request.overwrite);
    }

    void picturesGoIntoAFolder()
    {
        Desk desk;
        desk.find<QComboBox>("exportKind")->setCurrentIndex(1);
        QVERIFY(!desk.model.wouldOverwrite());
        desk.dialogs.folder = desk.folder.path();
        desk.find<QPushButton>("exportBrowse")->click();
        QCOMPARE(desk.find<QLineEdit>("exportOutput")->text(), desk.folder.path());
        QVERIFY(!desk.model.wouldOverwrite()); // an empty folder
        desk.panel.start();
        QVERIFY(desk.engine.lastExport().request.pictureSequence);
    }
};

QTEST_MAIN(ExportTest)
#include "export_test.moc"
