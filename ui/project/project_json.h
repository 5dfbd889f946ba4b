// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/project/project_data.h"

#include <functional>

#include <QByteArray>
#include <QDateTime>
#include <QString>
#include <QStringList>

namespace lipsync::ui {

/// Whose unsaved work a recovery file holds.
struct UnsavedWork {
    QString file; ///< the project it belongs to; empty: it was never saved
    QDateTime time; ///< when it was kept

    bool operator==(const UnsavedWork&) const = default;
};

/// A project as it was read.
struct ReadProject {
    ProjectData data;
    std::optional<UnsavedWork> unsaved; ///< of a recovery file
    QStringList missing; ///< a sentence for every file that is not where it was
};

/// Whether a file or folder is there. Tests decide it themselves.
using FileCheck = std::function<bool(const QString& path)>;

/// Reads the text of the project document `file`. A file of the project is looked for at its place relative to the
/// document first, so that a folder can be moved or copied, then where it was. InvalidInput with a sentence when the
/// text is no project, is of a newer studio, or has values that make no sense.
Result<ReadProject> parseProject(const QByteArray& text, const QString& file, const FileCheck& exists);

/// The text of a project that is written to `file`; of a recovery file where `unsaved` says whose work it is: then paths
/// are relative to that project.
QByteArray toJson(const ProjectData& data, const QString& file, const std::optional<UnsavedWork>& unsaved = {});

/// Largest document that is read.
inline constexpr qint64 kMostProjectBytes = qint64{4} << 20;

} // namespace lipsync::ui
