// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/worker_host.h"

#include "base/thread_name.h"

#include <future>

namespace lipsync::inference {

namespace {

constexpr std::size_t kWaitingCalls = 256;
constexpr std::size_t kMostModels = 256; ///< of all sessions

} // namespace

WorkerHost::WorkerHost(std::shared_ptr<ModelRegistry> registry, std::unique_ptr<scheduling::Worker> worker,
                       ModelResolver resolver)
    : m_registry(std::move(registry))
    , m_worker(std::move(worker))
    , m_resolver(std::move(resolver))
    , m_queue(kWaitingCalls)
    , m_thread([this] {
        setThreadName("worker serve");
        while (auto call = m_queue.pop())
            (*call)();
        m_loaded.clear();
    })
{
}

WorkerHost::~WorkerHost()
{
    m_queue.close();
    m_thread.join();
}

bool WorkerHost::onWorkerThread(const std::function<void()>& call)
{
    {
        std::lock_guard lock(m_mutex);
        if (m_calls++ == 0)
            m_busySince = SteadyClock().now();
    }
    const auto done = std::make_shared<std::promise<void>>(); // set_value() may outlast the wait for it
    auto ended = done->get_future();
    const bool accepted = m_queue.push([done, &call] {
        try {
            call();
            done->set_value();
        } catch (...) {
            done->set_exception(std::current_exception());
        }
    });
    if (accepted)
        ended.wait();
    {
        std::lock_guard lock(m_mutex);
        --m_calls;
        m_busySince = SteadyClock().now();
    }
    m_idle.notify_all();
    if (accepted)
        ended.get();
    return accepted;
}

void WorkerHost::end(Duration patience)
{
    m_queue.close();
    std::unique_lock lock(m_mutex);
    const bool idle = m_idle.wait_for(lock, patience, [&] { return m_calls == 0; });
    lock.unlock();
    if (!idle)
        m_worker->abandon();
}

std::optional<Duration> WorkerHost::busyFor() const
{
    std::lock_guard lock(m_mutex);
    if (m_calls == 0)
        return {};
    return SteadyClock().now() - m_busySince;
}

Status WorkerHost::prepare(SessionId session, const ModelRequest& request)
{
    const Key key{session, request.model};
    auto found = m_loaded.find(key);
    if (found != m_loaded.end() && !found->second.request.isSameModel(request)) {
        forget(found);
        found = m_loaded.end();
    }
    if (found == m_loaded.end()) {
        auto loaded = load(request);
        if (!loaded)
            return failure(loaded);
        found = m_loaded.emplace(key, std::move(*loaded)).first;
    }
    auto prepared = m_worker->prepare(found->second.model, request.batchSizes);
    if (prepared)
        found->second.request = request;
    else
        forget(found);
    return prepared;
}

Result<WorkerHost::Loaded> WorkerHost::load(const ModelRequest& request)
{
    if (m_loaded.size() >= kMostModels)
        return failure(ErrorCode::Resource, fmt::format("The worker holds {} models already.", m_loaded.size()));
    auto resolved = m_resolver(request);
    if (!resolved)
        return failure(resolved);
    const auto& model = resolved->model;
    if (model.spec != request.spec || !model.crops || model.crops->frameCount() != request.frameCount ||
        model.crops->cropSize() != request.spec.cropSize())
        return failure(ErrorCode::InvalidInput,
                       fmt::format("The worker's avatar '{}' is another one than '{}' here: its network or its "
                                   "template differ. Give both machines the same avatar.",
                                   model.name, request.name));
    return Loaded{request, m_registry->add(std::move(resolved->model)), std::move(resolved->provideFrame), {}};
}

void WorkerHost::release(SessionId session, scheduling::ModelId model)
{
    if (const auto found = m_loaded.find({session, model}); found != m_loaded.end())
        forget(found);
}

void WorkerHost::releaseAll(SessionId session)
{
    while (true) {
        const auto first = m_loaded.lower_bound({session, 0});
        if (first == m_loaded.end() || first->first.first != session)
            return;
        forget(first);
    }
}

void WorkerHost::forget(std::map<Key, Loaded>::iterator loaded)
{
    m_worker->release(loaded->second.model);
    m_registry->remove(loaded->second.model);
    m_loaded.erase(loaded);
}

std::shared_ptr<const Model> WorkerHost::find(SessionId session, scheduling::ModelId model) const
{
    const auto found = m_loaded.find({session, model});
    return found == m_loaded.end() ? nullptr : m_registry->find(found->second.model);
}

PictureBlock* WorkerHost::sharePictures(SessionId session, scheduling::ModelId model)
{
    auto& loaded = m_loaded.at({session, model});
    const auto bytes = loaded.request.spec.pictureBytes() * static_cast<std::size_t>(loaded.request.batchSizes.back());
    if (loaded.pictures && loaded.pictures->slotBytes() == bytes)
        return &*loaded.pictures;
    loaded.pictures.reset();
    if (auto block = PictureBlock::create(bytes))
        loaded.pictures.emplace(std::move(*block));
    return sharedPictures(session, model);
}

PictureBlock* WorkerHost::sharedPictures(SessionId session, scheduling::ModelId model)
{
    const auto found = m_loaded.find({session, model});
    return found != m_loaded.end() && found->second.pictures ? &*found->second.pictures : nullptr;
}

scheduling::BatchOutcome WorkerHost::run(SessionId session, scheduling::Batch batch)
{
    const auto& loaded = m_loaded.at({session, batch.model});
    if (loaded.provideFrame) {
        for (const auto& content : batch.contents) {
            const auto frame = static_cast<const MouthContent&>(*content).templateFrame;
            if (auto provided = loaded.provideFrame(frame); !provided)
                return {
                    .failure = scheduling::BatchFailure::Job, .error = provided.error(), .outputs = {}, .times = {}};
        }
    }
    batch.model = loaded.model;
    return m_worker->run(batch);
}

} // namespace lipsync::inference
