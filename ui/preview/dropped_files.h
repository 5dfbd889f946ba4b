// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>

#include <QCoreApplication>
#include <QList>
#include <QString>
#include <QUrl>

namespace lipsync::ui {

/// What was dropped on the window, or why it cannot be used.
struct DroppedFiles {
    Q_DECLARE_TR_FUNCTIONS(lipsync::ui::DroppedFiles)

public:
    std::optional<std::filesystem::path> avatar;
    std::optional<std::filesystem::path> voice;
    QString refusal; ///< a sentence; empty when everything dropped has its place
};

/// Sorts local files by name and kind without reading them: a folder with avatar.json (or that file) is an avatar,
/// a sound or video file is a voice.
DroppedFiles sortDroppedFiles(const QList<QUrl>& urls);

} // namespace lipsync::ui
