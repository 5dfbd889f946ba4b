// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/project/project_json.h"

#include <QByteArray>
#include <QString>

namespace lipsync::ui {

/// Reads a project document within its limits, on the calling thread.
Result<ReadProject> readProjectFile(const QString& file);

/// Writes the text whole or not at all, on the calling thread: a reader sees the old file or the new one.
Status writeProjectFile(const QString& file, const QByteArray& text);

/// The folder in which unsaved work is kept between a crash and the next start.
class RecoveryFolder {
public:
    explicit RecoveryFolder(QString folder);

    /// Where the running studio keeps its unsaved work.
    QString present() const;
    /// Puts what a crashed studio left aside, so that present() is free, and names it; with several the newest. Empty:
    /// there is none.
    QString takeCrashed(const QDateTime& now) const;
    /// Puts a file that cannot be read out of the way, and names where it is now.
    static QString putAside(const QString& file);

private:
    QString m_folder;
};

} // namespace lipsync::ui
