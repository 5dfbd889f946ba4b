// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/capacity/capacity_actions.h"
#include "ui/capacity/capacity_model.h"
#include "ui/capacity/capacity_panel.h"
#include "ui/support/measuring_desk.h"
#include "ui/support/widget_walk.h"

#include <QDoubleSpinBox>
#include <QSpinBox>
#include <QTest>

#include <memory>

using namespace lipsync;
using namespace lipsync::ui;
using namespace lipsync::ui::action_id;

namespace {

/// The capacity planner over a fake engine.
struct Desk : test::MeasuringDesk {
    CapacityModel model{bridge, concurrency};
    std::unique_ptr<CapacityPanel> panel;

    Desk()
    {
        addCapacityActions(actions);
        panel = std::make_unique<CapacityPanel>(model, actions);
        model.setAvatar("anna.avatar");
    }
    auto& record() { return *engine.capacities.back(); }
    template <typename Box> Box* box(const char* name) const
    {
        return panel->findChild<Box*>(QString::fromLatin1(name));
    }
    void answer(bool holds)
    {
        CapacityFigures figures;
        figures.holds = holds;
        figures.mostViewers = 12;
        figures.p99Ms = 38.5;
        figures.lateShare = 0.004;
        figures.utilisation = 0.81;
        figures.meanBatch = 2.5;
        figures.explanation = {"The processor is the limit."};
        test::fromAnotherThread([&] { record().events.finished(figures); });
        QTRY_VERIFY(!model.isRunning());
    }
    QString shown(const char* look) const { return MeasuringDesk::shown(*panel, look); }
};

} // namespace

/// How many viewers the settings serve.
class CapacityTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theQuestionIsAskedAsSet()
    {
        Desk desk;
        desk.box<QSpinBox>("viewers")->setValue(20);
        desk.box<QDoubleSpinBox>("rate")->setValue(30);
        desk.box<QSpinBox>("duty")->setValue(60);
        desk.box<QSpinBox>("capacityGoal")->setValue(80);
        desk.box<QSpinBox>("deviceCount")->setValue(3);
        desk.concurrency.setDraft(test::planWith(2, 8)); // settings that are not applied can be asked about
        desk.action(kPlanCapacity)->trigger();
        const CapacityRequest& request = desk.record().request;
        QCOMPARE(request.viewers, 20);
        QCOMPARE(request.framesPerSecond, 30.0);
        QCOMPARE(request.duty, 0.6);
        QCOMPARE(request.goalP99Ms, 80.0);
        QCOMPARE(request.deviceCount, 3);
        QVERIFY(request.plan == test::planWith(2, 8));
        QVERIFY(!desk.action(kPlanCapacity)->isEnabled() && desk.action(kCancelCapacity)->isEnabled());
    }

    void theAnswerIsASentenceAndFigures()
    {
        Desk desk;
        desk.action(kPlanCapacity)->trigger();
        desk.answer(true);
        QVERIFY(desk.shown("title").startsWith(QStringLiteral("Yes")));
        QVERIFY(desk.shown("").contains(QStringLiteral("38.5 ms")));
        QVERIFY(desk.shown("").contains(QStringLiteral("81.0 %")));
        QVERIFY(desk.shown("").contains(QStringLiteral("The processor is the limit.")));
        desk.action(kPlanCapacity)->trigger();
        QVERIFY(desk.shown("title").isEmpty());
        desk.answer(false);
        QVERIFY(desk.shown("title").startsWith(QStringLiteral("No")));
        QVERIFY(desk.shown("title").contains(QStringLiteral("12")));
    }

    void anAnswerToAnotherQuestionIsNotShown()
    {
        Desk desk;
        desk.action(kPlanCapacity)->trigger();
        desk.answer(true);
        desk.box<QSpinBox>("viewers")->setValue(11);
        QVERIFY(!desk.model.answer()); // it was to the question of before
        desk.action(kPlanCapacity)->trigger();
        desk.concurrency.setLargestBatch(2);
        desk.answer(true);
        QVERIFY(!desk.model.answer());
        QVERIFY(desk.shown("muted").contains(QStringLiteral("ask again")));
    }

    void settingsThatMakeNoSenseCannotBeAskedAbout()
    {
        Desk desk;
        auto draft = desk.concurrency.draft();
        draft.devices.clear();
        desk.concurrency.setDraft(draft);
        QVERIFY(!desk.action(kPlanCapacity)->isEnabled());
        desk.concurrency.revert();
        QVERIFY(desk.action(kPlanCapacity)->isEnabled());
        desk.model.setAvatar({});
        QVERIFY(!desk.action(kPlanCapacity)->isEnabled());
        QVERIFY(desk.shown("muted").contains(QStringLiteral("Open an avatar first")));
    }

    void thePlannerCanBeStoppedOrFail()
    {
        Desk desk;
        desk.action(kPlanCapacity)->trigger();
        desk.action(kCancelCapacity)->trigger();
        QVERIFY(*desk.record().isCancelled);
        test::fromAnotherThread([&] { desk.record().events.finished(failure(ErrorCode::Interrupted, "Stopped")); });
        QTRY_VERIFY(desk.shown("muted").contains(QStringLiteral("Stopped.")));
        desk.action(kPlanCapacity)->trigger();
        test::fromAnotherThread(
            [&] { desk.record().events.finished(failure(ErrorCode::InvalidInput, "The avatar is damaged.")); });
        QTRY_VERIFY(desk.shown("failure").contains(QStringLiteral("damaged")));
    }

    void everyControlIsNamedAndReached()
    {
        Desk desk;
        desk.action(kPlanCapacity)->trigger();
        desk.answer(true);
        QCOMPARE(test::accessibilityFaults(*desk.panel), QStringList());
    }
};

QTEST_MAIN(CapacityTest)
#include "capacity_test.moc"
