// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/web/web_messages.h"

#include "serving/web/base64.h"
#include "serving/web/message_fields.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace lipsync::serving {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kShortestName = 1;

/// Reads numbers and texts one after the other; fails for ever once something is missing.
class Reader {
public:
    explicit Reader(std::string_view bytes)
        : m_bytes(bytes)
    {
    }

    template <typename Number> Number number()
    {
        Number number{};
        const auto bytes = text(sizeof number);
        if (!m_hasFailed)
            std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(&number));
        return number;
    }

    std::string_view text(std::size_t size)
    {
        m_hasFailed = m_hasFailed || size > m_bytes.size();
        const auto text = m_bytes.substr(0, m_hasFailed ? 0 : size);
        m_bytes.remove_prefix(text.size());
        return text;
    }

    bool hasFailed() const { return m_hasFailed; }
    bool isAtEnd() const { return m_bytes.empty(); }

private:
    std::string_view m_bytes;
    bool m_hasFailed = false;
};

std::uint32_t wholeMilliseconds(Duration duration)
{
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(
        std::chrono::round<std::chrono::milliseconds>(duration).count(), 0, std::numeric_limits<std::int32_t>::max()));
}

/// Whether a request is the proxy's: the other's second byte belongs to the length of a name, which is short.
bool isCompact(std::string_view bytes)
{
    constexpr std::size_t kAround = 1 + sizeof(std::uint32_t);
    return bytes.size() > kAround && bytes.size() == kAround + static_cast<std::uint8_t>(bytes[0]) && bytes[1] != 0;
}

tl::unexpected<BadWebRequest> bad(WebDialect dialect, std::string sentence)
{
    return tl::unexpected(BadWebRequest{dialect, std::move(sentence)});
}

tl::expected<WebRequest, BadWebRequest> parseBinary(std::string_view bytes)
{
    WebRequest request;
    Reader reader(bytes);
    if (isCompact(bytes)) {
        request.dialect = WebDialect::Compact;
        request.avatar = reader.text(reader.number<std::uint8_t>());
        request.frame = reader.number<std::int32_t>();
        return request;
    }
    request.dialect = WebDialect::Binary;
    const auto nameBytes = reader.number<std::uint32_t>();
    if (!reader.hasFailed() && (nameBytes < kShortestName || nameBytes > kMostNameBytes))
        return bad(request.dialect, fmt::format("A name has 1 to {} bytes, not {}.", kMostNameBytes, nameBytes));
    request.avatar = reader.text(nameBytes);
    request.frame = reader.number<std::uint32_t>();
    request.sound = reader.text(reader.number<std::uint32_t>());
    if (reader.hasFailed() || !reader.isAtEnd())
        return bad(request.dialect,
                   fmt::format("The message of {} bytes does not have the length that its fields say: name, frame, "
                               "sound.",
                               bytes.size()));
    return request;
}

constexpr std::array<std::pair<std::string_view, WebAsk>, 11> kAsks{{
    {"", WebAsk::Mouth},
    {"inference", WebAsk::Mouth},
    {"get_models", WebAsk::Models},
    {"list_models", WebAsk::ModelList},
    {"get_model_stats", WebAsk::ModelStatistics},
    {"get_metadata", WebAsk::Metadata},
    {"get_video_frame", WebAsk::VideoFrame},
    {"get_stats", WebAsk::Statistics},
    {"switch_to_binary", WebAsk::ProtocolInfo},
    {"test_binary", WebAsk::ProtocolAcknowledgement},
    {"authorize", WebAsk::Token},
}};

/// The type that an answer to a JSON request has; a mouth has none.
std::string_view typeOf(WebAsk ask)
{
    switch (ask) {
    case WebAsk::Models:
        return "models";
    case WebAsk::ModelList:
        return "model_list";
    case WebAsk::ModelStatistics:
        return "model_stats";
    case WebAsk::Metadata:
        return "metadata";
    case WebAsk::VideoFrame:
        return "video_frame";
    case WebAsk::Statistics:
        return "stats";
    case WebAsk::ProtocolInfo:
        return "protocol_info";
    case WebAsk::ProtocolAcknowledgement:
        return "protocol_ack";
    case WebAsk::Token:
        return "authorized";
    case WebAsk::Mouth:
        break;
    }
    return "";
}

tl::expected<WebRequest, BadWebRequest> parseJson(const std::string& text)
{
    constexpr auto kDialect = WebDialect::Json;
    const auto json = Json::parse(text, nullptr, false);
    if (!json.is_object())
        return bad(kDialect, "The message is no JSON object.");
    MessageMembers members(json);
    const auto type = members.text("type", kMostWordBytes);
    const auto* const known = std::ranges::find(kAsks, type, &std::pair<std::string_view, WebAsk>::first);
    if (known == kAsks.end())
        return bad(kDialect, fmt::format("There is no message of the type '{}'.", type));
    WebRequest request{known->second, kDialect};
    request.avatar = members.text("model_name", kMostNameBytes);
    request.frame = members.whole("frame_id");
    request.video = members.text("video_type", kMostNameBytes);
    request.token = members.text("token", kMostWordBytes);
    const auto sound = members.text("audio_override", text.size());
    if (!members.wrong().empty())
        return bad(kDialect, members.wrong());
    auto bytes = fromBase64(sound);
    if (!bytes)
        return bad(kDialect, "'audio_override' is no base64.");
    request.sound = std::move(*bytes);
    return request;
}

Json boundsOf(std::span<const float> bounds)
{
    return Json(std::vector<float>(bounds.begin(), bounds.end()));
}

WebMessage binaryFault(std::string_view sentence, Duration took)
{
    std::string bytes;
    append(bytes, WebAnswerKind::Fault);
    append(bytes, std::uint32_t{0});
    append(bytes, wholeMilliseconds(took));
    appendSized(bytes, sentence);
    return {std::move(bytes), true};
}

} // namespace

tl::expected<WebRequest, BadWebRequest> parseWebRequest(const WebMessage& message)
{
    return message.isBinary ? parseBinary(message.bytes) : parseJson(message.bytes);
}

WebMessage mouthMessage(WebDialect dialect, const WebMouth& mouth, std::uint64_t number)
{
    if (dialect == WebDialect::Compact)
        return {mouth.jpeg, true};
    if (dialect == WebDialect::Binary) {
        std::string bytes;
        append(bytes, WebAnswerKind::Mouth);
        append(bytes, static_cast<std::uint32_t>(mouth.frame));
        append(bytes, wholeMilliseconds(mouth.all));
        appendSized(bytes, mouth.jpeg);
        append(bytes, static_cast<std::uint32_t>(mouth.bounds.size() * sizeof(float)));
        for (const float bound : mouth.bounds)
            append(bytes, bound);
        return {std::move(bytes), true};
    }
    return jsonMessage({{"success", true},
                        {"model_name", mouth.avatar},
                        {"frame_id", mouth.frame},
                        {"prediction_data", toBase64(mouth.jpeg)},
                        {"prediction_shape", fmt::format("({0}, {0}, 3)", mouth.pictureSize)},
                        {"bounds", boundsOf(mouth.bounds)},
                        {"processing_time_ms", milliseconds(mouth.all)},
                        {"prepare_time_ms", milliseconds(mouth.prepared)},
                        {"inference_time_ms", milliseconds(mouth.computed)},
                        {"composite_time_ms", milliseconds(mouth.composed)},
                        {"request_id", number},
                        {"protocol", "json"}});
}

WebMessage faultMessage(const WebRequest& request, const Fault& fault, Duration took, std::uint64_t number)
{
    if (request.dialect == WebDialect::Compact)
        return {{}, true};
    if (request.dialect == WebDialect::Binary)
        return binaryFault(fault.sentence, took);
    Json json{{"success", false},
              {"error", fault.sentence},
              {"code", toString(fault.kind)},
              {"model_name", request.avatar},
              {"frame_id", request.frame},
              {"processing_time_ms", milliseconds(took)},
              {"request_id", number}};
    if (request.ask != WebAsk::Mouth)
        json["type"] = typeOf(request.ask);
    if (fault.retryAfter)
        json["retry_after_ms"] = std::ceil(milliseconds(*fault.retryAfter));
    return jsonMessage(json);
}

WebMessage faultMessage(const BadWebRequest& request, Duration took, std::uint64_t number)
{
    if (request.dialect == WebDialect::Binary)
        return binaryFault(request.sentence, took);
    return jsonMessage({{"type", "error"},
                        {"success", false},
                        {"error", request.sentence},
                        {"code", toString(FaultKind::BadRequest)},
                        {"processing_time_ms", milliseconds(took)},
                        {"request_id", number}});
}

WebMessage videoFrameMessage(std::int64_t frame, std::string_view video, std::string_view jpeg)
{
    video = video.substr(0, kMostNameBytes);
    std::string bytes;
    append(bytes, WebAnswerKind::VideoFrame);
    append(bytes, static_cast<std::uint32_t>(frame));
    append(bytes, static_cast<std::uint8_t>(video.size()));
    bytes += video;
    appendSized(bytes, jpeg);
    return {std::move(bytes), true};
}

WebMessage metadataMessage(const WebMetadata& metadata)
{
    return jsonMessage({{"type", typeOf(WebAsk::Metadata)},
                        {"success", true},
                        {"model_name", metadata.avatar},
                        {"frame_count", metadata.frames},
                        {"available_videos", metadata.videos},
                        {"audio_path", metadata.soundFile},
                        {"bounds", boundsOf(metadata.bounds)},
                        {"frame_rate", metadata.frameRate},
                        {"width", metadata.width},
                        {"height", metadata.height},
                        {"has_sound", metadata.hasSound}});
}

WebMessage modelStatisticsMessage(const WebModelStatistics& statistics)
{
    return jsonMessage({{"type", typeOf(WebAsk::ModelStatistics)},
                        {"stats",
                         {{"model_name", statistics.avatar},
                          {"total_requests", statistics.requests},
                          {"avg_inference_time_ms", milliseconds(statistics.mean)},
                          {"min_inference_time_ms", milliseconds(statistics.least)},
                          {"max_inference_time_ms", milliseconds(statistics.most)},
                          {"frame_count", statistics.frames},
                          {"device", statistics.device},
                          {"optimizations_active", statistics.optimizations}}}});
}

WebMessage statisticsMessage(const WebStatistics& statistics)
{
    constexpr double kPercent = 100;
    const auto all = statistics.binaryRequests + statistics.jsonRequests;
    const auto shareOf = static_cast<double>(std::max<std::uint64_t>(1, all));
    return jsonMessage({{"type", typeOf(WebAsk::Statistics)},
                        {"total_requests", all},
                        {"binary_requests", statistics.binaryRequests},
                        {"json_requests", statistics.jsonRequests},
                        {"binary_percentage", kPercent * static_cast<double>(statistics.binaryRequests) / shareOf},
                        {"average_time_ms", milliseconds(statistics.together) / shareOf},
                        {"connected_clients", statistics.connections}});
}

WebMessage modelsMessage(WebAsk ask, const std::vector<std::string>& loaded)
{
    if (ask == WebAsk::ModelList)
        return jsonMessage({{"type", typeOf(ask)}, {"models", loaded}, {"count", loaded.size()}});
    return jsonMessage({{"type", typeOf(ask)}, {"models", {{"loaded_models", loaded}, {"count", loaded.size()}}}});
}

WebMessage wordMessage(WebAsk ask)
{
    Json json{{"type", typeOf(ask)}};
    if (ask == WebAsk::Token)
        json["success"] = true;
    else
        json["message"] = "Binary messages are understood at any time.";
    if (ask == WebAsk::ProtocolInfo) {
        json["binary_supported"] = true;
        json["binary_protocol_version"] = "1.0";
    }
    return jsonMessage(json);
}

} // namespace lipsync::serving
