// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/export/export_draft.h"

#include "ui/engine_bridge/qt_conversion.h"

#include <algorithm>
#include <utility>

#include <QDir>
#include <QFileInfo>

namespace lipsync::ui {
namespace {

constexpr int kWorstQuality = 51; // of H.264's constant rate factor

QString numbered(const QString& stem, int number)
{
    return number == 1 ? stem : QStringLiteral("%1-%2").arg(stem).arg(number);
}

} // namespace

ExportDraft::ExportDraft(std::vector<ExportFormatInfo> formats, QObject* parent)
    : QObject(parent)
    , m_formats(std::move(formats))
{
    const auto good = std::find_if(m_formats.begin(), m_formats.end(),
                                   [](const ExportFormatInfo& format) { return format.problem.empty(); });
    if (good != m_formats.end())
        m_format = good->format;
}

void ExportDraft::setSources(const std::filesystem::path& avatar, const std::filesystem::path& voice,
                             const QString& folder)
{
    m_avatar = avatar;
    m_voice = voice;
    m_folder = folder;
    suggest();
    Q_EMIT changed();
}

void ExportDraft::setFormat(ExportFormat format)
{
    const ExportFormatInfo* wanted = info(format);
    if (format == m_format || !wanted || !wanted->problem.empty())
        return;
    const QString oldSuffix = suffix();
    m_format = format;
    if (m_isOutputChosen) {
        QString stem = m_output.trimmed();
        if (!oldSuffix.isEmpty() && stem.endsWith(oldSuffix, Qt::CaseInsensitive))
            stem.chop(oldSuffix.size());
        m_output = stem + suffix();
    }
    suggest();
    Q_EMIT changed();
}

bool ExportDraft::isFolder() const
{
    return suffix().isEmpty();
}

void ExportDraft::setQuality(int quality)
{
    quality = std::clamp(quality, 0, kWorstQuality);
    if (std::exchange(m_quality, quality) != quality)
        Q_EMIT changed();
}

bool ExportDraft::hasQuality() const
{
    return m_format == ExportFormat::Mp4 || m_format == ExportFormat::WebM;
}

void ExportDraft::setOutput(const QString& output)
{
    if (output == m_output)
        return;
    m_output = output;
    m_isOutputChosen = !output.trimmed().isEmpty();
    Q_EMIT changed();
}

void ExportDraft::useSuggestedOutput()
{
    const QString before = m_output;
    m_isOutputChosen = false;
    suggest();
    if (m_output != before)
        Q_EMIT changed();
}

void ExportDraft::setTaken(const QStringList& outputs)
{
    if (outputs == m_taken)
        return;
    m_taken = outputs;
    const QString before = m_output;
    // What was chosen has been put into the queue; the next export gets a name of its own.
    if (m_isOutputChosen && m_taken.contains(m_output.trimmed()))
        m_isOutputChosen = false;
    suggest();
    if (m_output != before)
        Q_EMIT changed();
}

bool ExportDraft::isComplete() const
{
    const ExportFormatInfo* chosen = info(m_format);
    return chosen && chosen->problem.empty() && !m_avatar.empty() && !m_voice.empty() && !m_output.trimmed().isEmpty();
}

QString ExportDraft::hint() const
{
    if (m_avatar.empty() || m_voice.empty())
        return tr("Open an avatar and a voice first.");
    if (m_output.trimmed().isEmpty())
        return tr("Choose where to write to.");
    if (const ExportFormatInfo* chosen = info(m_format); !chosen || !chosen->problem.empty())
        return chosen ? QString::fromStdString(chosen->problem) : tr("No format can be written on this machine.");
    return {};
}

bool ExportDraft::wouldOverwrite() const
{
    const QFileInfo output(m_output.trimmed());
    return output.isDir() ? !QDir(output.filePath()).isEmpty() : output.exists();
}

ExportRequest ExportDraft::request(bool overwrite) const
{
    ExportRequest request;
    request.avatar = m_avatar;
    request.voice = m_voice;
    request.output = toPath(m_output.trimmed());
    request.format = m_format;
    request.quality = m_quality;
    request.overwrite = overwrite;
    return request;
}

const ExportFormatInfo* ExportDraft::info(ExportFormat format) const
{
    const auto found = std::find_if(m_formats.begin(), m_formats.end(),
                                    [format](const ExportFormatInfo& one) { return one.format == format; });
    return found == m_formats.end() ? nullptr : &*found;
}

QString ExportDraft::suffix() const
{
    const ExportFormatInfo* chosen = info(m_format);
    return chosen ? QString::fromStdString(chosen->extension) : QString();
}

QString ExportDraft::suggestedOutput() const
{
    if (m_avatar.empty() || m_voice.empty())
        return {};
    const QString stem =
        QDir(m_folder).filePath(QStringLiteral("%1-%2").arg(fromPath(m_avatar.stem()), fromPath(m_voice.stem())));
    int number = 1;
    while (m_taken.contains(numbered(stem, number) + suffix()))
        ++number;
    return numbered(stem, number) + suffix();
}

void ExportDraft::suggest()
{
    if (!m_isOutputChosen)
        m_output = suggestedOutput();
}

} // namespace lipsync::ui
