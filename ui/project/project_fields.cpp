// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/project/project_fields.h"

#include <cmath>
#include <utility>

#include <QDir>
#include <QFileInfo>

namespace lipsync::ui {

FieldReader::FieldReader(QJsonObject object, QString name, QString& badField)
    : m_object(std::move(object))
    , m_name(std::move(name))
    , m_badField(badField)
{
}

QString FieldReader::text(const QString& key, int mostLetters)
{
    const QJsonValue value = m_object.value(key);
    const QString text = value.toString();
    if (!value.isString() || text.size() > mostLetters || text.contains(QChar::Null)) {
        refuse(key);
        return {};
    }
    return text;
}

std::int64_t FieldReader::number(const QString& key, std::int64_t least, std::int64_t most)
{
    const double value = real(key);
    if (!(value >= static_cast<double>(least) && value <= static_cast<double>(most)) || value != std::floor(value)) {
        refuse(key);
        return least;
    }
    return static_cast<std::int64_t>(value);
}

double FieldReader::real(const QString& key)
{
    const QJsonValue value = m_object.value(key);
    if (!value.isDouble())
        refuse(key);
    return value.toDouble();
}

bool FieldReader::flag(const QString& key)
{
    const QJsonValue value = m_object.value(key);
    if (!value.isBool())
        refuse(key);
    return value.toBool();
}

QJsonArray FieldReader::list(const QString& key, int most)
{
    const QJsonValue value = m_object.value(key);
    if (!value.isArray() || value.toArray().size() > most) {
        refuse(key);
        return {};
    }
    return value.toArray();
}

FieldReader FieldReader::object(const QString& key)
{
    return within(key, m_object.value(key));
}

FieldReader FieldReader::within(const QString& list, const QJsonValue& value)
{
    if (!value.isObject())
        refuse(list);
    return {value.toObject(), m_name.isEmpty() ? list : m_name + u'.' + list, m_badField};
}

void FieldReader::refuse(const QString& key)
{
    if (m_badField.isEmpty())
        m_badField = m_name.isEmpty() ? key : m_name + u'.' + key;
}

ProjectPaths::ProjectPaths(const QString& document, FileCheck exists)
    : m_folder(QFileInfo(document).absolutePath())
    , m_exists(std::move(exists))
{
}

QString ProjectPaths::input(FieldReader& fields, const QString& key, Kind kind)
{
    const auto [absolute, beside] = places(fields, key);
    if (absolute.isEmpty())
        return {};
    if (!beside.isEmpty() && m_exists(beside))
        return beside;
    if (!m_exists(absolute)) {
        QString sentence;
        switch (kind) {
        case Kind::Avatar:
            sentence = tr("The avatar %1 of the project is not there any more: put it back, or open another one.");
            break;
        case Kind::Voice:
            sentence = tr("The voice %1 of the project is not there any more: put it back, or open another one.");
            break;
        case Kind::QueuedAvatar:
            sentence = tr("The avatar %1 of an export in the queue is not there any more: put it back, or remove the "
                          "export.");
            break;
        case Kind::QueuedVoice:
            sentence =
                tr("The voice %1 of an export in the queue is not there any more: put it back, or remove the export.");
            break;
        case Kind::QueuedFeatures:
            sentence = tr("The features %1 of an export in the queue are not there any more: put them back, or remove "
                          "the export.");
            break;
        }
        sentence = sentence.arg(QDir::toNativeSeparators(absolute));
        if (!m_missing.contains(sentence))
            m_missing << sentence;
    }
    return absolute;
}

QString ProjectPaths::output(FieldReader& fields, const QString& key)
{
    const auto [absolute, beside] = places(fields, key);
    return !beside.isEmpty() && m_exists(QFileInfo(beside).path()) ? beside : absolute;
}

QJsonObject ProjectPaths::write(const QString& path) const
{
    const QString absolute = path.isEmpty() ? path : QDir::cleanPath(QFileInfo(path).absoluteFilePath());
    return {{QStringLiteral("path"), absolute},
            {QStringLiteral("relative"), path.isEmpty() ? QString() : QDir(m_folder).relativeFilePath(absolute)}};
}

ProjectPaths::Places ProjectPaths::places(FieldReader& fields, const QString& key) const
{
    FieldReader path = fields.object(key);
    const QString absolute = path.text(QStringLiteral("path"));
    const QString relative = path.text(QStringLiteral("relative"));
    if (absolute.isEmpty())
        return {};
    if (QDir::isRelativePath(absolute)) {
        path.refuse(QStringLiteral("path"));
        return {};
    }
    return {QDir::cleanPath(absolute),
            relative.isEmpty() || QDir::isAbsolutePath(relative) ? QString()
                                                                 : QDir::cleanPath(m_folder + u'/' + relative)};
}

} // namespace lipsync::ui
