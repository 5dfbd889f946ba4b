// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/support/demo_desk.h"
#include "ui/support/speech_client.h"
#include "ui/support/virtual_display.h"

#include <QApplication>
#include <QDir>
#include <QDockWidget>
#include <QSet>

using namespace lipsync;
using namespace lipsync::ui;

namespace {

constexpr int kScreenWidth = 1920, kScreenHeight = 1200;
constexpr double kTuningSeconds = 5;
constexpr QSize kUsualScreen{1440, 900};
constexpr std::int64_t kPlayedFrames = 60; // figures and charts have something to show by then

bool g_isDrawnByAServer = false;

QString wordOf(ThemeName name)
{
    return name == ThemeName::Dark ? QStringLiteral("dark")
        : name == ThemeName::Light ? QStringLiteral("light")
                                   : QStringLiteral("high-contrast");
}

int coloursOf(const QImage& image)
{
    QSet<QRgb> colours;
    for (int y = 0; y < image.height(); y += 2)
        for (int x = 0; x < image.width(); x += 2)
            colours.insert(image.pixel(x, y));
    return static_cast<int>(colours.size());
}

// The server dock has something to show.
bool serveSomeCalls(test::DemoDesk& desk)
{
    ServerModel& server = desk.window->desk().server;
    ServerSettings settings = server.settings();
    settings.port = 0;
    server.setSettings(settings);
    const auto waitFor = [](const auto& isSo) { return QTest::qWaitFor(isSo, test::DemoDesk::kPatienceMs); };
    const auto hasDemo = [&] {
        const auto& avatars = server.statistics().avatars;
        return !avatars.empty() && avatars.front().state == "ready";
    };
    if (!waitFor([&] { return server.canStart(); }))
        return false;
    server.start();
    if (!waitFor(hasDemo))
        return false;
    const std::string address = server.endpoint().toStdString();
    test::avatarsAt(address);
    test::speak(address, "demo", 1);
    test::speak(address, "nobody", 1);
    return waitFor([&] { return server.calls().rowCount() == 3 && server.methods().rowCount() == 2; });
}

} // namespace

/// Pictures of the window and of every dock in every theme, with the demo playing, for a person to look at:
/// build/PRESET/screenshots/THEME/*.png.
class ScreenshotsTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyDockIsDrawnInEveryTheme_data()
    {
        QTest::addColumn<int>("theme");
        for (const ThemeName name : kThemeNames)
            QTest::newRow(qPrintable(wordOf(name))) << static_cast<int>(name);
    }

    void everyDockIsDrawnInEveryTheme()
    {
        QFETCH(int, theme);
        const auto name = static_cast<ThemeName>(theme);
        if (!g_isDrawnByAServer)
            qWarning("Xvfb is not installed: the pictures are drawn offscreen.");
        const QDir folder(QStringLiteral(LIPSYNC_SCREENSHOTS) + u'/' + wordOf(name));
        QVERIFY(folder.mkpath(QStringLiteral(".")));

        test::DemoDesk desk;
        desk.window->theme().choose(name);
        QVERIFY(desk.show());
        QVERIFY(desk.open());
        desk.window->playback().play();
        QTRY_VERIFY_WITH_TIMEOUT(desk.window->playback().frame() >= kPlayedFrames, test::DemoDesk::kPatienceMs);

        QVERIFY(desk.window->width() <= kUsualScreen.width() && desk.window->height() <= kUsualScreen.height());
        const QImage whole = desk.window->grab().toImage();
        QVERIFY(whole.save(folder.filePath(QStringLiteral("window.png"))));
        QVERIFY(coloursOf(whole) > 1000); // the demo's picture alone has more
        // A few cells of the tuning map are measured for its picture.
        desk.window->desk().tuning.setSeconds(kTuningSeconds);
        desk.window->desk().tuning.startMap();
        QTRY_VERIFY_WITH_TIMEOUT(!desk.window->desk().tuning.isRunning(), 2 * test::DemoDesk::kPatienceMs);
        QVERIFY(serveSomeCalls(desk));
        for (QDockWidget* dock : desk.window->findChildren<QDockWidget*>()) {
            dock->show();
            dock->raise();
            QTRY_VERIFY(!dock->visibleRegion().isEmpty());
            desk.window->playback().play();
            const std::int64_t shown = desk.window->playback().frame();
            QTRY_VERIFY_WITH_TIMEOUT(desk.window->playback().frame() != shown, test::DemoDesk::kPatienceMs);
            const QImage image = dock->grab().toImage();
            QVERIFY(image.save(folder.filePath(dock->objectName() + QStringLiteral(".png"))));
            QVERIFY2(coloursOf(image) > 8, qPrintable(dock->objectName())); // text has shades
        }
    }
};

int main(int argc, char** argv)
{
    const auto display = test::VirtualDisplay::start(kScreenWidth, kScreenHeight);
    g_isDrawnByAServer = display != nullptr;
    prepareProcess();
    QApplication::setStyle(QStringLiteral("fusion"));
    QApplication application(argc, argv);
    ScreenshotsTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "screenshots_test.moc"
