// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/web/web_speech_messages.h"

#include "serving/web/message_fields.h"

#include <cmath>
#include <utility>

namespace lipsync::serving {

namespace {

using Json = nlohmann::json;

tl::expected<WebSpeechRequest, std::string> parseOpen(MessageMembers& members)
{
    WebSpeechRequest request{WebSpeechAsk::Open};
    auto& options = request.options;
    options.avatar = members.text("avatar", kMostNameBytes);
    const auto format = members.text("sample_format", kMostWordBytes);
    options.isFloat = format == "float32";
    options.jpegQuality = static_cast<int>(members.whole("jpeg_quality"));
    options.mouthOnly = members.flag("mouth_only");
    if (!members.wrong().empty())
        return tl::unexpected(members.wrong());
    if (!format.empty() && format != "int16" && !options.isFloat)
        return tl::unexpected(fmt::format("There is no sample format '{}', only int16 and float32.", format));
    return request;
}

} // namespace

tl::expected<WebSpeechRequest, std::string> parseWebSpeechRequest(WebMessage message)
{
    if (message.isBinary)
        return WebSpeechRequest{WebSpeechAsk::Sound, {}, std::move(message.bytes)};
    const auto json = Json::parse(message.bytes, nullptr, false);
    if (!json.is_object())
        return tl::unexpected(std::string("The message is no JSON object."));
    MessageMembers members(json);
    const auto type = members.text("type", kMostWordBytes);
    if (type == "open")
        return parseOpen(members);
    if (type == "interrupt")
        return WebSpeechRequest{WebSpeechAsk::Interrupt};
    if (type == "finish")
        return WebSpeechRequest{WebSpeechAsk::Finish};
    if (!members.wrong().empty())
        return tl::unexpected(members.wrong());
    return tl::unexpected(fmt::format("There is no message of the type '{}' here.", type));
}

WebMessage openedMessage(const SpeakingSession& session)
{
    const auto& manifest = session.manifest();
    return jsonMessage({{"type", "opened"},
                        {"success", true},
                        {"width", session.width()},
                        {"height", session.height()},
                        {"frame_rate_numerator", manifest.frameRateNumerator},
                        {"frame_rate_denominator", manifest.frameRateDenominator},
                        {"template_frames", manifest.frameCount}});
}

WebMessage spokenFrameMessage(const SessionFrame& frame)
{
    std::string bytes;
    append(bytes, WebAnswerKind::SpokenFrame);
    append(bytes, frame.number);
    append(bytes, frame.timeUs);
    append(bytes, frame.utterance);
    for (const std::int32_t bound : frame.frame.bounds)
        append(bytes, bound);
    appendSized(bytes, frame.frame.bytes);
    return {std::move(bytes), true};
}

WebMessage interruptedMessage(std::uint32_t utterance)
{
    return jsonMessage({{"type", "interrupted"}, {"success", true}, {"utterance", utterance}});
}

WebMessage finishedMessage()
{
    return jsonMessage({{"type", "finished"}, {"success", true}});
}

WebMessage speechFaultMessage(const Fault& fault)
{
    Json json{{"type", "error"}, {"success", false}, {"error", fault.sentence}, {"code", toString(fault.kind)}};
    if (fault.retryAfter)
        json["retry_after_ms"] = std::ceil(milliseconds(*fault.retryAfter));
    return jsonMessage(json);
}

} // namespace lipsync::serving
