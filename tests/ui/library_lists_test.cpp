// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/actions/action_registry.h"
#include "ui/actions/studio_actions.h"
#include "ui/engine_bridge/engine_bridge.h"
#include "ui/engine_bridge/library_bridge.h"
#include "ui/library/library_actions.h"
#include "ui/library/library_list_model.h"
#include "ui/library/library_lists_panel.h"
#include "ui/library/library_model.h"
#include "ui/operations/operation_actions.h"
#include "ui/support/fake_engine.h"
#include "ui/support/opened_folders.h"
#include "ui/support/widget_walk.h"
#include "ui/theme/theme_tokens.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QListView>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace lipsync;
using namespace lipsync::ui;
using namespace lipsync::ui::action_id;

namespace {

/// The library's lists and panel over a fake engine.
struct Desk {
    QTemporaryDir folder;
    QSettings settings{folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat};
    test::FakeEngine engine;
    EngineBridge bridge{engine};
    LibraryBridge files{engine};
    LibraryModel desk{bridge};
    LibraryListModel avatars{LibraryKind::Avatars, files, settings};
    LibraryListModel voices{LibraryKind::Voices, files, settings};
    QAbstractItemModelTester avatarTester{&avatars, QAbstractItemModelTester::FailureReportingMode::QtTest};
    QAbstractItemModelTester voiceTester{&voices, QAbstractItemModelTester::FailureReportingMode::QtTest};
    ActionRegistry actions;
    std::unique_ptr<LibraryListsPanel> panel;

    Desk()
    {
        addStudioActions(actions);
        addOperationActions(actions);
        addLibraryActions(actions);
        actions.tint(themeTokens(ThemeName::Dark)); // buttons have their icons
        panel = std::make_unique<LibraryListsPanel>(desk, avatars, voices, actions);
    }
    QAction* action(const char* id) const { return actions.action(QString::fromLatin1(id)); }
    QListView* list(const char* name) const { return panel->findChild<QListView*>(QString::fromLatin1(name)); }
};

QString text(const LibraryListModel& model, int row, int role)
{
    return model.index(row).data(role).toString();
}

} // namespace

/// The lists of avatars and voices.
class LibraryListsTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void anAvatarIsReadInTheBackground()
    {
        Desk desk;
        QCOMPARE(desk.avatars.add("anna.avatar"), 0);
        QCOMPARE(text(desk.avatars, 0, LibraryListModel::StateTextRole), QStringLiteral("Reading…"));
        QVERIFY(!desk.avatars.isUsable(0));
        QTRY_VERIFY(desk.avatars.isUsable(0));
        QCOMPARE(text(desk.avatars, 0, LibraryListModel::TitleRole), QStringLiteral("Fake anna"));
        QVERIFY(text(desk.avatars, 0, LibraryListModel::FactsRole).startsWith(QStringLiteral("8 × 8 · ")));
        QVERIFY(text(desk.avatars, 0, Qt::AccessibleTextRole).startsWith(QStringLiteral("Fake anna, 8 × 8")));
    }

    void aVoiceHasAWaveform()
    {
        Desk desk;
        desk.voices.add("hello.wav");
        QTRY_VERIFY(desk.voices.isUsable(0));
        QVERIFY(!desk.voices.index(0).data(LibraryListModel::PeaksRole).value<std::vector<float>>().empty());
        QVERIFY(text(desk.voices, 0, LibraryListModel::FactsRole).contains(QLocale().toString(4.0, 'f', 1)));
        QVERIFY(text(desk.voices, 0, LibraryListModel::DetailRole).contains(QStringLiteral("16 kHz, mono")));
    }

    void whatCannotBeReadStaysListedAndSaysWhy()
    {
        Desk desk;
        desk.avatars.add("broken.avatar");
        desk.voices.add("broken.wav");
        QTRY_COMPARE(desk.avatars.state(0), EntryState::Unreadable);
        QTRY_COMPARE(desk.voices.state(0), EntryState::Unreadable);
        QCOMPARE(text(desk.avatars, 0, LibraryListModel::StateTextRole), QStringLiteral("Cannot be used"));
        QVERIFY(text(desk.avatars, 0, LibraryListModel::DetailRole).contains(QStringLiteral("has no generator")));
        QVERIFY(text(desk.voices, 0, LibraryListModel::DetailRole).contains(QStringLiteral("holds no sound")));
        QVERIFY(!desk.action(kUseAvatar)->isEnabled());
        QVERIFY(!desk.action(kCheckAvatar)->isEnabled());
    }

    void aListIsRememberedWithoutDoubles()
    {
        Desk desk;
        desk.avatars.add("anna.avatar");
        desk.avatars.add("bob.avatar");
        QCOMPARE(desk.avatars.add("anna.avatar"), 0);
        QCOMPARE(desk.avatars.rowCount(), 2);
        desk.avatars.add("carl.avatar");
        desk.avatars.remove(1);
        desk.avatars.remove(7);
        LibraryListModel next(LibraryKind::Avatars, desk.files, desk.settings);
        QCOMPARE(next.rowCount(), 2);
        QCOMPARE(next.path(1).string(), std::string("carl.avatar"));
        QTRY_VERIFY(next.isUsable(0) && next.isUsable(1));
        LibraryListModel voices(LibraryKind::Voices, desk.files, desk.settings);
        QCOMPARE(voices.rowCount(), 0);
    }

    void settingsThatMakeNoSenseAreSkipped()
    {
        Desk desk;
        desk.settings.setValue(QStringLiteral("library/voices"),
                               QStringList{{}, QStringLiteral("a.wav"), QStringLiteral("a.wav")});
        LibraryListModel voices(LibraryKind::Voices, desk.files, desk.settings);
        QCOMPARE(voices.rowCount(), 1);
        QStringList many;
        for (int number = 0; number < 700; ++number)
            many << QStringLiteral("%1.wav").arg(number);
        desk.settings.setValue(QStringLiteral("library/voices"), many);
        LibraryListModel full(LibraryKind::Voices, desk.files, desk.settings);
        QCOMPARE(full.rowCount(), 500);
        full.add("another.wav"); // the oldest makes room
        QCOMPARE(full.rowCount(), 500);
        QCOMPARE(full.path(0).string(), std::string("1.wav"));
    }

    void whatIsOpenedIsListedAndMarked()
    {
        Desk desk;
        desk.desk.open("anna.avatar", "hello.wav");
        desk.engine.preview().becomeReady(3);
        QTRY_COMPARE(desk.avatars.rowCount(), 1);
        QCOMPARE(desk.voices.rowCount(), 1);
        QTRY_COMPARE(text(desk.avatars, 0, LibraryListModel::StateTextRole), QStringLiteral("On the desk"));
        desk.avatars.add("bob.avatar");
        QTRY_VERIFY(desk.avatars.isUsable(1));
        QSignalSpy chosen(desk.panel.get(), &LibraryListsPanel::avatarChosen);
        desk.list("avatars")->setCurrentIndex(desk.avatars.index(1));
        QCOMPARE(chosen.last().first().value<std::filesystem::path>().string(), std::string("bob.avatar"));
        QTest::keyClick(desk.list("avatars"), Qt::Key_Return);
        QCOMPARE(desk.engine.preview().avatar.string(), std::string("bob.avatar"));
        desk.engine.preview().becomeReady(3);
        QTRY_COMPARE(text(desk.avatars, 1, LibraryListModel::StateTextRole), QStringLiteral("On the desk"));
        QVERIFY(text(desk.avatars, 0, LibraryListModel::StateTextRole).isEmpty());
        QVERIFY(!desk.avatars.index(0).data(LibraryListModel::IsOnDeskRole).toBool());
    }

    void anAvatarIsCheckedToTheLastByte()
    {
        Desk desk;
        desk.avatars.add("anna.avatar");
        desk.avatars.add("damaged.avatar");
        QTRY_VERIFY(desk.avatars.isUsable(0) && desk.avatars.isUsable(1));
        desk.list("avatars")->setCurrentIndex(desk.avatars.index(0));
        desk.action(kCheckAvatar)->trigger();
        QCOMPARE(text(desk.avatars, 0, LibraryListModel::StateTextRole), QStringLiteral("Checking…"));
        QTRY_COMPARE(text(desk.avatars, 0, LibraryListModel::StateTextRole), QStringLiteral("Whole"));
        desk.avatars.check(1);
        desk.avatars.check(5);
        QTRY_COMPARE(text(desk.avatars, 1, LibraryListModel::StateTextRole), QStringLiteral("Damaged"));
        QVERIFY(text(desk.avatars, 1, LibraryListModel::DetailRole).contains(QStringLiteral("is not what")));
        desk.voices.add("hello.wav");
        QTRY_VERIFY(desk.voices.isUsable(0));
        desk.voices.check(0);
        QCOMPARE(desk.voices.state(0), EntryState::Ready); // there is nothing to compare it with
    }

    void anUntrainedAvatarCannotBePutOnTheDesk()
    {
        Desk desk;
        desk.avatars.add("untrained.avatar");
        QTRY_COMPARE(desk.avatars.state(0), EntryState::Ready);
        QCOMPARE(text(desk.avatars, 0, LibraryListModel::StateTextRole), QStringLiteral("Not trained yet"));
        QVERIFY(text(desk.avatars, 0, LibraryListModel::DetailRole).contains(QStringLiteral("has to be trained")));
        QVERIFY(!desk.action(kUseAvatar)->isEnabled());
        QTest::keyClick(desk.list("avatars"), Qt::Key_Return);
        QVERIFY(desk.engine.previews.empty() && !desk.desk.isOpening());
    }

    void deleteTakesFromTheListAndTheEmptyListSaysWhatToDrop()
    {
        Desk desk;
        desk.panel->show();
        QVERIFY(!desk.list("voices")->isVisible());
        desk.voices.add("hello.wav");
        QVERIFY(desk.list("voices")->isVisible());
        QTest::keyClick(desk.list("voices"), Qt::Key_Delete);
        QCOMPARE(desk.voices.rowCount(), 0);
        QVERIFY(!desk.list("voices")->isVisible());
        QVERIFY(test::textsOf(*desk.panel).join(u' ').contains(QStringLiteral("Drop a sound here")));
    }

    void theFolderOfAnEntryIsShown()
    {
        test::OpenedFolders opened;
        Desk desk;
        desk.voices.add((desk.folder.path() + QStringLiteral("/hello.wav")).toStdString());
        desk.avatars.add(desk.folder.path().toStdString());
        desk.action(kShowVoiceFolder)->trigger();
        desk.action(kShowAvatarFolder)->trigger();
        QCOMPARE(opened.urls.size(), 2);
        for (const QUrl& url : opened.urls)
            QCOMPARE(url.toLocalFile(), desk.folder.path());
    }

    void everyControlHasANameAToolTipAndAPlaceInTheTabOrder()
    {
        Desk desk;
        desk.avatars.add("anna.avatar");
        desk.panel->show();
        QVERIFY(test::controlsOf(*desk.panel).size() >= 12);
        const QStringList faults = test::accessibilityFaults(*desk.panel);
        QVERIFY2(faults.isEmpty(), qPrintable(faults.join(QStringLiteral("\n"))));
        QVERIFY2(desk.panel->minimumSizeHint().width() <= 240,
                 qPrintable(QString::number(desk.panel->minimumSizeHint().width())));
    }
};

QTEST_MAIN(LibraryListsTest)
#include "library_lists_test.moc"
