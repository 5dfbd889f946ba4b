// SPDX-License-Identifier: GPL-3.0-or-later
#include "served_fleet.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <sstream>

#include <QRegularExpression>
#include <csignal>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <optimized_lipsyncsrv.grpc.pb.h>

namespace lipsync::test {

namespace {

constexpr int kStartMs = 60'000, kEndMs = 60'000;
constexpr int kMostTries = 200;
constexpr auto kPause = std::chrono::milliseconds(50); ///< between two tries

bool isWorthATry(grpc::StatusCode code)
{
    using enum grpc::StatusCode;
    return code == UNAVAILABLE || code == RESOURCE_EXHAUSTED || code == CANCELLED || code == INTERNAL ||
        code == UNKNOWN;
}

} // namespace

ServedProcess::ServedProcess(const std::filesystem::path& library, const std::filesystem::path& log)
    : m_log(log)
{
    m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_process.start(QString(LIPSYNC_BINARY_DIR) + "/lipsync",
                    {"serve", "--listen", "127.0.0.1:0", "--library", QString::fromStdString(library.string()),
                     "--metrics", "127.0.0.1:0", "--access-log", QString::fromStdString(log.string()), "--workers", "1",
                     "--threads", "1", "--lame-duck-ms", "1500"});
    while (!m_process.canReadLine() && m_process.waitForReadyRead(kStartMs)) { }
    static const QRegularExpression kLine(R"(on (127\.0\.0\.1:\d+), numbers on http://127\.0\.0\.1:(\d+)/)");
    if (const auto match = kLine.match(QString::fromUtf8(m_process.readLine())); match.hasMatch()) {
        m_address = match.captured(1).toStdString();
        m_metricsPort = match.captured(2).toStdString();
    }
}

ServedProcess::~ServedProcess()
{
    kill();
}

void ServedProcess::kill()
{
    m_process.kill();
    m_process.waitForFinished(kEndMs);
}

int ServedProcess::drain()
{
    ::kill(static_cast<pid_t>(m_process.processId()), SIGTERM);
    const bool hasEnded = m_process.waitForFinished(kEndMs);
    return hasEnded && m_process.exitStatus() == QProcess::NormalExit ? m_process.exitCode() : -1;
}

int ServedProcess::loggedCalls(const std::string& words) const
{
    std::ifstream lines(m_log);
    int count = 0;
    for (std::string line; std::getline(lines, line);)
        count += line.find("/GenerateInference") != std::string::npos && line.find(words) != std::string::npos;
    return count;
}

std::string contentOf(const std::filesystem::path& file)
{
    std::ifstream in(file);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

std::string replaced(std::string text, const std::string& from, const std::string& to)
{
    const auto at = text.find(from);
    return at == std::string::npos ? std::string() : text.replace(at, from.size(), to);
}

RetryingClients::RetryingClients(const std::string& address, const std::string& avatar, int clients)
{
    for (int i = 0; i < clients; ++i)
        m_threads.emplace_back([=, this] { run(address, avatar, i); });
}

RetryingClients::~RetryingClients()
{
    stop();
}

void RetryingClients::stop()
{
    m_isStopping = true;
    m_threads.clear();
}

void RetryingClients::run(const std::string& address, const std::string& avatar, int number)
{
    namespace wire = optimized_lipsyncsrv;
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0); // what is tried again is counted here
    const auto stub = wire::OptimizedLipSyncService::NewStub(
        grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
    wire::OptimizedInferenceRequest request;
    request.set_model_name(avatar);
    request.set_frame_id(number);
    while (!m_isStopping) {
        for (int tries = 1;; ++tries) {
            grpc::ClientContext context;
            context.set_wait_for_ready(true);
            context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
            wire::OptimizedInferenceResponse response;
            const auto status = stub->GenerateInference(&context, request, &response);
            if (status.ok() && response.success()) {
                ++m_answered;
                break;
            }
            if (status.ok() || !isWorthATry(status.error_code()) || tries == kMostTries) {
                if (m_lost++ == 0)
                    m_firstLoss = status.ok() ? response.error() : status.error_message();
                break;
            }
            ++m_retries;
            std::this_thread::sleep_for(kPause);
        }
    }
}

} // namespace lipsync::test
