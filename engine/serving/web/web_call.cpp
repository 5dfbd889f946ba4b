// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/web/web_call.h"

#include "serving/audio_chunks.h"
#include "serving/picture_bytes.h"
#include "serving/plan_words.h"

#include <algorithm>
#include <array>
#include <utility>

namespace lipsync::serving {

namespace {

constexpr std::size_t kMostStreamedAvatars = 8; ///< that have mouths under way at a time
constexpr std::size_t kMostTokenMessageBytes = 4096;

TimePoint now()
{
    return SteadyClock().now();
}

/// What an avatar hears at a frame with this sound around it.
Answer<std::vector<float>> windowOf(const ServedAvatar& avatar, const std::string& sound)
{
    constexpr std::size_t kChunks = kChunksBefore + 1 + kChunksAfter;
    const auto chunkBytes = sound.size() / kChunks;
    std::vector<std::string> chunks;
    if (sound.size() % kChunks == 0) {
        for (std::size_t i = 0; i < kChunks; ++i)
            chunks.push_back(sound.substr(i * chunkBytes, chunkBytes));
    }
    const auto samples = joinChunks(chunks);
    if (!samples || samples->empty())
        return fault(FaultKind::BadRequest,
                     fmt::format("The sound around a frame is 16 kHz mono of 16 times 40 ms, the frame's in the ninth: "
                                 "{} bytes of 16-bit or {} of float32 samples, not {}.",
                                 kChunks * kChunkSamples * sizeof(std::int16_t),
                                 kChunks * kChunkSamples * sizeof(float), sound.size()));
    auto windows = windowsOf(avatar, *samples, 1);
    if (!windows)
        return tl::unexpected(windows.error());
    return std::move(windows->front());
}

WebMessage metadataOf(const ServedAvatar& avatar)
{
    const auto bounds = mouthBounds(avatar, 0);
    const auto& manifest = avatar.manifest();
    const auto sound = avatar.avatar->package().soundFile();
    return metadataMessage({avatar.name, avatar.frameCount(), manifest.frameRate(), manifest.frameWidth,
                            manifest.frameHeight, avatar.sound != nullptr, videoNames(),
                            sound ? sound->filename().string() : std::string(), bounds});
}

WebMessage statisticsOf(const ServedAvatar& avatar, const ConcurrencyPlan& plan)
{
    const auto& counters = avatar.counters;
    const auto compute = counters.compute.snapshot();
    return modelStatisticsMessage({avatar.name, counters.succeeded.count.load() + counters.failed.count.load(),
                                   compute.mean(), compute.min(), compute.max(), avatar.frameCount(), devicesOf(plan),
                                   optimizationsOf(plan)});
}

} // namespace

WebStatistics WebCounters::statistics() const
{
    const auto together = Duration(binary.nanoseconds.load() + json.nanoseconds.load());
    return {binary.count.load(), json.count.load(), together, connections.load()};
}

WebCall::WebCall(const ServingParts& parts, std::shared_ptr<WebCounters> counters, const WebCallLimits& limits,
                 std::shared_ptr<CallTicket> ticket, std::string peer)
    : m_parts(parts)
    , m_counters(std::move(counters))
    , m_limits(limits)
    , m_peer(std::move(peer))
    , m_strand(std::make_shared<Strand>(parts.tasks))
    , m_ticket(std::move(ticket))
    , m_lastAsked(now())
{
    ++m_counters->connections;
}

WebCall::~WebCall()
{
    --m_counters->connections;
}

void WebCall::post(TaskThreads::Task task)
{
    m_strand->post([self = shared_from_this(), task = std::move(task)] { task(); });
}

void WebCall::start(std::shared_ptr<WebLink> link)
{
    post([this, link = std::move(link)]() mutable {
        m_link = std::move(link);
        if (m_ticket)
            return begin();
        m_isReading = true;
        m_link->readMore(kMostTokenMessageBytes);
    });
}

void WebCall::received(WebMessage message)
{
    post([this, kept = std::make_shared<WebMessage>(std::move(message))] {
        m_isReading = false;
        if (m_link)
            take(std::move(*kept));
    });
}

void WebCall::written(std::size_t bytes)
{
    post([this, bytes] {
        if (!m_link)
            return;
        --m_unwritten;
        m_unwrittenBytes -= bytes;
        if (m_ticket)
            m_ticket->noteActivity(m_unwritten > 0);
        readIfRoom();
        endIfDrained();
    });
}

void WebCall::tick()
{
    post([this] {
        if (!m_link)
            return;
        const auto idle = now() - m_lastAsked;
        if (!m_ticket) {
            if (idle > m_limits.tokenPatience)
                m_link->close(WebClose::NotAllowed);
        } else if (m_slots.empty() && m_unwritten == 0) {
            if (idle > m_limits.idlePatience)
                return m_link->close(WebClose::Idle);
            m_streams.clear(); // they keep avatars that nobody asks for any more, as this does
            m_heard = {};
            if (const auto statistics = m_counters->statistics();
                statistics.binaryRequests + statistics.jsonRequests > 0)
                send(statisticsMessage(statistics));
        }
    });
}

void WebCall::ended(std::optional<FaultKind> fault)
{
    post([this, fault] {
        const bool isIncomplete = !m_slots.empty() || m_unwritten > 0;
        finish(fault || !isIncomplete ? fault : FaultKind::Cancelled);
    });
}

/// From here on it is a call, and has a ticket.
void WebCall::begin()
{
    m_lastAsked = now();
    m_ticket->noteActivity(false);
    // The gate may call these at any time until the ticket's end, which comes before the call's.
    m_ticket->whenStalled([weak = weak_from_this()] {
        if (const auto self = weak.lock()) {
            self->post([call = self.get()] {
                if (call->m_link)
                    call->m_link->drop();
            });
        }
    });
    m_ticket->whenDraining([weak = weak_from_this()] {
        if (const auto self = weak.lock()) {
            self->post([call = self.get()] {
                call->m_isDraining = true;
                call->endIfDrained();
            });
        }
    });
    readIfRoom();
}

void WebCall::take(WebMessage message)
{
    auto request = parseWebRequest(message);
    if (!m_ticket)
        return answerToken(request);
    m_lastAsked = now();
    if (m_unwritten == 0)
        m_ticket->noteActivity(false);
    const auto number = m_next++;
    auto& slot = m_slots[number];
    slot.began = slot.prepared = m_lastAsked;
    auto taken = m_ticket->takeBytes(message.bytes.size());
    slot.bytes = taken ? message.bytes.size() : 0;
    if (request) {
        auto sound = std::exchange(request->sound, {});
        slot.request = *request;
        request->sound = std::move(sound);
        if (taken)
            taken = answer(std::move(*request), number, slot);
        if (!taken)
            slot.answer =
                faultMessage(slot.request, taken.error(), now() - slot.began, static_cast<std::uint64_t>(number));
    } else {
        slot.request.dialect = request.error().dialect;
        slot.answer = faultMessage(request.error(), {}, static_cast<std::uint64_t>(number));
    }
    settle();
    readIfRoom();
}

/// The first message of whoever has shown no token yet.
void WebCall::answerToken(const tl::expected<WebRequest, BadWebRequest>& request)
{
    Answer<std::shared_ptr<CallTicket>> ticket =
        fault(FaultKind::NoToken, "The first message has to be {\"type\":\"authorize\",\"token\":\"…\"}.");
    if (request && request->ask == WebAsk::Token) {
        if (m_parts.tokens.check(request->token, Right::Use) == TokenList::Verdict::Allowed)
            ticket = m_parts.gate.admit(kMethod, m_peer);
        else
            ticket = fault(FaultKind::NoToken, "The token is missing or wrong.");
    }
    if (ticket) {
        m_ticket = std::move(*ticket);
        send(wordMessage(WebAsk::Token));
        return begin();
    }
    const auto& refusal = ticket.error();
    if (refusal.kind == FaultKind::NoToken)
        m_parts.gate.refuse(kMethod, m_peer, refusal.kind); // the gate has counted its own refusals
    send(faultMessage(request ? *request : WebRequest{}, refusal, {}, 0));
    m_link->close(refusal.kind == FaultKind::NoToken ? WebClose::NotAllowed : WebClose::TryLater);
}

/// Answers into the slot, at once or later; a fault is still to be told.
Answer<void> WebCall::answer(WebRequest request, std::int64_t number, Slot& slot)
{
    switch (request.ask) {
    case WebAsk::Mouth:
        return askForMouth(std::move(request), number, slot);
    case WebAsk::Models:
    case WebAsk::ModelList: {
        std::vector<std::string> loaded;
        for (const auto& avatar : m_parts.shelf.loaded())
            loaded.push_back(avatar->name);
        slot.answer = modelsMessage(request.ask, loaded);
        return {};
    }
    case WebAsk::ModelStatistics:
    case WebAsk::Metadata: {
        const auto avatar = m_parts.shelf.find(request.avatar);
        if (!avatar)
            return tl::unexpected(avatar.error());
        slot.answer =
            request.ask == WebAsk::Metadata ? metadataOf(**avatar) : statisticsOf(**avatar, m_parts.service.plan());
        return {};
    }
    case WebAsk::VideoFrame: {
        auto picture = videoFrame(request);
        if (!picture)
            return tl::unexpected(picture.error());
        slot.answer = std::move(*picture);
        return {};
    }
    case WebAsk::Statistics:
        slot.answer = statisticsMessage(m_counters->statistics());
        return {};
    case WebAsk::ProtocolInfo:
    case WebAsk::ProtocolAcknowledgement:
    case WebAsk::Token:
        slot.answer = wordMessage(request.ask);
        return {};
    }
    return {};
}

Answer<void> WebCall::askForMouth(WebRequest request, std::int64_t number, Slot& slot)
{
    auto avatar = m_parts.shelf.find(request.avatar);
    if (!avatar)
        return tl::unexpected(avatar.error());
    slot.avatar = std::move(*avatar);
    m_ticket->record().avatar = request.avatar;
    auto wish = wishFor(slot.avatar, request, number);
    if (!wish)
        return tl::unexpected(wish.error());
    slot.prepared = now();
    m_ticket->record().prepareMs += milliseconds(slot.prepared - slot.began);
    auto stream = streamOf(slot.avatar);
    if (!stream)
        return tl::unexpected(stream.error());
    return (*stream)->submit(std::move(*wish), {});
}

/// What moves the mouth of one frame: the sound around it, or the avatar's own.
Answer<MouthWish> WebCall::wishFor(const std::shared_ptr<const ServedAvatar>& avatar, const WebRequest& request,
                                   std::int64_t number)
{
    if (request.sound.empty())
        return ownMouth(*avatar, number, request.frame);
    // Listening costs several times what the mouth does, and in a pause the same silence comes again and again.
    if (m_heard.avatar != avatar || m_heard.sound != request.sound) {
        auto window = windowOf(*avatar, request.sound);
        if (!window)
            return tl::unexpected(window.error());
        m_heard = {avatar, request.sound, std::move(*window)};
    }
    return heardMouth(*avatar, number, request.frame, m_heard.window);
}

Answer<WebMessage> WebCall::videoFrame(const WebRequest& request) const
{
    const auto avatar = m_parts.shelf.find(request.avatar);
    if (!avatar)
        return tl::unexpected(avatar.error());
    const auto jpeg = videoFrameJpeg(**avatar, request.video, request.frame);
    if (!jpeg)
        return tl::unexpected(jpeg.error());
    return videoFrameMessage(request.frame, request.video, *jpeg);
}

Answer<std::shared_ptr<MouthStream>> WebCall::streamOf(const std::shared_ptr<const ServedAvatar>& avatar)
{
    if (const auto known = m_streams.find(avatar.get()); known != m_streams.end())
        return known->second;
    if (m_streams.size() >= kMostStreamedAvatars)
        forgetUnusedStreams();
    if (m_streams.size() >= kMostStreamedAvatars)
        return fault(FaultKind::BadRequest,
                     fmt::format("A connection may ask for {} avatars at a time, and this would be one more.",
                                 kMostStreamedAvatars));
    auto stream = std::make_shared<MouthStream>(
        m_parts.service, avatar, MouthOptions{scheduling::JobClass::Live, m_parts.limits.longestWait},
        [weak = weak_from_this()](MouthAnswer answer) {
            const auto self = weak.lock();
            if (!self)
                return;
            self->post([call = self.get(), kept = std::make_shared<MouthAnswer>(std::move(answer))] {
                call->answered(*kept);
            });
        });
    m_streams[avatar.get()] = stream;
    return stream;
}

void WebCall::forgetUnusedStreams()
{
    std::erase_if(m_streams, [this](const auto& stream) {
        return std::ranges::none_of(
            m_slots, [&](const auto& slot) { return slot.second.avatar.get() == stream.first && !slot.second.answer; });
    });
}

void WebCall::answered(const MouthAnswer& answer)
{
    const auto found = m_slots.find(answer.number());
    if (found == m_slots.end() || !m_ticket)
        return;
    auto& slot = found->second;
    const int size = slot.avatar->manifest().network.pictureSize();
    const auto from = now();
    Answer<std::string> jpeg;
    if (answer.fault)
        jpeg = tl::unexpected(*answer.fault);
    else
        jpeg = jpegOf(answer.picture(), size, size);
    const auto ended = now();
    const auto number = static_cast<std::uint64_t>(answer.number());
    if (jpeg) {
        const auto bounds = mouthBounds(*slot.avatar, static_cast<int>(slot.request.frame));
        slot.answer = mouthMessage(slot.request.dialect,
                                   {slot.avatar->name, slot.request.frame, std::move(*jpeg), bounds, size,
                                    slot.prepared - slot.began, answer.result.finished - answer.result.submitted,
                                    ended - answer.result.finished, ended - slot.began},
                                   number);
        m_streams.at(slot.avatar.get())->delivered(answer, ended);
        auto& record = m_ticket->record();
        ++record.frames;
        record.queueMs += milliseconds(answer.queued());
        record.computeMs += milliseconds(answer.computed());
        record.encodeMs += milliseconds(ended - from);
    } else {
        slot.answer = faultMessage(slot.request, jpeg.error(), ended - slot.began, number);
    }
    settle();
    readIfRoom();
}

/// Sends what is answered and has nothing before it.
void WebCall::settle()
{
    while (!m_slots.empty() && m_slots.begin()->second.answer) {
        auto& slot = m_slots.begin()->second;
        (slot.request.dialect == WebDialect::Json ? m_counters->json : m_counters->binary).add(now() - slot.began);
        m_ticket->giveBytes(slot.bytes);
        send(std::move(*slot.answer));
        m_slots.erase(m_slots.begin());
    }
    endIfDrained();
}

void WebCall::send(WebMessage message)
{
    ++m_unwritten;
    m_unwrittenBytes += message.bytes.size();
    if (m_ticket) {
        m_ticket->record().bytesOut += message.bytes.size();
        if (m_unwritten == 1)
            m_ticket->noteActivity(true);
    }
    m_link->send(std::move(message));
}

void WebCall::readIfRoom()
{
    const bool hasRoom = m_slots.size() + m_unwritten < static_cast<std::size_t>(m_parts.limits.mostStreamed) &&
        m_unwrittenBytes < m_limits.mostUnwrittenBytes;
    if (!m_link || !m_ticket || m_isReading || m_isDraining || !hasRoom)
        return;
    m_isReading = true;
    m_link->readMore(m_limits.mostMessageBytes);
}

void WebCall::endIfDrained()
{
    if (!m_isDraining || !m_link || !m_slots.empty() || m_unwritten > 0)
        return;
    m_link->close(WebClose::Leaving);
    finish({});
}

void WebCall::finish(std::optional<FaultKind> fault)
{
    for (const auto& [avatar, stream] : m_streams)
        stream->cancel();
    m_streams.clear();
    m_slots.clear();
    m_link = nullptr;
    if (const auto ticket = std::exchange(m_ticket, nullptr))
        ticket->end(fault);
}

} // namespace lipsync::serving
