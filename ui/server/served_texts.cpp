// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/server/served_texts.h"

#include <algorithm>
#include <map>

#include <QCoreApplication>
#include <QUrl>

namespace lipsync::ui {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(ServedTexts)
};

bool isHarmless(QChar letter)
{
    switch (letter.category()) {
    case QChar::Other_Control:
    case QChar::Other_Format: // turns the direction of what follows
    case QChar::Separator_Line:
    case QChar::Separator_Paragraph:
        return false;
    default:
        return true;
    }
}

} // namespace

QString methodText(const std::string& method)
{
    const QString text = plainText(method);
    const qsizetype slash = text.lastIndexOf(u'/');
    const qsizetype dot = text.lastIndexOf(u'.', slash);
    return text.mid(dot >= 0 && dot < slash ? dot + 1 : text.startsWith(u'/') ? 1 : 0);
}

QString peerText(const std::string& peer)
{
    QString text = plainText(peer);
    for (const char* scheme : {"ipv4:", "ipv6:"})
        if (text.startsWith(QLatin1String(scheme)))
            text = text.mid(static_cast<qsizetype>(qstrlen(scheme)));
    return plainText(QUrl::fromPercentEncoding(text.toUtf8()).toStdString());
}

QString callStatusText(const std::string& status)
{
    const std::map<std::string, QString> words{
        {"ok", Text::tr("done")},
        {"bad_request", Text::tr("makes no sense")},
        {"not_found", Text::tr("no such avatar")},
        {"not_ready", Text::tr("not ready")},
        {"overloaded", Text::tr("overloaded")},
        {"too_late", Text::tr("too late")},
        {"cancelled", Text::tr("cancelled")},
        {"draining", Text::tr("server stops")},
        {"no_token", Text::tr("no valid token")},
        {"forbidden", Text::tr("not allowed")},
        {"failed", Text::tr("failed")},
    };
    const auto found = words.find(status);
    return found == words.end() ? plainText(status) : found->second;
}

QString plainText(const std::string& text)
{
    QString plain = QString::fromStdString(text);
    std::replace_if(
        plain.begin(), plain.end(), [](QChar letter) { return !isHarmless(letter); }, QChar(u' '));
    return plain.simplified();
}

QString uptimeText(double seconds)
{
    constexpr qint64 kMinute = 60, kHour = 3600;
    const auto whole = static_cast<qint64>(seconds);
    return QStringLiteral("%1:%2:%3")
        .arg(whole / kHour)
        .arg(whole % kHour / kMinute, 2, 10, QChar(u'0'))
        .arg(whole % kMinute, 2, 10, QChar(u'0'));
}

} // namespace lipsync::ui
