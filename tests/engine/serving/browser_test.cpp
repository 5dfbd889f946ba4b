// SPDX-License-Identifier: GPL-3.0-or-later
// The page for browsers in Chromium without a screen, watched by its DevTools protocol. Workers are scripted: a mouth is
// filled with the number of its template frame, so that what is drawn can be told.

#include "audio/feature_track.h"
#include "serving_fixture.h"
#include "web_client.h"

#include "support/test_avatar.h"

#include <csignal>
#include <filesystem>
#include <fstream>

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <opencv2/imgcodecs.hpp>
#include <unistd.h>

using namespace lipsync;

namespace {

constexpr const char* kToken = "a-token-of-a-test";
constexpr int kFrames = 15; ///< that a test waits for
constexpr std::size_t kSecond = 16000; ///< samples of the sound file
constexpr int kFrameMicroseconds = 40000; ///< of 25 frames a second

QString browserProgram()
{
    for (const auto* const name : {"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"}) {
        if (const auto found = QStandardPaths::findExecutable(QString::fromLatin1(name)); !found.isEmpty())
            return found;
    }
    return {};
}

/// A browser with one page.
class Browser {
public:
    explicit Browser(const QString& program)
    {
        m_process.setProcessChannelMode(QProcess::MergedChannels);
        // Where the program is a script that starts the browser, both end together: a group of their own.
        m_process.setChildProcessModifier([] { setpgid(0, 0); });
        // Its sandbox does not work for root; pages of our own are all it sees.
        m_process.start(program,
                        {"--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage",
                         "--ignore-certificate-errors", "--remote-debugging-port=0",
                         "--user-data-dir=" + m_folder.path(), "about:blank"});
    }
    ~Browser()
    {
        m_page = nullptr;
        if (m_process.state() != QProcess::NotRunning)
            ::kill(-static_cast<pid_t>(m_process.processId()), SIGKILL);
        m_process.waitForFinished();
    }

    /// Waits for it; false when it did not start.
    bool connect()
    {
        const auto portFile = m_folder.filePath("DevToolsActivePort");
        const auto isThere = [&] {
            QFile file(portFile);
            return file.open(QIODevice::ReadOnly) && file.readAll().count('\n') > 0;
        };
        if (!QTest::qWaitFor([&] { return isThere() || m_process.state() == QProcess::NotRunning; }, 60'000) ||
            !isThere())
            return false;
        QFile file(portFile);
        file.open(QIODevice::ReadOnly);
        const auto address = "127.0.0.1:" + file.readLine().trimmed().toStdString();
        const auto listed = test::askHttp(address, "GET", "/json/list");
        const auto targets = QJsonDocument::fromJson(QByteArray::fromStdString(listed.body)).array();
        for (const auto& target : targets) {
            const auto url = target.toObject()["webSocketDebuggerUrl"].toString();
            if (target.toObject()["type"].toString() == QStringLiteral("page"))
                m_page = std::make_unique<test::WebClient>(
                    address, test::WebClient::Options{url.mid(url.indexOf(QStringLiteral("/devtools"))).toStdString()});
        }
        return m_page && m_page->isOpen();
    }

    QJsonObject command(const QString& method, const QJsonObject& parameters = {})
    {
        const int id = ++m_commands;
        m_page->sendText(QJsonDocument(QJsonObject{{"id", id}, {"method", method}, {"params", parameters}})
                             .toJson(QJsonDocument::Compact)
                             .toStdString());
        while (const auto message = m_page->receive()) {
            const auto answer = QJsonDocument::fromJson(QByteArray::fromStdString(message->bytes)).object();
            if (answer["id"].toInt() == id)
                return answer["result"].toObject();
            if (answer["method"].toString() == QStringLiteral("Page.loadEventFired"))
                m_hasLoaded = true;
        }
        return {};
    }

    void open(const std::string& url)
    {
        command("Page.enable");
        m_hasLoaded = false;
        command("Page.navigate", {{"url", QString::fromStdString(url)}});
        while (!m_hasLoaded)
            evaluate("0");
    }

    /// What a JavaScript expression is, once it is when it is a promise.
    QJsonValue evaluate(const QString& expression)
    {
        const auto result =
            command("Runtime.evaluate", {{"expression", expression}, {"awaitPromise", true}, {"returnByValue", true}});
        if (result.contains("exceptionDetails"))
            qWarning("%s", qPrintable(QJsonDocument(result["exceptionDetails"].toObject()).toJson()));
        return result["result"].toObject()["value"];
    }

    /// Returns once a condition holds.
    void waitUntil(const QString& condition)
    {
        evaluate("new Promise((done) => { const look = () => (" + condition +
                 ") ? done(true) : setTimeout(look, 10); look(); })");
    }

    void press(const QString& key, int code)
    {
        for (const auto* const type : {"keyDown", "keyUp"})
            command("Input.dispatchKeyEvent",
                    {{"type", type}, {"key", key}, {"text", key}, {"windowsVirtualKeyCode", code}});
    }

    QString state() { return evaluate("document.documentElement.dataset.state").toString(); }

private:
    QTemporaryDir m_folder;
    QProcess m_process;
    std::unique_ptr<test::WebClient> m_page;
    int m_commands = 0;
    bool m_hasLoaded = false;
};

} // namespace

class BrowserTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        const auto program = browserProgram();
        if (program.isEmpty())
            QSKIP("There is no Chromium here (Debian: chromium-headless-shell).");
        m_library = std::filesystem::path(m_temporary.path().toStdString()) / "library";
        QVERIFY(test::makeLibrary(m_library).has_value());
        m_browser = std::make_unique<Browser>(program);
        QVERIFY2(m_browser->connect(), "The browser did not start.");
    }

    void anAvatarPlays()
    {
        auto fixture = started();
        m_browser->open(pageOf(*fixture) + "?avatar=speaker&autoplay");
        m_browser->waitUntil(playedFrames());
        m_browser->waitUntil("Number(document.documentElement.dataset.fps) > 0");
        QCOMPARE(m_browser->state(), QStringLiteral("playing"));
        QVERIFY(m_browser->evaluate("Number(document.getElementById('fps').textContent)").toInt() > 0);
        QVERIFY(m_browser->evaluate("document.getElementById('latency').textContent").toString().endsWith("ms"));
        m_browser->evaluate("stop()");

        // The mouth lies where its bounds say, around it the template.
        const auto avatar = fixture->server().shelf().find("speaker");
        QVERIFY(avatar.has_value());
        const auto& crop = (*avatar)->avatar->package().crops()[0];
        const int middle = (crop.x1 + crop.x2) / 2, height = (crop.y1 + crop.y2) / 2;
        const auto pixel = [&](int x, int y) {
            return m_browser
                ->evaluate(QStringLiteral("Array.from(document.getElementById('picture').getContext('2d')"
                                          ".getImageData(%1, %2, 1, 1).data)")
                               .arg(x)
                               .arg(y))
                .toArray();
        };
        const auto mouth = pixel(middle, height);
        QCOMPARE(mouth.size(), 4);
        const int number = mouth[0].toInt();
        QVERIFY2(number <= test::kFixtureFrames, qPrintable(QString::number(number)));
        const auto& background = (*avatar)->avatar->frames()->frame(number).value()->picture;
        constexpr int kCorner = 4;
        const auto around = pixel(kCorner, kCorner);
        const auto expected = background.at<cv::Vec3b>(kCorner, kCorner);
        constexpr int kJpegError = 24; // and neighbouring frames look alike
        for (int channel = 0; channel < 3; ++channel)
            QVERIFY(std::abs(around[channel].toInt() - expected[2 - channel]) <= kJpegError);
    }

    void itIsWorkedByKeyboardAndNamed()
    {
        auto fixture = started();
        m_browser->open(pageOf(*fixture) + "?avatar=silent&autoplay"); // in silence, since it has no voice
        m_browser->waitUntil(playedFrames());
        m_browser->press(" ", 0x20);
        m_browser->waitUntil("document.documentElement.dataset.state === 'ready'");
        m_browser->press(" ", 0x20);
        m_browser->waitUntil("document.documentElement.dataset.state === 'playing'");
        QVERIFY(m_browser
                    ->evaluate("[...document.querySelectorAll('select, input, button')].every((control) => "
                               "control.textContent.trim() !== '' || control.labels.length > 0)")
                    .toBool());
        QCOMPARE(m_browser->evaluate("document.getElementById('voice').value").toString(), QStringLiteral("silence"));
    }

    void aSoundFileIsSpoken()
    {
        auto fixture = started();
        m_browser->open(pageOf(*fixture) + "?avatar=silent&voice=file");
        m_browser->waitUntil("document.documentElement.dataset.state === 'ready'");
        chooseSoundFile();
        m_browser->evaluate(
            "arrived = []; arrives = takeSpokenFrame; takeSpokenFrame = (run, view) => { "
            "arrived.push([1, 9].map((at) => Number(view.getBigInt64(at, true)))); arrives(run, view); }");
        m_browser->press(" ", 0x20);
        m_browser->waitUntil("drawnInAll > 0 && document.documentElement.dataset.state === 'ready'"); // it ends itself
        // Every frame of the sound has come, in order and with its time, and each was drawn or counted as dropped.
        const auto frames = m_browser->evaluate("arrived").toArray();
        QCOMPARE(static_cast<std::size_t>(frames.size()), audio::videoFrameCount(kSecond));
        for (int i = 0; i < frames.size(); ++i) {
            QCOMPARE(frames[i].toArray()[0].toInt(), i);
            QCOMPARE(frames[i].toArray()[1].toInt(), i * kFrameMicroseconds);
        }
        QCOMPARE(m_browser->evaluate("drawnInAll + droppedInAll").toInt(), static_cast<int>(frames.size()));
        QTRY_COMPARE(fixture->server().counts().openCalls, std::size_t{1}); // the page's other conversation goes on
        const auto spoken = fixture->calls().back();
        QCOMPARE(spoken.method, std::string("GET /speak"));
        QVERIFY(!spoken.fault.has_value());
    }

    void aSoundFileWaitsForItsFramesAndSaysWhyThereAreNone()
    {
        auto fixture = started();
        m_browser->open(pageOf(*fixture) + "?avatar=silent&voice=file");
        m_browser->waitUntil("document.documentElement.dataset.state === 'ready'");
        chooseSoundFile();
        fixture->script().close();
        m_browser->press(" ", 0x20);
        fixture->script().waitUntilSomeoneWaits();
        QCOMPARE(m_browser->evaluate("playing.isHeard").toBool(), false);
        QCOMPARE(m_browser->evaluate("drawnInAll").toInt(), 0);
        m_browser->press(" ", 0x20); // which ends the conversation, and what was asked for
        m_browser->waitUntil("document.documentElement.dataset.state === 'ready'");
        fixture->script().open();
        QTRY_COMPARE(fixture->server().counts().openCalls, std::size_t{1});

        m_browser->evaluate("avatar = { ...avatar, model_name: 'nobody' }");
        m_browser->press(" ", 0x20);
        m_browser->waitUntil("document.getElementById('message').classList.contains('bad')");
        QVERIFY(m_browser->evaluate("document.getElementById('message').textContent").toString().contains("nobody"));
        QCOMPARE(m_browser->state(), QStringLiteral("ready"));
    }

    void itFollowsTheColoursOfTheSystem()
    {
        auto fixture = started();
        m_browser->open(pageOf(*fixture));
        const auto background = [&](const char* scheme) {
            m_browser->command(
                "Emulation.setEmulatedMedia",
                {{"features", QJsonArray{QJsonObject{{"name", "prefers-color-scheme"}, {"value", scheme}}}}});
            return m_browser->evaluate("getComputedStyle(document.body).backgroundColor").toString();
        };
        QCOMPARE(background("dark"), QStringLiteral("rgb(22, 24, 27)"));
        QCOMPARE(background("light"), QStringLiteral("rgb(246, 246, 244)"));
    }

    void aTokenIsAskedForAndKept()
    {
        const auto tokens = std::filesystem::path(m_temporary.path().toStdString()) / "tokens";
        std::ofstream(tokens) << kToken << '\n';
        std::filesystem::permissions(tokens, std::filesystem::perms::owner_read);
        auto fixture = started([&](serving::ServerOptions& options) { options.tokenFile = tokens; });
        m_browser->open(pageOf(*fixture) + "?avatar=speaker&autoplay");
        m_browser->waitUntil("document.documentElement.dataset.state === 'token'");
        m_browser->evaluate(QStringLiteral("document.getElementById('token').value = '%1'; "
                                           "document.getElementById('tokenForm').requestSubmit()")
                                .arg(kToken));
        m_browser->waitUntil(playedFrames());
        m_browser->evaluate("sessionStorage.clear()");
        m_browser->open("about:blank");
        m_browser->open(pageOf(*fixture) + "?avatar=speaker&autoplay#token=" + kToken);
        m_browser->waitUntil(playedFrames());
        QVERIFY(!m_browser->evaluate("location.href").toString().contains(kToken));
    }

    void itIsServedEncrypted()
    {
        if (!test::canMakeCertificates())
            QSKIP("There is no openssl program here to make certificates with.");
        const auto folder = m_library.parent_path();
        QVERIFY(test::makeCertificate(folder, "server"));
        auto fixture = started([&](serving::ServerOptions& options) {
            options.certificateFile = folder / "server.pem";
            options.keyFile = folder / "server.key";
        });
        QCOMPARE(fixture->problem(), std::string());
        m_browser->open("https://" + fixture->server().webAddress() + "/?avatar=silent&voice=file");
        m_browser->waitUntil("document.documentElement.dataset.state === 'ready'");
        chooseSoundFile();
        m_browser->press(" ", 0x20);
        m_browser->waitUntil("drawnInAll > 0 && document.documentElement.dataset.state === 'ready'");
    }

    void theEndOfTheServerIsTold()
    {
        auto fixture = started();
        m_browser->open(pageOf(*fixture) + "?avatar=speaker&autoplay");
        m_browser->waitUntil(playedFrames());
        fixture->server().stop();
        m_browser->waitUntil("document.documentElement.dataset.state === 'closed'");
        QVERIFY(m_browser->evaluate("document.getElementById('controls').disabled").toBool());
    }

private:
    void chooseSoundFile()
    {
        const auto document = m_browser->command("DOM.getDocument")["root"].toObject()["nodeId"].toInt();
        const auto input = m_browser->command("DOM.querySelector", {{"nodeId", document}, {"selector", "#file"}});
        m_browser->command(
            "DOM.setFileInputFiles",
            {{"nodeId", input["nodeId"].toInt()},
             {"files", QJsonArray{QString::fromStdString((m_library.parent_path() / "own.wav").string())}}});
        m_browser->waitUntil("document.getElementById('message').textContent.includes('1.0 seconds')");
    }
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
    static std::string pageOf(test::ServingFixture& fixture) { return "http://" + fixture.server().webAddress() + "/"; }
    static QString playedFrames()
    {
        return QStringLiteral("Number(document.documentElement.dataset.frames) >= %1").arg(kFrames);
    }

    QTemporaryDir m_temporary;
    std::filesystem::path m_library;
    std::unique_ptr<Browser> m_browser;
};

QTEST_GUILESS_MAIN(BrowserTest)
#include "browser_test.moc"
