// SPDX-License-Identifier: GPL-3.0-or-later
// A server under load whose callers die: programs that are killed, calls that are dropped. Nothing that others asked
// for is lost, no call is stuck and memory does not grow. LIPSYNC_TEST_SECONDS makes it longer: an hour is 3600.

#include "serving_fixture.h"

#include "audio/feature_track.h"
#include "metrics/process_probe.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <random>
#include <thread>

#include <QElapsedTimer>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <lipsync.grpc.pb.h>
#include <optimized_lipsyncsrv.grpc.pb.h>

#include <malloc.h>

using namespace lipsync;

namespace {

namespace old = optimized_lipsyncsrv;
namespace own = ::lipsync::v1;

constexpr double kStandardSeconds = 15;
constexpr int kPrograms = 3, kDroppers = 2;

double soakSeconds()
{
    bool isNumber = false;
    const double given = qEnvironmentVariable("LIPSYNC_TEST_SECONDS").toDouble(&isNumber);
    return isNumber ? std::max(given, kStandardSeconds) : kStandardSeconds;
}

std::shared_ptr<grpc::Channel> ownChannel(const std::string& address)
{
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(-1);
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

own::SpeakRequest openRequest()
{
    own::SpeakRequest request;
    request.mutable_open()->set_avatar("silent");
    request.mutable_open()->set_mouth_only(true);
    return request;
}

own::SpeakRequest soundRequest(std::size_t samples)
{
    own::SpeakRequest request;
    request.set_sound(std::string(samples * sizeof(std::int16_t), '\x11'));
    return request;
}

/// Programs that load the server and are killed while they do.
class KilledPrograms {
public:
    explicit KilledPrograms(std::string address)
        : m_address(std::move(address))
        , m_programs(kPrograms)
    {
    }
    ~KilledPrograms()
    {
        for (auto& each : m_programs)
            end(each);
    }

    /// Starts those that are not there and kills one whose time has come.
    void turn()
    {
        for (std::size_t i = 0; i < m_programs.size(); ++i) {
            auto& each = m_programs[i];
            if (each.process && each.age.elapsed() < each.lifetimeMs)
                continue;
            m_deaths += each.process && each.process->state() == QProcess::Running ? 1 : 0;
            end(each);
            begin(each, i);
        }
    }
    int deaths() const { return m_deaths; }

private:
    struct Program {
        std::unique_ptr<QProcess> process;
        QElapsedTimer age;
        int lifetimeMs = 0;
    };

    void begin(Program& program, std::size_t number)
    {
        constexpr int kShortestMs = 900, kLongestMs = 2500; // LibTorch alone takes 600 to load
        static const std::vector<QStringList> kServices{
            {"own", "--avatar", "silent"}, {"optimized", "--avatar", "speaker"}, {"kserve", "--avatar", "silent"}};
        program.process = std::make_unique<QProcess>();
        program.process->start(QString(LIPSYNC_BINARY_DIR) + "/lipsync",
                               QStringList{"bench", "--target", QString::fromStdString(m_address), "--streams", "3",
                                           "--seconds", "1000", "--service"} +
                                   kServices[number % kServices.size()]);
        program.age.start();
        program.lifetimeMs = std::uniform_int_distribution(kShortestMs, kLongestMs)(m_random);
    }
    static void end(Program& program)
    {
        if (!program.process)
            return;
        program.process->kill();
        program.process->waitForFinished();
    }

    const std::string m_address;
    std::mt19937 m_random{7};
    std::vector<Program> m_programs;
    int m_deaths = 0;
};

/// Drops calls wherever they are, over and over.
void dropCalls(const std::stop_token& stop, const std::string& address, unsigned seed)
{
    std::mt19937 random(seed);
    while (!stop.stop_requested()) {
        const auto channel = ownChannel(address);
        grpc::ClientContext context;
        if (random() % 2 == 0) {
            const auto stub = own::LipSync::NewStub(channel);
            const auto stream = stub->Speak(&context);
            stream->Write(openRequest());
            stream->Write(soundRequest(16000));
            own::SpeakResponse response;
            for (unsigned frames = random() % 8; frames > 0 && stream->Read(&response); --frames) { }
            context.TryCancel();
            stream->Finish();
        } else {
            const auto stub = old::OptimizedLipSyncService::NewStub(channel);
            const auto stream = stub->StreamInference(&context);
            old::OptimizedInferenceRequest request;
            request.set_model_name("speaker");
            const unsigned asked = random() % 30;
            for (unsigned i = 0; i < asked && stream->Write(request); ++i) { }
            old::OptimizedInferenceResponse response;
            for (unsigned i = std::min<unsigned>(asked, random() % 4); i > 0 && stream->Read(&response); --i) { }
            context.TryCancel();
            stream->Finish();
        }
    }
}

/// A caller who behaves, and what it got.
struct Witness {
    std::atomic<int> sessions = 0, mouths = 0, refused = 0;
    std::string problem; ///< the first, once the thread has ended

    void watch(const std::stop_token& stop, const std::string& address)
    {
        const auto channel = ownChannel(address);
        const auto speaker = own::LipSync::NewStub(channel);
        const auto mouth = old::OptimizedLipSyncService::NewStub(channel);
        while (!stop.stop_requested() && problem.empty()) {
            speak(*speaker);
            ask(*mouth);
        }
    }

private:
    void judge(const grpc::Status& status, bool isWhole, std::atomic<int>& count)
    {
        if (status.ok() && isWhole)
            ++count;
        else if (status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED)
            ++refused;
        else
            problem = status.ok() ? "An answer is not whole." : status.error_message();
    }

    void speak(own::LipSync::Stub& stub)
    {
        constexpr std::size_t kSamples = 6400;
        const auto wanted = static_cast<std::int64_t>(audio::videoFrameCount(kSamples));
        grpc::ClientContext context;
        const auto stream = stub.Speak(&context);
        stream->Write(openRequest());
        stream->Write(soundRequest(kSamples));
        own::SpeakRequest finish;
        finish.mutable_finish();
        stream->Write(finish);
        stream->WritesDone();
        own::SpeakResponse response;
        std::int64_t frames = 0;
        bool isInOrder = true;
        while (stream->Read(&response)) {
            if (response.has_frame())
                isInOrder = isInOrder && response.frame().number() == frames++;
        }
        judge(stream->Finish(), isInOrder && frames == wanted, sessions);
    }

    void ask(old::OptimizedLipSyncService::Stub& stub)
    {
        grpc::ClientContext context;
        old::OptimizedInferenceRequest request;
        request.set_model_name("speaker");
        old::OptimizedInferenceResponse response;
        const auto status = stub.GenerateInference(&context, request, &response);
        judge(status, response.success(), mouths);
    }
};

std::uint64_t median(std::deque<std::uint64_t> values)
{
    std::ranges::sort(values);
    return values[values.size() / 2];
}

} // namespace

class SoakTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void deadCallersHarmNobody()
    {
        const auto library = std::filesystem::path(m_temporary.path().toStdString()) / "library";
        QVERIFY(test::makeLibrary(library).has_value());
        test::ServingFixture fixture(library, test::Boundary::Scripted);
        QVERIFY(fixture.waitFor("speaker") && fixture.waitFor("silent"));
        const auto address = fixture.server().address();
        mallopt(M_TRIM_THRESHOLD, 0);
        mallopt(M_TOP_PAD, 0);

        Witness witness;
        std::deque<std::uint64_t> memory; // of each turn after the first half, when everything has had its largest size
        int deaths = 0;
        {
            KilledPrograms programs(address);
            std::vector<std::jthread> threads;
            threads.emplace_back([&](const std::stop_token& stop) { witness.watch(stop, address); });
            for (unsigned i = 0; i < kDroppers; ++i)
                threads.emplace_back([=](const std::stop_token& stop) { dropCalls(stop, address, i); });
            const double seconds = soakSeconds();
            QElapsedTimer time;
            for (time.start(); static_cast<double>(time.elapsed()) < seconds * 1000;) {
                programs.turn();
                QTest::qWait(100);
                malloc_trim(0); // how much is free in which thread's arena says nothing
                if (static_cast<double>(time.elapsed()) > seconds * 500)
                    memory.push_back(metrics::sampleProcess({}).residentBytes);
            }
            deaths = programs.deaths();
        }
        QVERIFY2(witness.problem.empty(), witness.problem.c_str());
        QVERIFY(witness.sessions > 0 && witness.mouths > 0); // nothing but refusals would prove nothing
        QVERIFY(deaths > 0);

        // No call is stuck and no frame of a dead caller is computed any more.
        QTRY_COMPARE_WITH_TIMEOUT(fixture.server().counts().openCalls, std::size_t{0}, 30'000);
        QTRY_COMPARE(fixture.service().pool().snapshot().outstanding, std::size_t{0});

        const auto quarter = static_cast<std::ptrdiff_t>(memory.size() / 2);
        const auto before = median({memory.begin(), memory.begin() + quarter});
        const auto after = median({memory.begin() + quarter, memory.end()});
        constexpr std::uint64_t kNoise = std::uint64_t{12} << 20;
        QVERIFY2(after <= before + std::max(kNoise, before / 50),
                 qPrintable(QString("%1 MB grew to %2 MB").arg(before >> 20).arg(after >> 20)));
        std::uint64_t ended = 0;
        for (const auto& method : fixture.server().counts().methods)
            ended += method.succeeded + method.failed;
        qInfo(
            "%d programs killed, %llu calls ended; the witness had %d sessions, %d mouths, %d refusals; %llu MB, then "
            "%llu MB",
            deaths, static_cast<unsigned long long>(ended), witness.sessions.load(), witness.mouths.load(),
            witness.refused.load(), static_cast<unsigned long long>(before >> 20),
            static_cast<unsigned long long>(after >> 20));
    }

private:
    QTemporaryDir m_temporary;
};

int main(int argc, char** argv)
{
    // Qt Test ends a function after five minutes.
    constexpr double kAround = 300;
    if (!qEnvironmentVariableIsSet("QTEST_FUNCTION_TIMEOUT"))
        qputenv("QTEST_FUNCTION_TIMEOUT", QByteArray::number(static_cast<qint64>(1000 * (soakSeconds() + kAround))));
    QCoreApplication application(argc, argv);
    SoakTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "soak_test.moc"
