// SPDX-License-Identifier: GPL-3.0-or-later
// lipsync-studio: the operator's desk. Builds and owns everything; nothing else does.

#include "demo_files.h"
#include "engine.h"
#include "screenshot.h"
#include "ui/dialogs/system_dialogs.h"
#include "ui/engine_bridge/qt_conversion.h"
#include "ui/main_window/main_window.h"

#include <memory>

#include <QApplication>
#include <QCommandLineParser>
#include <QSettings>
#include <QTemporaryDir>

namespace {

struct Arguments {
    QString avatar;
    QString voice;
    QString screenshot;
    QString theme;
};

Arguments parseArguments(const QApplication& application)
{
    const auto text = [](const char* words) { return QCoreApplication::translate("main", words); };
    QCommandLineParser parser;
    parser.setApplicationDescription(text("Real-time lip-sync of video avatars. Without arguments it opens the demo."));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addPositionalArgument(QStringLiteral("avatar"), text("Avatar folder to open"), QStringLiteral("[AVATAR]"));
    parser.addPositionalArgument(QStringLiteral("voice"), text("Sound file to open"), QStringLiteral("[VOICE]"));
    const QCommandLineOption avatar(QStringLiteral("avatar"), text("Avatar folder to open"), QStringLiteral("DIR"));
    const QCommandLineOption voice(QStringLiteral("voice"), text("Sound file to open"), QStringLiteral("FILE"));
    QCommandLineOption screenshot(QStringLiteral("screenshot"), text("Write a picture of the window and quit"),
                                  QStringLiteral("FILE"));
    screenshot.setFlags(QCommandLineOption::HiddenFromHelp);
    const QCommandLineOption theme(QStringLiteral("theme"), text("dark or light"), QStringLiteral("NAME"));
    parser.addOptions({avatar, voice, screenshot, theme});
    parser.process(application);

    const QStringList files = parser.positionalArguments();
    return {parser.isSet(avatar) ? parser.value(avatar) : files.value(0),
            parser.isSet(voice) ? parser.value(voice) : files.value(1), parser.value(screenshot), parser.value(theme)};
}

void openFiles(lipsync::ui::LibraryModel& library, const Arguments& arguments)
{
    using lipsync::ui::toPath;
    if (!arguments.avatar.isEmpty() && !arguments.voice.isEmpty()) {
        library.open(toPath(arguments.avatar), toPath(arguments.voice));
    } else if (!arguments.avatar.isEmpty()) {
        library.openAvatar(toPath(arguments.avatar));
    } else if (!arguments.voice.isEmpty()) {
        library.openVoice(toPath(arguments.voice));
    } else {
        const auto demo = lipsync::studio::findDemoFiles(QCoreApplication::applicationDirPath());
        if (!demo.avatar.empty() && !demo.voice.empty())
            library.open(demo.avatar, demo.voice);
    }
}

} // namespace

int main(int argc, char** argv)
{
    lipsync::prepareProcess();
    // Qt's GStreamer backend loses video and sound now and then; the FFmpeg one does not.
    qputenv("QT_MEDIA_BACKEND", "ffmpeg");
    QApplication::setStyle(QStringLiteral("fusion"));
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("lipsync-studio"));
    QApplication::setApplicationDisplayName(QStringLiteral("LipSync Studio"));
    QApplication::setApplicationVersion(QStringLiteral(LIPSYNC_VERSION));
    QApplication::setOrganizationName(QStringLiteral("lipsync-studio"));
    QApplication::setDesktopFileName(QStringLiteral("lipsync-studio"));
    const Arguments arguments = parseArguments(application);

    // A screenshot shows the window as it comes, not as somebody left it.
    const QTemporaryDir unused;
    const auto settings = arguments.screenshot.isEmpty()
        ? std::make_unique<QSettings>()
        : std::make_unique<QSettings>(unused.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat);
    const std::unique_ptr<lipsync::Engine> engine = lipsync::createEngine();
    lipsync::ui::SystemDialogs dialogs;
    lipsync::ui::MainWindow window({*engine, dialogs, *settings, lipsync::ui::soundClocks()});
    if (!arguments.theme.isEmpty())
        window.theme().choose(arguments.theme == QLatin1String("light") ? lipsync::ui::ThemeName::Light
                                                                        : lipsync::ui::ThemeName::Dark);
    window.show();
    openFiles(window.library(), arguments);

    std::unique_ptr<lipsync::studio::Screenshot> screenshot;
    if (!arguments.screenshot.isEmpty())
        screenshot = std::make_unique<lipsync::studio::Screenshot>(window, arguments.screenshot);
    return QApplication::exec();
}
