// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cmath>
#include <cstdint>
#include <memory>
#include <numbers>
#include <string>

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <lipsync.grpc.pb.h>

#include <QString>
#include <QStringList>

namespace lipsync::test {

/// What came of a speech.
struct Spoken {
    std::int64_t frames = 0;
    grpc::Status status;
};

inline std::unique_ptr<v1::LipSync::Stub> stubOf(const std::string& address)
{
    grpc::ChannelArguments own; // a channel of one's own: another one's may be waiting to try again
    own.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return v1::LipSync::NewStub(grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), own));
}

/// A speech whose end nobody tells the server: it is under way until the server ends it, or it is cancelled.
struct OpenSpeech {
    grpc::ClientContext context;
    std::atomic<std::int64_t> arrived = 0; ///< frames
};

/// Speaks a tone and waits for all that comes back.
inline Spoken speak(const std::string& address, const std::string& avatar, double seconds, OpenSpeech* open = nullptr)
{
    constexpr int kSampleRate = 16000, kPiece = 1600;
    const auto stub = stubOf(address);
    grpc::ClientContext context;
    const auto stream = stub->Speak(open ? &open->context : &context);
    v1::SpeakRequest request;
    request.mutable_open()->set_avatar(avatar);
    stream->Write(request);
    for (int at = 0; at < static_cast<int>(seconds * kSampleRate); at += kPiece) {
        std::string piece;
        for (int i = at; i < at + kPiece; ++i) {
            const auto sample =
                static_cast<std::int16_t>(12000 * std::sin(2 * std::numbers::pi * 180 * i / double{kSampleRate}));
            piece.append(reinterpret_cast<const char*>(&sample), sizeof sample);
        }
        request.set_sound(piece);
        stream->Write(request);
    }
    if (!open) {
        request.mutable_finish();
        stream->Write(request);
        stream->WritesDone();
    }
    Spoken spoken;
    v1::SpeakResponse response;
    while (stream->Read(&response)) {
        spoken.frames += response.has_frame();
        if (open)
            open->arrived = spoken.frames;
    }
    spoken.status = stream->Finish();
    return spoken;
}

/// Names of the avatars that it serves; nothing when it does not answer.
inline QStringList avatarsAt(const std::string& address)
{
    grpc::ClientContext context;
    v1::ListAvatarsResponse response;
    QStringList names;
    if (stubOf(address)->ListAvatars(&context, {}, &response).ok())
        for (const auto& avatar : response.avatars())
            names << QString::fromStdString(avatar.name());
    return names;
}

} // namespace lipsync::test
