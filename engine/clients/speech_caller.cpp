// SPDX-License-Identifier: GPL-3.0-or-later
#include "clients/caller.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <utility>

#include <grpcpp/alarm.h>
#include <lipsync.grpc.pb.h>

namespace lipsync::clients {

namespace {

namespace own = ::lipsync::v1;

constexpr int kStandardFrames = 50; ///< two seconds
constexpr int kMostFrames = 15'000; ///< ten minutes
constexpr double kSampleRate = 16'000;
constexpr double kPieceSeconds = 0.04; ///< of sound, in a message of paced speech
constexpr double kLargePieceSeconds = 0.5;

/// What all sessions of a load send; immutable.
struct SpeechPlan {
    ServerAccess access;
    std::string avatar;
    std::string sound; ///< 16-bit
    std::size_t pieceBytes = 0;
    double frameSeconds = 0;
    bool isPaced = false;
    Duration deadline{}; ///< of the whole session; zero for none
};

/// One session, which keeps itself alive until gRPC is done with it.
class Session final : public grpc::ClientBidiReactor<own::SpeakRequest, own::SpeakResponse> {
public:
    Session(std::shared_ptr<const SpeechPlan> plan, CallEvents events)
        : m_plan(std::move(plan))
        , m_events(std::move(events))
    {
        prepareContext(m_context, m_plan->access, m_plan->deadline);
    }

    void start(own::LipSync::Stub& stub, std::shared_ptr<Session> self)
    {
        m_self = std::move(self);
        m_began = SteadyClock().now();
        stub.async()->Speak(&m_context, this);
        auto& open = *m_request.mutable_open();
        open.set_avatar(m_plan->avatar);
        open.set_mouth_only(true);
        AddHold(); // the alarm writes, too, from outside of gRPC's callbacks
        StartWrite(&m_request);
        StartRead(&m_response);
        StartCall();
    }

    void cancel() { m_context.TryCancel(); }

private:
    void OnWriteDone(bool ok) override
    {
        if (!ok || m_isFinishing)
            return stopWriting();
        const auto due = m_began + pieceTime();
        if (!m_plan->isPaced || due <= SteadyClock().now())
            return writeNext();
        const auto wait = std::chrono::duration_cast<std::chrono::system_clock::duration>(due - SteadyClock().now());
        m_alarm.Set(std::chrono::system_clock::now() + wait, [this](bool) { writeNext(); });
    }

    /// When the next piece has been spoken.
    Duration pieceTime() const
    {
        const auto samples = static_cast<double>(std::min(m_at + m_plan->pieceBytes, m_plan->sound.size())) / 2;
        return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(samples / kSampleRate));
    }

    void writeNext()
    {
        if (m_at >= m_plan->sound.size()) {
            m_isFinishing = true;
            m_request.mutable_finish();
        } else {
            m_request.set_sound(m_plan->sound.substr(m_at, m_plan->pieceBytes));
            m_at += m_plan->pieceBytes;
        }
        StartWrite(&m_request);
    }

    void stopWriting()
    {
        if (!std::exchange(m_hasStopped, true))
            RemoveHold();
    }

    void OnReadDone(bool ok) override
    {
        if (!ok) {
            m_readEnd = SteadyClock().now();
            return;
        }
        if (m_response.has_frame()) {
            std::optional<Duration> latency;
            if (m_plan->isPaced) {
                const double spoken = static_cast<double>(m_response.frame().time_us()) * 1e-6 + m_plan->frameSeconds;
                const auto heard =
                    m_began + std::chrono::duration_cast<Duration>(std::chrono::duration<double>(spoken));
                latency = std::max(Duration::zero(), SteadyClock().now() - heard);
            }
            m_events.frames(1, latency);
        }
        StartRead(&m_response);
    }

    void OnDone(const grpc::Status& status) override
    {
        auto self = std::move(m_self);
        auto end = endOf(status, m_context);
        end.time = m_readEnd; // a pause between two pieces does not belong to it
        const auto events = m_events;
        self.reset(); // before anybody hears of the end: the last channel must not go on one of gRPC's own threads
        events.ended(end);
    }

    const std::shared_ptr<const SpeechPlan> m_plan;
    const CallEvents m_events;
    grpc::ClientContext m_context;
    own::SpeakRequest m_request; ///< being written
    own::SpeakResponse m_response; ///< being read
    std::size_t m_at = 0; ///< of the sound
    TimePoint m_began; ///< of the sound
    TimePoint m_readEnd; ///< when the server had said its last word
    bool m_isFinishing = false, m_hasStopped = false;
    grpc::Alarm m_alarm;
    std::shared_ptr<Session> m_self;
};

class SpeechCaller final : public Caller {
public:
    SpeechCaller(std::shared_ptr<const SpeechPlan> plan, const std::shared_ptr<grpc::Channel>& channel,
                 CallEvents events)
        : m_plan(std::move(plan))
        , m_stub(own::LipSync::NewStub(channel))
        , m_events(std::move(events))
    {
    }

    void begin() override
    {
        auto session = std::make_shared<Session>(m_plan, m_events);
        {
            std::lock_guard lock(m_mutex);
            m_session = session;
        }
        auto& started = *session;
        started.start(*m_stub, std::move(session));
    }

    void cancel() override
    {
        std::shared_ptr<Session> session;
        {
            std::lock_guard lock(m_mutex);
            session = m_session.lock();
        }
        if (session)
            session->cancel();
    }

private:
    const std::shared_ptr<const SpeechPlan> m_plan;
    const std::unique_ptr<own::LipSync::Stub> m_stub;
    const CallEvents m_events;
    std::mutex m_mutex; ///< of the next one
    std::weak_ptr<Session> m_session;
};

/// The avatar as the server tells of it, loaded if need be.
Result<own::Avatar> askForAvatar(const ServerAccess& access, const std::string& name, own::LipSync::Stub& stub)
{
    grpc::ClientContext context;
    prepareContext(context, access, kQuestionPatience);
    own::ListAvatarsResponse list;
    if (const auto status = stub.ListAvatars(&context, {}, &list); !status.ok())
        return questionFailure(access, "ListAvatars", status);
    std::string others;
    for (const auto& avatar : list.avatars()) {
        if (avatar.name() == name && avatar.state() == own::AVATAR_STATE_READY)
            return avatar;
        others += (others.empty() ? "" : ", ") + avatar.name();
    }
    grpc::ClientContext loading;
    prepareContext(loading, access, kQuestionPatience);
    own::LoadAvatarRequest request;
    request.set_name(name);
    own::LoadAvatarResponse loaded;
    if (const auto status = stub.LoadAvatar(&loading, request, &loaded); !status.ok())
        return failure(ErrorCode::InvalidInput,
                       fmt::format("The server at {} has no avatar '{}' that can speak; it has: {}.", access.address,
                                   name, others.empty() ? "none" : others),
                       status.error_message());
    return loaded.avatar();
}

} // namespace

Result<CallerMaker> speechCallers(const ServerAccess& access, const ServerLoadOptions& options,
                                  const std::shared_ptr<grpc::Channel>& channel)
{
    const int frames = options.frames > 0 ? options.frames : kStandardFrames;
    if (frames > kMostFrames)
        return failure(ErrorCode::Usage, fmt::format("A session speaks 1 to {} frames.", kMostFrames));
    const auto stub = own::LipSync::NewStub(channel);
    const auto avatar = askForAvatar(access, options.avatar, *stub);
    if (!avatar)
        return failure(avatar);
    constexpr double kSlowest = 1, kFastest = 240;
    const double rate = std::clamp(avatar->frame_rate(), kSlowest, kFastest);
    const double pieceSeconds = options.isPaced ? kPieceSeconds : kLargePieceSeconds;
    auto plan = std::make_shared<SpeechPlan>();
    plan->access = access;
    plan->avatar = options.avatar;
    plan->sound = madeUpVoice(static_cast<std::size_t>(std::lround(frames / rate * kSampleRate)));
    plan->pieceBytes = static_cast<std::size_t>(pieceSeconds * kSampleRate) * sizeof(std::int16_t);
    plan->frameSeconds = 1 / rate;
    plan->isPaced = options.isPaced;
    if (!options.isPaced)
        plan->deadline = options.deadline.value_or(Duration::zero());
    return CallerMaker([plan](const std::shared_ptr<grpc::Channel>& own, CallEvents events) -> std::unique_ptr<Caller> {
        return std::make_unique<SpeechCaller>(plan, own, std::move(events));
    });
}

} // namespace lipsync::clients
