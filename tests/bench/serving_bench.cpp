// SPDX-License-Identifier: GPL-3.0-or-later
// What a server costs over the workers it serves: the same jobs in this process and through gRPC on loopback, in turns,
// with JPEG on both sides; the latency it adds at half of that load; how soon speech is answered; and calls of a model
// that takes no time.
// Bars: 0.95 of the frames; 1 ms more at the median and 5 ms at the 99th percentile; the first frame of a speech 5 ms
// after its network's time for one; 15,000 calls/s.
//   lipsync-bench-serving AVATAR [SECONDS] [TURNS]      0 turns: only the speech and the calls
#include "base/file_system.h"
#include "clients/server_load.h"
#include "inference/grpc_setup.h"
#include "media/wav_file.h"
#include "metrics/process_probe.h"
#include "serving/picture_bytes.h"
#include "serving/server.h"
#include "serving/task_threads.h"
#include "session/speech_session.h"
#include "tuning/bench.h"
#include "tuning/saved_tuning.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <random>

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <lipsync.grpc.pb.h>
#include <nlohmann/json.hpp>
#include <open_inference.grpc.pb.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace {

namespace fs = std::filesystem;
using namespace lipsync;

constexpr int kUnderWay = 16;
constexpr double kWarmUpSeconds = 0.5; ///< until everything is under way; counts on neither side
constexpr const char* kName = "bench"; ///< of the avatar in its library

template <typename Value> Value orExit(Result<Value> result)
{
    if (result)
        return std::move(*result);
    std::fprintf(stderr, "%s\n", result.error().text().c_str());
    std::exit(1);
}

/// A copy of the avatar with a sound of its own, so that callers need not send any.
void makeLibrary(const fs::path& avatar, const fs::path& library)
{
    fs::create_directories(library);
    const auto folder = library / (std::string(kName) + ".avatar");
    fs::copy(avatar, folder, fs::copy_options::recursive);
    const auto text = orExit(readFile(folder / "avatar.json", 1 << 20));
    auto manifest = nlohmann::json::parse(text.begin(), text.end());
    const double seconds = manifest["frame"]["count"].get<double>() / 25;
    std::vector<float> sound(static_cast<std::size_t>(seconds * 16000));
    for (std::size_t i = 0; i < sound.size(); ++i)
        sound[i] = static_cast<float>(0.3 * std::sin(static_cast<double>(i) * 0.06) * std::sin(i * 0.002));
    if (auto written = media::writeWav(folder / "sound.wav", sound, 16000); !written)
        std::exit(1);
    manifest["schema_version"] = 2; // the first with a sound
    manifest["files"]["sound.wav"] = orExit(sha256(folder / "sound.wav"));
    const auto changed = manifest.dump();
    if (auto written = writeFile(folder / "avatar.json", {changed.data(), changed.size()}); !written)
        std::exit(1);
}

/// The same jobs without a server: made, encoded as JPEG on as many threads as a server has, and counted.
class InProcess {
public:
    InProcess(session::FrameService& service, const tuning::LoadedAvatar& avatar)
        : m_avatar(avatar)
        , m_size(avatar.avatar->package().manifest().network.pictureSize())
        , m_makeJob(avatar.jobs())
        , m_tasks(2)
    {
        for (int i = 0; i < kUnderWay; ++i) {
            m_slots.push_back(std::make_unique<Slot>());
            auto* slot = m_slots.back().get();
            slot->stream = service.pool().openStream(
                {scheduling::JobClass::Live, false, {}}, [this, slot](scheduling::JobResult result) {
                    auto kept = std::make_shared<scheduling::JobResult>(std::move(result));
                    m_tasks.post([this, slot, kept] { took(*slot, *kept); });
                });
        }
    }

    /// Frames/s of a closed loop; with a rate, of an open one whose latencies are recorded.
    double run(double seconds, std::optional<double> rate, metrics::LatencyHistogram* latency)
    {
        m_latency = latency;
        m_isOpen = rate.has_value();
        m_isRunning = true;
        if (!rate) {
            for (auto& slot : m_slots)
                submit(*slot, SteadyClock().now());
            std::this_thread::sleep_for(fromMilliseconds(kWarmUpSeconds * 1000));
        }
        m_done = 0;
        const auto began = SteadyClock().now();
        const auto end = began + fromMilliseconds(seconds * 1000);
        if (!rate) {
            std::this_thread::sleep_until(end);
        } else {
            std::mt19937_64 random(1);
            std::exponential_distribution<double> pause(*rate);
            for (auto due = began; due < end; due += fromMilliseconds(pause(random) * 1000)) {
                std::this_thread::sleep_until(due);
                std::unique_lock lock(m_mutex);
                if (m_free.empty())
                    continue;
                auto* slot = m_free.back();
                m_free.pop_back();
                lock.unlock();
                submit(*slot, due);
            }
        }
        const auto took = lipsync::seconds(SteadyClock().now() - began);
        const auto done = m_done.load();
        m_isRunning = false;
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [&] { return m_underWay == 0; });
        return static_cast<double>(done) / took;
    }

    void fillFree()
    {
        std::lock_guard lock(m_mutex);
        m_free.clear();
        for (auto& slot : m_slots)
            m_free.push_back(slot.get());
    }

private:
    struct Slot {
        std::unique_ptr<scheduling::WorkerPool::Stream> stream;
        TimePoint due;
    };

    void submit(Slot& slot, TimePoint due)
    {
        slot.due = due;
        auto job = m_makeJob(m_next);
        job.sequence = m_next++;
        ++m_underWay;
        if (!slot.stream->submit(std::move(job)))
            std::abort();
    }

    void took(Slot& slot, const scheduling::JobResult& result)
    {
        const auto& picture = static_cast<const lipsync::inference::MouthPicture&>(*result.output);
        if (!serving::jpegOf(picture.bytes, m_size, m_size))
            std::abort();
        ++m_done;
        if (m_latency)
            m_latency->record(SteadyClock().now() - slot.due);
        if (m_isRunning && !m_isOpen)
            submit(slot, SteadyClock().now());
        std::lock_guard lock(m_mutex);
        if (m_isOpen)
            m_free.push_back(&slot);
        --m_underWay;
        m_changed.notify_all();
    }

    const tuning::LoadedAvatar& m_avatar;
    const int m_size;
    const tuning::JobMaker m_makeJob;
    metrics::LatencyHistogram* m_latency = nullptr;
    std::atomic<std::int64_t> m_next = 0, m_done = 0;
    std::atomic<int> m_underWay = 0;
    std::atomic<bool> m_isRunning = false, m_isOpen = false;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::vector<Slot*> m_free;
    serving::TaskThreads m_tasks;
    std::vector<std::unique_ptr<Slot>> m_slots; ///< last: their results use all of the above
};

clients::ServerLoadReport throughServer(const std::string& address, double seconds, std::optional<double> rate)
{
    clients::ServerLoadOptions load;
    load.service = clients::Service::Optimized;
    load.avatar = kName;
    load.streams = kUnderWay;
    load.rate = rate;
    load.seconds = seconds;
    load.warmUpSeconds = kWarmUpSeconds;
    return orExit(clients::offerServerLoad({address}, load, {}));
}

constexpr std::size_t kPieceSamples = 640; ///< of speech: 40 ms

/// The pieces of speech after which its first frame can be computed, and how long the last of them took to be heard.
struct FirstHearing {
    int pieces = 0;
    double lastMs = 0;
};

FirstHearing hearToFirstFrame(const tuning::LoadedAvatar& avatar)
{
    const auto speech = orExit(session::SpeechSession::create(avatar.avatar->frames(), 1, {}, 1));
    const std::vector<float> piece(kPieceSamples, 0.1F);
    FirstHearing hearing;
    for (; !speech->isReady(0); ++hearing.pieces) {
        const auto began = SteadyClock().now();
        if (!speech->push(piece))
            std::exit(1);
        hearing.lastMs = milliseconds(SteadyClock().now() - began);
    }
    return hearing;
}

/// Where the time of a speech's first frame went, in ms.
struct FirstFrame {
    double all = 0, queue = 0, infer = 0, encode = 0;
    double rest() const { return all - queue - infer - encode; } ///< hearing, and the way there and back
};

/// Speaks to a server as speech comes, and waits for the first frame; from the piece that made it computable on.
FirstFrame speakToFirstFrame(::lipsync::v1::LipSync::Stub& stub, int pieces)
{
    namespace own = ::lipsync::v1;
    grpc::ClientContext context;
    const auto stream = stub.Speak(&context);
    own::SpeakRequest open, sound;
    open.mutable_open()->set_avatar(kName);
    stream->Write(open);
    std::vector<std::int16_t> samples(kPieceSamples);
    auto sent = SteadyClock().now();
    for (int piece = 0; piece < pieces; ++piece) {
        for (std::size_t i = 0; i < samples.size(); ++i)
            samples[i] = static_cast<std::int16_t>(8000 * std::sin(0.05 * static_cast<double>(i)));
        sound.set_sound(samples.data(), samples.size() * sizeof(std::int16_t));
        std::this_thread::sleep_until(sent + std::chrono::milliseconds(40));
        sent = SteadyClock().now();
        stream->Write(sound);
    }
    own::SpeakResponse response;
    while (stream->Read(&response) && !response.has_frame()) { }
    FirstFrame first;
    first.all = milliseconds(SteadyClock().now() - sent);
    constexpr double kMicroseconds = 1000;
    first.queue = response.frame().queue_us() / kMicroseconds;
    first.infer = response.frame().infer_us() / kMicroseconds;
    first.encode = response.frame().encode_us() / kMicroseconds;
    context.TryCancel();
    stream->Finish();
    return first;
}

double median(std::vector<double> of)
{
    std::ranges::sort(of);
    return of.empty() ? 0 : of[of.size() / 2];
}

/// The network's time for the frame alone and the first frame of a speech, in turns. The frame is always the same one,
/// whose image half the workers keep.
void measureFirstFrame(session::FrameService& service, const tuning::LoadedAvatar& avatar, const std::string& address)
{
    constexpr int kRounds = 20;
    const auto stub = ::lipsync::v1::LipSync::NewStub(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
    const auto makeJob = avatar.jobs();
    std::vector<double> alone, all, infer, encode, hearing, way;
    const int pieces = hearToFirstFrame(avatar).pieces;
    speakToFirstFrame(*stub, pieces); // decodes the template
    for (int round = 0; round < kRounds; ++round) {
        std::promise<Duration> took;
        const auto stream = service.pool().openStream(
            {scheduling::JobClass::Live, false, {}},
            [&](const scheduling::JobResult& result) { took.set_value(result.finished - result.started); });
        if (!stream->submit(makeJob(0)))
            std::exit(1);
        alone.push_back(milliseconds(took.get_future().get()));
        hearing.push_back(hearToFirstFrame(avatar).lastMs);
        const auto first = speakToFirstFrame(*stub, pieces);
        all.push_back(first.all);
        infer.push_back(first.infer);
        encode.push_back(first.encode);
        way.push_back(first.rest() - hearing.back());
    }
    std::printf("first frame of a speech, %d ms of sound: %.2f ms, s(1) %.2f ms: %+.2f ms (hearing %.2f, worker %.2f, "
                "paste and JPEG %.2f, the way %.2f)\n",
                pieces * 40, median(all), median(alone), median(all) - median(alone), median(hearing), median(infer),
                median(encode), median(way));
}

/// A worker that takes no time; its pictures are all the same.
class InstantMouths final : public scheduling::Worker {
public:
    explicit InstantMouths(std::size_t bytes)
    {
        auto picture = std::make_shared<lipsync::inference::MouthPicture>();
        const auto buffer = std::make_shared<std::vector<std::uint8_t>>(bytes);
        picture->buffer = buffer;
        picture->bytes = *buffer;
        m_picture = std::move(picture);
    }
    Status start() override { return {}; }
    Status prepare(scheduling::ModelId, const std::vector<int>&) override { return {}; }
    void release(scheduling::ModelId) override { }
    scheduling::BatchOutcome run(const scheduling::Batch& batch) override
    {
        scheduling::BatchOutcome outcome;
        outcome.outputs.assign(batch.contents.size(), m_picture);
        return outcome;
    }
    Status checkHealth() override { return {}; }
    void abandon() noexcept override { }

private:
    std::shared_ptr<const scheduling::JobOutput> m_picture;
};

/// Calls/s of a closed loop of calls that `start` begins; it is given the slot and what to call at the end.
double callsPerSecond(double seconds, int underWay,
                      const std::function<void(std::size_t slot, std::function<void(bool)> done)>& start)
{
    struct State {
        std::atomic<bool> isRunning = true;
        std::atomic<std::int64_t> done = 0, failed = 0;
        std::atomic<int> underWay = 0;
    } state;
    std::function<void(std::size_t)> begin = [&](std::size_t slot) {
        start(slot, [&, slot](bool ok) {
            ++(ok ? state.done : state.failed);
            if (state.isRunning)
                begin(slot);
            else
                --state.underWay;
        });
    };
    state.underWay = underWay;
    const auto began = SteadyClock().now();
    for (int i = 0; i < underWay; ++i)
        begin(static_cast<std::size_t>(i));
    std::this_thread::sleep_for(fromMilliseconds(seconds * 1000));
    const auto took = lipsync::seconds(SteadyClock().now() - began);
    const auto done = state.done.load();
    state.isRunning = false;
    while (state.underWay > 0)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (state.failed > 0)
        std::printf("  (%lld calls failed)\n", static_cast<long long>(state.failed.load()));
    return static_cast<double>(done) / took;
}

/// Calls of a model that takes no time; where pictures go into shared memory only the call itself crosses the
/// connection, as with the small tensors of other null models.
void measureNullModel(session::FrameService& service, serving::Server& server, double seconds)
{
    namespace kserve = ::inference;
    constexpr int kCalls = 64;
    constexpr std::size_t kConnections = 8;
    auto& pool = service.pool();
    const auto bytes = std::size_t{3} * 160 * 160;
    std::vector<scheduling::WorkerId> real;
    for (const auto& worker : pool.snapshot().workers)
        real.push_back(worker.id);
    pool.replaceWorkers(real, {{{"cpu", "instant"}, [=] { return std::make_unique<InstantMouths>(bytes); }}});
    if (!pool.waitForReplacement({}))
        std::exit(1);
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(-1);
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1); // a connection of its own each
    std::vector<std::unique_ptr<kserve::GRPCInferenceService::Stub>> stubs;
    while (stubs.size() < kConnections)
        stubs.push_back(kserve::GRPCInferenceService::NewStub(
            grpc::CreateCustomChannel(server.address(), grpc::InsecureChannelCredentials(), arguments)));

    const auto key = fmt::format("/lipsync-bench-{}", getpid());
    const int memory = shm_open(key.c_str(), O_CREAT | O_RDWR, 0600);
    if (memory < 0 || ftruncate(memory, static_cast<off_t>(bytes)) != 0)
        std::exit(1);
    {
        grpc::ClientContext context;
        kserve::SystemSharedMemoryRegisterRequest request;
        request.set_name("out");
        request.set_key(key);
        request.set_byte_size(bytes);
        kserve::SystemSharedMemoryRegisterResponse response;
        if (!stubs.front()->SystemSharedMemoryRegister(&context, request, &response).ok())
            std::exit(1);
    }
    struct Slot {
        std::unique_ptr<grpc::ClientContext> context;
        kserve::ModelInferResponse response;
        kserve::ServerLiveRequest liveRequest;
        kserve::ServerLiveResponse live;
    };
    std::vector<Slot> slots(kCalls);
    kserve::ModelInferRequest inBand;
    inBand.set_model_name(kName);
    auto& frame = *inBand.add_inputs();
    frame.set_name("frame");
    frame.set_datatype("INT32");
    frame.add_shape(1);
    frame.add_shape(1);
    inBand.add_raw_input_contents(std::string(4, '\0'));
    auto shared = inBand;
    auto& output = *shared.add_outputs();
    output.set_name("mouth");
    (*output.mutable_parameters())["shared_memory_region"].set_string_param("out");
    (*output.mutable_parameters())["shared_memory_byte_size"].set_int64_param(static_cast<std::int64_t>(bytes));

    const auto infer = [&](const kserve::ModelInferRequest& request, std::size_t connections) {
        return callsPerSecond(seconds, kCalls, [&, connections](std::size_t slot, std::function<void(bool)> done) {
            slots[slot].context = std::make_unique<grpc::ClientContext>();
            slots[slot].response.Clear();
            stubs[slot % connections]->async()->ModelInfer(
                slots[slot].context.get(), &request, &slots[slot].response,
                [done = std::move(done)](const grpc::Status& status) { done(status.ok()); });
        });
    };
    const auto live = [&](std::size_t connections) {
        return callsPerSecond(seconds, kCalls, [&, connections](std::size_t slot, std::function<void(bool)> done) {
            slots[slot].context = std::make_unique<grpc::ClientContext>();
            stubs[slot % connections]->async()->ServerLive(
                slots[slot].context.get(), &slots[slot].liveRequest, &slots[slot].live,
                [done = std::move(done)](const grpc::Status& status) { done(status.ok()); });
        });
    };
    std::printf("calls/s, %d under way, on                            one connection  on %zu\n", kCalls, kConnections);
    const auto print = [](const char* what, double one, double several) {
        std::printf("%-51s %15.0f %5.0f\n", what, one, several);
    };
    print("ModelInfer, null model, picture in shared memory", infer(shared, 1), infer(shared, kConnections));
    print("ModelInfer, null model, 77 kB picture in band", infer(inBand, 1), infer(inBand, kConnections));
    print("ServerLive", live(1), live(kConnections));
    shm_unlink(key.c_str());
}

double ms(const metrics::HistogramSnapshot& of, double percent)
{
    return milliseconds(of.percentile(percent));
}

/// The same load on the workers and on the server, in turns.
void compareWithWorkers(session::FrameService& service, const tuning::LoadedAvatar& avatar, const std::string& address,
                        double seconds, int turns)
{
    InProcess inside(service, avatar);
    inside.run(0.5, {}, nullptr);
    throughServer(address, 0.5, {});

    double here = 0, there = 0;
    for (int turn = 0; turn < turns; ++turn) {
        const auto one = [&] { here += inside.run(seconds, {}, nullptr) / turns; };
        const auto other = [&] { there += throughServer(address, seconds, {}).framesPerSecond() / turns; };
        turn % 2 == 0 ? one() : other();
        turn % 2 == 0 ? other() : one();
    }
    std::printf("frames/s, %d under way: in process %.1f, through gRPC %.1f: %.3f\n", kUnderWay, here, there,
                there / here);

    metrics::LatencyHistogram insideLatency;
    metrics::HistogramSnapshot outsideLatency;
    for (int turn = 0; turn < turns; ++turn) {
        inside.fillFree();
        inside.run(seconds, here / 2, &insideLatency);
        outsideLatency.merge(throughServer(address, seconds, here / 2).latency);
    }
    const auto insideSeen = insideLatency.snapshot();
    std::printf("latency at half load (%.0f/s): in process p50 %.2f p99 %.2f ms, through gRPC p50 %.2f p99 %.2f ms: "
                "%+.2f and %+.2f ms\n",
                here / 2, ms(insideSeen, 50), ms(insideSeen, 99), ms(outsideLatency, 50), ms(outsideLatency, 99),
                ms(outsideLatency, 50) - ms(insideSeen, 50), ms(outsideLatency, 99) - ms(insideSeen, 99));
}

} // namespace

int main(int argc, char** argv)
{
    if (argc < 2) {
        std::fprintf(stderr, "usage: %s AVATAR [SECONDS] [TURNS]\n", argv[0]);
        return 2;
    }
    const double seconds = argc > 2 ? std::atof(argv[2]) : 3;
    const int turns = argc > 3 ? std::atoi(argv[3]) : 4;
    const auto place = fs::temp_directory_path() / fmt::format("lipsync-bench-{}", getpid());
    makeLibrary(argv[1], place);

    session::FrameServiceOptions options;
    options.plan = tuning::standardPlan();
    const auto service = orExit(session::FrameService::create(options));
    {
        serving::ServerOptions serverOptions;
        serverOptions.listen = "127.0.0.1:0";
        serverOptions.libraries = {place};
        const auto server = orExit(serving::Server::start(*service, serverOptions, {}));
        const auto avatar = orExit(tuning::LoadedAvatar::open(*service, place / (std::string(kName) + ".avatar"), {}));
        std::promise<bool> loaded;
        server->shelf().load(kName, {},
                             [&](const serving::AvatarShelf::Loaded& result) { loaded.set_value(result.has_value()); });
        if (!loaded.get_future().get())
            return 1;
        if (turns > 0)
            compareWithWorkers(*service, avatar, server->address(), seconds, turns);
        measureFirstFrame(*service, avatar, server->address());
        measureNullModel(*service, *server, seconds);
    }
    fs::remove_all(place);
    return 0;
}
