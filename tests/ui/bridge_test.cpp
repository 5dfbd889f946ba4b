// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/engine_bridge/engine_bridge.h"
#include "ui/support/fake_engine.h"

#include <future>

#include <QSignalSpy>
#include <QTest>
#include <QThread>

using namespace lipsync;
using namespace lipsync::ui;

/// Engine events become signals on the window's thread, and late ones of replaced jobs do not.
class BridgeTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void eventsArriveOnTheWindowsThread()
    {
        test::FakeEngine engine;
        EngineBridge bridge(engine);
        QThread* deliveredOn = nullptr;
        connect(&bridge, &EngineBridge::previewReady, this, [&] { deliveredOn = QThread::currentThread(); });
        bridge.openPreview("a.avatar", "v.wav");
        engine.preview().becomeReady(1);
        QVERIFY(!bridge.hasPreview()); // queued, not called from the engine's thread
        QTRY_VERIFY(bridge.hasPreview());
        QCOMPARE(deliveredOn, QThread::currentThread());
    }

    void aPreviewThatWasOvertakenIsNotHeardAnyMore()
    {
        test::FakeEngine engine;
        EngineBridge bridge(engine);
        QSignalSpy ready(&bridge, &EngineBridge::previewReady);
        QSignalSpy refused(&bridge, &EngineBridge::previewRefused);
        bridge.openPreview("first.avatar", "v.wav");
        const auto first = engine.previews.front();
        bridge.openPreview("second.avatar", "v.wav");
        first->refuse("too late");
        engine.preview().becomeReady(1);
        QTRY_COMPARE(ready.count(), 1);
        QCOMPARE(ready.first().first().value<PreviewInfo>().avatar.name, std::string("second"));
        QCOMPARE(refused.count(), 0);
        QTRY_VERIFY(!first->isAlive);
    }

    void picturesOfAReplacedPreviewAreDropped()
    {
        test::FakeEngine engine;
        EngineBridge bridge(engine);
        QSignalSpy ready(&bridge, &EngineBridge::previewReady);
        QSignalSpy made(&bridge, &EngineBridge::pictureMade);
        bridge.openPreview("first.avatar", "v.wav");
        engine.preview().becomeReady(1);
        QTRY_COMPARE(ready.count(), 1);
        const auto first = engine.previews.front();
        first->make(7);
        QTRY_COMPARE(made.count(), 1);

        bridge.openPreview("second.avatar", "v.wav");
        engine.preview().becomeReady(1);
        first->make(8); // queued behind the second's ready
        engine.preview().make(9);
        QTRY_COMPARE(made.count(), 2);
        QCOMPARE(made.last().first().toLongLong(), 9);
    }

    void aRefusedFileLeavesThePresentPreview()
    {
        test::FakeEngine engine;
        EngineBridge bridge(engine);
        QSignalSpy refused(&bridge, &EngineBridge::previewRefused);
        bridge.openPreview("good.avatar", "v.wav");
        engine.preview().becomeReady(1);
        QTRY_VERIFY(bridge.hasPreview());
        bridge.openPreview("bad.avatar", "v.wav");
        engine.preview().refuse("bad.avatar has no generator");
        QTRY_COMPARE(refused.count(), 1);
        QVERIFY(bridge.hasPreview());
        QVERIFY(engine.previews.front()->isAlive);
        QTRY_VERIFY(!engine.previews.back()->isAlive);
    }

    void nobodyWaitsForAPreviewThatTakesLongToEnd()
    {
        test::FakeEngine engine;
        EngineBridge bridge(engine);
        QSignalSpy ready(&bridge, &EngineBridge::previewReady);
        bridge.openPreview("slow.avatar", "v.wav");
        std::promise<void> permission;
        const auto slow = engine.previews.front();
        slow->mayDie = permission.get_future().share();
        slow->becomeReady(1);
        QTRY_COMPARE(ready.count(), 1);
        bridge.openPreview("next.avatar", "v.wav");
        engine.preview().becomeReady(1);
        QTRY_COMPARE(ready.count(), 2);
        QVERIFY(slow->isAlive);
        permission.set_value();
        QTRY_VERIFY(!slow->isAlive);
    }

    void statisticsArePolled()
    {
        test::FakeEngine engine;
        EngineBridge bridge(engine);
        QSignalSpy polled(&bridge, &EngineBridge::statisticsPolled);
        bridge.openPreview("a.avatar", "v.wav");
        engine.preview().statistics = {24, 12, 100, 3};
        engine.preview().becomeReady(1);
        QTRY_VERIFY(polled.count() >= 2);
        QCOMPARE(polled.first().first().value<PreviewStatistics>().dropped, 3);
    }

    void onlyTheLastOfTwoDescriptionsIsTold()
    {
        test::FakeEngine engine;
        EngineBridge bridge(engine);
        QSignalSpy described(&bridge, &EngineBridge::avatarDescribed);
        QSignalSpy refused(&bridge, &EngineBridge::avatarRefused);
        bridge.describeAvatar("broken.avatar");
        bridge.describeAvatar("good.avatar");
        QTRY_COMPARE(described.count(), 1);
        QCOMPARE(refused.count(), 0);
    }

    void withoutAPreviewNothingHappens()
    {
        test::FakeEngine engine;
        EngineBridge bridge(engine);
        bridge.show(1);
        bridge.play(1);
        bridge.setPlayhead(1);
        bridge.pause();
        QVERIFY(!bridge.pictureAt(0));
    }

    void itCanGoWhileEventsAreOnTheirWay()
    {
        test::FakeEngine engine;
        {
            EngineBridge bridge(engine);
            bridge.openPreview("a.avatar", "v.wav");
            bridge.describeAvatar("b.avatar");
            engine.preview().becomeReady(1);
        }
        QCoreApplication::processEvents();
        QVERIFY(!engine.preview().isAlive);
    }
};

QTEST_MAIN(BridgeTest)
#include "bridge_test.moc"
