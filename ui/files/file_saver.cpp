// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/files/file_saver.h"

#include <utility>

#include <QDir>
#include <QSaveFile>

namespace lipsync::ui {

void FileSaver::save(const QString& file, std::function<QByteArray()> make)
{
    m_lane.run([this, file, make = std::move(make)] {
        const QByteArray bytes = make();
        QSaveFile target(file);
        if (!bytes.isEmpty() && target.open(QIODevice::WriteOnly) && target.write(bytes) == bytes.size() &&
            target.commit()) {
            m_lane.post([this, file] { Q_EMIT saved(file); });
            return;
        }
        const QString reason = bytes.isEmpty() ? tr("there is nothing to write") : target.errorString();
        m_lane.post([this, file, reason] {
            Q_EMIT failed(tr("%1 could not be written: %2.").arg(QDir::toNativeSeparators(file), reason));
        });
    });
}

} // namespace lipsync::ui
