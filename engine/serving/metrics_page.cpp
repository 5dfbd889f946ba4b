// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/metrics_page.h"

#include "serving/listening.h"
#include "serving/readiness.h"
#include "serving/text_page.h"

#include <vector>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace lipsync::serving {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

/// Families of numbers in the order in which they are asked for.
class Families {
public:
    void begin(const char* name, const char* help, MetricType type) { m_families.push_back({name, help, type, {}}); }
    void add(double value, Labels labels = {})
    {
        auto& family = m_families.back();
        ClientMetric metric;
        metric.label = std::move(labels);
        if (family.type == MetricType::Counter)
            metric.counter.value = value;
        else
            metric.gauge.value = value;
        family.metric.push_back(std::move(metric));
    }
    void counter(const char* name, const char* help, double value)
    {
        begin(name, help, MetricType::Counter);
        add(value);
    }
    void gauge(const char* name, const char* help, double value)
    {
        begin(name, help, MetricType::Gauge);
        add(value);
    }
    /// A distribution by its percentiles; times in seconds.
    void addSummary(const LatencySummary& summary, Labels labels)
    {
        constexpr double kMs = 1000;
        ClientMetric metric;
        metric.label = std::move(labels);
        metric.summary.sample_count = summary.count;
        metric.summary.sample_sum = summary.meanMs * static_cast<double>(summary.count) / kMs;
        metric.summary.quantile = {{0.5, summary.p50Ms / kMs},
                                   {0.95, summary.p95Ms / kMs},
                                   {0.99, summary.p99Ms / kMs},
                                   {0.999, summary.p999Ms / kMs}};
        m_families.back().metric.push_back(std::move(metric));
    }
    std::vector<MetricFamily> take() { return std::move(m_families); }

private:
    std::vector<MetricFamily> m_families;
};

double microseconds(const CountedTime& time)
{
    return static_cast<double>(time.nanoseconds.load(std::memory_order_relaxed)) / 1000;
}

double countOf(const CountedTime& time)
{
    return static_cast<double>(time.count.load(std::memory_order_relaxed));
}

Labels modelLabels(const ServedAvatar& avatar)
{
    return {{"model", avatar.name}, {"version", "1"}};
}

} // namespace

class MetricsPage::Impl {
public:
    explicit Impl(const ServingParts& parts)
        : m_parts(parts)
    {
    }

    std::vector<MetricFamily> collect() const
    {
        Families families;
        collectCalls(families);
        collectWorkers(families);
        collectFrames(families);
        collectModels(families);
        return families.take();
    }

    std::unique_ptr<TextPage> page;

private:
    void collectCalls(Families& families) const
    {
        const auto counts = m_parts.gate.counts();
        families.gauge("lipsync_server_uptime_seconds", "Time since the server started.",
                       seconds(SteadyClock().now() - m_parts.began));
        families.gauge("lipsync_server_open_calls", "Calls under way.", static_cast<double>(m_parts.gate.openCalls()));
        families.begin("lipsync_server_calls_total", "Calls that ended.", MetricType::Counter);
        for (const auto& count : counts) {
            families.add(static_cast<double>(count.succeeded), {{"method", count.method}, {"result", "ok"}});
            families.add(static_cast<double>(count.failed), {{"method", count.method}, {"result", "failed"}});
        }
        families.begin("lipsync_server_call_seconds", "Calls from their acceptance to their end.", MetricType::Summary);
        for (const auto& count : counts)
            families.addSummary(count.latency, {{"method", count.method}});
    }

    void collectWorkers(Families& families) const
    {
        const auto pool = m_parts.service.pool().snapshot();
        families.gauge("lipsync_workers_able", "Workers that compute or would at once.", ableWorkers(pool));
        families.begin("lipsync_worker_frames_total", "Frames a worker computed.", MetricType::Counter);
        for (const auto& worker : pool.workers)
            families.add(static_cast<double>(worker.frames), labelsOf(worker));
        families.begin("lipsync_worker_busy_seconds_total", "Time a worker spent in batches.", MetricType::Counter);
        for (const auto& worker : pool.workers)
            families.add(seconds(worker.busy), labelsOf(worker));
        families.begin("lipsync_worker_restarts_total", "Times a worker was started anew.", MetricType::Counter);
        for (const auto& worker : pool.workers)
            families.add(worker.restarts, labelsOf(worker));
        families.begin("lipsync_queue_jobs", "Frames that wait for a worker.", MetricType::Gauge);
        for (std::size_t i = 0; i < pool.waiting.size(); ++i)
            families.add(static_cast<double>(pool.waiting[i]),
                         {{"class", std::string(toString(static_cast<FrameClass>(i)))}});
    }

    void collectFrames(Families& families) const
    {
        StatsSnapshot statistics;
        m_parts.service.metrics().fillSnapshot(statistics);
        families.begin("lipsync_frames_total", "Frames that reached their readers.", MetricType::Counter);
        for (std::size_t i = 0; i < kFrameClasses; ++i)
            families.add(static_cast<double>(statistics.classes[i].framesDone),
                         {{"class", std::string(toString(static_cast<FrameClass>(i)))}});
        families.begin("lipsync_frames_dropped_total", "Frames that were of no use to whom they were for.",
                       MetricType::Counter);
        for (std::size_t i = 0; i < kDropReasons; ++i)
            families.add(static_cast<double>(statistics.drops[i]),
                         {{"reason", std::string(toString(static_cast<DropReason>(i)))}});
        families.begin("lipsync_frame_stage_seconds", "Where frames spend their time.", MetricType::Summary);
        for (std::size_t i = 0; i < kStages; ++i)
            families.addSummary(statistics.stages[i], {{"stage", std::string(toString(static_cast<Stage>(i)))}});
    }

    void collectModels(Families& families) const
    {
        const auto avatars = m_parts.shelf.loaded();
        const auto each = [&](const char* name, const char* help, auto value) {
            families.begin(name, help, MetricType::Counter);
            for (const auto& avatar : avatars)
                families.add(value(avatar->counters), modelLabels(*avatar));
        };
        each("nv_inference_request_success", "Frames that were made.",
             [](const FrameCounters& counters) { return countOf(counters.succeeded); });
        each("nv_inference_request_failure", "Frames that failed or expired.",
             [](const FrameCounters& counters) { return countOf(counters.failed); });
        each("nv_inference_count", "Frames computed.",
             [](const FrameCounters& counters) { return countOf(counters.succeeded); });
        each("nv_inference_exec_count", "Batches they were in.",
             [](const FrameCounters& counters) { return static_cast<double>(executionsOf(counters)); });
        each("nv_inference_request_duration_us", "Time of the frames that were made.",
             [](const FrameCounters& counters) { return microseconds(counters.succeeded); });
        each("nv_inference_queue_duration_us", "Time they waited for a worker.",
             [](const FrameCounters& counters) { return microseconds(counters.queue); });
        each("nv_inference_compute_input_duration_us", "Time of gathering their batches.",
             [](const FrameCounters& counters) { return microseconds(counters.input); });
        each("nv_inference_compute_infer_duration_us", "Time in the network.",
             [](const FrameCounters& counters) { return microseconds(counters.infer); });
        each("nv_inference_compute_output_duration_us", "Time of copying their batches back.",
             [](const FrameCounters& counters) { return microseconds(counters.output); });
    }

    static Labels labelsOf(const scheduling::WorkerSnapshot& worker)
    {
        return {{"worker", std::to_string(worker.id)}, {"device", worker.traits.device}};
    }

    const ServingParts& m_parts;
};

MetricsPage::MetricsPage(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}

MetricsPage::~MetricsPage()
{
    m_impl->page = nullptr; // it asks for the numbers
}

const std::string& MetricsPage::address() const
{
    return m_impl->page->address();
}

Result<std::unique_ptr<MetricsPage>> MetricsPage::start(const ServingParts& parts, const std::string& listen,
                                                        std::function<bool()> isReady)
{
    if (!isLoopback(listen) && parts.tokens.isEmpty())
        return failure(ErrorCode::Usage,
                       fmt::format("The page of metrics on '{}' would be open to the network: give a token file, or "
                                   "listen on 127.0.0.1.",
                                   listen));
    auto impl = std::make_unique<Impl>(parts);
    const bool isOpen = isLoopback(listen);
    auto page =
        TextPage::start(listen,
                        {[numbers = impl.get()] { return prometheus::TextSerializer().Serialize(numbers->collect()); },
                         [&parts, isOpen](std::string_view token) {
                             return isOpen || parts.tokens.check(token, Right::Use) == TokenList::Verdict::Allowed;
                         },
                         std::move(isReady)});
    if (!page)
        return failure(page);
    impl->page = std::move(*page);
    return std::unique_ptr<MetricsPage>(new MetricsPage(std::move(impl)));
}

} // namespace lipsync::serving
