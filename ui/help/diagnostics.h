// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include <filesystem>
#include <vector>

#include <QByteArray>
#include <QObject>
#include <QString>

class QSettings;

namespace lipsync::ui {

class EnginePost;

/// What a developer needs to find a fault on another machine: versions, devices, figures, the log, the last frames'
/// times and the settings. No media. Reads the engine on the calling thread.
std::vector<ArchivedText> engineDiagnostics(Engine& engine);
/// The part of it that the window knows. Window's thread.
std::vector<ArchivedText> windowDiagnostics(const QSettings& settings);

/// The texts with the home folder written as "~", so that nobody's name is in them.
std::vector<ArchivedText> withoutHome(std::vector<ArchivedText> texts, const QString& home);

/// Writes them all into an archive on the bridge's reading thread. All must outlive it.
class Diagnostics final : public QObject {
    Q_OBJECT

public:
    Diagnostics(Engine& engine, EnginePost& post, const QSettings& settings, QObject* parent = nullptr);

    /// written() or refused() follows.
    void write(const QString& file);

Q_SIGNALS:
    void written(const QString& file);
    void refused(const QString& sentence);

private:
    Engine& m_engine;
    EnginePost& m_post;
    const QSettings& m_settings;
};

} // namespace lipsync::ui
