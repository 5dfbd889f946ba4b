// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/server/token_files.h"

#include "ui/engine_bridge/qt_conversion.h"

#include <array>
#include <filesystem>
#include <system_error>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRandomGenerator>

namespace lipsync::ui {
namespace {

constexpr std::size_t kRandomWords = 8; // of 32 bits
constexpr qint64 kMostBytes = 64 << 10; // what the server reads of such a file

QByteArray newToken()
{
    std::array<quint32, kRandomWords> random{};
    QRandomGenerator::system()->fillRange(random.data(), random.size());
    return QByteArray(reinterpret_cast<const char*>(random.data()), sizeof random)
        .toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
}

// Why it could not be written; empty when it was.
QString write(const QString& name, const QByteArray& bytes)
{
    QDir().mkpath(QFileInfo(name).absolutePath());
    const QString unfinished = name + QStringLiteral(".unfinished");
    QFile::remove(unfinished); // of one that broke off
    QFile file(unfinished);
    if (!file.open(QIODevice::WriteOnly | QIODevice::NewOnly, QFile::ReadOwner | QFile::WriteOwner))
        return file.errorString();
    const bool isWritten = file.write(bytes) == bytes.size() && file.flush();
    file.close();
    std::error_code problem;
    if (isWritten)
        std::filesystem::rename(toPath(unfinished), toPath(name), problem);
    if (isWritten && !problem)
        return {};
    QFile::remove(unfinished);
    return isWritten ? QString::fromStdString(problem.message()) : file.errorString();
}

QString firstToken(const QByteArray& text)
{
    for (const QByteArray& line : text.split('\n')) {
        const QByteArray words = line.split('#').first().simplified();
        if (!words.isEmpty())
            return QString::fromUtf8(words.split(' ').first());
    }
    return {};
}

} // namespace

void TokenFiles::make(const QString& file)
{
    m_lane.run([this, file] {
        const QByteArray text =
            "# Clients of the server show one of these: authorization: Bearer TOKEN\n" + newToken() + '\n';
        const QString reason = write(file, text);
        m_lane.post([this, file, reason] {
            if (reason.isEmpty())
                Q_EMIT made(file);
            else
                Q_EMIT failed(tr("%1 could not be written: %2.").arg(QDir::toNativeSeparators(file), reason));
        });
    });
}

void TokenFiles::read(const QString& name)
{
    m_lane.run([this, name] {
        QFile file(name);
        const bool isOpen = file.open(QIODevice::ReadOnly);
        const QString token = isOpen ? firstToken(file.read(kMostBytes)) : QString();
        const QString reason = isOpen ? tr("it holds no token") : file.errorString();
        m_lane.post([this, name, token, reason] {
            if (!token.isEmpty())
                Q_EMIT tokenRead(token);
            else
                Q_EMIT failed(tr("No token was read from %1: %2.").arg(QDir::toNativeSeparators(name), reason));
        });
    });
}

} // namespace lipsync::ui
