// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/export/export_texts.h"

#include "ui/engine_bridge/qt_conversion.h"

#include <algorithm>
#include <cmath>

#include <QCoreApplication>
#include <QFileInfo>
#include <QLocale>

namespace lipsync::ui {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(ExportQueue)
};

} // namespace

QString stateText(ExportJobState state)
{
    switch (state) {
    case ExportJobState::Waiting:
        return Text::tr("Waiting");
    case ExportJobState::Running:
        return Text::tr("Running");
    case ExportJobState::Paused:
        return Text::tr("Paused");
    case ExportJobState::Done:
        return Text::tr("Done");
    case ExportJobState::Cancelled:
        return Text::tr("Cancelled");
    case ExportJobState::Failed:
        return Text::tr("Failed");
    }
    return {};
}

QString durationText(double seconds)
{
    constexpr double kMostSeconds = 359'999; // 99:59:59; no estimate beyond it means anything
    const int whole = std::isfinite(seconds) ? static_cast<int>(std::lround(std::clamp(seconds, 0.0, kMostSeconds)))
                                             : static_cast<int>(kMostSeconds);
    const int hours = whole / 3600, minutes = whole / 60 % 60, rest = whole % 60;
    const QLatin1Char zero('0');
    return hours > 0 ? QStringLiteral("%1:%2:%3").arg(hours).arg(minutes, 2, 10, zero).arg(rest, 2, 10, zero)
                     : QStringLiteral("%1:%2").arg(minutes).arg(rest, 2, 10, zero);
}

QString sourcesText(const ExportRequest& request)
{
    return QStringLiteral("%1 · %2").arg(fromPath(request.avatar.stem()), fromPath(request.voice.filename()));
}

QString endText(const ExportJob& job)
{
    const QString name = fromPath(job.request.output.filename());
    switch (job.state) {
    case ExportJobState::Done:
        return Text::tr("%1 is finished: %2 frames in %3, %4.")
            .arg(name)
            .arg(job.progress.frames)
            .arg(durationText(job.elapsedSeconds), QLocale().formattedDataSize(static_cast<qint64>(job.outputBytes)));
    case ExportJobState::Cancelled:
        return Text::tr("The export of %1 was cancelled; nothing was written.").arg(name);
    case ExportJobState::Failed:
        return Text::tr("The export of %1 failed: %2").arg(name, QString::fromStdString(job.message));
    default:
        return QString::fromStdString(job.message);
    }
}

} // namespace lipsync::ui
