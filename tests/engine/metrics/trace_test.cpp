// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/metrics/some_frame.h"
#include "metrics/chrome_trace.h"
#include "metrics/lateness.h"
#include "metrics/trace_ring.h"

#include <QtTest>

#include <nlohmann/json.hpp>

#include <map>
#include <thread>
#include <vector>

using namespace lipsync;
using namespace lipsync::metrics;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

QString explained(const FrameTrace& frame, const std::vector<FrameTrace>& others = {})
{
    return QString::fromStdString(explainLateness(frame, others));
}

/// The preview frame 12, moved so that its parts take these milliseconds; its deadline stays 40 ms after submission.
FrameTrace frameOf(double queueMs, double computeMs, double pasteMs = 2, double deliverMs = 1)
{
    FrameTrace frame = someFrame(12, 0);
    frame.started = at(queueMs);
    frame.finished = at(queueMs + computeMs);
    frame.pasted = at(queueMs + computeMs + pasteMs);
    frame.delivered = at(queueMs + computeMs + pasteMs + deliverMs);
    return frame;
}

/// Frames of stream 9, all in one batch.
std::vector<FrameTrace> batchOf(int size, FrameClass frameClass, double startedMs, double computeMs)
{
    std::vector<FrameTrace> frames;
    for (int i = 0; i < size; ++i) {
        FrameTrace frame = someFrame(i, startedMs - 5);
        frame.stream = 9;
        frame.frameClass = frameClass;
        frame.deadline.reset();
        frame.batch = static_cast<std::uint64_t>(1000 + startedMs);
        frame.batchSize = size;
        frame.started = at(startedMs);
        frame.finished = at(startedMs + computeMs);
        frame.pasted = frame.delivered = frame.finished;
        frames.push_back(frame);
    }
    return frames;
}

std::vector<json> eventsOf(const json& trace, const std::string& kind)
{
    std::vector<json> events;
    for (const json& event : trace.at("traceEvents")) {
        if (event.at("ph") == kind)
            events.push_back(event);
    }
    return events;
}

/// Names of the tracks by number.
std::map<int, std::string> tracksOf(const json& trace)
{
    std::map<int, std::string> tracks;
    for (const json& event : eventsOf(trace, "M")) {
        if (event.at("name") == "thread_name")
            tracks[event.at("tid")] = event.at("args").at("name");
    }
    return tracks;
}

/// Slices as "track: name begin+duration", in the order of the file.
QStringList slicesOf(const json& trace)
{
    const auto tracks = tracksOf(trace);
    QStringList slices;
    for (const json& event : eventsOf(trace, "X"))
        slices << QString("%1: %2 %3+%4")
                      .arg(QString::fromStdString(tracks.at(event.at("tid"))), QString::fromStdString(event.at("name")))
                      .arg(event.at("ts").get<double>())
                      .arg(event.at("dur").get<double>());
    return slices;
}

} // namespace

class TraceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theNewestTracesAreKeptInOrder();
    void everyFieldSurvivesTheRing();
    void tracesOfFourThreadsAreWhole();
    void nothingToTraceIsStillJson();
    void slicesAreWhereTheTimeWent();
    void framesOfABatchShareItsSlice();
    void framesAtTheSameTimeHaveTracksOfTheirOwn();
    void strangeNamesStayJson();
    void framesThatAreNotLateAreToldSo();
    void waitingBehindOthersIsNamed();
    void aBusyWorkerIsNamed();
    void waitingForNobodyIsNamed();
    void slowInferenceIsNamed();
    void aLargeBatchIsNamed();
    void computingWithoutComparisonIsNamed();
    void aRetryIsNamed();
    void pasteAndDeliveryAreNamed();
    void theImpossibleIsNamed();
    void anExpiredFrameIsExplained();
};

void TraceTest::theNewestTracesAreKeptInOrder()
{
    TraceRing ring(8);
    QVERIFY(ring.snapshot().empty());
    for (int i = 0; i < 20; ++i)
        ring.push(someFrame(i, i));
    const auto traces = ring.snapshot();
    QCOMPARE(traces.size(), std::size_t{8});
    for (std::size_t i = 0; i < traces.size(); ++i)
        QCOMPARE(traces[i].sequence, static_cast<std::int64_t>(12 + i));
    TraceRing smallest(0);
    smallest.push(someFrame(5, 0));
    QCOMPARE(smallest.snapshot().size(), std::size_t{1});
}

void TraceTest::everyFieldSurvivesTheRing()
{
    TraceRing ring(4);
    FrameTrace frame = someFrame(7, 3);
    frame.outcome = FrameOutcome::Failed;
    frame.device = 5;
    frame.attempts = 3;
    ring.push(frame);
    frame.deadline.reset();
    ring.push(frame);
    const auto traces = ring.snapshot();
    QCOMPARE(traces.size(), std::size_t{2});
    const FrameTrace& kept = traces[0];
    QVERIFY(kept.stream == 3 && kept.sequence == 7 && kept.frameClass == FrameClass::Preview &&
            kept.outcome == FrameOutcome::Failed && kept.model == 1 && kept.worker == 2 && kept.device == 5 &&
            kept.batch == 107 && kept.batchSize == 1 && kept.attempts == 3);
    QVERIFY(kept.submitted == at(3) && kept.started == at(7) && kept.finished == at(17) && kept.pasted == at(19) &&
            kept.delivered == at(20) && kept.input == 1ms && kept.infer == 8ms && kept.output == 1ms);
    QVERIFY(kept.deadline == at(43));
    QVERIFY(!traces[1].deadline);
}

void TraceTest::tracesOfFourThreadsAreWhole()
{
    // Every field follows from the sequence, so that a trace of two halves would show.
    constexpr int kThreads = 4, kEach = 20000;
    TraceRing ring(64);
    const auto isWhole = [](const FrameTrace& trace) {
        const FrameTrace expected = someFrame(trace.sequence, static_cast<double>(trace.sequence));
        return trace.batch == expected.batch && trace.submitted == expected.submitted &&
            trace.delivered == expected.delivered && trace.deadline == expected.deadline;
    };
    {
        std::vector<std::jthread> threads;
        for (int thread = 0; thread < kThreads; ++thread) {
            threads.emplace_back([&ring, thread] {
                for (int i = 0; i < kEach; ++i)
                    ring.push(someFrame(thread * kEach + i, thread * kEach + i));
            });
        }
        for (int i = 0; i < 200; ++i) {
            for (const FrameTrace& trace : ring.snapshot())
                QVERIFY(isWhole(trace));
        }
    }
    const auto traces = ring.snapshot();
    QVERIFY(traces.size() > 0 && traces.size() <= 64);
    for (const FrameTrace& trace : traces)
        QVERIFY(isWhole(trace));
}

void TraceTest::nothingToTraceIsStillJson()
{
    const json trace = json::parse(chromeTrace({}, {}));
    QCOMPARE(trace.at("displayTimeUnit").get<std::string>(), std::string("ms"));
    QVERIFY(eventsOf(trace, "X").empty());
}

void TraceTest::slicesAreWhereTheTimeWent()
{
    const TraceNames names{{{3, "Preview of Anna"}}, {{1, "Anna"}}, {}, {"cuda:0"}};
    const std::vector<FrameTrace> traces{someFrame(12, 0)};
    const json trace = json::parse(chromeTrace(traces, names));
    // Microseconds after the submission, by what someFrame says.
    const QStringList expected{
        "worker 2 (cuda:0): batch of 1 4000+10000", "worker 2 (cuda:0): input 4000+1000",
        "worker 2 (cuda:0): infer 5000+8000",       "worker 2 (cuda:0): output 13000+1000",
        "Preview of Anna: frame 12 0+17000",        "Preview of Anna: queue 0+4000",
        "Preview of Anna: infer 4000+10000",        "Preview of Anna: paste 14000+2000",
        "Preview of Anna: deliver 16000+1000",
    };
    QCOMPARE(slicesOf(trace), expected);
    const auto slices = eventsOf(trace, "X");
    const json batch = slices[0].at("args");
    QCOMPARE(batch.at("batch_size").get<int>(), 1);
    QCOMPARE(batch.at("batch").get<int>(), 112);
    QCOMPARE(batch.at("model").get<std::string>(), std::string("Anna"));
    const json frame = slices[4].at("args");
    QCOMPARE(frame.at("class").get<std::string>(), std::string("preview"));
    QCOMPARE(frame.at("outcome").get<std::string>(), std::string("done"));
    QCOMPARE(frame.at("deadline_ms").get<double>(), 40.0);
    QVERIFY(!frame.contains("why"));
}

void TraceTest::framesOfABatchShareItsSlice()
{
    auto traces = batchOf(4, FrameClass::Bulk, 10, 20);
    FrameTrace late = frameOf(50, 10);
    late.worker = 7;
    traces.push_back(late);
    const json trace = json::parse(chromeTrace(traces, {}));
    int batches = 0, frames = 0;
    for (const json& event : eventsOf(trace, "X")) {
        batches += event.at("cat") == "batch";
        frames += event.at("cat") == "frame";
        if (event.at("name") == "frame 12") {
            QCOMPARE(event.at("args").at("late_ms").get<double>(), 23.0);
            QCOMPARE(event.at("args").at("why").get<std::string>(), explainLateness(late, traces));
        }
    }
    QCOMPARE(batches, 2);
    QCOMPARE(frames, 5);
}

void TraceTest::framesAtTheSameTimeHaveTracksOfTheirOwn()
{
    const std::vector<FrameTrace> traces{someFrame(0, 0), someFrame(1, 10), someFrame(2, 17), someFrame(3, 30)};
    const json trace = json::parse(chromeTrace(traces, {}));
    QStringList frames;
    for (const QString& slice : slicesOf(trace)) {
        if (slice.contains("frame"))
            frames << slice;
    }
    const QStringList expected{"stream 3: frame 0 0+17000", "stream 3 +1: frame 1 10000+17000",
                               "stream 3: frame 2 17000+17000", "stream 3 +1: frame 3 30000+17000"};
    QCOMPARE(frames, expected);
}

void TraceTest::strangeNamesStayJson()
{
    const std::string strange = "a \"b\" \\ c\n\t\x01 Zoë";
    const TraceNames names{{{3, strange}}, {{1, strange}}, {{2, strange}}, {strange}};
    const std::vector<FrameTrace> traces{someFrame(1, 0)};
    const json trace = json::parse(chromeTrace(traces, names));
    const auto slices = eventsOf(trace, "X");
    QCOMPARE(slices[0].at("args").at("model").get<std::string>(), strange);
    QCOMPARE(tracksOf(trace).at(2), strange);
}

void TraceTest::framesThatAreNotLateAreToldSo()
{
    QCOMPARE(explained(someFrame(12, 0)), QString("Frame 12 of stream 3 was on time, 23.0 ms before its deadline."));
    FrameTrace frame = someFrame(12, 0);
    frame.outcome = FrameOutcome::Failed;
    QCOMPARE(explained(frame), QString("Frame 12 of stream 3 was not late: it failed 17.0 ms after its submission."));
    frame.outcome = FrameOutcome::Cancelled;
    QVERIFY(explained(frame).contains("was cancelled 17.0 ms after"));
    frame.outcome = FrameOutcome::Done;
    frame.deadline.reset();
    QCOMPARE(explained(frame), QString("Frame 12 of stream 3 had no deadline; it took 17.0 ms."));
}

void TraceTest::waitingBehindOthersIsNamed()
{
    auto others = batchOf(32, FrameClass::Bulk, 5, 30);
    const auto live = batchOf(2, FrameClass::Live, 35, 15);
    others.insert(others.end(), live.begin(), live.end());
    QCOMPARE(explained(frameOf(50, 10), others),
             QString("Frame 12 of stream 3 was 23.0 ms late: it waited 50.0 ms in the queue behind others: "
                     "32 bulk frames went first."));
    const auto running = batchOf(8, FrameClass::Bulk, -10, 15);
    others.insert(others.end(), running.begin(), running.end());
    QCOMPARE(explained(frameOf(50, 10), others),
             QString("Frame 12 of stream 3 was 23.0 ms late: it waited 50.0 ms in the queue behind others: 32 bulk "
                     "frames went first. Before, worker 2 was busy with a batch of 8 for 5.0 ms of them."));
}

void TraceTest::aBusyWorkerIsNamed()
{
    auto others = batchOf(32, FrameClass::Bulk, -1, 51);
    QCOMPARE(explained(frameOf(50, 10), others),
             QString("Frame 12 of stream 3 was 23.0 ms late: it waited 50.0 ms in the queue: worker 2 was busy with a "
                     "batch of 32 for 50.0 ms of them."));
    // What other workers do is not in its way.
    for (FrameTrace& other : others)
        other.worker = 5;
    QVERIFY(!explained(frameOf(50, 10), others).contains("worker 5"));
    for (FrameTrace& other : others)
        other.worker = 2;
    others.push_back(batchOf(1, FrameClass::Live, 45, 5)[0]);
    QVERIFY(explained(frameOf(52, 10), others).endsWith("for 50.0 ms of them. Then 1 live frame went first."));
}

void TraceTest::waitingForNobodyIsNamed()
{
    const FrameTrace frame = frameOf(50, 10);
    QVERIFY(explained(frame, {frame})
                .endsWith("it waited 50.0 ms in the queue. No other frame was computed in that "
                          "time: no worker was ready."));
}

void TraceTest::slowInferenceIsNamed()
{
    std::vector<FrameTrace> others;
    for (int i = 100; i < 105; ++i)
        others.push_back(someFrame(i, i * 20));
    QCOMPARE(explained(frameOf(4, 60), others),
             QString("Frame 12 of stream 3 was 27.0 ms late: inference was slower than usual: worker 2 needed 60.0 ms "
                     "for a batch of 1, which otherwise takes 10.0 ms."));
}

void TraceTest::aLargeBatchIsNamed()
{
    auto others = batchOf(16, FrameClass::Live, 200, 45);
    others.push_back(someFrame(1, 300));
    FrameTrace frame = frameOf(4, 46);
    frame.batchSize = 16;
    QCOMPARE(explained(frame, others),
             QString("Frame 12 of stream 3 was 13.0 ms late: its batch of 16 took 46.0 ms, as usual for that size. "
                     "A smaller batch would have been faster."));
}

void TraceTest::computingWithoutComparisonIsNamed()
{
    FrameTrace frame = frameOf(4, 39);
    QCOMPARE(explained(frame),
             QString("Frame 12 of stream 3 was 6.0 ms late: computing it on worker 2 in a batch of 1 "
                     "took 39.0 ms."));
}

void TraceTest::aRetryIsNamed()
{
    FrameTrace frame = frameOf(230, 10);
    frame.attempts = 2;
    QCOMPARE(explained(frame),
             QString("Frame 12 of stream 3 was 203.0 ms late: it was retried. 1 batch was without a result, because a "
                     "worker was lost or its batch failed, and its last one started 230.0 ms after its submission."));
    frame.attempts = 3;
    QVERIFY(explained(frame).contains("2 batches were without a result"));
}

void TraceTest::pasteAndDeliveryAreNamed()
{
    QCOMPARE(explained(frameOf(4, 10, 50)),
             QString("Frame 12 of stream 3 was 25.0 ms late: the mouth was ready 50.0 ms "
                     "before it was pasted: the paste, or the frames before it, took "
                     "long."));
    QCOMPARE(explained(frameOf(4, 10, 2, 60)),
             QString("Frame 12 of stream 3 was 36.0 ms late: it was ready for 60.0 ms "
                     "before its reader took it: delivery waited."));
    FrameTrace unpasted = frameOf(4, 10, 0, 60);
    unpasted.pasted = {};
    QVERIFY(explained(unpasted).contains("delivery waited"));
}

void TraceTest::theImpossibleIsNamed()
{
    FrameTrace frame = someFrame(12, 0);
    frame.deadline = at(6);
    QCOMPARE(explained(frame, {someFrame(1, 100)}),
             QString("Frame 12 of stream 3 was 11.0 ms late: it was submitted only 6.0 ms before its deadline. "
                     "Even alone, a frame of its avatar takes 10.0 ms, so it could not be on time."));
    frame.deadline = at(-2);
    QCOMPARE(explained(frame),
             QString("Frame 12 of stream 3 was 19.0 ms late: it was submitted 2.0 ms after its deadline."));
}

void TraceTest::anExpiredFrameIsExplained()
{
    FrameTrace frame = someFrame(12, 0);
    frame.outcome = FrameOutcome::Expired;
    frame.batch = 0;
    frame.batchSize = frame.attempts = 0;
    frame.started = frame.submitted;
    frame.finished = at(40.5);
    frame.pasted = frame.delivered = {};
    frame.input = frame.infer = frame.output = {};
    QCOMPARE(explained(frame, batchOf(32, FrameClass::Bulk, -1, 80)),
             QString("Frame 12 of stream 3 expired 40.5 ms after its submission: it waited 40.5 ms in the queue: "
                     "worker 2 was busy with a batch of 32 for 40.5 ms of them."));
}

QTEST_GUILESS_MAIN(TraceTest)
#include "trace_test.moc"
