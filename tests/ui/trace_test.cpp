// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/trace/trace_panel.h"

#include "ui/actions/action_registry.h"
#include "ui/support/fake_engine.h"
#include "ui/support/scripted_dialogs.h"
#include "ui/support/widget_walk.h"
#include "ui/trace/frame_look.h"
#include "ui/trace/trace_actions.h"
#include "ui/trace/trace_timeline.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QFile>
#include <QLabel>
#include <QSet>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTreeView>

using namespace lipsync;
using namespace lipsync::ui;

namespace {

constexpr TimePoint kStart = TimePoint(std::chrono::hours(2));

TimePoint at(double ms)
{
    return kStart + fromMilliseconds(ms);
}

/// Two workers that take turns with batches of two; every tenth frame late, some expired, failed, cancelled.
std::vector<metrics::FrameTrace> someFrames(int batches)
{
    std::vector<metrics::FrameTrace> frames;
    for (int batch = 0; batch < batches; ++batch) {
        for (int place = 0; place < 2; ++place) {
            metrics::FrameTrace frame;
            frame.stream = 7;
            frame.sequence = 2 * batch + place;
            frame.frameClass = place == 0 ? FrameClass::Preview : FrameClass::Bulk;
            frame.worker = static_cast<std::uint32_t>(1 + batch % 2);
            frame.batch = static_cast<std::uint64_t>(batch) + 1;
            frame.batchSize = 2;
            frame.attempts = 1;
            const double begin = 18.0 * batch;
            frame.submitted = at(begin - 12);
            frame.started = at(begin);
            frame.finished = at(begin + 30);
            frame.pasted = at(begin + 32);
            frame.delivered = at(begin + 33);
            frame.deadline = at(begin + (frame.sequence % 10 == 0 ? 20 : 60));
            if (frame.sequence % 31 == 5)
                frame.outcome = metrics::FrameOutcome::Failed;
            frames.push_back(frame);
        }
        if (batch % 9 == 4) {
            metrics::FrameTrace waited;
            waited.stream = 8;
            waited.sequence = batch;
            waited.outcome = batch % 2 ? metrics::FrameOutcome::Expired : metrics::FrameOutcome::Cancelled;
            waited.submitted = at(18.0 * batch - 40);
            waited.finished = at(18.0 * batch);
            waited.deadline = waited.finished;
            frames.push_back(waited);
        }
    }
    return frames;
}

struct TraceDesk {
    QTemporaryDir folder;
    test::FakeEngine engine;
    test::ScriptedDialogs dialogs;
    ActionRegistry actions;
    TraceBridge bridge{engine};
    TraceModel model{bridge};
    std::unique_ptr<TracePanel> panel;

    explicit TraceDesk(int batches = 60)
    {
        engine.presentTraces = someFrames(batches);
        addTraceActions(actions);
        panel = std::make_unique<TracePanel>(bridge, model, actions, dialogs);
        panel->setTheme(themeTokens(ThemeName::Dark));
        panel->resize(1400, 240);
    }
    bool show()
    {
        QSignalSpy changed(&model, &TraceModel::changed);
        panel->show();
        return QTest::qWaitForWindowExposed(panel.get()) && (changed.count() > 0 || changed.wait());
    }
    QAction* action(const char* id) const { return actions.action(QString::fromLatin1(id)); }
    QString answer() const { return panel->findChild<QLabel*>(QStringLiteral("frameExplanation"))->text(); }
};

} // namespace

/// The engine's last frames and why they were late.
class TraceTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void workersAndFramesWithoutOneHaveALaneEach()
    {
        TraceDesk desk;
        QVERIFY(desk.show());
        QCOMPARE(desk.model.lanes().size(), std::size_t{3});
        QCOMPARE(desk.model.lanes()[0].name, QStringLiteral("Worker 1 · cpu"));
        QVERIFY(!desk.model.lanes()[2].worker);
        for (const TraceBox& box : desk.model.boxes()) {
            QVERIFY(box.row < box.rows);
            QVERIFY(box.from <= box.to);
        }
    }

    void lateFramesAreListedTheNewestFirst()
    {
        TraceDesk desk;
        LateFramesModel late(desk.model);
        QAbstractItemModelTester tester(&late, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QVERIFY(desk.show());
        QVERIFY(late.rowCount() >= 12);
        QVERIFY(desk.model.frames()[late.frameOf(0)].submitted > desk.model.frames()[late.frameOf(1)].submitted);
        for (int row = 0; row < late.rowCount(); ++row)
            QVERIFY(desk.model.frames()[late.frameOf(row)].isLate());
        QVERIFY(late.index(late.rowCount() - 1, LateFramesModel::Lateness)
                    .data()
                    .toString()
                    .endsWith(QStringLiteral(" ms")));
    }

    void aChosenLateFrameIsExplainedAndHoldsTheTraceStill()
    {
        TraceDesk desk;
        QVERIFY(desk.show());
        auto* list = desk.panel->findChild<QTreeView*>(QStringLiteral("lateFrames"));
        list->setFocus();
        QTest::keyClick(list, Qt::Key_Down);
        QTRY_COMPARE(desk.answer(), QStringLiteral("It waited."));
        QVERIFY(desk.action(action_id::kPauseTrace)->isChecked());
    }

    void aChosenFrameStaysChosenWhileNewerOnesCome()
    {
        TraceDesk desk(10);
        QVERIFY(desk.show());
        desk.model.choose(3);
        const auto sequence = desk.model.chosen()->sequence;
        auto frames = someFrames(30);
        frames.erase(frames.begin(), frames.begin() + 2);
        QSignalSpy read(&desk.bridge, &TraceBridge::framesRead);
        desk.action(action_id::kPauseTrace)->setChecked(true);
        desk.engine.presentTraces = frames;
        desk.bridge.read();
        QTRY_VERIFY(read.count() > 0);
        QVERIFY(desk.model.chosen());
        QCOMPARE(desk.model.chosen()->sequence, sequence);
        desk.engine.presentTraces.clear();
        desk.bridge.read();
        QTRY_VERIFY(desk.model.frames().empty());
        QVERIFY(!desk.model.chosen());
    }

    void framesAreChosenByKeyAndByPointer()
    {
        TraceDesk desk;
        QVERIFY(desk.show());
        TraceTimeline& timeline = desk.panel->timeline();
        timeline.setFocus();
        QTest::keyClick(&timeline, Qt::Key_Left);
        const auto last = desk.model.chosenIndex();
        QVERIFY(last.has_value());
        QTest::keyClick(&timeline, Qt::Key_Left);
        QVERIFY(desk.model.chosenIndex() != last);
        QVERIFY(timeline.accessibleDescription().contains(QStringLiteral("stream")));
        QTest::keyClick(&timeline, Qt::Key_Escape);
        QVERIFY(!desk.model.chosen());
        const TraceBox& box = desk.model.boxes()[desk.model.boxes().size() - 6];
        QTest::mouseClick(timeline.viewport(), Qt::LeftButton, {}, timeline.areaOf(box).center().toPoint());
        QVERIFY(desk.model.chosenIndex().has_value());
        // An empty place chooses none.
        QTest::mouseClick(timeline.viewport(), Qt::LeftButton, {}, QPoint(timeline.viewport()->width() - 2, 2));
        QVERIFY(!desk.model.chosenIndex().has_value());
    }

    void zoomStaysInItsLimits()
    {
        TraceDesk desk;
        QVERIFY(desk.show());
        for (int i = 0; i < 20; ++i)
            desk.action(action_id::kZoomTraceIn)->trigger();
        QCOMPARE(desk.panel->timeline().seconds(), TraceTimeline::kShortestSeconds);
        for (int i = 0; i < 40; ++i)
            desk.action(action_id::kZoomTraceOut)->trigger();
        QCOMPARE(desk.panel->timeline().seconds(), TraceTimeline::kLongestSeconds);
        desk.panel->grab();
    }

    void everyOutcomeHasAWordAndAPatternOfItsOwn()
    {
        const ThemeTokens tokens = themeTokens(ThemeName::HighContrast);
        QSet<QString> words;
        QSet<int> patterns;
        for (const FrameLook look : kFrameLooks) {
            words.insert(lookText(look));
            patterns.insert(lookBrush(look, tokens).style());
        }
        QCOMPARE(words.size(), static_cast<qsizetype>(kFrameLooks.size()));
        QCOMPARE(patterns.size(), static_cast<qsizetype>(kFrameLooks.size()));
    }

    void theTraceIsSavedAsTheEngineWritesIt()
    {
        TraceDesk desk;
        QSignalSpy noticed(desk.panel.get(), &TracePanel::noticed);
        desk.dialogs.newFile = desk.folder.filePath(QStringLiteral("trace.json"));
        desk.action(action_id::kSaveTrace)->trigger();
        QTRY_COMPARE(noticed.count(), 1);
        QFile file(desk.dialogs.newFile);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), QByteArray("{}"));
    }

    void nothingIsReadWhileHidden()
    {
        TraceDesk desk;
        QVERIFY(desk.show());
        desk.panel->hide();
        QSignalSpy read(&desk.bridge, &TraceBridge::framesRead);
        QVERIFY(!read.wait(700)); // more than the interval of reading
    }

    void everyControlHasANameAndFitsIntoASmallDock()
    {
        TraceDesk desk;
        desk.panel->resize(480, 180);
        QVERIFY(desk.show());
        desk.model.choose(0);
        QCOMPARE(test::accessibilityFaults(*desk.panel), QStringList());
    }
};

QTEST_MAIN(TraceTest)
#include "trace_test.moc"
