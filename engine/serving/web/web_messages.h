// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "serving/fault.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lipsync::serving {

/// One WebSocket message.
struct WebMessage {
    std::string bytes;
    bool isBinary = false; ///< otherwise UTF-8
};

/// What a browser asks for.
enum class WebAsk : std::uint8_t {
    Mouth,
    Models, ///< get_models
    ModelList, ///< list_models, the proxy's word for it
    ModelStatistics, ///< get_model_stats
    Metadata, ///< get_metadata
    VideoFrame, ///< get_video_frame
    Statistics, ///< get_stats
    ProtocolInfo, ///< switch_to_binary
    ProtocolAcknowledgement, ///< test_binary
    Token, ///< authorize: a word of ours, for pages, which can set no header
};

/// In which of the seed system's dialects, which is that of the answer, too.
enum class WebDialect : std::uint8_t {
    Binary, ///< its WebSocket servers': lengths of 4 bytes; a mouth with its numbers
    Compact, ///< its proxy's: a name's length in 1 byte; the bare JPEG, and nothing where there is none
    Json,
};

/// A request that makes sense by itself.
struct WebRequest {
    WebAsk ask = WebAsk::Mouth;
    WebDialect dialect = WebDialect::Json;
    std::string avatar{};
    std::int64_t frame = 0; ///< of the avatar's template
    std::string sound{}; ///< around the frame, as joinChunks() wants it; empty: the avatar's own
    std::string video{}; ///< of VideoFrame
    std::string token{}; ///< of Token
};

/// A request that makes none: how to answer, and why.
struct BadWebRequest {
    WebDialect dialect = WebDialect::Json;
    std::string sentence{};
};

/// The seed system's binary requests (little-endian: u32 length of the name, name, u32 frame, u32 length of the sound,
/// sound; or the proxy's: u8 length of the name, name, u32 frame) and its JSON ones. Takes any bytes.
tl::expected<WebRequest, BadWebRequest> parseWebRequest(const WebMessage& message);

/// A mouth that was made, for an answer.
struct WebMouth {
    std::string avatar;
    std::int64_t frame = 0;
    std::string jpeg;
    std::span<const float> bounds; ///< x1, y1, x2, y2 in the full frame
    int pictureSize = 0; ///< its side
    Duration prepared{}, computed{}, composed{}, all{}; ///< what it took
};

/// An answer to a request for a mouth; `number` counts the requests of a connection.
WebMessage mouthMessage(WebDialect dialect, const WebMouth& mouth, std::uint64_t number);

/// The answer where there is nothing else: why.
WebMessage faultMessage(const WebRequest& request, const Fault& fault, Duration took, std::uint64_t number);
WebMessage faultMessage(const BadWebRequest& request, Duration took, std::uint64_t number);

/// A picture of the template: u8 2, u32 frame, u8 length of the video's name, name, u32 length, JPEG.
WebMessage videoFrameMessage(std::int64_t frame, std::string_view video, std::string_view jpeg);

/// What an avatar is.
struct WebMetadata {
    std::string avatar;
    int frames = 0; ///< of its template
    double frameRate = 0;
    int width = 0, height = 0; ///< of its frames
    bool hasSound = false; ///< of its own
    std::vector<std::string> videos; ///< that can be asked for
    std::string soundFile; ///< its name, or empty
    std::span<const float> bounds; ///< of frame 0
};
WebMessage metadataMessage(const WebMetadata& metadata);

/// What an avatar's frames came to.
struct WebModelStatistics {
    std::string avatar;
    std::uint64_t requests = 0;
    Duration mean{}, least{}, most{}; ///< of the computation
    int frames = 0; ///< of its template
    std::string device;
    std::vector<std::string> optimizations;
};
WebMessage modelStatisticsMessage(const WebModelStatistics& statistics);

/// What all connections asked for.
struct WebStatistics {
    std::uint64_t binaryRequests = 0, jsonRequests = 0;
    Duration together{}; ///< from each request to its answer
    std::size_t connections = 0;
};
WebMessage statisticsMessage(const WebStatistics& statistics);

/// The names of the avatars that are loaded, in the form that `ask` (Models or ModelList) has.
WebMessage modelsMessage(WebAsk ask, const std::vector<std::string>& loaded);
/// The answer to ProtocolInfo, ProtocolAcknowledgement and Token.
WebMessage wordMessage(WebAsk ask);

} // namespace lipsync::serving
