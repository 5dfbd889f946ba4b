// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/project/recent_projects.h"

#include <QFileInfo>
#include <QSettings>

namespace lipsync::ui {
namespace {

const auto kSetting = QStringLiteral("project/recent");

} // namespace

RecentProjects::RecentProjects(QSettings& settings, QObject* parent)
    : QObject(parent)
    , m_settings(settings)
{
    for (const QString& file : settings.value(kSetting).toStringList())
        if (QFileInfo(file).isAbsolute() && !m_files.contains(file) && m_files.size() < kMost)
            m_files << file;
}

void RecentProjects::add(const QString& file)
{
    QStringList files = m_files;
    files.removeAll(file);
    files.prepend(file);
    store(files.mid(0, kMost));
}

void RecentProjects::remove(const QString& file)
{
    QStringList files = m_files;
    files.removeAll(file);
    store(files);
}

void RecentProjects::clear()
{
    store({});
}

void RecentProjects::store(const QStringList& files)
{
    if (files == m_files)
        return;
    m_files = files;
    m_settings.setValue(kSetting, files);
    Q_EMIT changed();
}

} // namespace lipsync::ui
