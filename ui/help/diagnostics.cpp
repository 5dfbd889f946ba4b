// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/help/diagnostics.h"

#include "ui/engine_bridge/engine_post.h"
#include "ui/engine_bridge/qt_conversion.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <sstream>
#include <string_view>
#include <utility>

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QGuiApplication>
#include <QLocale>
#include <QPointer>
#include <QScreen>
#include <QSettings>
#include <QStyleHints>
#include <QSysInfo>
#include <QThread>

namespace lipsync::ui {
namespace {

constexpr std::size_t kMostLateFrames = 50;
constexpr qsizetype kLongestSetting = 300; // letters; layouts are longer and say nothing
// Whose values are names of an operator's files.
const QStringList kPrivateGroups{QStringLiteral("files/"), QStringLiteral("library/"), QStringLiteral("project/recent"),
                                 QStringLiteral("server/")};

void writeSummary(std::ostream& to, std::string_view name, const LatencySummary& times)
{
    to << name << ": " << times.count << " frames, mean " << times.meanMs << " ms, p50 " << times.p50Ms << ", p95 "
       << times.p95Ms << ", p99 " << times.p99Ms << ", most " << times.maxMs << '\n';
}

std::string workersText(const StatsSnapshot& figures)
{
    std::ostringstream to;
    for (const WorkerStatus& worker : figures.workers)
        to << worker.id << ' ' << worker.device << ' ' << toString(worker.state) << ", " << worker.batches
           << " batches, " << worker.frames << " frames, " << worker.restarts << " restarts, heartbeat "
           << worker.heartbeatAgeMs << " ms ago, busy " << worker.busyShare
           << (worker.lastError.empty() ? "" : ", last error: ") << worker.lastError << '\n';
    return to.str();
}

std::string figuresText(const StatsSnapshot& figures)
{
    std::ostringstream to;
    to << "frames done: " << figures.framesDone << "\nframes a second: " << figures.framesPerSecond
       << "\nmean batch: " << figures.meanBatch << "\nmemory: " << figures.process.residentMb << " MB, peak "
       << figures.process.peakMb << " MB, children " << figures.process.childrenMb
       << " MB\nprocessor: " << figures.process.processorShare << '\n';
    writeSummary(to, "end to end", figures.endToEnd);
    for (std::size_t stage = 0; stage < kStages; ++stage)
        writeSummary(to, toString(static_cast<Stage>(stage)), figures.stages[stage]);
    for (std::size_t reason = 0; reason < kDropReasons; ++reason)
        to << "dropped, " << toString(static_cast<DropReason>(reason)) << ": " << figures.drops[reason] << '\n';
    return to.str();
}

std::string devicesText(const std::vector<DeviceStatus>& devices)
{
    std::ostringstream to;
    for (const DeviceStatus& device : devices)
        to << device.name << ": " << device.memoryUsedMb << " of " << device.memoryTotalMb << " MB, "
           << device.description << '\n';
    return to.str();
}

std::string logText(const std::vector<LogRecord>& log)
{
    constexpr const char* kLevels[] = {"debug", "info", "warning", "error"};
    std::ostringstream to;
    for (const LogRecord& record : log) {
        const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(record.time.time_since_epoch());
        to << QDateTime::fromMSecsSinceEpoch(since.count(), Qt::UTC).toString(Qt::ISODateWithMs).toStdString() << ' '
           << kLevels[static_cast<std::size_t>(record.level)] << ' ' << record.source << ": " << record.message << '\n';
    }
    return to.str();
}

std::string linesOf(const std::vector<std::string>& lines)
{
    std::string text;
    for (const std::string& line : lines)
        text += line + '\n';
    return text;
}

QString settingsText(const QSettings& settings)
{
    QString text;
    for (const QString& key : settings.allKeys()) {
        const bool isPrivate = std::any_of(kPrivateGroups.begin(), kPrivateGroups.end(),
                                           [&](const QString& group) { return key.startsWith(group); });
        const QVariant value = settings.value(key);
        QString shown = value.typeId() == QMetaType::QStringList ? value.toStringList().join(QStringLiteral(", "))
                                                                 : value.toString();
        if (isPrivate || value.typeId() == QMetaType::QByteArray || shown.size() > kLongestSetting)
            shown = QStringLiteral("(left out)");
        text += QStringLiteral("%1 = %2\n").arg(key, shown);
    }
    return text;
}

bool goesOn(char letter)
{
    const auto byte = static_cast<unsigned char>(letter);
    return byte >= 0x80 || std::isalnum(byte) || letter == '-' || letter == '_'; // as in a longer name
}

std::string shortened(const std::string& text, const std::string& home)
{
    std::string result;
    std::size_t from = 0;
    for (auto at = text.find(home); at != std::string::npos; at = text.find(home, from)) {
        const std::size_t end = at + home.size();
        const bool isLonger = end < text.size() && goesOn(text[end]);
        result.append(text, from, (isLonger ? end : at) - from);
        if (!isLonger)
            result.push_back('~');
        from = end;
    }
    return result.append(text, from);
}

} // namespace

std::vector<ArchivedText> engineDiagnostics(Engine& engine)
{
    const StatsSnapshot figures = engine.statistics();
    return {{"plan.txt", describe(engine.plan()) + '\n'},
            {"devices.txt", devicesText(engine.devices())},
            {"workers.txt", workersText(figures)},
            {"figures.txt", figuresText(figures)},
            {"log.txt", logText(engine.log())},
            {"late-frames.txt", linesOf(engine.explainLateFrames(kMostLateFrames))},
            {"trace.json", engine.traceJson()}};
}

std::vector<ArchivedText> windowDiagnostics(const QSettings& settings)
{
    QString about = QStringLiteral("LipSync Studio %1\nQt %2, platform %3\n%4, kernel %5, %6, %7 cores\nlocale %8\n")
                        .arg(QCoreApplication::applicationVersion(), QString::fromLatin1(qVersion()),
                             QGuiApplication::platformName(), QSysInfo::prettyProductName(), QSysInfo::kernelVersion(),
                             QSysInfo::currentCpuArchitecture())
                        .arg(QThread::idealThreadCount())
                        .arg(QLocale().name());
    for (const QScreen* screen : QGuiApplication::screens())
        about += QStringLiteral("screen %1 × %2, scale %3, %4 Hz\n")
                     .arg(screen->size().width())
                     .arg(screen->size().height())
                     .arg(screen->devicePixelRatio())
                     .arg(screen->refreshRate());
    return {{"about.txt", about.toStdString()}, {"settings.txt", settingsText(settings).toStdString()}};
}

std::vector<ArchivedText> withoutHome(std::vector<ArchivedText> texts, const QString& home)
{
    const QString real = QFileInfo(home).canonicalFilePath();
    std::vector<std::string> names{toPath(home).string()};
    if (!real.isEmpty() && real != home)
        names.push_back(toPath(real).string());
    for (ArchivedText& one : texts) {
        for (const std::string& name : names) {
            if (name.size() < 2) // nobody lives in "/"
                continue;
            one.text = shortened(one.text, name);
        }
    }
    return texts;
}

Diagnostics::Diagnostics(Engine& engine, EnginePost& post, const QSettings& settings, QObject* parent)
    : QObject(parent)
    , m_engine(engine)
    , m_post(post)
    , m_settings(settings)
{
}

void Diagnostics::write(const QString& file)
{
    const QPointer<Diagnostics> self(this);
    auto texts = windowDiagnostics(m_settings);
    m_post.read([self, file, texts = std::move(texts), &engine = m_engine, &post = m_post]() mutable {
        for (ArchivedText& one : engineDiagnostics(engine))
            texts.push_back(std::move(one));
        const Status written = engine.writeArchive(toPath(file), withoutHome(std::move(texts), QDir::homePath()));
        post.post([self, file, written] {
            if (!self)
                return;
            if (written)
                Q_EMIT self->written(file);
            else
                Q_EMIT self->refused(toText(written.error()));
        });
    });
}

} // namespace lipsync::ui
