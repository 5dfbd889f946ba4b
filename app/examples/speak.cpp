// SPDX-License-Identifier: GPL-3.0-or-later
// A voice to a talking video, through lipsync.v1: streams the sound to a server and writes what comes back as MP4. It
// uses nothing of the engine but the protocol, and the program ffmpeg for files.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <lipsync.grpc.pb.h>

namespace {

namespace wire = lipsync::v1;

using Pipe = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;
using Stream = grpc::ClientReaderWriter<wire::SpeakRequest, wire::SpeakResponse>;

/// Names of files reach the shell as variables, whatever is in them.
Pipe startProgram(const std::string& command, const char* mode)
{
    Pipe pipe(popen(command.c_str(), mode), pclose);
    if (!pipe)
        throw std::runtime_error("ffmpeg cannot be started");
    return pipe;
}

void finish(Pipe pipe, const std::string& doing)
{
    if (pclose(pipe.release()) != 0)
        throw std::runtime_error("ffmpeg failed in " + doing);
}

/// Any sound file as what the server hears: 16 kHz, mono, 16-bit.
std::string soundOf()
{
    auto decoder = startProgram("exec ffmpeg -v error -i \"$VOICE\" -ac 1 -ar 16000 -f s16le -", "r");
    std::string sound;
    char bytes[65536];
    while (const auto count = std::fread(bytes, 1, sizeof bytes, decoder.get()))
        sound.append(bytes, count);
    finish(std::move(decoder), "reading the voice");
    return sound;
}

/// The frames are H.264 already: only the container and the voice's AAC are made here.
Pipe startMuxer(const wire::Opened& opened)
{
    const auto rate =
        std::to_string(opened.frame_rate_numerator()) + "/" + std::to_string(opened.frame_rate_denominator());
    return startProgram("exec ffmpeg -v error -y -framerate " + rate +
                            " -f h264 -i - -i \"$VOICE\" -map 0:v -map 1:a -c:v copy -c:a aac "
                            "-movflags +faststart \"$OUT\"",
                        "w");
}

/// Sends the voice; every Write waits until the server has room for more.
void say(Stream& stream, const std::string& avatar, const std::string& sound)
{
    constexpr std::size_t kPieceBytes = 3200; // a tenth of a second
    wire::SpeakRequest request;
    request.mutable_open()->set_avatar(avatar);
    request.mutable_open()->set_frame_format(wire::FRAME_FORMAT_H264);
    bool isTaken = stream.Write(request);
    for (std::size_t at = 0; isTaken && at < sound.size(); at += kPieceBytes) {
        request.set_sound(sound.substr(at, kPieceBytes));
        isTaken = stream.Write(request);
    }
    request.mutable_finish();
    if (isTaken)
        stream.Write(request);
    stream.WritesDone();
}

void check(const grpc::Status& status)
{
    if (!status.ok())
        throw std::runtime_error(status.error_message());
}

void authorize(grpc::ClientContext& context)
{
    if (const char* token = std::getenv("LIPSYNC_TOKEN"))
        context.AddMetadata("authorization", std::string("Bearer ") + token);
}

int speak(const std::string& address, const std::string& avatar)
{
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(-1);
    const auto stub =
        wire::LipSync::NewStub(grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
    grpc::ClientContext loading;
    authorize(loading);
    wire::LoadAvatarRequest load;
    load.set_name(avatar);
    wire::LoadAvatarResponse loaded;
    check(stub->LoadAvatar(&loading, load, &loaded));

    const auto sound = soundOf();
    grpc::ClientContext context;
    authorize(context);
    const auto stream = stub->Speak(&context);
    std::jthread speaking([&] { say(*stream, avatar, sound); });
    Pipe muxer(nullptr, pclose);
    int frames = 0;
    wire::SpeakResponse response;
    while (stream->Read(&response)) {
        if (response.has_opened()) {
            muxer = startMuxer(response.opened());
        } else if (response.has_frame()) {
            const auto& bytes = response.frame().data();
            if (std::fwrite(bytes.data(), 1, bytes.size(), muxer.get()) != bytes.size())
                context.TryCancel();
            ++frames;
        }
    }
    speaking.join();
    check(stream->Finish());
    finish(std::move(muxer), "writing the video");
    return frames;
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 5) {
        std::fprintf(stderr, "usage: %s HOST:PORT AVATAR VOICE OUT.mp4   (a token in LIPSYNC_TOKEN)\n", argv[0]);
        return 2;
    }
    setenv("VOICE", argv[3], 1);
    setenv("OUT", argv[4], 1);
    try {
        std::printf("%d frames in %s\n", speak(argv[1], argv[2]), argv[4]);
        return 0;
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "%s\n", problem.what());
        return 1;
    }
}
