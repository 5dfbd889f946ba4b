// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/chrome_trace.h"

#include "metrics/lateness.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace lipsync::metrics {

namespace {

/// A JSON string literal.
std::string jsonText(std::string_view text)
{
    std::string literal = "\"";
    for (const char character : text) {
        if (character == '"' || character == '\\')
            literal += '\\';
        if (static_cast<unsigned char>(character) < 0x20)
            literal += fmt::format("\\u{:04x}", static_cast<int>(character));
        else
            literal += character;
    }
    return literal + '"';
}

template <typename Number>
std::string nameOr(const std::map<Number, std::string>& names, Number number, std::string_view kind)
{
    const auto found = names.find(number);
    return found == names.end() ? fmt::format("{} {}", kind, number) : found->second;
}

std::string deviceName(const TraceNames& names, std::uint32_t device)
{
    return device < names.devices.size() ? names.devices[device] : fmt::format("device {}", device);
}

/// Writes events of one process; times are microseconds with the nanoseconds behind the point, from `origin`.
class EventWriter {
public:
    explicit EventWriter(TimePoint origin)
        : m_origin(origin)
    {
    }

    void nameProcess(std::string_view name)
    {
        add(fmt::format(R"({{"ph":"M","pid":1,"name":"process_name","args":{{"name":{}}}}})", jsonText(name)));
    }

    /// A new track below all others; its number.
    int addTrack(std::string_view name)
    {
        const int track = ++m_tracks;
        add(fmt::format(R"({{"ph":"M","pid":1,"tid":{},"name":"thread_name","args":{{"name":{}}}}})", track,
                        jsonText(name)));
        add(fmt::format(R"({{"ph":"M","pid":1,"tid":{0},"name":"thread_sort_index","args":{{"sort_index":{0}}}}})",
                        track));
        return track;
    }

    /// `arguments` is the inside of a JSON object, or empty.
    void slice(int track, std::string_view category, std::string_view name, TimePoint begin, Duration duration,
               std::string_view arguments = {})
    {
        add(fmt::format(R"({{"ph":"X","pid":1,"tid":{},"cat":"{}","name":{},"ts":{},"dur":{},"args":{{{}}}}})", track,
                        category, jsonText(name), microseconds(begin - m_origin), microseconds(duration), arguments));
    }

    std::string text() &&
    {
        m_text += "\n]}\n";
        return std::move(m_text);
    }

private:
    static std::string microseconds(Duration duration)
    {
        const auto nanoseconds = std::max<std::int64_t>(duration.count(), 0);
        return fmt::format("{}.{:03}", nanoseconds / 1000, nanoseconds % 1000);
    }

    void add(std::string_view event)
    {
        m_text += m_isEmpty ? "\n" : ",\n";
        m_text += event;
        m_isEmpty = false;
    }

    const TimePoint m_origin;
    std::string m_text = R"({"displayTimeUnit":"ms","traceEvents":[)";
    bool m_isEmpty = true;
    int m_tracks = 0;
};

/// The three parts of a computed batch, cut off where they would leave it.
void addComputeParts(EventWriter& writer, int track, const FrameTrace& trace)
{
    TimePoint begin = trace.started;
    const auto part = [&](Stage stage, Duration duration) {
        const Duration length = std::min(duration, std::max(trace.finished - begin, Duration{}));
        if (length > Duration{})
            writer.slice(track, "stage", toString(stage), begin, length);
        begin += length;
    };
    part(Stage::Input, trace.input);
    part(Stage::Infer, trace.infer);
    part(Stage::Output, trace.output);
}

void addWorkers(EventWriter& writer, std::span<const FrameTrace> traces, const TraceNames& names)
{
    // All frames of a batch tell the same of it; the first stands for all.
    std::map<std::uint32_t, std::map<std::uint64_t, const FrameTrace*>> batchesOfWorkers;
    for (const FrameTrace& trace : traces) {
        if (trace.isComputed())
            batchesOfWorkers[trace.worker].emplace(trace.batch, &trace);
    }
    for (const auto& [worker, batches] : batchesOfWorkers) {
        const std::string device = deviceName(names, batches.begin()->second->device);
        const int track = writer.addTrack(fmt::format("{} ({})", nameOr(names.workers, worker, "worker"), device));
        for (const auto& [number, trace] : batches) {
            const std::string model = nameOr(names.models, trace->model, "model");
            writer.slice(
                track, "batch", fmt::format("batch of {}", trace->batchSize), trace->started, trace->computeTime(),
                fmt::format(R"("batch":{},"batch_size":{},"model":{})", number, trace->batchSize, jsonText(model)));
            addComputeParts(writer, track, *trace);
        }
    }
}

std::string frameArguments(const FrameTrace& trace, std::span<const FrameTrace> traces, const TraceNames& names)
{
    std::string arguments =
        fmt::format(R"("class":"{}","outcome":"{}","attempts":{},"model":{})", toString(trace.frameClass),
                    toString(trace.outcome), trace.attempts, jsonText(nameOr(names.models, trace.model, "model")));
    if (trace.isComputed())
        arguments += fmt::format(R"(,"batch":{},"batch_size":{},"worker":{})", trace.batch, trace.batchSize,
                                 jsonText(nameOr(names.workers, trace.worker, "worker")));
    if (trace.deadline)
        arguments += fmt::format(R"(,"deadline_ms":{:.3f})", milliseconds(*trace.deadline - trace.submitted));
    if (trace.isLate())
        arguments += fmt::format(R"(,"late_ms":{:.3f},"why":{})", milliseconds(trace.lateness()),
                                 jsonText(explainLateness(trace, traces)));
    return arguments;
}

void addFrame(EventWriter& writer, int track, const FrameTrace& trace, std::string_view arguments)
{
    writer.slice(track, "frame", fmt::format("frame {}", trace.sequence), trace.submitted,
                 trace.end() - trace.submitted, arguments);
    const auto part = [&](Stage stage, TimePoint begin, Duration duration) {
        if (duration > Duration{})
            writer.slice(track, "stage", toString(stage), begin, duration);
    };
    part(Stage::Queue, trace.submitted, trace.queueTime());
    part(Stage::Infer, trace.started, trace.computeTime());
    part(Stage::Paste, trace.finished, trace.pasteTime());
    part(Stage::Deliver, std::max(trace.finished, trace.pasted), trace.deliverTime());
}

void addStreams(EventWriter& writer, std::span<const FrameTrace> traces, const TraceNames& names)
{
    std::map<std::uint64_t, std::vector<const FrameTrace*>> framesOfStreams;
    for (const FrameTrace& trace : traces)
        framesOfStreams[trace.stream].push_back(&trace);
    for (auto& [stream, frames] : framesOfStreams) {
        std::stable_sort(frames.begin(), frames.end(),
                         [](const FrameTrace* a, const FrameTrace* b) { return a->submitted < b->submitted; });
        // Slices of one track must nest, and frames of a stream overlap: each goes to the first track that is free.
        std::vector<std::pair<int, TimePoint>> tracks;
        for (const FrameTrace* frame : frames) {
            auto free = std::find_if(tracks.begin(), tracks.end(),
                                     [&](const auto& track) { return track.second <= frame->submitted; });
            if (free == tracks.end()) {
                const std::string name = nameOr(names.streams, stream, "stream");
                const int track = writer.addTrack(tracks.empty() ? name : fmt::format("{} +{}", name, tracks.size()));
                free = tracks.insert(tracks.end(), {track, TimePoint{}});
            }
            free->second = frame->end();
            addFrame(writer, free->first, *frame, frameArguments(*frame, traces, names));
        }
    }
}

} // namespace

std::string chromeTrace(std::span<const FrameTrace> traces, const TraceNames& names)
{
    const auto first = std::min_element(traces.begin(), traces.end(), [](const FrameTrace& a, const FrameTrace& b) {
        return a.submitted < b.submitted;
    });
    EventWriter writer(first == traces.end() ? TimePoint{} : first->submitted);
    writer.nameProcess("LipSync Studio");
    addWorkers(writer, traces, names);
    addStreams(writer, traces, names);
    return std::move(writer).text();
}

} // namespace lipsync::metrics
