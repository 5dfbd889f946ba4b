// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <QStringList>

class QSettings;

namespace lipsync::ui {

/// Projects that were opened or saved last, the newest first, kept in the settings (which must outlive it).
class RecentProjects final : public QObject {
    Q_OBJECT

public:
    static constexpr qsizetype kMost = 10;

    explicit RecentProjects(QSettings& settings, QObject* parent = nullptr);

    QStringList files() const { return m_files; }
    void add(const QString& file);
    void remove(const QString& file);
    void clear();

Q_SIGNALS:
    void changed();

private:
    void store(const QStringList& files);

    QSettings& m_settings;
    QStringList m_files;
};

} // namespace lipsync::ui
