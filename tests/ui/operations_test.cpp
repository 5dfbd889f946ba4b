// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/actions/action_registry.h"
#include "ui/drops/file_arrivals.h"
#include "ui/engine_bridge/engine_bridge.h"
#include "ui/engine_bridge/library_bridge.h"
#include "ui/engine_bridge/qt_conversion.h"
#include "ui/library/library_list_model.h"
#include "ui/library/library_model.h"
#include "ui/operations/face_chooser.h"
#include "ui/operations/operation_actions.h"
#include "ui/operations/operation_dialog.h"
#include "ui/operations/operation_dialogs.h"
#include "ui/operations/operations.h"
#include "ui/support/fake_engine.h"
#include "ui/support/heard_notices.h"
#include "ui/support/scripted_dialogs.h"
#include "ui/support/widget_walk.h"

#include <QAction>
#include <QComboBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QProgressBar>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace lipsync;
using namespace lipsync::ui;
using namespace lipsync::ui::action_id;

namespace {

/// The dialogs over a fake engine, beside a library.
struct Desk {
    QTemporaryDir folder;
    QSettings settings{folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat};
    test::FakeEngine engine;
    EngineBridge bridge{engine};
    LibraryBridge files{engine};
    LibraryModel library{bridge};
    LibraryListModel avatars{LibraryKind::Avatars, files, settings};
    LibraryListModel voices{LibraryKind::Voices, files, settings};
    Operations operations{engine};
    ActionRegistry actions;
    test::ScriptedDialogs dialogs;
    test::HeardNotices desktop;
    QWidget window;
    std::unique_ptr<OperationDialogs> shown;

    Desk()
    {
        engine.presentDevices = {{.name = "cpu", .utilisation = {}, .description = "2 cores"},
                                 {.name = "cuda:0", .utilisation = {}, .description = "a card"}};
        addOperationActions(actions);
        shown = std::make_unique<OperationDialogs>(operations, avatars, actions, dialogs, desktop, window);
    }

    OperationModel& model(OperationKind kind) { return operations.model(kind); }
    OperationDialog* dialog(const char* title) const
    {
        for (auto* one : window.findChildren<OperationDialog*>())
            if (one->windowTitle() == QLatin1String(title))
                return one;
        return nullptr;
    }
    static QLineEdit* line(const QWidget* dialog, const char* name)
    {
        for (auto* one : dialog->findChildren<QLineEdit*>())
            if (one->accessibleName() == QLatin1String(name))
                return one;
        return nullptr;
    }
    static QPushButton* button(const QWidget* dialog, const char* name)
    {
        return dialog->findChild<QPushButton*>(QString::fromLatin1(name));
    }
    QString path(const char* name) const { return folder.filePath(QString::fromLatin1(name)); }
    std::filesystem::path file(const char* name) const { return toPath(path(name)); }
};

std::shared_ptr<const Picture> frame(int width, int height)
{
    auto picture = std::make_shared<Picture>();
    picture->width = width;
    picture->height = height;
    picture->bgr.assign(static_cast<std::size_t>(3 * width * height), 90);
    return picture;
}

QString says(const QWidget* dialog)
{
    return test::textsOf(*dialog).join(u'\n');
}

} // namespace

/// Making avatars: from the form to the avatar on the desk.
class OperationsTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aPreparationFromItsVideoToItsTraining()
    {
        Desk desk;
        desk.shown->showPreparation(desk.file("anna.mp4"));
        auto* dialog = desk.dialog("Prepare Avatar");
        QCOMPARE(desk.line(dialog, "Avatar to make")->text(), desk.path("anna.avatar"));
        desk.line(dialog, "Title")->setText(QStringLiteral(" Anna "));
        dialog->findChild<QComboBox*>(QStringLiteral("networkSize"))->setCurrentIndex(1);
        desk.button(dialog, "primary")->click();

        QCOMPARE(desk.engine.preparations.size(), std::size_t(1));
        const auto record = desk.engine.preparations.front();
        QCOMPARE(record->request.video, desk.file("anna.mp4"));
        QCOMPARE(record->request.output, desk.file("anna.avatar"));
        QCOMPARE(record->request.title, std::string("Anna"));
        QCOMPARE(record->request.networkSize, 328);
        QVERIFY(!record->request.face && !record->request.seconds && !record->request.overwrite);
        QVERIFY(desk.operations.isRunning());
        QVERIFY(!desk.button(dialog, "primary")->isVisible() && desk.button(dialog, "operationCancel")->isVisible());

        test::fromAnotherThread([&] { record->events.progress({"finding the face", 0.5, "frame 120", {}}); });
        QTRY_VERIFY(says(dialog).contains(QStringLiteral("finding the face: 50 %, about ")));
        QVERIFY(says(dialog).contains(QStringLiteral("frame 120")));
        QCOMPARE(dialog->findChild<QProgressBar*>()->value(), 500);

        QSignalSpy made(&desk.operations, &Operations::avatarMade);
        OperationReport report;
        report.avatar = desk.file("anna.avatar");
        report.summary = "300 frames.";
        report.warnings = {"The face is lost in 12 frames."};
        test::fromAnotherThread([&] { record->events.finished(report); });
        QTRY_COMPARE(made.count(), 1);
        QVERIFY(says(dialog).contains(QStringLiteral("anna.avatar is ready. 300 frames.")));
        QVERIFY(says(dialog).contains(QStringLiteral("The face is lost in 12 frames.")));
        QCOMPARE(desk.desktop.titles, QStringList{QStringLiteral("Avatar prepared")});
        QVERIFY(!desk.operations.isRunning());

        desk.button(dialog, "operationNext")->click();
        auto* training = desk.dialog("Train Avatar");
        QVERIFY(training && training->isVisible());
        QCOMPARE(desk.line(training, "Avatar")->text(), desk.path("anna.avatar"));
    }

    void whatIsMissingIsSaidAndNothingStarts()
    {
        Desk desk;
        desk.actions.action(QString::fromLatin1(kPrepareAvatar))->trigger();
        auto* dialog = desk.dialog("Prepare Avatar");
        QVERIFY(!desk.button(dialog, "primary")->isEnabled());
        QVERIFY(says(dialog).contains(QStringLiteral("Choose a video of a talking person.")));
        desk.line(dialog, "Video")->setText(desk.path("anna.mp4"));
        QVERIFY(desk.button(dialog, "primary")->isEnabled());
        auto* output = desk.line(dialog, "Avatar to make");
        output->clear();
        QVERIFY(says(dialog).contains(QStringLiteral("Choose a name for the avatar.")));
        QVERIFY(!desk.button(dialog, "primary")->isEnabled());
    }

    void anAvatarThatIsThereIsNotReplacedUnasked()
    {
        Desk desk;
        QVERIFY(QDir(desk.folder.path()).mkdir(QStringLiteral("anna.avatar")));
        desk.shown->showPreparation(desk.file("anna.mp4"));
        auto* dialog = desk.dialog("Prepare Avatar");
        desk.button(dialog, "primary")->click();
        QCOMPARE(desk.dialogs.questions, QStringList{QStringLiteral("Replace the avatar?")});
        QVERIFY(desk.engine.preparations.empty());
        desk.dialogs.agrees = true;
        desk.button(dialog, "primary")->click();
        QVERIFY(desk.engine.preparations.front()->request.overwrite);
    }

    void cancellingWaitsForTheEngine()
    {
        Desk desk;
        desk.shown->showPreparation(desk.file("anna.mp4"));
        auto* dialog = desk.dialog("Prepare Avatar");
        desk.button(dialog, "primary")->click();
        desk.button(dialog, "operationCancel")->click();
        const auto record = desk.engine.preparations.front();
        QVERIFY(*record->isCancelled);
        QVERIFY(desk.operations.isRunning());
        QVERIFY(!desk.button(dialog, "operationCancel")->isEnabled());
        test::fromAnotherThread([&] { record->events.finished(failure(ErrorCode::Interrupted, "stopped")); });
        QTRY_VERIFY(!desk.operations.isRunning());
        QVERIFY(says(dialog).contains(QStringLiteral("Cancelled.")));
        QVERIFY(desk.desktop.titles.isEmpty());
        QVERIFY(desk.button(dialog, "primary")->isEnabled());
    }

    void aFailureIsToldAndTheFormIsKept()
    {
        Desk desk;
        desk.desktop.isDeaf = true;
        QSignalSpy unheard(desk.shown.get(), &OperationDialogs::unheard);
        desk.shown->showImport(desk.file("data"), desk.file("net.pth"));
        auto* dialog = desk.dialog("Import Avatar");
        desk.button(dialog, "primary")->click();
        const auto record = desk.engine.imports.front();
        QCOMPARE(record->request.source, desk.file("data"));
        QCOMPARE(record->request.checkpoint, desk.file("net.pth"));
        QVERIFY(record->request.mode.empty() && !record->request.allowTorchScript);
        test::fromAnotherThread([&] {
            record->events.finished(failure(ErrorCode::InvalidInput, "data holds no frames: choose another."));
        });
        QTRY_COMPARE(unheard.count(), 1);
        QVERIFY(says(dialog).contains(QStringLiteral("data holds no frames: choose another.")));
        QCOMPARE(desk.line(dialog, "Source")->text(), desk.path("data"));
        QVERIFY(desk.button(dialog, "primary")->isEnabled());
        desk.shown->showImport(); // shown again it has forgotten the failure, not the form
        QVERIFY(!says(dialog).contains(QStringLiteral("data holds no frames")));
        QCOMPARE(desk.line(dialog, "Source")->text(), desk.path("data"));
    }

    void closingADialogLetsTheWorkGoOn()
    {
        Desk desk;
        desk.shown->showImport(desk.file("data"));
        auto* dialog = desk.dialog("Import Avatar");
        desk.button(dialog, "primary")->click();
        dialog->close();
        QVERIFY(desk.operations.isRunning());
        QVERIFY(!*desk.engine.imports.front()->isCancelled);
        desk.shown->showImport(desk.file("other")); // what runs is shown, not replaced
        QCOMPARE(desk.line(dialog, "Source")->text(), desk.path("data"));
        QVERIFY(desk.button(dialog, "operationCancel")->isVisible());
        desk.operations.cancelAll();
        QVERIFY(*desk.engine.imports.front()->isCancelled);
    }

    void atTheEndOfTheProgramWhatRunsIsCancelled()
    {
        std::shared_ptr<std::atomic<bool>> isCancelled;
        {
            Desk desk;
            desk.shown->showTraining(desk.file("anna.avatar"));
            desk.button(desk.dialog("Train Avatar"), "primary")->click();
            isCancelled = desk.engine.trainings.front()->isCancelled;
        }
        QVERIFY(*isCancelled);
    }

    void anUntrainedAvatarBeginsWithAnothersNetworks()
    {
        Desk desk;
        desk.shown->setBase("demo.avatar");
        desk.avatars.add("untrained.avatar");
        desk.avatars.add("bob.avatar");
        QTRY_VERIFY(desk.avatars.isUsable(1) && desk.avatars.state(0) == EntryState::Ready);
        desk.shown->setChosenAvatar("untrained.avatar");
        desk.actions.action(QString::fromLatin1(kTrainAvatar))->trigger();
        auto* dialog = desk.dialog("Train Avatar");
        auto* device = dialog->findChild<QComboBox*>(QStringLiteral("trainDevice"));
        QTRY_COMPARE(device->count(), 2);
        device->setCurrentIndex(1);
        dialog->findChild<QDoubleSpinBox*>(QStringLiteral("trainMinutes"))->setValue(30);
        dialog->findChild<QSpinBox*>(QStringLiteral("trainSteps"))->setValue(500);
        desk.button(dialog, "primary")->click();
        const TrainRequest request = desk.engine.trainings.front()->request;
        QCOMPARE(request.avatar.string(), std::string("untrained.avatar"));
        QCOMPARE(request.base.string(), std::string("demo.avatar"));
        QCOMPARE(request.device, std::string("cuda:0"));
        QCOMPARE(request.minutes, 30.0);
        QCOMPARE(request.steps, 500);
        QVERIFY(!request.fromScratch && !request.restart);
        test::fromAnotherThread(
            [&] { desk.engine.trainings.front()->events.finished(failure(ErrorCode::Interrupted, "stopped")); });
        QTRY_VERIFY(!desk.operations.isRunning());
        desk.shown->showTraining("bob.avatar"); // a trained one goes on with its own
        desk.button(dialog, "primary")->click();
        QVERIFY(desk.engine.trainings.back()->request.base.empty());
        auto* begin = dialog->findChild<QComboBox*>(QStringLiteral("trainBegin"));
        test::fromAnotherThread(
            [&] { desk.engine.trainings.back()->events.finished(failure(ErrorCode::Interrupted, "stopped")); });
        QTRY_VERIFY(!desk.operations.isRunning());
        begin->setCurrentIndex(2);
        desk.button(dialog, "primary")->click();
        QVERIFY(desk.engine.trainings.back()->request.fromScratch);
    }

    void anAvatarOfTheStudioIsNotTrainedButACopyOfIt()
    {
        Desk desk;
        QVERIFY(QDir().mkpath(desk.path("share/demo.avatar/frames")) && QDir().mkpath(desk.path("mine")));
        QFile manifest(desk.path("share/demo.avatar/frames/avatar.json"));
        QVERIFY(manifest.open(QIODevice::WriteOnly) && manifest.write("{}") == 2);
        manifest.close();
        desk.shown->setShippedFolder(desk.file("share"));
        desk.shown->setChosenAvatar(desk.file("share/demo.avatar"));
        desk.actions.action(QString::fromLatin1(kTrainAvatar))->trigger();
        auto* dialog = desk.dialog("Train Avatar");
        auto* start = desk.button(dialog, "primary");
        auto* copy = desk.button(dialog, "trainCopy");
        QVERIFY(!start->isEnabled() && copy->isVisible());
        QVERIFY(says(dialog).contains(QStringLiteral("comes with the studio")));
        const QStringList faults = test::accessibilityFaults(*dialog);
        QVERIFY2(faults.isEmpty(), qPrintable(faults.join(QStringLiteral("\n"))));

        desk.dialogs.newFile = desk.path("no/such/demo"); // the folder is not there
        copy->click();
        QTRY_VERIFY(says(dialog).contains(QStringLiteral("cannot be written")));
        QVERIFY(copy->isEnabled() && !start->isEnabled());
        const QSignalSpy copied(desk.shown.get(), &OperationDialogs::avatarCopied);
        desk.dialogs.newFile = desk.path("mine/demo"); // the ending is added
        copy->click();
        QTRY_COMPARE(copied.count(), 1);
        QVERIFY(QFile::exists(desk.path("mine/demo.avatar/frames/avatar.json")));
        QCOMPARE(desk.line(dialog, "Avatar")->text(), desk.path("mine/demo.avatar"));
        QVERIFY(!copy->isVisible() && start->isEnabled());
        start->click();
        QCOMPARE(desk.engine.trainings.front()->request.avatar, desk.file("mine/demo.avatar"));
    }

    void picturesOfTheWorkAreShown()
    {
        Desk desk;
        QImage image(40, 20, QImage::Format_RGB32);
        image.fill(Qt::red);
        QVERIFY(image.save(desk.path("validation.png")));
        desk.shown->showTraining(desk.file("anna.avatar"));
        auto* dialog = desk.dialog("Train Avatar");
        desk.button(dialog, "primary")->click();
        OperationModel& model = desk.model(OperationKind::Training);
        test::fromAnotherThread([&] {
            desk.engine.trainings.front()->events.progress({"generator", 0.3, "26.1 dB", desk.file("validation.png")});
        });
        QTRY_COMPARE(model.picture().size(), QSize(40, 20));
        test::fromAnotherThread([&] { // one that is not there leaves the last
            desk.engine.trainings.front()->events.progress({"generator", 2.5, "27 dB", desk.file("none.png")});
        });
        QTRY_VERIFY(says(dialog).contains(QStringLiteral("27 dB")));
        QCOMPARE(model.picture().size(), QSize(40, 20));
        QCOMPARE(model.fraction(), 1.0); // more than all is all
    }

    void aFaceIsChosenOnTheFirstFrame()
    {
        Desk desk;
        desk.engine.videoFrames[desk.file("panel.mp4")] = frame(640, 360);
        desk.shown->showPreparation(desk.file("panel.mp4"));
        auto* dialog = desk.dialog("Prepare Avatar");
        auto* chooser = dialog->findChild<FaceChooser*>();
        QSignalSpy ready(&desk.model(OperationKind::Preparation), &OperationModel::frameReady);
        QVERIFY(ready.wait());
        chooser->resize(640, 360);
        QTest::mousePress(chooser, Qt::LeftButton, {}, {100, 50});
        QTest::mouseMove(chooser, {250, 200});
        QTest::mouseRelease(chooser, Qt::LeftButton, {}, {300, 250});
        QVERIFY(chooser->face());
        QCOMPARE(chooser->face()->x, 100);
        QCOMPARE(chooser->face()->width, 201); // both edges are in it
        desk.button(dialog, "primary")->click();
        QVERIFY(desk.engine.preparations.front()->request.face);
        QCOMPARE(desk.engine.preparations.front()->request.face->y, 50);
    }

    void aFaceIsChosenWithTheKeys()
    {
        FaceChooser chooser;
        QTest::keyClick(&chooser, Qt::Key_Return);
        QVERIFY(!chooser.face()); // there is no picture yet
        chooser.setFrame(QImage(600, 300, QImage::Format_RGB32));
        QTest::keyClick(&chooser, Qt::Key_Left);
        QVERIFY(!chooser.face());
        QTest::keyClick(&chooser, Qt::Key_Return);
        QCOMPARE(chooser.face()->width, 100);
        const int x = chooser.face()->x;
        QTest::keyClick(&chooser, Qt::Key_Left);
        QCOMPARE(chooser.face()->x, x - 6);
        QTest::keyClick(&chooser, Qt::Key_Down, Qt::ShiftModifier);
        QCOMPARE(chooser.face()->height, 106);
        QVERIFY(chooser.accessibleDescription().contains(QStringLiteral("100 × 106")));
        for (int press = 0; press < 300; ++press)
            QTest::keyClick(&chooser, Qt::Key_Right);
        QCOMPARE(chooser.face()->x, 500); // at the edge it stops
        for (int press = 0; press < 300; ++press)
            QTest::keyClick(&chooser, Qt::Key_Left, Qt::ShiftModifier);
        QCOMPARE(chooser.face()->width, 16);
        QTest::keyClick(&chooser, Qt::Key_Delete);
        QVERIFY(!chooser.face());
        QTest::mousePress(&chooser, Qt::LeftButton, {}, {5, 5});
        QTest::mouseRelease(&chooser, Qt::LeftButton, {}, {7, 7}); // a click is no face
        QVERIFY(!chooser.face());
    }

    void whatShowsNoFrameSaysWhy()
    {
        Desk desk;
        desk.shown->showPreparation(desk.file("song.wav"));
        QSignalSpy unreadable(&desk.model(OperationKind::Preparation), &OperationModel::frameUnreadable);
        QVERIFY(unreadable.wait());
        QVERIFY(unreadable.first().first().toString().contains(QStringLiteral("is no video")));
    }

    void whatADroppedVideoIsForIsAsked()
    {
        Desk desk;
        desk.engine.files[desk.file("talk.mp4")] = {FileKind::Video, {}};
        FileArrivals arrivals(desk.files, desk.library, desk.avatars, desk.voices, *desk.shown, desk.dialogs,
                              desk.window);
        const auto drop = [&](int answer) {
            desk.dialogs.answer = answer;
            const auto before = desk.dialogs.questions.size();
            arrivals.take({QUrl::fromLocalFile(desk.path("talk.mp4"))});
            QTRY_COMPARE(desk.dialogs.questions.size(), before + 1);
        };
        drop(-1);
        QVERIFY(!desk.library.isOpening() && !desk.dialog("Prepare Avatar"));
        drop(0);
        QTRY_VERIFY(desk.library.voice());
        drop(1);
        QCOMPARE(desk.line(desk.dialog("Prepare Avatar"), "Video")->text(), desk.path("talk.mp4"));
        drop(2);
        QCOMPARE(desk.line(desk.dialog("Import Avatar"), "Source")->text(), desk.path("talk.mp4"));
    }

    void thePlaceOfADropDecidesWhatAVideoIsFor()
    {
        Desk desk;
        desk.engine.files[desk.file("talk.mp4")] = {FileKind::Video, {}};
        FileArrivals arrivals(desk.files, desk.library, desk.avatars, desk.voices, *desk.shown, desk.dialogs,
                              desk.window);
        QSignalSpy refused(&arrivals, &FileArrivals::refused), hovered(&arrivals, &FileArrivals::hovered);
        auto* voices = new QWidget(&desk.window);
        arrivals.watch(*voices, DropPlace::Voices);
        arrivals.watch(desk.window, DropPlace::Window);
        const auto drop = [&desk](QWidget* widget, const char* name) {
            QMimeData files;
            files.setUrls({QUrl::fromLocalFile(desk.path(name))});
            QDragEnterEvent enter({1, 1}, Qt::CopyAction, &files, Qt::LeftButton, Qt::NoModifier);
            QCoreApplication::sendEvent(widget, &enter);
            QDropEvent event({1, 1}, Qt::CopyAction, &files, Qt::LeftButton, Qt::NoModifier);
            QCoreApplication::sendEvent(widget, &event);
        };
        drop(voices, "talk.mp4");
        QTRY_VERIFY(desk.library.voice());
        QVERIFY(desk.dialogs.questions.isEmpty());
        QCOMPARE(hovered.count(), 2); // over it, and no more
        drop(&desk.window, "talk.mp4");
        QTRY_COMPARE(desk.dialogs.questions, QStringList{QStringLiteral("What is the video for?")});
        drop(&desk.window, "notes.txt");
        QTRY_COMPARE(refused.count(), 1);
        QVERIFY(refused.first().first().toString().contains(QStringLiteral("is nothing known")));
    }

    void everyControlHasANameAToolTipAndAPlaceInTheTabOrder()
    {
        Desk desk;
        desk.shown->showImport();
        desk.shown->showPreparation();
        desk.shown->showTraining();
        for (const char* title : {"Import Avatar", "Prepare Avatar", "Train Avatar"}) {
            auto* dialog = desk.dialog(title);
            QVERIFY(test::controlsOf(*dialog).size() >= 10);
            const QStringList faults = test::accessibilityFaults(*dialog);
            QVERIFY2(faults.isEmpty(), qPrintable(faults.join(QStringLiteral("\n"))));
            const QStringList cut = test::cutTexts(*dialog);
            QVERIFY2(cut.isEmpty(), qPrintable(cut.join(QStringLiteral("\n"))));
        }
    }
};

QTEST_MAIN(OperationsTest)
#include "operations_test.moc"
