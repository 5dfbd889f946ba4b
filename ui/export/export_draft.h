// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include <filesystem>
#include <vector>

#include <QObject>
#include <QString>
#include <QStringList>

namespace lipsync::ui {

/// The export that is being put together: what of, in which format, where to. It suggests names until one is chosen.
class ExportDraft final : public QObject {
    Q_OBJECT

public:
    /// `formats` as exportFormats() has them; the first that can be written is chosen.
    explicit ExportDraft(std::vector<ExportFormatInfo> formats, QObject* parent = nullptr);

    const std::vector<ExportFormatInfo>& formats() const { return m_formats; }

    /// What is exported; outputs are suggested in `folder` until one was chosen.
    void setSources(const std::filesystem::path& avatar, const std::filesystem::path& voice, const QString& folder);
    /// One that cannot be written is refused.
    void setFormat(ExportFormat format);
    ExportFormat format() const { return m_format; }
    /// A folder for pictures, a file otherwise.
    bool isFolder() const;
    /// Constant rate factor, 0 best to 51 worst; only the first two formats have one.
    void setQuality(int quality);
    int quality() const { return m_quality; }
    bool hasQuality() const;
    void setOutput(const QString& output);
    QString output() const { return m_output; }
    /// Forgets what was chosen: the suggestion takes its place.
    void useSuggestedOutput();
    /// The output was chosen, not suggested.
    bool isOutputChosen() const { return m_isOutputChosen; }

    /// Outputs that jobs have already, so that others are suggested.
    void setTaken(const QStringList& outputs);

    /// Whether request() makes sense: sources, an output, and a format that can be written.
    bool isComplete() const;
    /// Why not, or what is to be done next, in a sentence.
    QString hint() const;
    /// Whether the output is there already.
    bool wouldOverwrite() const;
    ExportRequest request(bool overwrite) const;

Q_SIGNALS:
    void changed();

private:
    const ExportFormatInfo* info(ExportFormat format) const;
    QString suffix() const;
    QString suggestedOutput() const;
    void suggest();

    std::vector<ExportFormatInfo> m_formats;
    std::filesystem::path m_avatar;
    std::filesystem::path m_voice;
    QString m_folder;
    QString m_output;
    QStringList m_taken;
    bool m_isOutputChosen = false;
    ExportFormat m_format = ExportFormat::Mp4;
    int m_quality = ExportRequest{}.quality;
};

} // namespace lipsync::ui
