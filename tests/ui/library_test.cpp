// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/actions/action_registry.h"
#include "ui/actions/studio_actions.h"
#include "ui/engine_bridge/engine_bridge.h"
#include "ui/library/library_model.h"
#include "ui/support/fake_engine.h"

#include <QLabel>
#include <QSignalSpy>
#include <QTest>

using namespace lipsync;
using namespace lipsync::ui;

/// What is on the desk.
class LibraryTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void anAvatarAloneIsDescribed()
    {
        test::FakeEngine engine;
        EngineBridge bridge(engine);
        LibraryModel model(bridge);
        model.openAvatar("anna.avatar");
        QVERIFY(model.isOpening());
        QTRY_VERIFY(model.avatar());
        QVERIFY(!model.isOpening());
        QVERIFY(engine.previews.empty());
    }

    void avatarAndVoiceBecomeAPreview()
    {
        test::FakeEngine engine;
        EngineBridge bridge(engine);
        LibraryModel model(bridge);
        model.openVoice("hello.wav");
        QTRY_VERIFY(model.voice());
        model.openAvatar("anna.avatar");
        QCOMPARE(engine.preview().avatar.string(), std::string("anna.avatar"));
        QCOMPARE(engine.preview().voice.string(), std::string("hello.wav"));
        engine.preview().becomeReady(3);
        QTRY_VERIFY(model.sound());
        QCOMPARE(model.avatar()->name, std::string("anna"));
    }

    void bothMayBeDroppedAtOnce()
    {
        test::FakeEngine engine;
        EngineBridge bridge(engine);
        LibraryModel model(bridge);
        model.openAvatar("anna.avatar");
        model.openVoice("hello.wav");
        QCOMPARE(engine.previews.size(), std::size_t(1));
        engine.preview().becomeReady(3);
        QTRY_VERIFY(model.avatar() && model.voice());
    }

    void aBadFileChangesNothing()
    {
        test::FakeEngine engine;
        EngineBridge bridge(engine);
        LibraryModel model(bridge);
        model.open("anna.avatar", "hello.wav");
        engine.preview().becomeReady(3);
        QTRY_VERIFY(model.avatar());
        QSignalSpy refused(&model, &LibraryModel::refused);
        model.openVoice("empty.wav");
        engine.preview().refuse("empty.wav holds no sound: choose another file");
        QTRY_COMPARE(refused.count(), 1);
        QVERIFY(refused.first().first().toString().contains(QStringLiteral("empty.wav holds no sound")));
        QCOMPARE(model.voice()->file.string(), std::string("hello.wav"));
        QVERIFY(!model.isOpening());
    }

    void theGoodOneOfTwoStays()
    {
        test::FakeEngine engine;
        EngineBridge bridge(engine);
        LibraryModel model(bridge);
        QSignalSpy refused(&model, &LibraryModel::refused);
        model.open("anna.avatar", "broken.wav");
        engine.preview().refuse("broken.wav holds no sound");
        QTRY_VERIFY(model.avatar());
        QVERIFY(!model.voice());
        QVERIFY(refused.count() >= 1);
    }
};

QTEST_MAIN(LibraryTest)
#include "library_test.moc"
