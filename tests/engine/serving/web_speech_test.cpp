// SPDX-License-Identifier: GPL-3.0-or-later
// Speaking sessions over a WebSocket of a real server on loopback: sound in, frames with numbers and times out. Workers
// are scripted, so that a frame takes as long as a test wants.

#include "audio/feature_track.h"
#include "serving_fixture.h"
#include "web_client.h"

#include "engine/media/sample_media.h"

#include <cstring>
#include <fstream>
#include <future>

#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>
#include <opencv2/imgcodecs.hpp>

using namespace lipsync;
using test::WebClient;

namespace {

constexpr int kNormal = 1000, kGoingAway = 1001, kNotAllowed = 1008;
constexpr int kNarrow = 4096; ///< bytes that a client's kernel takes before it is read
constexpr int kSide = 96; ///< of the fixture's frames
constexpr std::size_t kSecond = 16000; ///< samples
constexpr std::size_t kPiece = 1600;
constexpr int kFrameMicroseconds = 40000; ///< of 25 frames a second
constexpr const char* kOpen = R"({"type":"open","avatar":"silent"})";
constexpr const char* kFinish = R"({"type":"finish"})";
constexpr const char* kToken = "a-token-of-a-test";

template <typename Number> Number numberAt(const std::string& bytes, std::size_t at)
{
    Number number{};
    if (at + sizeof number <= bytes.size())
        std::memcpy(&number, bytes.data() + at, sizeof number);
    return number;
}

/// A message from the server: a frame, or a word as JSON.
struct Said {
    QJsonObject word;
    std::int64_t number = -1, timeUs = -1; ///< of a frame
    std::uint32_t utterance = 0;
    std::array<std::int32_t, 4> bounds{};
    std::string jpeg;

    QString type() const { return word["type"].toString(); }
    bool isFrame() const { return number >= 0; }
    cv::Mat picture() const
    {
        return cv::imdecode(std::vector<std::uint8_t>(jpeg.begin(), jpeg.end()), cv::IMREAD_COLOR);
    }
};

Said parse(const WebClient::Message& message)
{
    constexpr std::size_t kHead = 41;
    constexpr char kIsSpokenFrame = 3;
    Said said;
    const auto& bytes = message.bytes;
    if (!message.isBinary) {
        said.word = QJsonDocument::fromJson(QByteArray::fromStdString(bytes)).object();
    } else if (bytes.size() >= kHead && bytes[0] == kIsSpokenFrame &&
               numberAt<std::uint32_t>(bytes, kHead - 4) == bytes.size() - kHead) {
        said.number = numberAt<std::int64_t>(bytes, 1);
        said.timeUs = numberAt<std::int64_t>(bytes, 9);
        said.utterance = numberAt<std::uint32_t>(bytes, 17);
        for (std::size_t i = 0; i < said.bounds.size(); ++i)
            said.bounds[i] = numberAt<std::int32_t>(bytes, 21 + 4 * i);
        said.jpeg = bytes.substr(kHead);
    }
    return said;
}

/// The next message; empty when the connection has ended.
std::optional<Said> hear(WebClient& client)
{
    const auto message = client.receive();
    return message ? std::optional(parse(*message)) : std::nullopt;
}

/// All that follows, to the end of the connection.
std::vector<Said> hearAll(WebClient& client)
{
    std::vector<Said> all;
    while (auto said = hear(client))
        all.push_back(std::move(*said));
    return all;
}

std::string int16Of(const std::vector<float>& samples)
{
    std::string bytes;
    for (const float sample : samples) {
        const auto number = static_cast<std::int16_t>(sample * 32767);
        bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
    }
    return bytes;
}

/// In pieces; false when the server takes no more.
bool say(WebClient& client, const std::string& sound)
{
    for (std::size_t at = 0; at < sound.size(); at += 2 * kPiece) {
        if (!client.sendBinary(std::string_view(sound).substr(at, 2 * kPiece)))
            return false;
    }
    return true;
}

} // namespace

class WebSpeechTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_library = std::filesystem::path(m_temporary.path().toStdString()) / "library";
        QVERIFY(test::makeLibrary(m_library).has_value());
        m_second = int16Of(media::sample::chirp(kSecond, kSecond, 1.0, 3000));
        m_frames = audio::videoFrameCount(kSecond);
    }

    void soundComesBackAsNumberedFramesWithTimes()
    {
        auto fixture = started();
        const auto client = talk(*fixture);
        QVERIFY(client->sendText(kOpen));
        QVERIFY(say(*client, m_second));
        QVERIFY(client->sendText(kFinish));
        const auto all = hearAll(*client);
        QCOMPARE(client->closeCode(), kNormal);
        QCOMPARE(all.size(), m_frames + 2);
        QCOMPARE(all.front().type(), QStringLiteral("opened"));
        QCOMPARE(all.front().word["width"].toInt(), kSide);
        QCOMPARE(all.front().word["frame_rate_numerator"].toInt(), 25);
        QCOMPARE(all.front().word["frame_rate_denominator"].toInt(), 1);
        QCOMPARE(all.front().word["template_frames"].toInt(), test::kFixtureFrames);
        for (std::size_t i = 0; i < m_frames; ++i) {
            const auto& frame = all[i + 1];
            QCOMPARE(frame.number, static_cast<std::int64_t>(i));
            QCOMPARE(frame.timeUs, static_cast<std::int64_t>(i) * kFrameMicroseconds);
            QCOMPARE(frame.utterance, 0U);
            QCOMPARE(frame.picture().cols, kSide);
            QVERIFY(frame.bounds[0] < frame.bounds[2] && frame.bounds[2] <= kSide);
        }
        QCOMPARE(all.back().type(), QStringLiteral("finished"));
        QVERIFY(all.back().word["success"].toBool());

        QTRY_COMPARE(fixture->calls().size(), std::size_t{1});
        const auto record = fixture->calls().front();
        QCOMPARE(record.method, std::string("GET /speak"));
        QCOMPARE(record.avatar, std::string("silent"));
        QVERIFY(!record.fault.has_value());
        QCOMPARE(record.frames, std::uint64_t{m_frames});
        QVERIFY(record.bytesIn > m_second.size());
    }

    void formatsAreTheCallersChoice()
    {
        auto fixture = started();
        const auto client = talk(*fixture);
        client->sendText(
            R"({"type":"open","avatar":"speaker","sample_format":"float32","mouth_only":true,"jpeg_quality":50})");
        std::string floats(kSecond * sizeof(float), '\0');
        QVERIFY(say(*client, floats));
        client->sendText(kFinish);
        const auto all = hearAll(*client);
        QCOMPARE(all.size(), m_frames + 2);
        QCOMPARE(all.front().word["width"].toInt(), test::kFixturePicture);
        QCOMPARE(all[1].picture().cols, test::kFixturePicture);
    }

    void framesFlowWhileSoundIsStillComing()
    {
        auto fixture = started();
        const auto client = talk(*fixture);
        client->sendText(kOpen);
        QVERIFY(say(*client, m_second));
        constexpr int kHeard = 10;
        for (int frames = 0; frames < kHeard;) { // nobody has said that the sound ends
            const auto said = hear(*client);
            QVERIFY(said);
            frames += said->isFrame();
        }
        client->sendText(kFinish);
        QCOMPARE(hearAll(*client).size(), m_frames - kHeard + 1);
    }

    void anInterruptionForgetsWhatWasNotShown()
    {
        auto fixture = started();
        const auto client = talk(*fixture);
        client->sendText(kOpen);
        fixture->script().close();
        for (int i = 0; i < 5; ++i)
            QVERIFY(say(*client, m_second));
        fixture->script().waitUntilSomeoneWaits();
        client->sendText(R"({"type":"interrupt"})");
        QVERIFY(say(*client, m_second));
        client->sendText(kFinish);
        auto said = hear(*client);
        QVERIFY(said && said->type() == QStringLiteral("opened"));
        said = hear(*client); // nothing was shown before
        QVERIFY(said && said->type() == QStringLiteral("interrupted"));
        QCOMPARE(said->word["utterance"].toInt(), 1);
        fixture->script().open();
        const auto all = hearAll(*client);
        QCOMPARE(all.size(), m_frames + 1);
        for (std::size_t i = 0; i < m_frames; ++i) {
            QCOMPARE(all[i].number, static_cast<std::int64_t>(i));
            QCOMPARE(all[i].timeUs, static_cast<std::int64_t>(i) * kFrameMicroseconds);
            QCOMPARE(all[i].utterance, 1U);
        }
    }

    void whatMakesNoSenseEndsTheSessionWithASentence_data()
    {
        QTest::addColumn<QByteArray>("text"); // said after the session is open, if it is no "open" itself
        QTest::addColumn<QByteArray>("sound");
        QTest::addColumn<QString>("words");
        const auto row = [](const char* name, const char* text, const std::string& sound, const char* words) {
            QTest::newRow(name) << QByteArray(text) << QByteArray::fromStdString(sound) << QString::fromLatin1(words);
        };
        row("no JSON", "hello", "", "no JSON object");
        row("deep", std::string(100'000, '[').c_str(), "", "no JSON object");
        row("an array", "[1]", "", "no JSON object");
        row("unknown", R"({"type":"dance"})", "", "'dance'");
        row("type no text", R"({"type":7})", "", "'type' is to be a text");
        row("of the seed system", R"({"type":"list_models"})", "", "'list_models'");
        row("open twice", kOpen, "", "open already");
        row("half a sample", "", std::string(3, 'x'), "whole samples");
        row("nobody", R"({"type":"open","avatar":"nobody"})", "", "no avatar 'nobody'");
        row("a path", R"({"type":"open","avatar":"../../etc"})", "", "no avatar");
        row("no name", R"({"type":"open"})", "", "no avatar");
        row("a long name", ("{\"type\":\"open\",\"avatar\":\"" + std::string(300, 'x') + "\"}").c_str(), "",
            "may have 255 bytes");
        row("quality", R"({"type":"open","avatar":"silent","jpeg_quality":900})", "", "quality from 1 to 100");
        row("no number", R"({"type":"open","avatar":"silent","jpeg_quality":"best"})", "", "whole number");
        row("no flag", R"({"type":"open","avatar":"silent","mouth_only":1})", "", "true or false");
        row("format", R"({"type":"open","avatar":"silent","sample_format":"mp3"})", "", "'mp3'");
        row("not open", R"({"type":"finish"})", "", "opened before");
        row("sound before it is open", "", std::string(2, 'x'), "opened before");
    }
    void whatMakesNoSenseEndsTheSessionWithASentence()
    {
        QFETCH(const QByteArray, text);
        QFETCH(const QByteArray, sound);
        QFETCH(const QString, words);
        if (!m_shared)
            m_shared = started();
        const auto client = talk(*m_shared);
        const bool opensItself = text.contains("\"open\"") && text != kOpen;
        if (!opensItself && !words.startsWith(QStringLiteral("opened before"))) {
            client->sendText(kOpen);
            QCOMPARE(hear(*client)->type(), QStringLiteral("opened"));
        }
        if (!text.isEmpty())
            client->sendText(text.toStdString());
        else
            client->sendBinary(sound.toStdString());
        const auto said = hear(*client);
        QVERIFY(said);
        QCOMPARE(said->type(), QStringLiteral("error"));
        QVERIFY(!said->word["success"].toBool(true));
        QVERIFY2(said->word["error"].toString().contains(words), qPrintable(said->word["error"].toString()));
        QVERIFY(!hear(*client));
        QCOMPARE(client->closeCode(), kNotAllowed);
    }

    void messagesAreBounded()
    {
        auto fixture = started([](serving::ServerOptions& options) { options.web.calls.mostMessageBytes = 10'000; });
        const auto client = talk(*fixture);
        client->sendText(kOpen);
        QCOMPARE(hear(*client)->type(), QStringLiteral("opened"));
        client->sendBinary(std::string(20'000, '\0'));
        QVERIFY(!hear(*client));
        constexpr int kTooBig = 1009;
        QCOMPARE(client->closeCode(), kTooBig);
    }

    void soundOfAnySizeOfPieceIsTaken()
    {
        auto fixture = started();
        const auto client = talk(*fixture);
        client->sendText(kOpen);
        constexpr std::size_t kTiny = 16; // more pieces than may wait
        for (std::size_t at = 0; at < m_second.size(); at += kTiny)
            QVERIFY(client->sendBinary(std::string_view(m_second).substr(at, kTiny)));
        client->sendText(kFinish);
        QCOMPARE(hearAll(*client).size(), m_frames + 2);
    }

    void whoDoesNotReadIsHeldBackAndDropped()
    {
        auto fixture = startedImpatient();
        WebClient slow(fixture->server().webAddress(), {"/speak", {}, kNarrow});
        slow.sendText(kOpen);
        while (say(slow, m_second)) { } // until the server has dropped it
        QTRY_COMPARE(fixture->server().counts().openCalls, std::size_t{0});
        QVERIFY(fixture->calls().back().fault == serving::FaultKind::Cancelled);
        const auto next = talk(*fixture);
        next->sendText(kOpen);
        QVERIFY(say(*next, m_second));
        next->sendText(kFinish);
        QCOMPARE(hearAll(*next).size(), m_frames + 2);
    }

    void whoInterruptsAndDoesNotReadIsHeldBackToo()
    {
        auto fixture = startedImpatient();
        WebClient slow(fixture->server().webAddress(), {"/speak", {}, kNarrow});
        slow.sendText(kOpen);
        while (slow.sendText(R"({"type":"interrupt"})")) { } // until the server has dropped it
        QTRY_COMPARE(fixture->server().counts().openCalls, std::size_t{0});
    }

    /// So little that it lies in the kernel and no write waits.
    void whoLeavesLittleUnreadIsDroppedToo()
    {
        auto fixture = startedImpatient();
        WebClient slow(fixture->server().webAddress(), {"/speak", {}, kNarrow});
        slow.sendText(kOpen);
        constexpr int kInterrupts = 1000; // about 50 KB of answers
        for (int i = 0; i < kInterrupts; ++i)
            slow.sendText(R"({"type":"interrupt"})");
        QTRY_VERIFY(!fixture->calls().empty()); // of which this has become one by ending
    }

    void aTokenIsAskedFor()
    {
        const auto tokens = std::filesystem::path(m_temporary.path().toStdString()) / "tokens";
        std::ofstream(tokens) << kToken << '\n';
        std::filesystem::permissions(tokens, std::filesystem::perms::owner_read);
        auto fixture = started([&](serving::ServerOptions& options) { options.tokenFile = tokens; });
        const auto stranger = talk(*fixture);
        stranger->sendText(kOpen);
        QCOMPARE(hear(*stranger)->word["code"].toString(), QStringLiteral("no_token"));
        QVERIFY(!hear(*stranger));
        QCOMPARE(stranger->closeCode(), kNotAllowed);
        QCOMPARE(fixture->calls().back().method, std::string("GET /speak"));
        const auto friendly = talk(*fixture);
        friendly->sendText(std::string("{\"type\":\"authorize\",\"token\":\"") + kToken + "\"}");
        friendly->sendText(kOpen); // without waiting for a word
        QCOMPARE(hear(*friendly)->type(), QStringLiteral("authorized"));
        QCOMPARE(hear(*friendly)->type(), QStringLiteral("opened"));
    }

    void pagesOfOtherServersMayNotSpeak()
    {
        auto fixture = started();
        WebClient client(fixture->server().webAddress(), {"/speak", {{"Origin", "http://example.com"}}});
        QVERIFY(!client.isOpen());
        QCOMPARE(client.refusal(), 403);
        QCOMPARE(test::askHttp(fixture->server().webAddress(), "GET", "/speak").status, 426);
    }

    void aStopAnswersWhatWasSaid()
    {
        auto fixture = started();
        fixture->script().close();
        const auto client = talk(*fixture), silent = talk(*fixture);
        client->sendText(kOpen);
        QVERIFY(say(*client, m_second));
        fixture->script().waitUntilSomeoneWaits();
        auto stopped = std::async(std::launch::async, [&] { fixture->server().stop(); });
        QVERIFY(!hear(*silent));
        QCOMPARE(silent->closeCode(), kGoingAway);
        client->sendText(kFinish);
        fixture->script().open();
        const auto all = hearAll(*client);
        stopped.get();
        // How much of the sound the server had heard before, and whether it heard that this was all, is a matter of chance.
        QVERIFY(all.size() > 1);
        const bool isWhole = all.back().type() == QStringLiteral("finished");
        QCOMPARE(client->closeCode(), isWhole ? kNormal : kGoingAway);
        QVERIFY(isWhole || all.back().word["code"].toString() == QStringLiteral("draining"));
    }

    void whoGoesAwayTakesItsFramesAlong()
    {
        auto fixture = started();
        fixture->script().close();
        {
            const auto client = talk(*fixture);
            client->sendText(kOpen);
            QVERIFY(say(*client, m_second));
            fixture->script().waitUntilSomeoneWaits();
            client->close();
        }
        QTRY_COMPARE(fixture->server().counts().openCalls, std::size_t{0});
        QVERIFY(fixture->calls().back().fault == serving::FaultKind::Cancelled);
        fixture->script().open();
        QTRY_COMPARE(fixture->service().pool().snapshot().outstanding, std::size_t{0});
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
        fixture->waitFor("speaker");
        fixture->waitFor("silent");
        return fixture;
    }
    /// With callers who do not read.
    std::unique_ptr<test::ServingFixture> startedImpatient()
    {
        return started(
            [](serving::ServerOptions& options) { options.gate.writePatience = std::chrono::milliseconds(300); });
    }
    static std::unique_ptr<WebClient> talk(test::ServingFixture& fixture)
    {
        return std::make_unique<WebClient>(fixture.server().webAddress(), WebClient::Options{"/speak"});
    }

    QTemporaryDir m_temporary;
    std::filesystem::path m_library;
    std::string m_second; ///< of sound
    std::size_t m_frames = 0; ///< of that second
    std::unique_ptr<test::ServingFixture> m_shared; ///< of rows that leave it as it was
};

QTEST_GUILESS_MAIN(WebSpeechTest)
#include "web_speech_test.moc"
