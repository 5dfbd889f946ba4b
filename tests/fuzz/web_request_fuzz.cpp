// SPDX-License-Identifier: GPL-3.0-or-later
// libFuzzer target: bytes from outside as the messages of browsers. Of the first byte, bit 0 says whether the message is
// binary, bit 1 whether it is one of a speaking session.
#include "serving/web/base64.h"
#include "serving/web/web_messages.h"
#include "serving/web/web_speech_messages.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

using namespace lipsync::serving;

constexpr std::size_t kMostNameBytes = 255;

void fuzzSpeech(WebMessage message)
{
    const auto bytes = message.bytes.size();
    const bool isBinary = message.isBinary;
    const auto request = parseWebSpeechRequest(std::move(message));
    if (!request) {
        if (isBinary || speechFaultMessage({FaultKind::BadRequest, request.error()}).bytes.empty())
            std::abort();
        return;
    }
    if (request->options.avatar.size() > kMostNameBytes || request->options.jpegQuality < 0 ||
        (request->ask == WebSpeechAsk::Sound ? request->sound.size() != bytes : !request->sound.empty()))
        std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
        return 0;
    const WebMessage message{std::string(reinterpret_cast<const char*>(data) + 1, size - 1), (data[0] & 1) != 0};
    if ((data[0] & 2) != 0) {
        fuzzSpeech(message);
        return 0;
    }
    const auto request = parseWebRequest(message);
    if (!request) {
        if (request.error().sentence.empty() || faultMessage(request.error(), {}, 0).bytes.empty())
            std::abort();
        return 0;
    }
    if (request->avatar.size() > kMostNameBytes || request->sound.size() > message.bytes.size())
        std::abort();
    // Whatever was asked for can be refused and, where it is a mouth, answered.
    const std::string sentence = "It is \"refused\".";
    const auto refusal = faultMessage(*request, {FaultKind::Failed, sentence}, {}, 1);
    if (refusal.isBinary != message.isBinary)
        std::abort();
    const float bounds[] = {1, 2, 3, 4};
    if (mouthMessage(request->dialect, {request->avatar, request->frame, "jpeg", bounds, 1}, 1).bytes.empty())
        std::abort();
    if (fromBase64(toBase64(message.bytes)) != message.bytes)
        std::abort();
    return 0;
}
