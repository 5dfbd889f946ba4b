// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/web/web_request_call.h"

#include "serving/audio_chunks.h"
#include "serving/picture_bytes.h"
#include "serving/plan_words.h"

#include <algorithm>
#include <array>
#include <utility>

namespace lipsync::serving {

namespace {

constexpr std::size_t kMostStreamedAvatars = 8; ///< that have mouths under way at a time

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

void WebRequestCall::take(WebMessage message)
{
    auto request = parseWebRequest(message);
    const auto number = m_next++;
    auto& slot = m_slots[number];
    slot.began = slot.prepared = now();
    auto taken = ticket().takeBytes(message.bytes.size());
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
}

/// Answers into the slot, at once or later; a fault is still to be told.
Answer<void> WebRequestCall::answer(WebRequest request, std::int64_t number, Slot& slot)
{
    switch (request.ask) {
    case WebAsk::Mouth:
        return askForMouth(std::move(request), number, slot);
    case WebAsk::Models:
    case WebAsk::ModelList: {
        std::vector<std::string> loaded;
        for (const auto& avatar : parts().shelf.loaded())
            loaded.push_back(avatar->name);
        slot.answer = modelsMessage(request.ask, loaded);
        return {};
    }
    case WebAsk::ModelStatistics:
    case WebAsk::Metadata: {
        const auto avatar = parts().shelf.find(request.avatar);
        if (!avatar)
            return tl::unexpected(avatar.error());
        slot.answer =
            request.ask == WebAsk::Metadata ? metadataOf(**avatar) : statisticsOf(**avatar, parts().service.plan());
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
        slot.answer = statisticsMessage(counters().statistics());
        return {};
    case WebAsk::ProtocolInfo:
    case WebAsk::ProtocolAcknowledgement:
    case WebAsk::Token:
        slot.answer = wordMessage(request.ask);
        return {};
    }
    return {};
}

Answer<void> WebRequestCall::askForMouth(WebRequest request, std::int64_t number, Slot& slot)
{
    auto avatar = parts().shelf.find(request.avatar);
    if (!avatar)
        return tl::unexpected(avatar.error());
    slot.avatar = std::move(*avatar);
    ticket().record().avatar = request.avatar;
    auto wish = wishFor(slot.avatar, request, number);
    if (!wish)
        return tl::unexpected(wish.error());
    slot.prepared = now();
    ticket().record().prepareMs += milliseconds(slot.prepared - slot.began);
    auto stream = streamOf(slot.avatar);
    if (!stream)
        return tl::unexpected(stream.error());
    return (*stream)->submit(std::move(*wish), {});
}

/// What moves the mouth of one frame: the sound around it, or the avatar's own.
Answer<MouthWish> WebRequestCall::wishFor(const std::shared_ptr<const ServedAvatar>& avatar, const WebRequest& request,
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

Answer<WebMessage> WebRequestCall::videoFrame(const WebRequest& request) const
{
    const auto avatar = parts().shelf.find(request.avatar);
    if (!avatar)
        return tl::unexpected(avatar.error());
    const auto jpeg = videoFrameJpeg(**avatar, request.video, request.frame);
    if (!jpeg)
        return tl::unexpected(jpeg.error());
    return videoFrameMessage(request.frame, request.video, *jpeg);
}

Answer<std::shared_ptr<MouthStream>> WebRequestCall::streamOf(const std::shared_ptr<const ServedAvatar>& avatar)
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
        parts().service, avatar, MouthOptions{scheduling::JobClass::Live, parts().limits.longestWait},
        [this, weak = weak_from_this()](MouthAnswer answer) {
            if (const auto self = weak.lock())
                post([this, kept = std::make_shared<MouthAnswer>(std::move(answer))] { answered(*kept); });
        });
    m_streams[avatar.get()] = stream;
    return stream;
}

void WebRequestCall::forgetUnusedStreams()
{
    std::erase_if(m_streams, [this](const auto& stream) {
        return std::ranges::none_of(
            m_slots, [&](const auto& slot) { return slot.second.avatar.get() == stream.first && !slot.second.answer; });
    });
}

void WebRequestCall::answered(const MouthAnswer& answer)
{
    const auto found = m_slots.find(answer.number());
    if (found == m_slots.end() || !isOpen())
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
        auto& record = ticket().record();
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
void WebRequestCall::settle()
{
    while (!m_slots.empty() && m_slots.begin()->second.answer) {
        auto& slot = m_slots.begin()->second;
        (slot.request.dialect == WebDialect::Json ? counters().json : counters().binary).add(now() - slot.began);
        ticket().giveBytes(slot.bytes);
        send(std::move(*slot.answer));
        m_slots.erase(m_slots.begin());
    }
    endIfDrained();
}

bool WebRequestCall::wantsMore() const
{
    return !isDraining() && m_slots.size() + unwritten() < static_cast<std::size_t>(parts().limits.mostStreamed);
}

void WebRequestCall::rest()
{
    m_streams.clear(); // they keep avatars that nobody asks for any more, as this does
    m_heard = {};
    if (const auto statistics = counters().statistics(); statistics.binaryRequests + statistics.jsonRequests > 0)
        send(statisticsMessage(statistics));
}

void WebRequestCall::abandon()
{
    for (const auto& [avatar, stream] : m_streams)
        stream->cancel();
    m_streams.clear();
    m_slots.clear();
}

} // namespace lipsync::serving
