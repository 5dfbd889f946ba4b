// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving_fixture.h"

#include "inference/model.h"

#include "engine/media/sample_media.h"
#include "support/test_avatar.h"

#include <future>

#include <QProcess>
#include <QStandardPaths>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/byte_buffer.h>

namespace lipsync::test {

namespace {

constexpr std::size_t kMostKeptCalls = 4096; ///< a soak has millions

/// Fills pictures with their template frame's number, once its script lets it.
class ScriptedMouths final : public scheduling::Worker {
public:
    explicit ScriptedMouths(std::shared_ptr<scheduling::Script> script)
        : m_script(std::move(script))
    {
    }

    Status start() override { return {}; }
    Status prepare(scheduling::ModelId, const std::vector<int>&) override { return {}; }
    void release(scheduling::ModelId) override { }
    scheduling::BatchOutcome run(const scheduling::Batch& batch) override
    {
        ++m_script->batches;
        m_script->pass(m_abandoned);
        if (m_abandoned)
            return scheduling::badOutcome(scheduling::BatchFailure::WorkerLost);
        scheduling::BatchOutcome outcome;
        for (const auto& content : batch.contents) {
            const auto& mouth = static_cast<const inference::MouthContent&>(*content);
            const auto buffer = std::make_shared<std::vector<std::uint8_t>>(
                std::size_t{3} * kFixturePicture * kFixturePicture, static_cast<std::uint8_t>(mouth.templateFrame));
            auto picture = std::make_shared<inference::MouthPicture>();
            picture->buffer = buffer;
            picture->bytes = *buffer;
            outcome.outputs.push_back(std::move(picture));
        }
        return outcome;
    }
    Status checkHealth() override { return {}; }
    void abandon() noexcept override { m_script->tellAbandoned(m_abandoned); }

private:
    const std::shared_ptr<scheduling::Script> m_script;
    std::atomic<bool> m_abandoned = false;
};

} // namespace

Status makeLibrary(const std::filesystem::path& folder)
{
    std::filesystem::create_directories(folder);
    const auto sound = folder.parent_path() / "own.wav";
    constexpr std::size_t kSamples = 16000;
    media::sample::writeWav(sound, 16000, 1, std::span<const float>(media::sample::chirp(16000, kSamples, 1.0, 3000)));
    TestAvatarOptions speaker;
    speaker.frameCount = kFixtureFrames;
    speaker.sound = sound;
    if (auto made = makeTestAvatar(folder / "speaker.avatar", speaker); !made)
        return made;
    TestAvatarOptions silent;
    silent.frameCount = kFixtureFrames;
    return makeTestAvatar(folder / "silent.avatar", silent);
}

ServingFixture::ServingFixture(const std::filesystem::path& library, Boundary boundary,
                               const std::function<void(serving::ServerOptions&)>& change)
{
    session::FrameServiceOptions service;
    service.plan.devices = {{"cpu", 1}};
    m_service = session::FrameService::create(service).value();
    if (boundary == Boundary::Scripted) {
        auto& pool = m_service->pool();
        const auto real = pool.snapshot().workers.front().id;
        pool.addWorker({{"cpu", "scripted"}, [script = m_script] { return std::make_unique<ScriptedMouths>(script); }});
        pool.removeWorker(real);
    }
    serving::ServerOptions options;
    options.listen = "127.0.0.1:0";
    options.libraries = {library};
    if (change)
        change(options);
    serving::ServerEvents events;
    events.called = [this](const serving::CallRecord& record) {
        std::lock_guard lock(m_mutex);
        if (m_calls.size() < kMostKeptCalls)
            m_calls.push_back(record);
    };
    auto started = serving::Server::start(*m_service, options, std::move(events));
    if (!started) {
        m_problem = started.error().text();
        return;
    }
    m_server = std::move(*started);
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(-1);
    arguments.SetInt("grpc.use_local_subchannel_pool", 1);
    m_channel = grpc::CreateCustomChannel(m_server->address(), grpc::InsecureChannelCredentials(), arguments);
}

ServingFixture::~ServingFixture()
{
    m_script->open();
}

bool ServingFixture::waitFor(const std::string& avatar)
{
    auto told = std::make_shared<std::promise<bool>>();
    auto loaded = told->get_future();
    m_server->shelf().load(avatar, {},
                           [told](const serving::AvatarShelf::Loaded& result) { told->set_value(result.has_value()); });
    return loaded.get();
}

std::vector<serving::CallRecord> ServingFixture::calls() const
{
    std::lock_guard lock(m_mutex);
    return m_calls;
}

RawAnswer rawCall(const std::shared_ptr<grpc::Channel>& channel, const std::string& method, const std::string& request,
                  grpc::ClientContext& context)
{
    const grpc::Slice slice(request);
    grpc::ByteBuffer sent(&slice, 1), received;
    grpc::GenericStub stub(channel);
    std::promise<grpc::Status> ended;
    stub.UnaryCall(&context, method, {}, &sent, &received,
                   [&ended](grpc::Status status) { ended.set_value(std::move(status)); });
    RawAnswer answer{ended.get_future().get(), {}};
    std::vector<grpc::Slice> slices;
    if (answer.status.ok() && received.Dump(&slices).ok()) {
        for (const auto& each : slices)
            answer.bytes.append(reinterpret_cast<const char*>(each.begin()), each.size());
    }
    return answer;
}

std::optional<int> healthOf(const std::shared_ptr<grpc::Channel>& channel, const std::string& service)
{
    constexpr char kServiceField = 0x0a, kStatusField = 0x08;
    std::string request;
    if (!service.empty())
        request = kServiceField + std::string(1, static_cast<char>(service.size())) + service;
    grpc::ClientContext context;
    const auto answer = rawCall(channel, "/grpc.health.v1.Health/Check", request, context);
    if (!answer.status.ok())
        return {};
    return answer.bytes.size() == 2 && answer.bytes[0] == kStatusField ? answer.bytes[1] : 0;
}

bool canMakeCertificates()
{
    return !QStandardPaths::findExecutable("openssl").isEmpty();
}

bool makeCertificate(const std::filesystem::path& folder, const std::string& name)
{
    const auto file = QString::fromStdString((folder / name).string());
    return QProcess::execute("openssl",
                             {"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                              "-days", "1", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1",
                              "-keyout", file + ".key", "-out", file + ".pem"}) == 0;
}

int openDescriptors()
{
    int count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
        ++count;
    return count;
}

} // namespace lipsync::test
