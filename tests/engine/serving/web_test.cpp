// SPDX-License-Identifier: GPL-3.0-or-later
// The server for browsers: the seed system's messages over WebSockets, who may ask, limits, hostile frames, draining.
// Workers are scripted, so that a frame takes as long as a test wants.

#include "serving_fixture.h"
#include "web_client.h"

#include "serving/audio_chunks.h"
#include "serving/picture_bytes.h"

#include <cstring>
#include <fstream>
#include <future>

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>
#include <opencv2/imgcodecs.hpp>

using namespace lipsync;
using test::WebClient;

namespace {

constexpr int kGoingAway = 1001, kProtocolError = 1002, kBadPayload = 1007, kNotAllowed = 1008, kTooBig = 1009;
constexpr std::size_t kSoundSamples = 16 * serving::kChunkSamples;
constexpr const char* kToken = "a-token-of-a-test";

template <typename Number> std::string bytesOf(Number number)
{
    return {reinterpret_cast<const char*>(&number), sizeof number};
}

std::string binaryRequest(const std::string& avatar, std::uint32_t frame, const std::string& sound = {})
{
    return bytesOf(static_cast<std::uint32_t>(avatar.size())) + avatar + bytesOf(frame) +
        bytesOf(static_cast<std::uint32_t>(sound.size())) + sound;
}

std::string compactRequest(const std::string& avatar, std::int32_t frame)
{
    return static_cast<char>(avatar.size()) + avatar + bytesOf(frame);
}

template <typename Number> Number numberAt(const std::string& bytes, std::size_t at)
{
    Number number{};
    if (at + sizeof number <= bytes.size())
        std::memcpy(&number, bytes.data() + at, sizeof number);
    return number;
}

/// A binary answer: a mouth, or why there is none.
struct BinaryAnswer {
    int success = -1; ///< −1: it is no such answer
    std::uint32_t frame = 0, milliseconds = 0;
    std::string content; ///< JPEG or sentence
    std::vector<float> bounds;
};

BinaryAnswer parseAnswer(const std::string& bytes)
{
    constexpr std::size_t kContentAt = 13;
    BinaryAnswer answer{
        bytes.empty() ? -1 : bytes[0], numberAt<std::uint32_t>(bytes, 1), numberAt<std::uint32_t>(bytes, 5), {}, {}};
    const auto size = numberAt<std::uint32_t>(bytes, 9);
    if (kContentAt + size > bytes.size())
        return {};
    answer.content = bytes.substr(kContentAt, size);
    auto at = kContentAt + size;
    if (answer.success == 1) {
        const auto boundsBytes = numberAt<std::uint32_t>(bytes, at);
        at += sizeof boundsBytes;
        for (std::uint32_t i = 0; i < boundsBytes / sizeof(float); ++i, at += sizeof(float))
            answer.bounds.push_back(numberAt<float>(bytes, at));
    }
    return at == bytes.size() ? answer : BinaryAnswer{};
}

/// The level that a scripted mouth is filled with, its template frame's number; −1 when it is no picture of that size.
int levelOf(const std::string& jpeg)
{
    const auto picture = cv::imdecode(std::vector<std::uint8_t>(jpeg.begin(), jpeg.end()), cv::IMREAD_COLOR);
    return picture.rows == test::kFixturePicture && picture.cols == test::kFixturePicture
        ? picture.at<cv::Vec3b>(80, 80)[0]
        : -1;
}

QJsonObject askJson(WebClient& client, const std::string& text)
{
    client.sendText(text);
    const auto answer = client.receiveAnswer();
    return answer && !answer->isBinary ? QJsonDocument::fromJson(QByteArray::fromStdString(answer->bytes)).object()
                                       : QJsonObject();
}

BinaryAnswer askBinary(WebClient& client, const std::string& bytes)
{
    client.sendBinary(bytes);
    const auto answer = client.receiveAnswer();
    return answer && answer->isBinary ? parseAnswer(answer->bytes) : BinaryAnswer{};
}

/// A frame of the WebSocket protocol as a client sends it.
std::string frameOf(std::uint8_t opcode, const std::string& payload, bool isFinal = true, bool isMasked = true)
{
    constexpr std::uint8_t kFinal = 0x80, kMasked = 0x80, kSixteenBits = 126;
    std::string bytes{static_cast<char>((isFinal ? kFinal : 0) | opcode)};
    const std::uint8_t mask = isMasked ? kMasked : 0;
    if (payload.size() < kSixteenBits) {
        bytes += static_cast<char>(mask | payload.size());
    } else {
        bytes += static_cast<char>(mask | kSixteenBits);
        bytes += static_cast<char>(payload.size() >> 8);
        bytes += static_cast<char>(payload.size() & 0xff);
    }
    if (isMasked)
        bytes += std::string(4, '\0');
    return bytes + payload;
}

} // namespace

class WebTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_library = std::filesystem::path(m_temporary.path().toStdString()) / "library";
        QVERIFY(test::makeLibrary(m_library).has_value());
    }

    void aBinaryRequestIsAnsweredAsTheSeedSystemDoes()
    {
        auto fixture = started();
        WebClient client(addressOf(*fixture));
        QVERIFY(client.isOpen());
        const auto answer = askBinary(client, binaryRequest("speaker", 7));
        QCOMPARE(answer.success, 1);
        QCOMPARE(answer.frame, 7U);
        QCOMPARE(levelOf(answer.content), 7);
        const auto avatar = fixture->server().shelf().find("speaker");
        const auto bounds = serving::mouthBounds(**avatar, 7);
        QCOMPARE(answer.bounds, std::vector<float>(bounds.begin(), bounds.end()));
    }

    void theSoundThatComesWithAFrameIsHeard()
    {
        auto fixture = started();
        WebClient client(addressOf(*fixture));
        QCOMPARE(askBinary(client, binaryRequest("speaker", 3, std::string(2 * kSoundSamples, '\1'))).success, 1);
        QCOMPARE(askBinary(client, binaryRequest("silent", 3, std::string(4 * kSoundSamples, '\0'))).success, 1);
        const auto refused = askBinary(client, binaryRequest("speaker", 3, "too short"));
        QCOMPARE(refused.success, 0);
        QVERIFY2(refused.content.find("20480 bytes of 16-bit") != std::string::npos, refused.content.c_str());
    }

    void theProxysShortRequestIsAnsweredByABareJpeg()
    {
        auto fixture = started();
        WebClient client(addressOf(*fixture));
        client.sendBinary(compactRequest("speaker", 5));
        auto answer = client.receive();
        QVERIFY(answer && answer->isBinary);
        QCOMPARE(levelOf(answer->bytes), 5);
        client.sendBinary(compactRequest("nobody", 5));
        answer = client.receive();
        QVERIFY(answer && answer->isBinary);
        QVERIFY(answer->bytes.empty());
    }

    void jsonRequestsAreAnswered()
    {
        auto fixture = started();
        WebClient client(addressOf(*fixture));
        const auto mouth = askJson(client, R"({"type":"inference","model_name":"speaker","frame_id":4})");
        QVERIFY(mouth["success"].toBool());
        QCOMPARE(mouth["model_name"].toString(), QStringLiteral("speaker"));
        QCOMPARE(mouth["frame_id"].toInt(), 4);
        QCOMPARE(mouth["bounds"].toArray().size(), 4);
        QCOMPARE(mouth["prediction_shape"].toString(), QStringLiteral("(160, 160, 3)"));
        QVERIFY(mouth["processing_time_ms"].toDouble() > 0);
        QCOMPARE(levelOf(QByteArray::fromBase64(mouth["prediction_data"].toString().toLatin1()).toStdString()), 4);

        const auto models = askJson(client, R"({"type":"get_models"})");
        QCOMPARE(models["type"].toString(), QStringLiteral("models"));
        QCOMPARE(models["models"].toObject()["loaded_models"].toArray().size(), 2);
        const auto list = askJson(client, R"({"type":"list_models"})");
        QCOMPARE(list["type"].toString(), QStringLiteral("model_list"));
        QCOMPARE(list["models"].toArray(), QJsonArray({"silent", "speaker"}));
        QCOMPARE(list["count"].toInt(), 2);

        const auto metadata = askJson(client, R"({"type":"get_metadata","model_name":"speaker"})");
        QCOMPARE(metadata["type"].toString(), QStringLiteral("metadata"));
        QVERIFY(metadata["success"].toBool());
        QCOMPARE(metadata["frame_count"].toInt(), test::kFixtureFrames);
        QCOMPARE(metadata["available_videos"].toArray().size(), 4);
        QVERIFY(metadata["has_sound"].toBool());
        QCOMPARE(metadata["width"].toInt(), 96);

        const auto model = askJson(client, R"({"type":"get_model_stats","model_name":"speaker"})");
        QCOMPARE(model["type"].toString(), QStringLiteral("model_stats"));
        QCOMPARE(model["stats"].toObject()["total_requests"].toInt(), 1);
        QCOMPARE(model["stats"].toObject()["device"].toString(), QStringLiteral("cpu"));

        QCOMPARE(askJson(client, R"({"type":"switch_to_binary"})")["type"].toString(), QStringLiteral("protocol_info"));
        QCOMPARE(askJson(client, R"({"type":"test_binary"})")["type"].toString(), QStringLiteral("protocol_ack"));

        QCOMPARE(askBinary(client, binaryRequest("speaker", 0)).success, 1);
        client.sendText(R"({"type":"get_stats"})");
        const auto answer = client.receive();
        const auto statistics = QJsonDocument::fromJson(QByteArray::fromStdString(answer->bytes)).object();
        QCOMPARE(statistics["binary_requests"].toInt(), 1);
        QCOMPARE(statistics["json_requests"].toInt(), 7);
        QCOMPARE(statistics["total_requests"].toInt(), 8);
        QCOMPARE(statistics["connected_clients"].toInt(), 1);
    }

    void aPictureOfTheTemplateComesAsTheProxySendsIt()
    {
        auto fixture = started();
        WebClient client(addressOf(*fixture));
        client.sendText(
            R"({"type":"get_video_frame","model_name":"speaker","frame_id":2,"video_type":"full_body_img"})");
        const auto answer = client.receiveAnswer();
        QVERIFY(answer && answer->isBinary);
        const std::string head = std::string(1, '\2') + bytesOf(std::uint32_t{2}) + char(13) + "full_body_img";
        QVERIFY(answer->bytes.starts_with(head));
        const auto jpeg = answer->bytes.substr(head.size() + 4);
        QCOMPARE(numberAt<std::uint32_t>(answer->bytes, head.size()), std::uint32_t(jpeg.size()));
        const auto picture = cv::imdecode(std::vector<std::uint8_t>(jpeg.begin(), jpeg.end()), cv::IMREAD_COLOR);
        QCOMPARE(picture.cols, 96);
        const auto refused = askJson(client, R"({"type":"get_video_frame","model_name":"speaker","frame_id":99})");
        QCOMPARE(refused["type"].toString(), QStringLiteral("video_frame"));
        QVERIFY(refused["error"].toString().contains(QStringLiteral("0 to 11")));
    }

    void aBadMessageIsAnsweredAndTheConnectionLives_data()
    {
        QTest::addColumn<QByteArray>("message");
        QTest::addColumn<bool>("isBinary");
        QTest::addColumn<QString>("words");
        const auto row = [](const char* name, const std::string& bytes, bool isBinary, const char* words) {
            QTest::newRow(name) << QByteArray::fromStdString(bytes) << isBinary << QString::fromLatin1(words);
        };
        const auto whole = binaryRequest("speaker", 1, "sound");
        row("empty", "", true, "does not have the length");
        row("cut", whole.substr(0, whole.size() - 1), true, "does not have the length");
        row("too long", whole + "x", true, "does not have the length");
        row("a huge name", bytesOf(std::uint32_t{0xffffffff}), true, "1 to 255 bytes");
        row("a huge sound", bytesOf(std::uint32_t{1}) + "a" + bytesOf(std::uint64_t{0xffffffff00000000}), true,
            "does not have the length");
        row("nobody", binaryRequest("nobody", 1), true, "no avatar 'nobody'");
        row("a path", binaryRequest("../../etc", 1), true, "no avatar");
        row("no such frame", binaryRequest("speaker", 12), true, "0 to 11, not 12");
        row("no such frame at all", binaryRequest("speaker", 0xffffffff), true, "0 to 11, not 4294967295");
        row("no sound", binaryRequest("silent", 1), true, "send sound");
        row("no JSON", "hello", false, "no JSON object");
        row("an array", "[1,2]", false, "no JSON object");
        row("deep", std::string(100'000, '['), false, "no JSON object");
        row("unknown type", R"({"type":"dance"})", false, "'dance'");
        row("type no text", R"({"type":5})", false, "'type' is to be a text");
        row("frame no number", R"({"model_name":"speaker","frame_id":"1"})", false, "whole number");
        row("frame too large", R"({"model_name":"speaker","frame_id":99999999999999999999})", false, "whole number");
        row("frame negative", R"({"model_name":"speaker","frame_id":-1})", false, "whole number");
        row("no base64", R"({"model_name":"speaker","audio_override":"???"})", false, "no base64");
        row("JSON nobody", R"({"type":"get_metadata","model_name":"nobody"})", false, "no avatar 'nobody'");
    }
    void aBadMessageIsAnsweredAndTheConnectionLives()
    {
        QFETCH(const QByteArray, message);
        QFETCH(const bool, isBinary);
        QFETCH(const QString, words);
        if (!m_shared)
            m_shared = started();
        WebClient client(addressOf(*m_shared));
        QString sentence;
        if (isBinary) {
            const auto answer = askBinary(client, message.toStdString());
            QCOMPARE(answer.success, 0);
            QCOMPARE(answer.frame, 0U);
            sentence = QString::fromStdString(answer.content);
        } else {
            const auto answer = askJson(client, message.toStdString());
            QVERIFY(answer.contains(QStringLiteral("success")));
            QVERIFY(!answer["success"].toBool());
            sentence = answer["error"].toString();
        }
        QVERIFY2(sentence.contains(words), qPrintable(sentence));
        QCOMPARE(askBinary(client, binaryRequest("speaker", 1)).success, 1);
    }

    void answersKeepTheOrderOfTheirRequests()
    {
        auto fixture = started();
        fixture->script().close();
        WebClient client(addressOf(*fixture));
        constexpr int kRounds = 8;
        for (int i = 0; i < kRounds; ++i) {
            QVERIFY(client.sendBinary(binaryRequest("speaker", i)));
            QVERIFY(client.sendText(R"({"type":"list_models"})"));
            QVERIFY(client.sendBinary(binaryRequest("nobody", i)));
        }
        fixture->script().waitUntilSomeoneWaits();
        fixture->script().open();
        for (int i = 0; i < kRounds; ++i) {
            const auto mouth = client.receiveAnswer(), list = client.receiveAnswer(), refused = client.receiveAnswer();
            QVERIFY(mouth && list && refused);
            QCOMPARE(parseAnswer(mouth->bytes).frame, std::uint32_t(i));
            QCOMPARE(levelOf(parseAnswer(mouth->bytes).content), i);
            QVERIFY(!list->isBinary);
            QCOMPARE(parseAnswer(refused->bytes).success, 0);
        }
    }

    void framesThatBreakTheProtocolEndTheConnection_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("code");
        const auto row = [](const char* name, const std::string& bytes, int code) {
            QTest::newRow(name) << QByteArray::fromStdString(bytes) << code;
        };
        constexpr std::uint8_t kContinuation = 0, kText = 1, kBinary = 2, kReserved = 3, kClose = 8, kPing = 9;
        row("no mask", frameOf(kBinary, binaryRequest("speaker", 1), true, false), kProtocolError);
        row("reserved opcode", frameOf(kReserved, "x"), kProtocolError);
        row("reserved control opcode", frameOf(11, "x"), kProtocolError);
        row("reserved bits", frameOf(0x70 | kText, "x"), kProtocolError);
        row("bad UTF-8", frameOf(kText, "{\"type\":\"\xc3\x28\"}"), kBadPayload);
        row("half a character", frameOf(kText, "\xe2\x82"), kBadPayload);
        row("fragmented ping", frameOf(kPing, "x", false), kProtocolError);
        row("large ping", frameOf(kPing, std::string(126, 'x')), kProtocolError);
        row("continues nothing", frameOf(kContinuation, "x"), kProtocolError);
        row("two at a time", frameOf(kText, "{", false) + frameOf(kText, "}"), kProtocolError);
        row("close of one byte", frameOf(kClose, "x"), kProtocolError);
        row("too large",
            std::string("\x82\xff") + std::string(1, 0) + std::string(2, 0) + std::string("\x7f") + std::string(4, 0) +
                std::string(4, 0),
            kTooBig);
        row("larger than anything", std::string("\x82\xff\x7f") + std::string(7, '\xff') + std::string(4, 0), kTooBig);
    }
    void framesThatBreakTheProtocolEndTheConnection()
    {
        QFETCH(const QByteArray, bytes);
        QFETCH(const int, code);
        if (!m_shared)
            m_shared = started();
        QTRY_COMPARE(m_shared->server().counts().openCalls, std::size_t{0}); // those of the row before are over
        const auto before = m_shared->calls().size();
        WebClient client(addressOf(*m_shared));
        QVERIFY(client.sendRaw(bytes.toStdString()));
        QVERIFY(!client.receive());
        QCOMPARE(client.closeCode(), code);
        QTRY_VERIFY(m_shared->calls().size() > before);
        QCOMPARE(statusOfLastCall(*m_shared), std::string("bad_request"));
        WebClient next(addressOf(*m_shared));
        QCOMPARE(askBinary(next, binaryRequest("speaker", 1)).success, 1);
    }

    void aMessageMayComeInPieces()
    {
        auto fixture = started();
        WebClient client(addressOf(*fixture));
        const auto request = binaryRequest("speaker", 9);
        std::string frames = frameOf(2, request.substr(0, 3), false) + frameOf(0, {}, false) + frameOf(9, "ping");
        for (std::size_t i = 3; i < request.size(); ++i)
            frames += frameOf(0, request.substr(i, 1), i + 1 == request.size());
        for (const char byte : frames)
            QVERIFY(client.sendRaw({&byte, 1}));
        const auto answer = client.receive();
        QVERIFY(answer);
        QCOMPARE(levelOf(parseAnswer(answer->bytes).content), 9);
    }

    void whoDoesNotReadIsDropped()
    {
        auto fixture = started([](serving::ServerOptions& options) {
            options.gate.writePatience = std::chrono::milliseconds(300);
            options.calls.mostStreamed = 4096;
            options.web.calls.mostUnwrittenBytes = std::size_t{64} << 20;
        });
        WebClient::Options narrow;
        narrow.receiveBufferBytes = 4096;
        WebClient slow(addressOf(*fixture), narrow);
        constexpr const char* kLarge = R"({"type":"inference","model_name":"speaker","frame_id":3})";
        // More than the buffers of both kernels take; in the end the server reads no further request, either.
        for (int i = 0; i < 100'000 && slow.sendText(kLarge); ++i) {
            if (fixture->server().counts().openCalls == 0)
                break;
        }
        QTRY_COMPARE(fixture->server().counts().openCalls, std::size_t{0});
        QCOMPARE(statusOfLastCall(*fixture), std::string("cancelled"));
        WebClient next(addressOf(*fixture));
        QCOMPARE(askBinary(next, binaryRequest("speaker", 1)).success, 1);
    }

    void onlySoMuchIsTakenOnAtATime()
    {
        auto fixture = started([](serving::ServerOptions& options) {
            options.gate.mostCalls = 1;
            options.gate.mostBytes = 100;
        });
        WebClient first(addressOf(*fixture));
        QCOMPARE(askBinary(first, binaryRequest("speaker", 1)).success, 1);
        WebClient second(addressOf(*fixture));
        QVERIFY(!second.isOpen());
        QCOMPARE(second.refusal(), 503);
        const auto refused =
            askJson(first, "{\"type\":\"list_models\",\"model_name\":\"" + std::string(100, 'x') + "\"}");
        QCOMPARE(refused["code"].toString(), QStringLiteral("overloaded"));
        QVERIFY(refused["retry_after_ms"].toInt() > 0);
        first.close();
        QTRY_COMPARE(fixture->server().counts().openCalls, std::size_t{0});
        WebClient third(addressOf(*fixture));
        QVERIFY(third.isOpen());
    }

    void pagesOfOtherServersMayNotAsk_data()
    {
        QTest::addColumn<QString>("host");
        QTest::addColumn<QString>("origin");
        QTest::addColumn<bool>("may");
        QTest::newRow("a program") << ""
                                   << "" << true;
        QTest::newRow("our page") << "localhost:80"
                                  << "http://localhost:80" << true;
        QTest::newRow("our page, in capitals") << "LocalHost"
                                               << "HTTP://localhost" << true;
        QTest::newRow("another page") << "localhost:80"
                                      << "http://example.com" << false;
        QTest::newRow("another port") << "localhost:80"
                                      << "http://localhost:81" << false;
        QTest::newRow("a name that was changed to ours") << "evil.example:80"
                                                         << "http://evil.example:80" << false;
        QTest::newRow("a file") << "localhost:80"
                                << "null" << false;
        QTest::newRow("nonsense") << "localhost:80"
                                  << "localhost:80" << false;
        QTest::newRow("a page that was allowed") << "localhost:80"
                                                 << "https://friend.example" << true;
    }
    void pagesOfOtherServersMayNotAsk()
    {
        QFETCH(const QString, host);
        QFETCH(const QString, origin);
        QFETCH(const bool, may);
        auto fixture =
            started([](serving::ServerOptions& options) { options.web.origins = {"https://friend.example"}; });
        WebClient::Options options;
        if (!host.isEmpty())
            options.headers["Host"] = host.toStdString();
        if (!origin.isEmpty())
            options.headers["Origin"] = origin.toStdString();
        WebClient client(addressOf(*fixture), options);
        QCOMPARE(client.isOpen(), may);
        if (!may)
            QCOMPARE(client.refusal(), 403);
    }

    void aTokenIsAskedFor()
    {
        const auto tokens = std::filesystem::path(m_temporary.path().toStdString()) / "tokens";
        std::ofstream(tokens) << kToken << '\n';
        std::filesystem::permissions(tokens, std::filesystem::perms::owner_read);
        auto fixture = started([&](serving::ServerOptions& options) { options.tokenFile = tokens; });
        const auto address = addressOf(*fixture);
        const auto open = [&](const std::string& target, const std::map<std::string, std::string>& headers) {
            return std::make_unique<WebClient>(address, WebClient::Options{target, headers});
        };
        const auto isServed = [](WebClient& client) {
            return client.isOpen() && askBinary(client, binaryRequest("speaker", 1)).success == 1;
        };
        QVERIFY(isServed(*open("/ws", {{"Authorization", std::string("Bearer ") + kToken}})));
        QVERIFY(isServed(*open("/ws", {{"lipsync-token", kToken}})));
        QVERIFY(isServed(*open("/ws?a=b&token=a%2dtoken-of-a-test", {})));
        QCOMPARE(open("/ws?token=another-one", {})->refusal(), 401);
        QCOMPARE(open("/ws", {{"Authorization", "Bearer another-one"}})->refusal(), 401);

        const auto first = open("/ws", {});
        QCOMPARE(
            askJson(*first, std::string("{\"type\":\"authorize\",\"token\":\"") + kToken + "\"}")["type"].toString(),
            QStringLiteral("authorized"));
        QVERIFY(isServed(*first));

        for (const std::string word : {R"({"type":"authorize","token":"another-one"})", R"({"type":"list_models"})"}) {
            const auto wrong = open("/ws", {});
            QCOMPARE(askJson(*wrong, word)["code"].toString(), QStringLiteral("no_token"));
            QVERIFY(!wrong->receive());
            QCOMPARE(wrong->closeCode(), kNotAllowed);
        }
        const auto large = open("/ws", {});
        QVERIFY(large->sendBinary(std::string(10'000, 'x')));
        QVERIFY(!large->receive());
        QCOMPARE(large->closeCode(), kTooBig);
        QCOMPARE(test::askHttp(address, "GET", "/health").status, 200); // for who balances load
        QCOMPARE(test::askHttp(address, "GET", "/").status, 200); // it asks for the token
    }

    void whoShowsNoTokenIsSentAway()
    {
        const auto tokens = std::filesystem::path(m_temporary.path().toStdString()) / "more-tokens";
        std::ofstream(tokens) << kToken << '\n';
        std::filesystem::permissions(tokens, std::filesystem::perms::owner_read);
        auto fixture = started([&](serving::ServerOptions& options) {
            options.tokenFile = tokens;
            options.web.statisticsInterval = std::chrono::milliseconds(20);
            options.web.calls.tokenPatience = std::chrono::milliseconds(50);
        });
        WebClient silent(addressOf(*fixture));
        QVERIFY(silent.isOpen());
        QVERIFY(!silent.receive());
        QCOMPARE(silent.closeCode(), kNotAllowed);
    }

    void anAddressOpenToTheNetworkNeedsTokens()
    {
        test::ServingFixture fixture(m_library, test::Boundary::Scripted,
                                     [](serving::ServerOptions& options) { options.web.listen = "0.0.0.0:0"; });
        QVERIFY2(fixture.problem().find("give a token file") != std::string::npos, fixture.problem().c_str());
        auto first = started();
        test::ServingFixture second(m_library, test::Boundary::Scripted,
                                    [&](serving::ServerOptions& options) { options.web.listen = addressOf(*first); });
        QVERIFY2(second.problem().find("another program has the port") != std::string::npos, second.problem().c_str());
    }

    void statisticsArePushedAndTheIdleSentAway()
    {
        auto fixture = started([](serving::ServerOptions& options) {
            options.web.statisticsInterval = std::chrono::milliseconds(20);
            options.gate.idlePatience = std::chrono::milliseconds(300);
        });
        WebClient client(addressOf(*fixture));
        QCOMPARE(askBinary(client, binaryRequest("speaker", 1)).success, 1);
        const auto pushed = client.receive();
        QVERIFY(pushed && !pushed->isBinary);
        const auto statistics = QJsonDocument::fromJson(QByteArray::fromStdString(pushed->bytes)).object();
        QCOMPARE(statistics["type"].toString(), QStringLiteral("stats"));
        QCOMPARE(statistics["binary_requests"].toInt(), 1);
        while (client.receive()) { }
        QCOMPARE(client.closeCode(), kGoingAway);
    }

    void healthSaysWhatTheWorkersAre()
    {
        auto fixture = started();
        const auto isHealthy = [&] { return test::askHttp(addressOf(*fixture), "GET", "/health").status == 200; };
        QTRY_VERIFY(isHealthy());
        auto answer = test::askHttp(addressOf(*fixture), "GET", "/health");
        auto health = QJsonDocument::fromJson(QByteArray::fromStdString(answer.body)).object();
        QCOMPARE(QString::fromStdString(answer.headers["content-type"]), QStringLiteral("application/json"));
        QVERIFY(health["healthy"].toBool());
        QCOMPARE(health["total_backends"].toInt(), 1);
        QCOMPARE(health["healthy_count"].toInt(), 1);
        const auto backend = health["backends"].toArray().first().toObject();
        QVERIFY(backend["healthy"].toBool());
        QVERIFY(backend["address"].toString().contains(QStringLiteral("on cpu")));
        QVERIFY(backend.contains(QStringLiteral("total_requests")) && backend.contains(QStringLiteral("error_count")));

        for (const auto& worker : fixture->service().pool().snapshot().workers)
            fixture->service().pool().removeWorker(worker.id);
        QTRY_VERIFY(!isHealthy());
        answer = test::askHttp(addressOf(*fixture), "GET", "/health");
        health = QJsonDocument::fromJson(QByteArray::fromStdString(answer.body)).object();
        QCOMPARE(answer.status, 503);
        QVERIFY(!health["healthy"].toBool(true));
    }

    void thePageIsServedAndNothingElse()
    {
        auto fixture = started();
        const auto address = addressOf(*fixture);
        const auto page = test::askHttp(address, "GET", "/?avatar=speaker");
        QCOMPARE(page.status, 200);
        QVERIFY(page.body.find("<canvas") != std::string::npos);
        QVERIFY(page.headers.at("content-type").starts_with("text/html"));
        QVERIFY(page.headers.at("content-security-policy").find("default-src 'none'") != std::string::npos);
        const auto head = test::askHttp(address, "HEAD", "/");
        QCOMPARE(head.status, 200);
        QCOMPARE(head.headers.at("content-length"), std::to_string(page.body.size()));
        QVERIFY(head.body.empty());
        QCOMPARE(test::askHttp(address, "GET", "/ws").status, 426);
        QCOMPARE(test::askHttp(address, "GET", "/../avatar.json").status, 404);
        QCOMPARE(test::askHttp(address, "POST", "/").status, 405);
        QVERIFY(test::talkRaw(address, "hello\r\n\r\n").starts_with("HTTP/1.1 400"));
        QVERIFY(
            test::talkRaw(address, "GET / HTTP/1.1\r\na: " + std::string(100'000, 'x')).starts_with("HTTP/1.1 400"));
        QVERIFY(
            test::talkRaw(address, "POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n").starts_with("HTTP/1.1 4"));
    }

    void callsAreInTheAccessLog()
    {
        auto fixture = started();
        std::size_t out = 0;
        {
            WebClient client(addressOf(*fixture));
            for (int i = 0; i < 3; ++i) {
                client.sendBinary(binaryRequest("speaker", i));
                out += client.receive().value_or(WebClient::Message{}).bytes.size();
            }
            client.close();
        }
        QTRY_COMPARE(fixture->calls().size(), std::size_t{1});
        const auto record = fixture->calls().front();
        QCOMPARE(record.method, std::string("GET /ws"));
        QCOMPARE(record.avatar, std::string("speaker"));
        QVERIFY(!record.fault.has_value());
        QCOMPARE(record.frames, std::uint64_t{3});
        QCOMPARE(record.bytesIn, std::uint64_t{3 * binaryRequest("speaker", 0).size()});
        QCOMPARE(record.bytesOut, std::uint64_t{out});
        QVERIFY(record.peer.starts_with("ipv4:127.0.0.1:"));
    }

    void aStopFinishesWhatWasAskedFor()
    {
        auto fixture = started();
        fixture->script().close();
        WebClient busy(addressOf(*fixture)), idle(addressOf(*fixture));
        for (int i = 0; i < 3; ++i)
            QVERIFY(busy.sendBinary(binaryRequest("speaker", i)));
        fixture->script().waitUntilSomeoneWaits();
        QTRY_COMPARE(fixture->service().pool().snapshot().outstanding, std::size_t{3});
        auto stopped = std::async(std::launch::async, [&] { fixture->server().stop(); });
        while (idle.receive()) { }
        QCOMPARE(idle.closeCode(), kGoingAway);
        QCOMPARE(test::askHttp(addressOf(*fixture), "GET", "/health").status, 503);
        QCOMPARE(WebClient(addressOf(*fixture)).refusal(), 503);
        fixture->script().open();
        for (int i = 0; i < 3; ++i) {
            const auto answer = busy.receiveAnswer();
            QVERIFY(answer);
            QCOMPARE(levelOf(parseAnswer(answer->bytes).content), i);
        }
        while (busy.receive()) { }
        QCOMPARE(busy.closeCode(), kGoingAway);
        stopped.get();
        QCOMPARE(test::askHttp(addressOf(*fixture), "GET", "/health").status, 0);
    }

    void aStopDropsWhoTakesTooLong()
    {
        auto fixture =
            started([](serving::ServerOptions& options) { options.longestDrain = std::chrono::milliseconds(100); });
        fixture->script().close();
        WebClient client(addressOf(*fixture));
        QVERIFY(client.sendBinary(binaryRequest("speaker", 1)));
        fixture->script().waitUntilSomeoneWaits();
        fixture->server().stop();
        QVERIFY(!client.receive());
        QCOMPARE(statusOfLastCall(*fixture), std::string("cancelled"));
    }

    void startingAndStoppingLeavesNothingBehind()
    {
        auto fixture = started();
        fixture->server().stop();
        int descriptors = 0;
        constexpr int kRounds = 20;
        for (int round = 0; round < kRounds; ++round) {
            serving::ServerOptions options;
            options.listen = "127.0.0.1:0";
            options.web.listen = "127.0.0.1:0";
            options.libraries = {m_library};
            options.loadsAll = false;
            auto server = serving::Server::start(fixture->service(), options, {});
            QVERIFY2(server.has_value(), server ? "" : server.error().text().c_str());
            WebClient client((*server)->webAddress());
            QVERIFY(client.isOpen());
            QVERIFY(client.sendBinary(binaryRequest("speaker", 1)));
            auto stopped = std::async(std::launch::async, [&] { (*server)->stop(); });
            while (client.receive()) { }
            stopped.get();
            if (round == kRounds / 3)
                descriptors = test::openDescriptors();
        }
        QVERIFY(test::openDescriptors() <= descriptors + 2);
    }

private:
    std::unique_ptr<test::ServingFixture> started(const std::function<void(serving::ServerOptions&)>& change = {})
    {
        auto fixture = std::make_unique<test::ServingFixture>(m_library, test::Boundary::Scripted,
                                                              [&](serving::ServerOptions& options) {
                                                                  options.web.listen = "127.0.0.1:0";
                                                                  if (change)
                                                                      change(options);
                                                              });
        if (fixture->problem().empty()) {
            fixture->waitFor("speaker");
            fixture->waitFor("silent");
        }
        return fixture;
    }
    static std::string statusOfLastCall(const test::ServingFixture& fixture)
    {
        const auto fault = fixture.calls().back().fault;
        return fault ? std::string(toString(*fault)) : "ok";
    }
    static std::string addressOf(test::ServingFixture& fixture) { return fixture.server().webAddress(); }

    QTemporaryDir m_temporary;
    std::filesystem::path m_library;
    std::unique_ptr<test::ServingFixture> m_shared; ///< of rows that leave it as it was
};

QTEST_GUILESS_MAIN(WebTest)
#include "web_test.moc"
