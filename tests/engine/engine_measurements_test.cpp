// SPDX-License-Identifier: GPL-3.0-or-later
// Tuning, comparison and capacity as a window starts them, on a small real avatar.

#include "engine.h"

#include "support/end_watch.h"
#include "support/test_avatar.h"

#include <algorithm>
#include <future>
#include <set>

#include <QTemporaryDir>
#include <QTest>

using namespace lipsync;
namespace fs = std::filesystem;

namespace {

struct TuningWatch {
    test::EndWatch<Result<TuningOutcome>> end;
    std::mutex mutex;
    std::vector<TuningCell> cells;
    std::vector<double> shares;
    std::function<void()> onProgress = [] {};

    TuningEvents events()
    {
        return {.progress =
                    [this](double share, const std::string& doing) {
                        {
                            std::lock_guard lock(mutex);
                            if (!doing.empty())
                                shares.push_back(share);
                        }
                        onProgress();
                    },
                .measured =
                    [this](const TuningCell& cell) {
                        std::lock_guard lock(mutex);
                        cells.push_back(cell);
                    },
                .finished = [this](auto outcome) { end.tell(std::move(outcome)); }};
    }
};

template <typename Value> const char* text(const Result<Value>& result)
{
    static std::string words;
    words = result ? std::string() : result.error().text();
    return words.c_str();
}

} // namespace

class EngineMeasurementsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        prepareProcess();
        m_folder = m_temporary.path().toStdString();
        QVERIFY(qputenv("XDG_CONFIG_HOME", m_temporary.path().toUtf8())); // where tunings are kept
        m_avatar = m_folder / "small.avatar";
        QVERIFY(test::makeTestAvatar(m_avatar).has_value());
        m_engine = std::move(createEngine({.plan = defaultPlan(2), .workerProgram = m_folder / "no-program"}).value());
        m_plan = m_engine->plan();
    }

    void cleanup() { QVERIFY(m_engine->plan() == m_plan); }

    void aTuningFindsAPlanSavesItAndGivesTheOldOneBack()
    {
        TuningWatch watch;
        TuningRequest request{.avatar = m_avatar};
        request.seconds = 3;
        request.goalP99Ms = 10'000;
        const auto task = m_engine->startTuning(request, watch.events());
        const auto& outcome = watch.end.wait();
        QVERIFY2(outcome.has_value(), text(outcome));
        QVERIFY(outcome->keepsGoal && outcome->figures.framesPerSecond > 0);
        QVERIFY(outcome->figures.p50Ms <= outcome->figures.p95Ms && outcome->figures.p95Ms <= outcome->figures.p99Ms);
        QVERIFY(!outcome->explanation.empty());
        QVERIFY(outcome->cells.front().plan == outcome->chosen);
        std::set<std::pair<int, int>> places;
        for (const auto& cell : outcome->cells)
            QVERIFY(places.insert({cell.workers, cell.largestBatch}).second); // each place of the map once
        for (const auto& cell : watch.cells)
            QVERIFY(places.contains({cell.workers, cell.largestBatch}));
        QVERIFY(std::is_sorted(watch.shares.begin(), watch.shares.end()) && watch.shares.back() <= 1);
        QVERIFY(tunedPlan(m_avatar) == outcome->chosen);
    }

    void aWholeMapHasAFigureForEveryCell()
    {
        TuningWatch watch;
        TuningRequest request{.avatar = m_avatar};
        request.seconds = 6;
        request.wholeMap = true;
        request.goalP99Ms = 0.001; // which nothing keeps
        const auto task = m_engine->startTuning(request, watch.events());
        const auto& outcome = watch.end.wait();
        QVERIFY2(outcome.has_value(), text(outcome));
        QVERIFY(!outcome->keepsGoal);
        std::set<std::pair<int, int>> places;
        for (const auto& cell : outcome->cells) {
            QVERIFY2(cell.problem.empty(), cell.problem.c_str());
            QVERIFY(cell.figures.framesPerSecond > 0 && !cell.keepsGoal);
            places.insert({cell.workers, cell.largestBatch});
        }
        for (const int batch : {1, 2, 4, 8, 16})
            QVERIFY(places.contains({1, batch})); // and of more workers what there was time for
        std::lock_guard lock(watch.mutex);
        QVERIFY(watch.cells.size() >= places.size());
    }

    void aCancelledTuningGivesThePlanBackAndTheWorkersWork()
    {
        TuningWatch watch;
        TuningRequest request{.avatar = m_avatar};
        request.seconds = 15;
        auto task = m_engine->startTuning(request, watch.events());
        QTRY_VERIFY_WITH_TIMEOUT(hasMeasured(watch, 2), 60000);
        task->cancel();
        QCOMPARE(watch.end.wait().error().code, ErrorCode::Interrupted);
        task.reset();
        QVERIFY(m_engine->plan() == m_plan);
        QTRY_COMPARE_WITH_TIMEOUT(workersThatServe(), 2, 60000);
    }

    void whileAMeasurementRunsThereIsNoOtherAndNoPlanIsApplied()
    {
        TuningWatch first, second;
        TuningRequest request{.avatar = m_avatar};
        request.seconds = 15;
        const auto running = m_engine->startTuning(request, first.events());
        QTRY_VERIFY_WITH_TIMEOUT(hasMeasured(first, 1), 60000);
        QVERIFY(m_engine->plan() == m_plan); // whatever is tried at the moment
        const auto refused = m_engine->startTuning(request, second.events());
        QCOMPARE(second.end.wait().error().code, ErrorCode::Resource);
        auto plan = m_plan;
        plan.devices = {{"cpu", 1}};
        std::promise<Status> applied;
        m_engine->applyPlan(plan, [&](Status status) { applied.set_value(std::move(status)); });
        const auto status = applied.get_future().get();
        QCOMPARE(status.error().code, ErrorCode::Resource);
        QVERIFY(status.error().message.find("measurement") != std::string::npos);
        running->cancel();
        QCOMPARE(first.end.wait().error().code, ErrorCode::Interrupted);
    }

    void measurementsOfWhatIsNoAvatarSayWhy()
    {
        TuningWatch watch;
        const auto task = m_engine->startTuning({.avatar = m_folder / "missing.avatar"}, watch.events());
        const auto& outcome = watch.end.wait();
        QCOMPARE(outcome.error().code, ErrorCode::InvalidInput);
        QVERIFY(outcome.error().message.find("missing.avatar") != std::string::npos);
        TuningWatch wrong;
        TuningRequest request{.avatar = m_avatar};
        request.seconds = -1;
        const auto refused = m_engine->startTuning(request, wrong.events());
        QCOMPARE(wrong.end.wait().error().code, ErrorCode::Usage);
    }

    void aComparisonMeasuresEveryWayThatCanBeShown()
    {
        test::EndWatch<Result<std::vector<StrategyFigures>>> end;
        std::vector<double> shares;
        ComparisonRequest request{.avatar = m_avatar};
        request.secondsEach = 0.6;
        const auto task =
            m_engine->startComparison(request,
                                      {.progress = [&](double share, const std::string&) { shares.push_back(share); },
                                       .finished = [&](auto figures) { end.tell(std::move(figures)); }});
        const auto& figures = end.wait();
        QVERIFY2(figures.has_value(), text(figures));
        std::vector<std::string> names;
        for (const auto& way : *figures) {
            names.push_back(way.strategy);
            const bool isMeasured = way.figures.framesPerSecond > 0;
            QVERIFY2(isMeasured == way.note.empty(), way.strategy.c_str());
            if (isMeasured)
                QVERIFY(way.plan && way.figures.p99Ms > 0 && way.figures.memoryMb > 0);
        }
        QCOMPARE(
            names,
            (std::vector<std::string>{"serial", "batching", "multi_process", "multi_device", "hybrid", "adaptive"}));
        QVERIFY((*figures)[0].figures.framesPerSecond > 0 && (*figures)[5].figures.framesPerSecond > 0);
        QVERIFY(!(*figures)[2].note.empty()); // there is no program for its processes
        QVERIFY(std::is_sorted(shares.begin(), shares.end()));
    }

    void capacityCountsTheViewers()
    {
        const auto one = capacityOf(m_plan, 1, 1);
        QVERIFY2(one.has_value(), text(one));
        QVERIFY(one->holds && one->mostViewers >= 1 && one->p99Ms > 0 && one->utilisation > 0);
        QVERIFY(one->explanation.size() >= 3);
        const auto many = capacityOf(m_plan, 100'000, 4);
        QVERIFY2(many.has_value(), text(many));
        QVERIFY(!many->holds && many->lateShare > 0);
        QVERIFY2(many->mostViewers > 2 * one->mostViewers,
                 qPrintable(QString("%1 after %2").arg(many->mostViewers).arg(one->mostViewers)));
    }

    void aCapacityThatMakesNoSenseIsRefused()
    {
        QCOMPARE(capacityOf(m_plan, 0, 1).error().code, ErrorCode::Usage);
        QCOMPARE(capacityOf(m_plan, 1, 0).error().code, ErrorCode::Usage);
        auto plan = m_plan;
        plan.devices.clear();
        QCOMPARE(capacityOf(plan, 1, 1).error().code, ErrorCode::Usage);
    }

    void theProcessorIsAmongTheDevices()
    {
        const auto devices = m_engine->devices();
        QVERIFY(!devices.empty());
        QCOMPARE(devices.front().name, std::string("cpu"));
        QVERIFY(devices.front().memoryTotalMb > 0 && !devices.front().description.empty());
    }

    void everyDeviceHasLimitsThatAPlanMayAskFor()
    {
        const auto devices = m_engine->devices();
        const auto limits = m_engine->deviceLimits();
        QCOMPARE(limits.size(), devices.size());
        for (std::size_t i = 0; i < limits.size(); ++i) {
            QCOMPARE(limits[i].device, devices[i].name);
            QVERIFY(!limits[i].arithmetics.empty());
            QVERIFY(limits[i].arithmetics.front() == Arithmetic::Fp32);
            ConcurrencyPlan most;
            most.devices = {{limits[i].device, limits[i].workers}};
            most.threadsPerWorker = limits[i].threads;
            most.batchSizes = batchSizesUpTo(limits[i].largestBatch);
            QVERIFY(checkPlan(most));
        }
    }

private:
    static bool hasMeasured(TuningWatch& watch, std::size_t cells)
    {
        std::lock_guard lock(watch.mutex);
        return watch.cells.size() >= cells;
    }

    int workersThatServe()
    {
        const auto statistics = m_engine->statistics();
        const bool allServe = std::all_of(statistics.workers.begin(), statistics.workers.end(), [](const auto& worker) {
            return worker.state == WorkerState::Idle || worker.state == WorkerState::Busy;
        });
        return allServe ? static_cast<int>(statistics.workers.size()) : 0;
    }

    Result<CapacityFigures> capacityOf(const ConcurrencyPlan& plan, int viewers, int deviceCount)
    {
        CapacityRequest request{.avatar = m_avatar};
        request.plan = plan;
        request.viewers = viewers;
        request.deviceCount = deviceCount;
        request.goalP99Ms = 100;
        test::EndWatch<Result<CapacityFigures>> end;
        const auto task =
            m_engine->startCapacity(request, {.finished = [&](auto figures) { end.tell(std::move(figures)); }});
        return end.wait();
    }

    QTemporaryDir m_temporary;
    fs::path m_folder, m_avatar;
    ConcurrencyPlan m_plan;
    std::unique_ptr<Engine> m_engine;
};

QTEST_GUILESS_MAIN(EngineMeasurementsTest)
#include "engine_measurements_test.moc"
