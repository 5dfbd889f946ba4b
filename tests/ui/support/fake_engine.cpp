// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/support/fake_engine.h"

#include <functional>

namespace lipsync::test {

void fromAnotherThread(const std::function<void()>& speak)
{
    std::thread(speak).join();
}

namespace {

constexpr int kSide = 8;
constexpr int kSampleRate = 16000;
constexpr double kFrameRate = 25;

AvatarInfo avatarAt(const std::filesystem::path& folder)
{
    AvatarInfo info;
    info.folder = folder;
    info.name = folder.stem().string();
    info.title = "Fake " + info.name;
    info.network = "none";
    info.width = info.height = kSide;
    info.templateFrames = 2;
    info.frameRate = kFrameRate;
    info.isTrained = folder.string().find("untrained") == std::string::npos;
    return info;
}

VoiceInfo voiceAt(const std::filesystem::path& file, double seconds)
{
    VoiceInfo info;
    info.file = file;
    info.seconds = seconds;
    info.sampleRate = kSampleRate;
    info.channels = 1;
    return info;
}

class FakePreview final : public Preview {
public:
    explicit FakePreview(std::shared_ptr<FakePreviewRecord> record)
        : m_record(std::move(record))
    {
    }
    ~FakePreview() override
    {
        if (m_record->mayDie.valid())
            m_record->mayDie.wait();
        m_record->isAlive = false;
    }

    void show(std::int64_t frame) override { record("show", frame); }
    void play(std::int64_t frame) override { record("play", frame); }
    void setPlayhead(std::int64_t frame) override { record("playhead", frame); }
    void pause() override { m_record->calls.emplace_back("pause"); }

    std::shared_ptr<const Picture> pictureAt(std::int64_t frame) override
    {
        const auto after = m_record->pictures.upper_bound(frame);
        return after == m_record->pictures.begin() ? nullptr : std::prev(after)->second;
    }

    void setOriginalsWanted(bool areWanted) override
    {
        m_record->calls.emplace_back(areWanted ? "originals on" : "originals off");
    }
    PreviewStatistics statistics() const override { return m_record->statistics; }

private:
    void record(const std::string& call, std::int64_t frame)
    {
        m_record->calls.push_back(call + " " + std::to_string(frame));
        if (call != "playhead")
            m_record->pictures.clear();
    }

    std::shared_ptr<FakePreviewRecord> m_record;
};

class FakeExport final : public Export {
public:
    explicit FakeExport(std::shared_ptr<FakeExportRecord> record)
        : m_record(std::move(record))
    {
    }
    void cancel() override { m_record->isCancelled = true; }

private:
    std::shared_ptr<FakeExportRecord> m_record;
};

class FakeLive final : public LiveSession {
public:
    explicit FakeLive(std::shared_ptr<FakeLiveRecord> record)
        : m_record(std::move(record))
    {
    }
    ~FakeLive() override { m_record->isAlive = false; }
    void push(std::span<const float> samples) override
    {
        m_record->sound.insert(m_record->sound.end(), samples.begin(), samples.end());
    }
    void interrupt() override { ++m_record->interruptions; }
    void finish() override { m_record->isFinished = true; }
    LiveStatistics statistics() const override { return m_record->statistics; }

private:
    std::shared_ptr<FakeLiveRecord> m_record;
};

class FakeServer final : public Server {
public:
    explicit FakeServer(std::shared_ptr<FakeServerRecord> record)
        : m_record(std::move(record))
    {
    }
    ~FakeServer() override { m_record->isAlive = false; }
    std::string address() const override { return m_record->address; }
    std::string metricsAddress() const override { return m_record->metricsAddress; }
    std::string webAddress() const override { return m_record->webAddress; }
    ServerStatistics statistics() const override { return m_record->statistics(); }
    void stop() override
    {
        if (!m_record->isStopping.exchange(true) && !m_record->holdsCalls)
            m_record->finishStopping();
    }

private:
    std::shared_ptr<FakeServerRecord> m_record;
};

/// Keeps jobs as the engine's queue does, but never works on them: a test sets their state through the record.
class FakeQueue final : public ExportQueue {
public:
    explicit FakeQueue(std::shared_ptr<FakeQueueRecord> record)
        : m_record(std::move(record))
    {
    }
    std::vector<ExportJob> jobs() const override { return m_record->jobs; }
    bool isRunning() const override { return m_record->isRunning; }
    std::string openingNote() const override { return m_record->openingNote; }
    Result<std::uint64_t> add(const ExportRequest& request) override
    {
        if (!m_record->refusal.empty())
            return failure(ErrorCode::Usage, m_record->refusal);
        ExportJob job;
        job.id = ++m_record->lastId;
        job.request = request;
        m_record->jobs.push_back(job);
        fromAnotherThread(m_record->events.changed);
        return job.id;
    }
    void start() override { setRunning(true); }
    void startOnly(std::uint64_t job) override
    {
        m_record->find(job)->isWanted = true;
        fromAnotherThread(m_record->events.changed);
    }
    void pauseNow() override
    {
        for (auto& job : m_record->jobs)
            job.isWanted = false;
        setRunning(false);
    }
    void pauseAfterCurrent() override
    {
        m_record->jobs.front().isWanted = true;
        setRunning(false);
    }
    void cancel(std::uint64_t job) override { setState(job, ExportJobState::Cancelled); }
    void retry(std::uint64_t job) override { setState(job, ExportJobState::Waiting); }
    Result<std::uint64_t> duplicate(std::uint64_t job) override
    {
        auto copy = *m_record->find(job);
        copy.request.output += " 2";
        return add(copy.request);
    }
    void move(std::uint64_t job, std::size_t position) override
    {
        const auto moved = *m_record->find(job);
        m_record->jobs.erase(m_record->find(job));
        m_record->jobs.insert(m_record->jobs.begin() + static_cast<std::ptrdiff_t>(position), moved);
        fromAnotherThread(m_record->events.changed);
    }
    void remove(std::uint64_t job) override
    {
        m_record->jobs.erase(m_record->find(job));
        fromAnotherThread(m_record->events.changed);
    }
    void clearEnded() override { m_record->calls.emplace_back("clear ended"); }

private:
    void setRunning(bool isRunning)
    {
        m_record->isRunning = isRunning;
        fromAnotherThread(m_record->events.changed);
    }
    void setState(std::uint64_t job, ExportJobState state)
    {
        m_record->find(job)->state = state;
        fromAnotherThread(m_record->events.changed);
    }
    std::shared_ptr<FakeQueueRecord> m_record;
};

class FakeOperation final : public Operation {
public:
    explicit FakeOperation(std::shared_ptr<std::atomic<bool>> isCancelled)
        : m_isCancelled(std::move(isCancelled))
    {
    }
    void cancel() override { *m_isCancelled = true; }

private:
    std::shared_ptr<std::atomic<bool>> m_isCancelled;
};

template <typename Records, typename Request, typename Events>
std::unique_ptr<Operation> startOperation(Records& records, const Request& request, Events events)
{
    auto record = std::make_shared<typename Records::value_type::element_type>();
    record->request = request;
    record->events = std::move(events);
    records.push_back(record);
    return std::make_unique<FakeOperation>(record->isCancelled);
}

} // namespace

void FakePreviewRecord::becomeReady(double seconds)
{
    PreviewInfo info;
    info.avatar = avatarAt(avatar);
    info.voice = voiceAt(voice, seconds);
    info.frames = static_cast<std::int64_t>(seconds * kFrameRate);
    info.frameRate = kFrameRate;
    const std::size_t samples = static_cast<std::size_t>(seconds * kSampleRate);
    info.sound = std::make_shared<VoiceSound>(VoiceSound{kSampleRate, 1, std::vector<float>(samples, 0.25F)});
    fromAnotherThread([&] { events.ready(info); });
}

void FakePreviewRecord::refuse(const std::string& message)
{
    fromAnotherThread([&] { events.ready(failure(ErrorCode::InvalidInput, message)); });
}

void FakePreviewRecord::make(std::int64_t frame)
{
    auto picture = std::make_shared<Picture>();
    picture->frame = frame;
    picture->width = picture->height = kSide;
    picture->bgr.assign(3 * kSide * kSide, static_cast<std::uint8_t>(frame));
    pictures[frame] = std::move(picture);
    fromAnotherThread([&] { events.picture(frame); });
}

void FakeServerRecord::call(const ServedCall& call)
{
    fromAnotherThread([&] { events.called(call); });
}

void FakeServerRecord::finishStopping()
{
    fromAnotherThread(events.stopped);
}

void FakeExportRecord::progress(std::int64_t done, std::int64_t frames)
{
    fromAnotherThread([&] { events.progress({done, frames, 50, static_cast<double>(frames - done) / 50}); });
}

void FakeExportRecord::finish()
{
    ExportReport report;
    report.frames = 100;
    report.seconds = 2;
    report.framesPerSecond = 50;
    fromAnotherThread([&] { events.finished(report); });
}

void FakeExportRecord::fail(ErrorCode code, const std::string& message)
{
    fromAnotherThread([&] { events.finished(failure(code, message)); });
}

Result<AvatarInfo> FakeEngine::describeAvatar(const std::filesystem::path& folder)
{
    if (folder.string().find("broken") != std::string::npos)
        return failure(ErrorCode::InvalidInput, folder.string() + " has no generator.safetensors");
    return avatarAt(folder);
}

Result<VoiceInfo> FakeEngine::describeVoice(const std::filesystem::path& file)
{
    if (file.string().find("broken") != std::string::npos)
        return failure(ErrorCode::InvalidInput, file.string() + " holds no sound");
    return voiceAt(file, 4);
}

std::unique_ptr<Preview> FakeEngine::openPreview(const std::filesystem::path& avatar,
                                                 const std::filesystem::path& voice, Preview::Events events)
{
    previews.push_back(std::make_shared<FakePreviewRecord>());
    preview().avatar = avatar;
    preview().voice = voice;
    preview().events = std::move(events);
    return std::make_unique<FakePreview>(previews.back());
}

std::unique_ptr<LiveSession> FakeEngine::openLive(const std::filesystem::path& avatar, LiveSession::Events events,
                                                  const LiveOptions& options)
{
    lives.push_back(std::make_shared<FakeLiveRecord>());
    lives.back()->avatar = avatar;
    lives.back()->options = options;
    lives.back()->events = std::move(events);
    return std::make_unique<FakeLive>(lives.back());
}

Result<std::unique_ptr<Server>> FakeEngine::startServer(const ServerOptions& options, ServerEvents events)
{
    if (!serverRefusal.empty())
        return failure(ErrorCode::Resource, serverRefusal);
    auto record = std::make_shared<FakeServerRecord>();
    record->options = options;
    record->events = std::move(events);
    record->address = options.listen;
    record->metricsAddress = options.metricsListen;
    record->webAddress = options.webListen;
    record->holdsCalls = serversHoldCalls;
    servers.push_back(record);
    return std::make_unique<FakeServer>(record);
}

Result<std::unique_ptr<ExportQueue>> FakeEngine::openExportQueue(const std::filesystem::path& journal,
                                                                 ExportQueue::Events events)
{
    if (!queueRefusal.empty())
        return failure(ErrorCode::Resource, queueRefusal);
    queue = std::make_shared<FakeQueueRecord>();
    queue->openingNote = openingNote;
    queue->journal = journal;
    queue->events = std::move(events);
    return std::make_unique<FakeQueue>(queue);
}

std::unique_ptr<Operation> FakeEngine::startImport(const ImportRequest& request, OperationEvents events)
{
    return startOperation(imports, request, std::move(events));
}

std::unique_ptr<Operation> FakeEngine::startPreparation(const PrepareRequest& request, OperationEvents events)
{
    return startOperation(preparations, request, std::move(events));
}

std::unique_ptr<Operation> FakeEngine::startTraining(const TrainRequest& request, OperationEvents events)
{
    return startOperation(trainings, request, std::move(events));
}

std::unique_ptr<Operation> FakeEngine::startTuning(const TuningRequest& request, TuningEvents events)
{
    return startOperation(tunings, request, std::move(events));
}

std::unique_ptr<Operation> FakeEngine::startComparison(const ComparisonRequest& request, ComparisonEvents events)
{
    return startOperation(comparisons, request, std::move(events));
}

std::unique_ptr<Operation> FakeEngine::startCapacity(const CapacityRequest& request, CapacityEvents events)
{
    return startOperation(capacities, request, std::move(events));
}

FileDescription FakeEngine::describeFile(const std::filesystem::path& path)
{
    const auto found = files.find(path);
    return found == files.end() ? FileDescription{FileKind::Unknown, path.string() + " is nothing known"}
                                : found->second;
}

void FakeEngine::applyPlan(const ConcurrencyPlan& plan, std::function<void(Status)> done)
{
    if (planAnswer)
        presentPlan = plan;
    if (holdsPlans)
        answerPlan = std::move(done);
    else
        fromAnotherThread([&] { done(planAnswer); });
}

std::unique_ptr<Subscription> FakeEngine::subscribe(std::function<void()> changed)
{
    tellChanged = std::move(changed);
    return std::make_unique<Subscription>();
}

std::unique_ptr<Export> FakeEngine::startExport(const ExportRequest& request, Export::Events events)
{
    exports.push_back(std::make_shared<FakeExportRecord>());
    lastExport().request = request;
    lastExport().events = std::move(events);
    return std::make_unique<FakeExport>(exports.back());
}

} // namespace lipsync::test
