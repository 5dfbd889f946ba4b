// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "concurrency_options.h"
#include "engine.h"
#include "output.h"
#include "service_notice.h"

#include <condition_variable>
#include <cstdio>
#include <memory>
#include <mutex>

namespace lipsync::cli {

namespace {

struct ServeRequest {
    ServerOptions server;
    ConcurrencyOptions concurrency;
    std::string load = "all";
    std::string accessLog; ///< a file, or "-"
};

/// Writes a line a call; drops lines when the file cannot be written.
class AccessLog {
public:
    static Result<std::unique_ptr<AccessLog>> open(const std::string& file)
    {
        std::FILE* stream = file == "-" ? stdout : std::fopen(file.c_str(), "ae");
        if (!stream)
            return failure(ErrorCode::Resource, fmt::format("The access log {} cannot be written.", file));
        return std::unique_ptr<AccessLog>(new AccessLog(stream, file != "-"));
    }
    ~AccessLog()
    {
        if (m_isOwn)
            std::fclose(m_stream);
    }

    void write(const ServedCall& call)
    {
        const auto line = fmt::format(
            "{} {} avatar={} status={} frames={} in={} out={} ms={:.1f} prepare={:.1f} queue={:.1f} compute={:.1f} "
            "encode={:.1f}\n",
            call.peer, call.method, quoted(call.avatar), call.status, call.frames, call.bytesIn, call.bytesOut,
            call.durationMs, call.prepareMs, call.queueMs, call.computeMs, call.encodeMs);
        std::lock_guard lock(m_mutex);
        std::fputs(line.c_str(), m_stream);
        std::fflush(m_stream);
    }

private:
    AccessLog(std::FILE* stream, bool isOwn)
        : m_stream(stream)
        , m_isOwn(isOwn)
    {
    }

    /// What a client sent cannot look like another line or field.
    static std::string quoted(const std::string& text)
    {
        constexpr std::size_t kMost = 64;
        std::string safe = "\"";
        for (const char each : text.substr(0, kMost))
            safe += each >= ' ' && each < 0x7f && each != '"' && each != '\\' ? each : '?';
        return safe + "\"";
    }

    std::mutex m_mutex;
    std::FILE* const m_stream;
    const bool m_isOwn;
};

void waitFor(const std::stop_token& stop)
{
    std::mutex mutex;
    std::condition_variable_any changed;
    std::unique_lock lock(mutex);
    changed.wait(lock, stop, [] { return false; });
}

Status serve(ServeRequest& request, const std::stop_token& stop)
{
    auto plan = planOf(request.concurrency, {});
    if (!plan)
        return failure(plan);
    std::shared_ptr<AccessLog> log;
    if (!request.accessLog.empty()) {
        auto opened = AccessLog::open(request.accessLog);
        if (!opened)
            return failure(opened);
        log = std::move(*opened);
    }
    EngineOptions options;
    options.plan = *plan;
    auto engine = createEngine(options);
    if (!engine)
        return failure(engine);
    request.server.loadsAll = request.load == "all";
    ServerEvents events;
    if (log)
        events.called = [log](const ServedCall& call) { log->write(call); };
    auto server = (*engine)->startServer(request.server, std::move(events));
    if (!server)
        return failure(server);
    auto sentence = fmt::format("Serving {} on {}", describe(*plan), (*server)->address());
    if (!(*server)->metricsAddress().empty())
        sentence += fmt::format(", numbers on http://{}/metrics", (*server)->metricsAddress());
    if (!(*server)->webAddress().empty())
        sentence += fmt::format(", browsers on {}://{}/", request.server.certificateFile.empty() ? "http" : "https",
                                (*server)->webAddress());
    if (auto told = printText(sentence + "; Ctrl-C ends it.\n"); !told)
        return told;
    const ServiceNotice notice;
    notice.ready("Serving on " + (*server)->address());
    waitFor(stop);
    notice.stopping();
    server->reset(); // waits for the calls under way
    return {};
}

} // namespace

void addServeCommand(CommandLine& line)
{
    auto request = std::make_shared<ServeRequest>();
    auto& server = request->server;
    auto* command = line.app.add_subcommand("serve", "Serve avatars to other programs by gRPC, and to browsers");
    command->add_option("--listen", server.listen, "Address to serve; port 0 takes a free one")
        ->type_name("HOST:PORT")
        ->capture_default_str();
    command->add_option("--library", server.libraries, "Avatar folder, or a folder of them; may be repeated")
        ->type_name("DIR")
        ->required();
    command->add_option("--load", request->load, "Avatars loaded at the start: all, or none until a client asks")
        ->check(CLI::IsMember({"all", "none"}))
        ->capture_default_str();
    command->add_option("--token-file", server.tokenFile, "Tokens that clients have to show, one a line")
        ->type_name("FILE");
    command->add_option("--tls-certificate", server.certificateFile, "The server's certificate, PEM")
        ->type_name("FILE");
    command->add_option("--tls-key", server.keyFile, "Its key, PEM")->type_name("FILE");
    command->add_option("--tls-clients", server.clientCertificatesFile, "Who signs certificates of clients, PEM")
        ->type_name("FILE");
    command->add_option("--metrics", server.metricsListen, "Address of a page of numbers for Prometheus")
        ->type_name("HOST:PORT");
    command->add_option("--web", server.webListen, "Address of a page and WebSockets for browsers")
        ->type_name("HOST:PORT");
    command
        ->add_option("--web-origin", server.webOrigins,
                     "Pages of another server that may ask there, e.g. https://example.org; null: pages of files; may "
                     "be repeated")
        ->type_name("ORIGIN");
    command->add_option("--access-log", request->accessLog, "File that gets a line a call; - is standard output")
        ->type_name("FILE");
    command->add_option("--most-calls", server.mostCalls, "Calls at a time")
        ->check(CLI::Range(1, 65536))
        ->capture_default_str();
    command->add_option("--longest-wait-ms", server.longestWaitMs, "Predicted wait after which frames are refused")
        ->check(CLI::Range(1.0, 600'000.0))
        ->capture_default_str();
    command
        ->add_option("--lame-duck-ms", server.lameDuckMs,
                     "At the end: time in which health says no, but calls are still taken")
        ->check(CLI::Range(0.0, 600'000.0))
        ->capture_default_str();
    command->add_option("--drain-seconds", server.longestDrainSeconds, "At the end: time that calls have left")
        ->check(CLI::Range(0.0, 3600.0))
        ->capture_default_str();
    addConcurrencyOptions(*command, request->concurrency);
    command->footer(
        "Services: lipsync.v1.LipSync, optimized_lipsyncsrv.OptimizedLipSyncService, inference.GRPCInferenceService\n"
        "(KServe v2), grpc.health.v1.Health and reflection. For browsers: a page on /, /health, and on /ws the "
        "messages\n"
        "of the seed system's WebSocket proxy. An address that other machines reach needs --token-file or, but for\n"
        "--web, --tls-clients; clients send the token as 'authorization: Bearer TOKEN', browsers open /#token=TOKEN,\n"
        "WebSockets of other pages /ws?token=TOKEN. Ctrl-C or SIGTERM stops taking calls and ends when those under "
        "way\n"
        "have ended; a second one ends at once.\n"
        "Examples:\n"
        "  lipsync serve --library avatars/\n"
        "  lipsync serve --library avatars/ --web 127.0.0.1:8086\n"
        "  lipsync serve --listen 0.0.0.0:50051 --library avatars/ --token-file tokens --device cuda:0 --batch 8");
    command->callback([&line, request] { line.chosen = [&line, request] { return serve(*request, line.stop); }; });
}

} // namespace lipsync::cli
