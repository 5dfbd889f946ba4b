// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/actions/action_registry.h"
#include "ui/concurrency/concurrency_actions.h"
#include "ui/concurrency/concurrency_model.h"
#include "ui/concurrency/concurrency_panel.h"
#include "ui/concurrency/plan_texts.h"
#include "ui/concurrency/default_plan.h"
#include "ui/concurrency/worker_model.h"
#include "ui/engine_bridge/pool_bridge.h"
#include "ui/support/fake_engine.h"
#include "ui/support/widget_walk.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QJsonDocument>
#include <QLabel>
#include <QProgressBar>
#include <QSettings>
#include <QSignalSpy>
#include <QSpinBox>
#include <QStandardItemModel>
#include <QTemporaryDir>
#include <QTest>
#include <QTreeView>

#include <memory>

using namespace lipsync;
using namespace lipsync::ui;
using namespace lipsync::ui::action_id;

namespace {

constexpr int kCores = 4;

DeviceStatus deviceAt(const std::string& name, double usedMb, double totalMb)
{
    DeviceStatus status;
    status.name = name;
    status.description = "A " + name + " of the test";
    status.memoryUsedMb = usedMb;
    status.memoryTotalMb = totalMb;
    return status;
}

WorkerStatus workerAt(std::uint32_t id, WorkerState state, const std::string& error = {})
{
    WorkerStatus worker;
    worker.id = id;
    worker.device = "cpu";
    worker.state = state;
    worker.lastError = error;
    worker.heartbeatAgeMs = 1500;
    return worker;
}

StatsSnapshot workersAt(std::vector<WorkerStatus> workers)
{
    StatsSnapshot snapshot;
    snapshot.workers = std::move(workers);
    return snapshot;
}

/// The dock over a fake engine with a processor and, if wished, a GPU.
struct Desk {
    QTemporaryDir folder;
    QSettings settings{folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat};
    test::FakeEngine engine;
    std::unique_ptr<PoolBridge> bridge;
    std::unique_ptr<ConcurrencyModel> model;
    WorkerModel workers;
    QAbstractItemModelTester tester{&workers, QAbstractItemModelTester::FailureReportingMode::QtTest};
    ActionRegistry actions;
    std::unique_ptr<ConcurrencyPanel> panel;

    explicit Desk(bool hasGpu = false)
    {
        engine.presentPlan.devices = {{"cpu", 2}};
        engine.presentDevices = {deviceAt("cpu", 4096, 8192)};
        engine.presentLimits = {
            {"cpu", 2 * kCores, kCores, 64, {Arithmetic::Fp32, Arithmetic::Bf16}, {"slow kernels", "fast kernels"}}};
        if (hasGpu) {
            engine.presentDevices.push_back(deviceAt("cuda:0", 1024, 40960));
            engine.presentLimits.push_back(
                {"cuda:0", 16, 1, 64, {Arithmetic::Fp32, Arithmetic::Bf16, Arithmetic::Fp16}});
        }
        addConcurrencyActions(actions);
        bridge = std::make_unique<PoolBridge>(engine);
        model = std::make_unique<ConcurrencyModel>(*bridge, settings);
        panel = std::make_unique<ConcurrencyPanel>(*bridge, *model, workers, actions);
        QSignalSpy read(bridge.get(), &PoolBridge::devicesRead);
        QVERIFY(read.wait());
    }
    QAction* action(const char* id) const { return actions.action(QString::fromLatin1(id)); }
    template <typename Widget> Widget* find(const char* name) const
    {
        return panel->findChild<Widget*>(QString::fromLatin1(name));
    }
    template <typename Widget> QList<Widget*> all(const char* name) const
    {
        return panel->findChildren<Widget*>(QString::fromLatin1(name));
    }
    QString shown(const char* name) const
    {
        QStringList texts;
        for (const QLabel* label : all<QLabel>(name))
            if (label->isVisibleTo(panel.get()))
                texts << label->text();
        return texts.join(u'\n');
    }
    QString cell(int row, int column) const { return workers.index(row, column).data().toString(); }
    const PlanPreset& preset(PresetName name) const
    {
        return *std::find_if(model->presets().begin(), model->presets().end(),
                             [name](const PlanPreset& one) { return one.id == name; });
    }
};

} // namespace

/// The concurrency dock: settings, presets, applying, workers.
class ConcurrencyTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aDeviceSaysWhatComputesThere()
    {
        Desk desk;
        QCOMPARE(desk.model->devices().front().executor, QStringLiteral("slow kernels"));
        QVERIFY(desk.shown("muted").contains(QStringLiteral("computed by slow kernels")));
        desk.model->setArithmetic(Arithmetic::Bf16);
        QVERIFY(desk.shown("muted").contains(QStringLiteral("computed by fast kernels")));
    }

    void percentsOfTheSharesMakeAHundred()
    {
        QCOMPARE(wholePercents({8, 4, 1}), (std::array{61, 31, 8})); // 61.5, 30.8, 7.7
        QCOMPARE(wholePercents({1, 1, 1}), (std::array{34, 33, 33}));
        for (int preview = 1; preview <= 20; ++preview)
            for (int live = 1; live <= 20; ++live) {
                const auto percents = wholePercents({preview, live, 7});
                QCOMPARE(percents[0] + percents[1] + percents[2], 100);
            }
    }

    void thePlanInForceIsShown()
    {
        Desk desk;
        QCOMPARE(desk.all<QCheckBox>("takesDevice").size(), 1);
        QVERIFY(desk.find<QCheckBox>("takesDevice")->isChecked());
        QCOMPARE(desk.find<QSpinBox>("deviceWorkers")->value(), 2);
        QCOMPARE(desk.find<QSpinBox>("batch")->value(), 4);
        QCOMPARE(desk.find<QProgressBar>("deviceMemory")->value(), 500); // of 1000
        QVERIFY(!desk.action(kApplyPlan)->isEnabled());
        QVERIFY(!desk.model->isChanged());
    }

    void limitsComeFromTheDevice()
    {
        Desk desk(true);
        const auto workers = desk.all<QSpinBox>("deviceWorkers");
        QCOMPARE(workers.size(), 2);
        QCOMPARE(workers[0]->maximum(), 2 * kCores);
        QCOMPARE(workers[1]->maximum(), 16);
        QVERIFY(!workers[1]->isEnabled()); // its device is not taken
        QCOMPARE(desk.find<QSpinBox>("threads")->maximum(), kCores);
        QVERIFY(workers[0]->toolTip().contains(QString::number(2 * kCores)));
        auto* precision = desk.find<QComboBox>("arithmetic");
        const auto isOffered = [&](Arithmetic one) {
            const int row = precision->findData(static_cast<int>(one));
            return qobject_cast<QStandardItemModel*>(precision->model())->item(row)->isEnabled();
        };
        QVERIFY(isOffered(Arithmetic::Bf16));
        QVERIFY(!isOffered(Arithmetic::Fp16)); // the processor does not compute it
        desk.model->setWorkers("cpu", 0);
        desk.model->setWorkers("cuda:0", 1);
        QVERIFY(isOffered(Arithmetic::Fp16));
        QVERIFY(!desk.find<QSpinBox>("threads")->isEnabled());
    }

    void everyControlChangesTheDraft()
    {
        Desk desk;
        desk.find<QSpinBox>("deviceWorkers")->setValue(3);
        desk.find<QSpinBox>("threads")->setValue(2);
        desk.find<QSpinBox>("batch")->setValue(6);
        desk.find<QDoubleSpinBox>("wait")->setValue(12.5);
        desk.find<QSpinBox>("previewShare")->setValue(20);
        desk.find<QSpinBox>("liveShare")->setValue(6);
        desk.find<QSpinBox>("exportShare")->setValue(2);
        const auto choose = [&](const char* name, int value) {
            auto* box = desk.find<QComboBox>(name);
            box->setCurrentIndex(box->findData(value));
            Q_EMIT box->activated(box->currentIndex());
        };
        choose("isolation", static_cast<int>(Isolation::Process));
        choose("arithmetic", static_cast<int>(Arithmetic::Bf16));
        choose("balance", static_cast<int>(Balance::RoundRobin));
        ConcurrencyPlan wanted;
        wanted.devices = {{"cpu", 3}};
        wanted.threadsPerWorker = 2;
        wanted.batchSizes = {1, 2, 4, 6};
        wanted.maxWaitMs = 12.5;
        wanted.shares = {20, 6, 2};
        wanted.isolation = Isolation::Process;
        wanted.arithmetic = Arithmetic::Bf16;
        wanted.balance = Balance::RoundRobin;
        QVERIFY(desk.model->draft() == wanted);
        QVERIFY(desk.engine.presentPlan != wanted); // not before Apply
        desk.action(kApplyPlan)->trigger();
        QTRY_VERIFY(!desk.model->isChanged());
        QVERIFY(desk.engine.presentPlan == wanted);
        QVERIFY(desk.shown("muted").contains(QStringLiteral("The settings are in force.")));
    }

    void whatCannotBeAppliedSaysWhyAndKeepsTheDraft()
    {
        Desk desk;
        const auto before = desk.engine.presentPlan;
        desk.engine.planAnswer = failure(ErrorCode::Resource, "The memory does not suffice for 8 workers.");
        desk.find<QSpinBox>("deviceWorkers")->setValue(8);
        desk.action(kApplyPlan)->trigger();
        QTRY_VERIFY(desk.shown("failure").contains(QStringLiteral("does not suffice for 8 workers")));
        QVERIFY(desk.model->plan() == before);
        QCOMPARE(desk.find<QSpinBox>("deviceWorkers")->value(), 8);
        QVERIFY(desk.action(kApplyPlan)->isEnabled()); // to be tried again
        desk.action(kRevertPlan)->trigger();
        QVERIFY(desk.shown("failure").isEmpty());
        QCOMPARE(desk.find<QSpinBox>("deviceWorkers")->value(), 2);
    }

    void whileAPlanIsAppliedNoOtherCanBe()
    {
        Desk desk;
        desk.engine.holdsPlans = true;
        desk.find<QSpinBox>("deviceWorkers")->setValue(4);
        desk.action(kApplyPlan)->trigger();
        QVERIFY(desk.model->isApplying());
        QVERIFY(!desk.action(kApplyPlan)->isEnabled());
        QVERIFY(desk.shown("muted").contains(QStringLiteral("Applying")));
        desk.find<QSpinBox>("deviceWorkers")->setValue(5); // one may go on editing
        QVERIFY(!desk.bridge->apply(desk.model->draft()));
        test::fromAnotherThread([&] { desk.engine.answerPlan({}); });
        QTRY_VERIFY(!desk.model->isApplying());
        QVERIFY(desk.model->isChanged() && desk.action(kApplyPlan)->isEnabled());
    }

    void anAnswerAfterTheEndOfTheBridgeIsNotHeard()
    {
        test::FakeEngine engine;
        engine.holdsPlans = true;
        auto bridge = std::make_unique<PoolBridge>(engine);
        QVERIFY(bridge->apply(engine.presentPlan));
        bridge.reset();
        test::fromAnotherThread([&] { engine.answerPlan({}); });
        QCoreApplication::processEvents();
    }

    void withoutADeviceNothingCanBeApplied()
    {
        Desk desk;
        desk.find<QCheckBox>("takesDevice")->setChecked(false);
        QVERIFY(!desk.action(kApplyPlan)->isEnabled());
        QVERIFY(!desk.action(kSaveDefaultPlan)->isEnabled());
        QVERIFY(desk.shown("muted").contains(QStringLiteral("No device is chosen")));
        desk.find<QCheckBox>("takesDevice")->setChecked(true);
        QCOMPARE(desk.find<QSpinBox>("deviceWorkers")->value(), 2); // as before
        QVERIFY(!desk.model->isChanged());
    }

    void anUntouchedDraftFollowsThePlanInForce()
    {
        Desk desk;
        desk.engine.presentPlan.devices = {{"cpu", 4}};
        test::fromAnotherThread(desk.engine.tellChanged);
        QTRY_COMPARE(desk.find<QSpinBox>("deviceWorkers")->value(), 4);
        desk.find<QSpinBox>("deviceWorkers")->setValue(5);
        desk.engine.presentPlan.devices = {{"cpu", 6}};
        test::fromAnotherThread(desk.engine.tellChanged);
        QTRY_VERIFY(desk.model->plan() == desk.engine.presentPlan);
        QCOMPARE(desk.find<QSpinBox>("deviceWorkers")->value(), 5); // a person's wish stays
    }

    void workersElsewhereAreShown()
    {
        Desk desk;
        auto draft = desk.model->draft();
        draft.devices.push_back({"studio-2:7000", 3});
        desk.model->setDraft(draft);
        const auto devices = desk.all<QCheckBox>("takesDevice");
        QCOMPARE(devices.size(), 2);
        QCOMPARE(devices[1]->text(), QStringLiteral("studio-2:7000"));
        QCOMPARE(desk.all<QSpinBox>("deviceWorkers")[1]->value(), 3);
        QVERIFY(desk.action(kApplyPlan)->isEnabled());
        devices[1]->setChecked(false); // its row leaves with it
        QCOMPARE(desk.all<QCheckBox>("takesDevice").size(), 1);
        QVERIFY(!desk.model->isChanged());
    }

    void aDeviceThatIsGoneIsToldAndCanBeLeftOut()
    {
        Desk desk;
        auto draft = desk.model->draft();
        draft.devices.push_back({"cuda:1", 1});
        desk.model->setDraft(draft);
        QVERIFY(!desk.action(kApplyPlan)->isEnabled());
        QVERIFY(desk.shown("muted").contains(QStringLiteral("cuda:1 is not on this machine")));
        desk.all<QCheckBox>("takesDevice")[1]->setChecked(false);
        QVERIFY(!desk.model->isChanged());
    }

    void presetsAreNamedAfterTheWaysToServe()
    {
        Desk desk;
        auto* box = desk.find<QComboBox>("preset");
        QCOMPARE(box->count(), 7); // and one's own
        const auto use = [&](PresetName name) {
            box->setCurrentIndex(box->findData(static_cast<int>(name)));
            Q_EMIT box->activated(box->currentIndex());
            return desk.model->draft();
        };
        QCOMPARE(use(PresetName::Serial).largestBatch(), 1);
        const auto batching = use(PresetName::Batching);
        QCOMPARE(batching.workerCount(), 1);
        QCOMPARE(batching.largestBatch(), 8);
        QCOMPARE(batching.maxWaitMs, 20.0);
        const auto processes = use(PresetName::MultiProcess);
        QVERIFY(processes.isolation == Isolation::Process);
        QCOMPARE(processes.workerCount(), kCores);
        const auto hybrid = use(PresetName::Hybrid);
        QCOMPARE(hybrid.workerCount(), 3);
        QCOMPARE(hybrid.largestBatch(), 4);
        QVERIFY(desk.model->preset() == PresetName::Hybrid);
        QVERIFY(desk.engine.presentPlan != hybrid); // nothing before Apply
        desk.find<QSpinBox>("exportShare")->setValue(3); // priorities are no part of a preset
        QVERIFY(desk.model->preset() == PresetName::Hybrid);
        desk.find<QSpinBox>("batch")->setValue(5);
        QVERIFY(!desk.model->preset());
        QCOMPARE(box->currentIndex(), 0);
        for (const PlanPreset& preset : desk.model->presets())
            QVERIFY2(!preset.plan || checkPlan(*preset.plan), qPrintable(preset.name));
    }

    void presetsThatAMachineCannotHaveSayWhy()
    {
        Desk desk;
        QVERIFY(!desk.preset(PresetName::MultiDevice).plan);
        QVERIFY(desk.preset(PresetName::MultiDevice).problem.contains(QStringLiteral("only one device")));
        QVERIFY(!desk.preset(PresetName::Adaptive).plan);
        auto* box = desk.find<QComboBox>("preset");
        const int row = box->findData(static_cast<int>(PresetName::MultiDevice));
        QVERIFY(!qobject_cast<QStandardItemModel*>(box->model())->item(row)->isEnabled());
        QVERIFY(!box->itemData(row, Qt::ToolTipRole).toString().isEmpty());
        const auto before = desk.model->draft();
        desk.model->usePreset(PresetName::MultiDevice);
        QVERIFY(desk.model->draft() == before);

        Desk withGpu(true);
        QCOMPARE(withGpu.preset(PresetName::MultiDevice).plan->devices.size(), std::size_t{2});
        QCOMPARE(withGpu.preset(PresetName::Serial).plan->devices.front().device, std::string("cuda:0"));
    }

    void theTunedPlanOfTheAvatarIsAPreset()
    {
        Desk desk;
        ConcurrencyPlan tuned;
        tuned.devices = {{"cpu", 1}};
        tuned.threadsPerWorker = kCores;
        desk.engine.tunedPlans["anna.avatar"] = tuned;
        desk.model->setAvatar("anna.avatar");
        QTRY_VERIFY(desk.preset(PresetName::Adaptive).plan == tuned);
        desk.model->setAvatar("anna.avatar");
        desk.model->setAvatar("other.avatar"); // only the last one counts
        QTRY_VERIFY(!desk.preset(PresetName::Adaptive).plan);
    }

    void theDefaultIsSavedAndReadAgain()
    {
        Desk desk(true);
        QVERIFY(!defaultPlanOf(desk.settings));
        desk.model->setWorkers("cuda:0", 3);
        desk.model->setShares({9, 8, 7});
        desk.model->setWait(2.5);
        desk.action(kSaveDefaultPlan)->trigger();
        QVERIFY(defaultPlanOf(desk.settings) == desk.model->draft());
        QVERIFY(desk.model->isChanged()); // saving applies nothing
    }

    void badDefaultsAreNotTaken_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::newRow("no JSON") << QByteArray("{");
        QTest::newRow("a list") << QByteArray("[1, 2]");
        QTest::newRow("no device") << QByteArray(R"({"devices": []})");
        QTest::newRow("half a worker") << QByteArray(R"({"devices": [{"device": "cpu", "workers": 1.5}]})");
        QTest::newRow("too many workers") << QByteArray(R"({"devices": [{"device": "cpu", "workers": 65}]})");
        QTest::newRow("a size as text") << QByteArray(R"({"batch_sizes": ["1"]})");
        QTest::newRow("no sizes") << QByteArray(R"({"batch_sizes": []})");
        QTest::newRow("an endless wait") << QByteArray(R"({"max_wait_ms": 1e300})");
        QTest::newRow("an unknown precision") << QByteArray(R"({"precision": "fp8"})");
        QTest::newRow("a share of nothing") << QByteArray(R"({"shares": {"live": 0}})");
    }

    void badDefaultsAreNotTaken()
    {
        QFETCH(QByteArray, json);
        QTemporaryDir folder;
        QSettings settings(folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat);
        settings.setValue(QStringLiteral("engine/plan"), json);
        QVERIFY(!defaultPlanOf(settings));
    }

    void whatADefaultDoesNotSayKeepsItsUsualValue()
    {
        const auto json = QJsonDocument::fromJson(R"({"max_wait_ms": 5, "shares": {"live": 2}, "new": true})");
        const auto plan = planOf(json.object());
        QVERIFY(plan);
        ConcurrencyPlan wanted;
        wanted.maxWaitMs = 5;
        wanted.shares.live = 2;
        QVERIFY(*plan == wanted);
    }

    void workersAreListedWithTheirStates()
    {
        Desk desk;
        auto busy = workerAt(2, WorkerState::Busy);
        busy.busyShare = 0.83;
        busy.processId = 4711;
        desk.workers.setStatistics(workersAt({busy, workerAt(1, WorkerState::Idle)}));
        QCOMPARE(desk.workers.rowCount(), 2);
        QCOMPARE(desk.cell(0, WorkerModel::Worker), QStringLiteral("1 on cpu"));
        QCOMPARE(desk.cell(1, WorkerModel::State), QStringLiteral("Busy"));
        QCOMPARE(desk.cell(1, WorkerModel::Use), QStringLiteral("83 %"));
        QCOMPARE(desk.cell(1, WorkerModel::Process), QStringLiteral("4711"));
        QVERIFY(desk.cell(0, WorkerModel::Heartbeat).startsWith(QStringLiteral("1")));
        desk.workers.setStatistics(workersAt({workerAt(2, WorkerState::Idle), workerAt(3, WorkerState::Starting)}));
        QCOMPARE(desk.workers.rowCount(), 2);
        QCOMPARE(desk.cell(1, WorkerModel::Worker), QStringLiteral("3 on cpu"));
        desk.workers.setStatistics({});
        QCOMPARE(desk.workers.rowCount(), 0);
        QVERIFY(!desk.action(kRestartWorker)->isEnabled());
    }

    void lostWorkersShowTheirReasonAndCanBeRestarted()
    {
        Desk desk;
        desk.workers.setStatistics(workersAt({workerAt(1, WorkerState::Idle),
                                              workerAt(2, WorkerState::Restarting, "It was killed by signal 9."),
                                              workerAt(3, WorkerState::Stopped, "The GPU has no memory left.")}));
        const QString failures = desk.shown("failure");
        QVERIFY(failures.contains(QStringLiteral("Worker 2")) && failures.contains(QStringLiteral("signal 9")));
        QVERIFY(failures.contains(QStringLiteral("Worker 3")) && failures.contains(QStringLiteral("no memory left")));
        QVERIFY(desk.workers.index(1, 0).data(WorkerModel::LostRole).toBool());
        QVERIFY(!desk.workers.index(0, 0).data(WorkerModel::LostRole).toBool());
        desk.action(kRestartWorker)->trigger(); // the first that is lost
        desk.find<QTreeView>("workerList")->setCurrentIndex(desk.workers.index(2, 0));
        desk.action(kRestartWorker)->trigger(); // the chosen one
        QCOMPARE(desk.engine.restartedWorkers, (std::vector<std::uint32_t>{2, 3}));
        desk.workers.setStatistics(workersAt({workerAt(1, WorkerState::Idle), workerAt(2, WorkerState::Idle),
                                              workerAt(3, WorkerState::Idle, "The GPU has no memory left.")}));
        QVERIFY(desk.shown("failure").isEmpty());
        QVERIFY(desk.shown("muted").contains(QStringLiteral("works again")));
    }

    void aWorkerIsLostUntilItsNewStartHasComeToSomething()
    {
        Desk desk;
        auto again = workerAt(1, WorkerState::Starting, "It was killed by signal 9.");
        again.restarts = 1;
        desk.workers.setStatistics(workersAt({again, workerAt(2, WorkerState::Starting)}));
        QCOMPARE(desk.workers.lostCount(), 1); // the second one starts for the first time
        QVERIFY(desk.shown("failure").contains(QStringLiteral("signal 9")));
        again.state = WorkerState::Idle;
        desk.workers.setStatistics(workersAt({again}));
        QCOMPARE(desk.workers.lostCount(), 0);
    }

    void memoryBarsFollowTheStatistics()
    {
        Desk desk;
        StatsSnapshot snapshot;
        snapshot.devices = {deviceAt("cpu", 6144, 8192), deviceAt("cuda:7", 1, 2)};
        snapshot.devices[0].utilisation = 0.5;
        desk.model->setStatistics(snapshot);
        QCOMPARE(desk.all<QProgressBar>("deviceMemory").size(), 1); // a device this build cannot use is not offered
        QCOMPARE(desk.find<QProgressBar>("deviceMemory")->value(), 750);
        QVERIFY(desk.shown("muted").contains(QStringLiteral("50 %")));
    }

    void theTabOrderFollowsTheEye()
    {
        Desk desk(true);
        QStringList order;
        const QWidget* first = desk.find<QComboBox>("preset");
        for (const QWidget* control = first; order.size() < 13; control = control->nextInFocusChain())
            if ((control->focusPolicy() & Qt::TabFocus) && !control->objectName().startsWith(u"qt_"))
                order << control->objectName();
        QCOMPARE(
            order.join(u' '),
            QStringLiteral("preset takesDevice deviceWorkers takesDevice deviceWorkers isolation threads batch wait "
                           "arithmetic balance previewShare liveShare"));
    }

    void everyControlIsNamedAndReached()
    {
        Desk desk(true);
        desk.workers.setStatistics(workersAt({workerAt(1, WorkerState::Idle)}));
        QCOMPARE(test::accessibilityFaults(*desk.panel), QStringList());
    }
};

QTEST_MAIN(ConcurrencyTest)
#include "concurrency_test.moc"
