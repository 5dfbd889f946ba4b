// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/project/project_files.h"

#include <utility>

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSaveFile>

namespace lipsync::ui {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(ProjectFile)
};

} // namespace

Result<ReadProject> readProjectFile(const QString& file)
{
    QFile from(file);
    if (!QFileInfo(file).isFile() || !from.open(QIODevice::ReadOnly))
        return failure(
            ErrorCode::InvalidInput,
            Text::tr("The project %1 cannot be read: check that it is there and may be read.").arg(file).toStdString(),
            from.error() == QFileDevice::NoError ? std::string() : from.errorString().toStdString());
    return parseProject(from.read(kMostProjectBytes + 1), file,
                        [](const QString& path) { return QFileInfo::exists(path); });
}

Status writeProjectFile(const QString& file, const QByteArray& text)
{
    QSaveFile to(file);
    if (to.open(QIODevice::WriteOnly) && to.write(text) == text.size() && to.commit())
        return {};
    return failure(ErrorCode::Resource,
                   Text::tr("The project %1 cannot be written: check the folder, its rights and its free space.")
                       .arg(file)
                       .toStdString(),
                   to.errorString().toStdString());
}

RecoveryFolder::RecoveryFolder(QString folder)
    : m_folder(std::move(folder))
{
}

QString RecoveryFolder::present() const
{
    return m_folder + QStringLiteral("/unsaved") + QString::fromLatin1(kProjectSuffix);
}

QString RecoveryFolder::takeCrashed(const QDateTime& now) const
{
    const QString suffix = QString::fromLatin1(kProjectSuffix);
    if (QFile::exists(present()))
        QFile::rename(present(),
                      m_folder + QStringLiteral("/crashed-") +
                          now.toUTC().toString(QStringLiteral("yyyyMMdd-HHmmss-zzz")) + suffix);
    const QDir folder(m_folder);
    const QStringList crashed = folder.entryList({QStringLiteral("crashed-*") + suffix}, QDir::Files, QDir::Name);
    return crashed.isEmpty() ? QString() : folder.filePath(crashed.last());
}

QString RecoveryFolder::putAside(const QString& file)
{
    const QString damaged = file + QStringLiteral(".damaged");
    QFile::remove(damaged);
    return QFile::rename(file, damaged) ? damaged : file;
}

} // namespace lipsync::ui
