// SPDX-License-Identifier: GPL-3.0-or-later
// lipsync-studio: the operator's desk. Builds and owns everything; nothing else does.

#include "demo_files.h"
#include "engine.h"
#include "screenshot.h"
#include "single_instance.h"
#include "start_report.h"
#include "ui/dialogs/system_dialogs.h"
#include "ui/engine_bridge/qt_conversion.h"
#include "ui/main_window/main_window.h"
#include "ui/concurrency/default_plan.h"
#include "ui/drops/file_arrivals.h"
#include "ui/live/microphone.h"
#include "ui/notifier/desktop_notifier.h"
#include "ui/project/project_clock.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string_view>

#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QFileInfo>
#include <QSettings>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QUrl>

namespace {

constexpr int kUsageStatus = 2; // as `lipsync` has it
constexpr int kFailureStatus = 4;

struct Arguments {
    QString avatar;
    QString voice;
    QStringList files; ///< named without an option
    QString screenshot;
    QString theme;
    bool reportsStart = false;
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
    parser.addPositionalArgument(
        QStringLiteral("files"),
        text("Avatar folder NAME.avatar, sound file or project NAME.lipsync to open, in any order"),
        QStringLiteral("[FILE…]"));
    const QCommandLineOption avatar(QStringLiteral("avatar"), text("Avatar folder to open"), QStringLiteral("DIR"));
    const QCommandLineOption voice(QStringLiteral("voice"), text("Sound file to open"), QStringLiteral("FILE"));
    const QCommandLineOption screenshot(
        QStringLiteral("screenshot"),
        text("Play what is opened for two seconds, write a picture of the window and quit"), QStringLiteral("FILE"));
    QCommandLineOption reportStart(QStringLiteral("report-start"),
                                   text("Say how long the first preview frame took, and quit"));
    reportStart.setFlags(QCommandLineOption::HiddenFromHelp);
    const QCommandLineOption theme(QStringLiteral("theme"), text("dark, light or high-contrast"),
                                   QStringLiteral("NAME"));
    parser.addOptions({avatar, voice, screenshot, reportStart, theme});
    if (!parser.parse(application.arguments()))
        refuseUsage(parser.errorText().chopped(parser.errorText().endsWith(QLatin1Char('.')) ? 1 : 0));
    parser.process(application);
    if (const QString name = parser.value(theme); parser.isSet(theme) && name != QLatin1String("dark") &&
        name != QLatin1String("light") && name != QLatin1String("high-contrast"))
        refuseUsage(text("There is no theme '%1', but dark, light and high-contrast").arg(name));

    return {parser.value(avatar),     parser.value(voice), parser.positionalArguments(),
            parser.value(screenshot), parser.value(theme), parser.isSet(reportStart)};
}

std::filesystem::path avatarToOpen(const Arguments& arguments)
{
    if (!arguments.avatar.isEmpty())
        return lipsync::ui::toPath(arguments.avatar);
    for (const QString& file : arguments.files)
        if (QFileInfo(file).isDir())
            return lipsync::ui::toPath(file);
    return lipsync::studio::findDemoFiles(QCoreApplication::applicationDirPath()).avatar;
}

// Of the export journal and what else outlives the program; made when it is not there.
QString dataFolder()
{
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::AppDataLocation);
    QDir().mkpath(folder);
    return folder;
}

QStringList filesOf(const Arguments& arguments)
{
    QStringList files = QStringList{arguments.avatar, arguments.voice} + arguments.files;
    files.removeAll(QString());
    return files;
}

void takeFiles(lipsync::ui::MainWindow& window, const QStringList& files)
{
    QList<QUrl> urls;
    for (const QString& file : files)
        urls.append(QUrl::fromLocalFile(QFileInfo(file).absoluteFilePath()));
    if (!urls.isEmpty())
        window.arrivals().take(urls);
}

void openFiles(lipsync::ui::MainWindow& window, const Arguments& arguments, bool isForOneLook)
{
    const bool isResumed = !isForOneLook && window.resume();
    if (const QStringList files = filesOf(arguments); !files.isEmpty()) {
        takeFiles(window, files);
    } else if (!isResumed) {
        const auto demo = lipsync::studio::findDemoFiles(QCoreApplication::applicationDirPath());
        if (!demo.avatar.empty() && !demo.voice.empty())
            window.library().open(demo.avatar, demo.voice);
    }
}

/// Hands the files over to a studio that runs already. True when it has them and this one is not needed.
bool isHandedOver(lipsync::studio::SingleInstance& instance, const Arguments& arguments)
{
    using lipsync::studio::SingleInstance;
    const auto start = instance.start(filesOf(arguments));
    if (start == SingleInstance::Start::NoAnswer) {
        std::cerr << "lipsync-studio: it is running already and does not answer; end it and start it again.\n";
        std::exit(kFailureStatus);
    }
    return start == SingleInstance::Start::HandedOver;
}

/// Shows the window with what another start handed over.
void openHandedOver(lipsync::ui::MainWindow& window, const QStringList& files)
{
    takeFiles(window, files);
    window.setWindowState(window.windowState() & ~Qt::WindowMinimized);
    window.raise();
    window.activateWindow();
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

    const bool isForOneLook = !arguments.screenshot.isEmpty() || arguments.reportsStart;
    lipsync::studio::SingleInstance instance(lipsync::studio::SingleInstance::folderOfUser());
    if (!isForOneLook && isHandedOver(instance, arguments))
        return 0;
    // A screenshot or report is of the window as it comes, not as somebody left it.
    const QTemporaryDir unused;
    const auto settings = !isForOneLook
        ? std::make_unique<QSettings>()
        : std::make_unique<QSettings>(unused.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat);
    // What was saved as default, else what was tuned for the avatar on this machine; every saved plan has been checked.
    auto plan = lipsync::ui::defaultPlanOf(*settings);
    if (!plan)
        plan = lipsync::tunedPlan(avatarToOpen(arguments)).value_or(lipsync::defaultPlan());
    const auto engine = std::move(lipsync::createEngine({.plan = *plan, .workerProgram = {}}).value());
    lipsync::ui::SystemDialogs dialogs;
    lipsync::ui::DesktopNotifier notifier;
    lipsync::ui::MicrophoneInputs microphones;
    lipsync::ui::SystemProjectClock projectClock;
    lipsync::ui::MainWindow window(
        {*engine, dialogs, notifier, *settings, lipsync::ui::soundClocks(), microphones, projectClock,
         lipsync::exportFormats(), lipsync::ui::toPath(isForOneLook ? unused.path() : dataFolder()),
         lipsync::studio::findDemoFiles(QCoreApplication::applicationDirPath()).avatar.parent_path()});
    if (!arguments.theme.isEmpty())
        window.theme().choose(arguments.theme == QLatin1String("light") ? lipsync::ui::ThemeName::Light
                                  : arguments.theme == QLatin1String("high-contrast")
                                  ? lipsync::ui::ThemeName::HighContrast
                                  : lipsync::ui::ThemeName::Dark);
    QObject::connect(&instance, &lipsync::studio::SingleInstance::filesReceived, &window,
                     [&window](const QStringList& files) { openHandedOver(window, files); });
    window.show();
    openFiles(window, arguments, isForOneLook);

    std::unique_ptr<lipsync::studio::Screenshot> screenshot;
    if (!arguments.screenshot.isEmpty())
        screenshot = std::make_unique<lipsync::studio::Screenshot>(window, arguments.screenshot);
    std::unique_ptr<lipsync::studio::StartReport> startReport;
    if (arguments.reportsStart)
        startReport = std::make_unique<lipsync::studio::StartReport>(window);
    return QApplication::exec();
}
