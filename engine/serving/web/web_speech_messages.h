// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "serving/speaking_session.h"
#include "serving/web/web_messages.h"

#include <cstdint>
#include <string>

namespace lipsync::serving {

/// What is said on "/speak", our own messages. To the server:
///   {"type":"open","avatar":"NAME","sample_format":"int16","jpeg_quality":95,"mouth_only":false}   all but the avatar as
///                           it is without; "float32" is the other format
///   a binary message        sound: 16 kHz mono samples, little-endian
///   {"type":"interrupt"}    what was sent and is not shown yet is forgotten; a new utterance begins
///   {"type":"finish"}       the last frames follow, then the end
/// From it:
///   {"type":"opened","width":…,"height":…,"frame_rate_numerator":25,"frame_rate_denominator":1,"template_frames":…}
///   a binary message        a frame: u8 3, i64 number in the session, i64 time within the utterance in µs, u32 utterance,
///                           i32 x1, y1, x2, y2 of the mouth in the whole frame, u32 length, JPEG; little-endian
///   {"type":"interrupted","utterance":1}     of the frames that follow
///   {"type":"finished","success":true}       after the last frame
///   {"type":"error","success":false,"error":"SENTENCE","code":"overloaded","retry_after_ms":500}   instead of it
enum class WebSpeechAsk : std::uint8_t { Open, Sound, Interrupt, Finish };

/// A message to the server.
struct WebSpeechRequest {
    WebSpeechAsk ask = WebSpeechAsk::Sound;
    SpeakingOptions options{}; ///< of Open
    std::string sound{}; ///< of Sound, not checked
};

/// Takes any bytes; a sentence where they make no sense.
tl::expected<WebSpeechRequest, std::string> parseWebSpeechRequest(WebMessage message);

WebMessage openedMessage(const SpeakingSession& session);
WebMessage spokenFrameMessage(const SessionFrame& frame);
WebMessage interruptedMessage(std::uint32_t utterance);
WebMessage finishedMessage();
WebMessage speechFaultMessage(const Fault& fault);

} // namespace lipsync::serving
