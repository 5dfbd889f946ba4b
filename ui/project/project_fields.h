// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/project/project_json.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonObject>
#include <QJsonValue>
#include <QString>
#include <QStringList>

namespace lipsync::ui {

/// Reads typed fields of a JSON object within limits. The first one that is missing or makes no sense is remembered by
/// its whole name ("playback.loop.last"); what is read afterwards is of no use.
class FieldReader {
public:
    /// `badField` must outlive the reader and all that are made from it.
    FieldReader(QJsonObject object, QString name, QString& badField);

    bool has(const QString& key) const { return m_object.contains(key); }
    QString text(const QString& key, int mostLetters = kMostLetters);
    std::int64_t number(const QString& key, std::int64_t least, std::int64_t most);
    double real(const QString& key);
    bool flag(const QString& key);
    QJsonArray list(const QString& key, int most);
    FieldReader object(const QString& key);
    /// An object that others read; empty when it is none.
    QJsonObject rawObject(const QString& key) const { return m_object.value(key).toObject(); }
    /// An object of a list.
    FieldReader within(const QString& list, const QJsonValue& value);
    void refuse(const QString& key);

private:
    static constexpr int kMostLetters = 4096; // PATH_MAX

    QJsonObject m_object;
    QString m_name;
    QString& m_badField;
};

/// Paths of a project document: written absolute and relative to it, found at whichever place they are.
class ProjectPaths {
    Q_DECLARE_TR_FUNCTIONS(ProjectPaths)

public:
    enum class Kind { Avatar, Voice, QueuedAvatar, QueuedVoice, QueuedFeatures };

    ProjectPaths(const QString& document, FileCheck exists);

    /// A file that is read; one that is at neither place is remembered as missing. Empty stays empty.
    QString input(FieldReader& fields, const QString& key, Kind kind);
    /// A file that will be written: beside the document when the folder is there, otherwise where it was.
    QString output(FieldReader& fields, const QString& key);
    QJsonObject write(const QString& path) const;

    /// A sentence for each, once.
    const QStringList& missing() const { return m_missing; }

private:
    struct Places {
        QString absolute;
        QString besideDocument; ///< empty: there is no such place
    };
    Places places(FieldReader& fields, const QString& key) const;

    QString m_folder;
    FileCheck m_exists;
    QStringList m_missing;
};

} // namespace lipsync::ui
