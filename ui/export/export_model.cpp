// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/export/export_model.h"

#include "ui/engine_bridge/engine_bridge.h"
#include "ui/engine_bridge/qt_conversion.h"

#include <algorithm>
#include <cmath>

#include <QDir>
#include <QFileInfo>
#include <QLocale>

namespace lipsync::ui {
namespace {

const auto kVideoSuffix = QStringLiteral("mp4");

} // namespace

ExportModel::ExportModel(EngineBridge& bridge, QObject* parent)
    : QObject(parent)
    , m_bridge(bridge)
{
    connect(&bridge, &EngineBridge::exportProgressed, this, [this](const ExportProgress& progress) {
        m_progress = progress;
        Q_EMIT changed();
    });
    connect(&bridge, &EngineBridge::exportFinished, this, [this](const ExportReport& report) {
        m_report = report;
        end(ExportState::Done);
    });
    connect(&bridge, &EngineBridge::exportCancelled, this, [this] { end(ExportState::Cancelled); });
    connect(&bridge, &EngineBridge::exportFailed, this, [this](const Error& error) {
        m_failure = toText(error);
        end(ExportState::Failed);
    });
}

void ExportModel::setSources(const std::filesystem::path& avatar, const std::filesystem::path& voice,
                             const QString& folder)
{
    m_avatar = avatar;
    m_voice = voice;
    m_folder = folder;
    if (!m_isOutputChosen)
        m_output = suggestedOutput();
    Q_EMIT changed();
}

void ExportModel::setKind(ExportKind kind)
{
    if (kind == m_kind)
        return;
    m_kind = kind;
    if (!m_isOutputChosen) {
        m_output = suggestedOutput();
    } else {
        const QFileInfo name(m_output);
        const QString stem = name.dir().filePath(name.completeBaseName());
        m_output = kind == ExportKind::Video ? QStringLiteral("%1.%2").arg(stem, kVideoSuffix) : stem;
    }
    Q_EMIT changed();
}

void ExportModel::setOutput(const QString& output)
{
    if (output == m_output)
        return;
    m_output = output;
    m_isOutputChosen = !output.isEmpty();
    Q_EMIT changed();
}

bool ExportModel::canStart() const
{
    return !isRunning() && !m_avatar.empty() && !m_voice.empty() && !m_output.trimmed().isEmpty();
}

bool ExportModel::wouldOverwrite() const
{
    const QFileInfo output(m_output);
    return output.isDir() ? !QDir(m_output).isEmpty() : output.exists();
}

void ExportModel::start(bool overwrite)
{
    if (!canStart())
        return;
    ExportRequest request;
    request.avatar = m_avatar;
    request.voice = m_voice;
    request.output = toPath(m_output.trimmed());
    request.pictureSequence = m_kind == ExportKind::PictureSequence;
    request.overwrite = overwrite;
    m_runningOutput = m_output.trimmed();
    m_progress = {};
    m_state = ExportState::Running;
    Q_EMIT changed();
    m_bridge.startExport(request);
}

void ExportModel::cancel()
{
    if (m_state != ExportState::Running)
        return;
    m_state = ExportState::Cancelling;
    Q_EMIT changed();
    m_bridge.cancelExport();
}

double ExportModel::fraction() const
{
    if (m_state == ExportState::Done)
        return 1;
    if (!isRunning() || m_progress.frames <= 0)
        return 0;
    return std::clamp(static_cast<double>(m_progress.framesDone) / static_cast<double>(m_progress.frames), 0.0, 1.0);
}

QString ExportModel::statusText() const
{
    const QLocale locale;
    const QString name = QFileInfo(m_runningOutput).fileName();
    switch (m_state) {
    case ExportState::Idle:
        return m_avatar.empty() || m_voice.empty() ? tr("Open an avatar and a voice first.") : tr("Ready to export.");
    case ExportState::Running:
        if (m_progress.framesDone == 0)
            return tr("Opening…");
        return tr("%1 of %2 frames · %3 fps · %4 s left")
            .arg(m_progress.framesDone)
            .arg(m_progress.frames)
            .arg(locale.toString(m_progress.framesPerSecond, 'f', 1))
            .arg(std::lround(m_progress.secondsLeft));
    case ExportState::Cancelling:
        return tr("Cancelling…");
    case ExportState::Done:
        return tr("Wrote %1: %2 frames in %3 s, %4 fps.")
            .arg(name)
            .arg(m_report.frames)
            .arg(locale.toString(m_report.seconds, 'f', 1), locale.toString(m_report.framesPerSecond, 'f', 1));
    case ExportState::Cancelled:
        return tr("Cancelled; %1 was not written.").arg(name);
    case ExportState::Failed:
        return m_failure;
    }
    return {};
}

QString ExportModel::suggestedOutput() const
{
    if (m_avatar.empty() || m_voice.empty())
        return {};
    const QString name = QStringLiteral("%1-%2").arg(fromPath(m_avatar.stem()), fromPath(m_voice.stem()));
    return QDir(m_folder).filePath(m_kind == ExportKind::Video ? QStringLiteral("%1.%2").arg(name, kVideoSuffix)
                                                               : name);
}

void ExportModel::end(ExportState state)
{
    m_state = state;
    Q_EMIT changed();
    Q_EMIT finished();
}

} // namespace lipsync::ui
