// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/actions/studio_actions.h"
#include "ui/support/demo_desk.h"
#include "ui/support/event_loop.h"
#include "ui/support/machine_watch.h"
#include "ui/support/stall_watch.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include <QAction>
#include <QApplication>
#include <QDockWidget>
#include <QElapsedTimer>

using namespace lipsync;
using namespace lipsync::ui;

namespace {

constexpr double kMostStallMs = 100; // of the window's own doing
constexpr int kDefaultSeconds = 15; // LIPSYNC_TEST_SECONDS: 60 for the whole session

int secondsOfTheSession()
{
    bool isNumber = false;
    const int seconds = qEnvironmentVariableIntValue("LIPSYNC_TEST_SECONDS", &isNumber);
    return isNumber && seconds > 0 ? seconds : kDefaultSeconds;
}

} // namespace

/// A day at the desk in a minute: everything at once, watched.
class SessionTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theWindowNeverStalls()
    {
        VERIFY_JUDGED(
            test::judge([this](test::MachineWatch& machine, QString& missed) { watchTheDay(machine, missed); }));
    }

private:
    void watchTheDay(test::MachineWatch& machine, QString& missed)
    {
        test::DemoDesk desk;
        QVERIFY(desk.show());
        QVERIFY(desk.open());
        for (QDockWidget* dock : desk.window->findChildren<QDockWidget*>())
            dock->show();
        PlaybackController& playback = desk.window->playback();

        machine.restart();
        test::StallWatch watch;
        watch.start();
        QElapsedTimer time;
        time.start();
        const qint64 end = 1000LL * secondsOfTheSession();
        const ConcurrencyPlan first = desk.engine->plan();
        ExportRequest request;
        request.avatar = toPath(desk.avatar());
        request.voice = toPath(desk.voice());
        request.output = toPath(desk.folder.filePath(QStringLiteral("session.mp4")));
        int turn = 0;
        while (time.elapsed() < end) {
            switch (turn++ % 6) {
            case 0:
                playback.play();
                break;
            case 1: {
                ConcurrencyPlan plan = first;
                plan.devices.front().workers = turn % 4 == 0 ? 1 : 2;
                desk.engine->applyPlan(plan, [](const Status&) {});
                break;
            }
            case 2:
                playback.pause();
                for (std::int64_t frame = 0; frame < 20; ++frame)
                    playback.showFrame(frame * 7 % playback.frames());
                break;
            case 3:
                desk.startExport(request);
                break;
            case 4:
                playback.play();
                break;
            default: {
                const auto docks = desk.window->findChildren<QDockWidget*>();
                docks.at(turn % docks.size())->raise();
                desk.window->resize(1200 + 40 * (turn % 5), 800);
            }
            }
            test::runEventLoop(std::chrono::milliseconds(end / 18));
        }
        watch.stop();
        const test::StallWatch::Stall longest = watch.longestOwn();
        qInfo("Longest stall %.1f ms. By the window's own doing %.1f ms, %.1f of them computing; %zu of %zu turns over "
              "50 ms.",
              watch.longestMs(), longest.ownMs, longest.computedMs, watch.countOver(50), watch.turns());
        QVERIFY(watch.turns() > 100);
        if (longest.ownMs > kMostStallMs)
            missed = QStringLiteral("the window stalled for %1 ms, in which it computed for %2")
                         .arg(longest.ownMs, 0, 'f', 1)
                         .arg(longest.computedMs, 0, 'f', 1);
    }
};

int main(int argc, char** argv)
{
    prepareProcess();
    QApplication::setStyle(QStringLiteral("fusion"));
    QApplication application(argc, argv);
    SessionTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "session_test.moc"
