// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include <filesystem>
#include <optional>

#include <QObject>
#include <QString>

namespace lipsync::ui {

class EngineBridge;

enum class ExportState { Idle, Running, Cancelling, Done, Cancelled, Failed };

enum class ExportKind { Video, PictureSequence };

/// One export: what is to be written where, how far it is and how it ended.
class ExportModel final : public QObject {
    Q_OBJECT

public:
    explicit ExportModel(EngineBridge& bridge, QObject* parent = nullptr);

    /// What will be exported. A first output name is suggested in `folder` until one was chosen.
    void setSources(const std::filesystem::path& avatar, const std::filesystem::path& voice, const QString& folder);

    void setKind(ExportKind kind);
    ExportKind kind() const { return m_kind; }
    void setOutput(const QString& output);
    QString output() const { return m_output; }

    /// Whether start() would start: sources and an output are known and nothing runs.
    bool canStart() const;
    bool isRunning() const { return m_state == ExportState::Running || m_state == ExportState::Cancelling; }
    /// Whether the output is there already.
    bool wouldOverwrite() const;
    void start(bool overwrite);
    void cancel();

    ExportState state() const { return m_state; }
    /// 0 to 1.
    double fraction() const;
    /// What is going on or how it ended, in words.
    QString statusText() const;

Q_SIGNALS:
    void changed(); ///< anything above
    void finished(); ///< no longer running, however it ended

private:
    QString suggestedOutput() const;
    void end(ExportState state);

    EngineBridge& m_bridge;
    std::filesystem::path m_avatar;
    std::filesystem::path m_voice;
    QString m_folder;
    QString m_output;
    bool m_isOutputChosen = false;
    QString m_runningOutput;
    ExportKind m_kind = ExportKind::Video;
    ExportState m_state = ExportState::Idle;
    ExportProgress m_progress;
    ExportReport m_report;
    QString m_failure;
};

} // namespace lipsync::ui
