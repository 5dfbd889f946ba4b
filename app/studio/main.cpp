// SPDX-License-Identifier: GPL-3.0-or-later
// lipsync-studio: the operator's desk. Builds and owns everything; nothing else does.

#include "demo_files.h"
#include "engine.h"
#include "screenshot.h"
#include "ui/dialogs/system_dialogs.h"
#include "ui/engine_bridge/qt_conversion.h"
#include "ui/main_window/main_window.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string_view>

#include <QApplication>
#include <QCommandLineParser>
#include <QSettings>
#include <QTemporaryDir>

namespace {

constexpr int kUsageStatus = 2; // as `lipsync` has it

struct Arguments {
    QString avatar;
    QString voice;
    QString screenshot;
    QString theme;
};

bool asksForHelp(int argc, char** argv)
{
    return std::any_of(argv, argv + argc, [](std::string_view argument) {
        return argument == "-h" || argument.starts_with("--help") || argument == "-v" || argument == "--version";
    });
}

[[noreturn]] void refuseUsage(const QString& reason)
{
    std::cerr << "lipsync-studio: " << reason.toStdString() << "; see 'lipsync-studio --help'.\n";
    std::exit(kUsageStatus);
}

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
    if (!parser.parse(application.arguments()))
        refuseUsage(parser.errorText().chopped(parser.errorText().endsWith(QLatin1Char('.')) ? 1 : 0));
    parser.process(application);
    if (const QString name = parser.value(theme);
        parser.isSet(theme) && name != QLatin1String("dark") && name != QLatin1String("light"))
        refuseUsage(text("There is no theme '%1', but dark and light").arg(name));

    const QStringList files = parser.positionalArguments();
    return {parser.isSet(avatar) ? parser.value(avatar) : files.value(0),
            parser.isSet(voice) ? parser.value(voice) : files.value(1), parser.value(screenshot), parser.value(theme)};
}

std::filesystem::path avatarToOpen(const Arguments& arguments)
{
    if (!arguments.avatar.isEmpty())
        return lipsync::ui::toPath(arguments.avatar);
    return lipsync::studio::findDemoFiles(QCoreApplication::applicationDirPath()).avatar;
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
    if (asksForHelp(argc, argv))
        qputenv("QT_QPA_PLATFORM", "offscreen"); // help needs no display
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
    // What was tuned for the avatar on this machine, if anything; every saved plan has been checked.
    const auto plan = lipsync::tunedPlan(avatarToOpen(arguments)).value_or(lipsync::defaultPlan());
    const auto engine = std::move(lipsync::createEngine({.plan = plan, .workerProgram = {}}).value());
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
