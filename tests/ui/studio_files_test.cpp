// SPDX-License-Identifier: GPL-3.0-or-later
// Library, drops and the export queue over the real engine, with the demo avatar and its voice.
#include "ui/drops/file_drops.h"
#include "ui/engine_bridge/export_queue_bridge.h"
#include "ui/engine_bridge/library_bridge.h"
#include "ui/engine_bridge/operation_bridge.h"
#include "ui/engine_bridge/qt_conversion.h"
#include "ui/export/export_draft.h"
#include "ui/export/export_queue_model.h"
#include "ui/library/library_list_model.h"
#include "ui/operations/operation_model.h"

#include <algorithm>
#include <memory>
#include <vector>

#include <QFile>
#include <QFileInfo>
#include <QImage>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace lipsync;
using namespace lipsync::ui;

namespace {

constexpr int kPatienceMs = 60000; // a loaded machine of two cores

QString resource(const char* name)
{
    return QStringLiteral(LIPSYNC_SOURCE_DIR "/resources/") + QString::fromLatin1(name);
}

} // namespace

/// What the studio does with files.
class StudioFilesTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        prepareProcess();
        m_engine = std::move(createEngine().value());
    }
    void cleanupTestCase() { m_engine.reset(); }

    void theDemoIsListedWithItsPictureAndIsWhole()
    {
        QTemporaryDir folder;
        QSettings settings(folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat);
        LibraryBridge bridge(*m_engine);
        LibraryListModel avatars(LibraryKind::Avatars, bridge, settings);
        LibraryListModel voices(LibraryKind::Voices, bridge, settings);
        avatars.add(toPath(resource("avatars/demo.avatar")));
        voices.add(toPath(resource("voices/demo.flac")));
        QTRY_VERIFY_WITH_TIMEOUT(avatars.isUsable(0) && voices.isUsable(0), kPatienceMs);
        QVERIFY(!avatars.index(0).data(LibraryListModel::ThumbnailRole).value<QImage>().isNull());
        const auto peaks = voices.index(0).data(LibraryListModel::PeaksRole).value<std::vector<float>>();
        QVERIFY(!peaks.empty() && *std::max_element(peaks.begin(), peaks.end()) > 0.1F);
        avatars.check(0);
        QTRY_COMPARE_WITH_TIMEOUT(avatars.state(0), EntryState::Intact, kPatienceMs);
    }

    void droppedFilesGoWhereTheirContentBelongs()
    {
        LibraryBridge bridge(*m_engine);
        FileDrops drops(bridge);
        QSignalSpy avatar(&drops, &FileDrops::avatarDropped), voice(&drops, &FileDrops::voiceDropped);
        QSignalSpy video(&drops, &FileDrops::videoDropped), refused(&drops, &FileDrops::refused);
        QTemporaryDir folder;
        const QString disguised = folder.filePath(QStringLiteral("voice.txt"));
        QVERIFY(QFile::copy(resource("voices/demo.flac"), disguised));
        drops.take({QUrl::fromLocalFile(resource("avatars/demo.avatar")), QUrl::fromLocalFile(disguised),
                    QUrl::fromLocalFile(resource("avatars/demo.avatar/template.mp4")),
                    QUrl::fromLocalFile(resource("voices/README.md")),
                    QUrl::fromLocalFile(folder.filePath(QStringLiteral("gone.wav")))},
                   DropPlace::Window);
        QTRY_COMPARE_WITH_TIMEOUT(refused.count(), 1, kPatienceMs);
        QCOMPARE(avatar.count(), 1);
        QCOMPARE(voice.count(), 1);
        QCOMPARE(video.count(), 1);
        const QString reasons = refused.first().first().toString();
        QVERIFY2(reasons.contains(QStringLiteral("README.md")) && reasons.contains(QStringLiteral("gone.wav")),
                 qPrintable(reasons));
    }

    void theFirstFrameOfAVideoIsShown()
    {
        OperationBridge bridge(*m_engine);
        OperationModel model(bridge);
        QSignalSpy ready(&model, &OperationModel::frameReady), unreadable(&model, &OperationModel::frameUnreadable);
        model.wantFrame(toPath(resource("avatars/demo.avatar/template.mp4")), 0.5);
        QTRY_COMPARE_WITH_TIMEOUT(ready.count(), 1, kPatienceMs);
        QVERIFY(ready.first().first().value<QImage>().width() > 100);
        model.wantFrame(toPath(resource("voices/README.md")), 0);
        QTRY_COMPARE_WITH_TIMEOUT(unreadable.count(), 1, kPatienceMs);
    }

    void anImportThatCannotBeIsToldAndLeavesNothing()
    {
        QTemporaryDir folder;
        OperationBridge bridge(*m_engine);
        OperationModel model(bridge);
        ImportRequest request;
        request.source = toPath(resource("voices"));
        request.output = toPath(folder.filePath(QStringLiteral("new.avatar")));
        model.start(request);
        QTRY_COMPARE_WITH_TIMEOUT(model.state(), OperationState::Failed, kPatienceMs);
        QVERIFY(!model.statusText().isEmpty());
        QVERIFY(!QFileInfo::exists(folder.filePath(QStringLiteral("new.avatar"))));
    }

    void anExportGoesThroughTheQueueToAWholeFile()
    {
        QTemporaryDir folder;
        ExportQueueBridge bridge(*m_engine);
        ExportQueueModel queue(bridge, exportFormats());
        ExportDraft draft(exportFormats());
        draft.setSources(toPath(resource("avatars/demo.avatar")), toPath(resource("voices/demo.flac")), folder.path());
        QSignalSpy opened(&bridge, &ExportQueueBridge::opened), refused(&bridge, &ExportQueueBridge::refused);
        QSignalSpy ended(&bridge, &ExportQueueBridge::ended);
        bridge.open(toPath(folder.filePath(QStringLiteral("queue.journal"))));
        QTRY_COMPARE_WITH_TIMEOUT(opened.count(), 1, kPatienceMs);
        bridge.add(draft.request(false), true);
        QTRY_COMPARE_WITH_TIMEOUT(queue.rowCount(), 1, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(ended.count() == 1 && !queue.hasWork(), 4 * kPatienceMs);
        QCOMPARE(queue.index(0, ExportQueueModel::Progress).data().toString(), QStringLiteral("100 %"));
        QVERIFY(QFileInfo(draft.output()).size() > 10000);
        bridge.add(draft.request(false), false); // it is there already
        QTRY_COMPARE_WITH_TIMEOUT(refused.count(), 1, kPatienceMs);
    }

private:
    std::unique_ptr<Engine> m_engine;
};

QTEST_MAIN(StudioFilesTest)
#include "studio_files_test.moc"
