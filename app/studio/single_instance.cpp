// SPDX-License-Identifier: GPL-3.0-or-later
#include "single_instance.h"

#include <utility>

#include <QDeadlineTimer>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocalSocket>
#include <QStandardPaths>

#include <unistd.h>

namespace lipsync::studio {
namespace {

constexpr int kAttemptMs = 200;
constexpr int kPauseMs = 50; // until the first one listens
constexpr qsizetype kMostBytes = 256 << 10;
constexpr int kMostFiles = 100;
constexpr qsizetype kLongestName = 4096; // PATH_MAX
const QByteArray kTaken = "taken\n";
const auto kFilesKey = QStringLiteral("files");

} // namespace

QByteArray messageOf(const QStringList& files)
{
    QJsonArray names;
    for (const QString& file : files)
        names.append(QFileInfo(file).absoluteFilePath());
    return QJsonDocument(QJsonObject{{kFilesKey, names}}).toJson(QJsonDocument::Compact) + '\n';
}

std::optional<QStringList> parseFiles(const QByteArray& message)
{
    if (message.size() > kMostBytes)
        return {};
    const QJsonValue names = QJsonDocument::fromJson(message).object().value(kFilesKey);
    if (!names.isArray() || names.toArray().size() > kMostFiles)
        return {};
    QStringList files;
    for (const QJsonValue& name : names.toArray()) {
        const QString file = name.toString();
        if (file.size() > kLongestName || !QDir::isAbsolutePath(file) || file.contains(QChar::Null))
            return {};
        files << file;
    }
    return files;
}

SingleInstance::SingleInstance(QString folder, std::chrono::milliseconds patience)
    : m_folder(std::move(folder))
    , m_patience(patience)
    , m_lock(m_folder + QStringLiteral("/studio.lock"))
{
    m_lock.setStaleLockTime(0); // held until its process is gone, however long that is
    m_server.setSocketOptions(QLocalServer::UserAccessOption);
    connect(&m_server, &QLocalServer::newConnection, this, &SingleInstance::greet);
}

SingleInstance::~SingleInstance()
{
    m_server.close(); // before another one may take the lock and the name
}

QString SingleInstance::folderOfUser()
{
    const QString runtime = QStandardPaths::writableLocation(QStandardPaths::RuntimeLocation);
    const QString base = runtime.isEmpty() ? QDir::tempPath() + QStringLiteral("/lipsync-%1").arg(getuid()) : runtime;
    return base + QStringLiteral("/lipsync-studio");
}

SingleInstance::Start SingleInstance::start(const QStringList& files)
{
    QDir().mkpath(m_folder);
    QFile::setPermissions(m_folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    const QByteArray message = messageOf(files);
    const QDeadlineTimer patience(m_patience);
    // The first one may be about to listen, or about to end.
    int pauseMs = 0;
    do {
        if (m_lock.tryLock(pauseMs)) {
            listen();
            return Start::First;
        }
        if (m_lock.error() != QLockFile::LockFailedError)
            return Start::First; // a folder that cannot be written: better twice than not at all
        if (handOver(message))
            return Start::HandedOver;
        pauseMs = kPauseMs;
    } while (!patience.hasExpired());
    return Start::NoAnswer;
}

QString SingleInstance::socketName() const
{
    return m_folder + QStringLiteral("/studio.socket");
}

void SingleInstance::listen()
{
    QLocalServer::removeServer(socketName()); // of one that crashed: the lock is ours
    m_server.listen(socketName()); // where it cannot, the studio runs all the same
}

bool SingleInstance::handOver(const QByteArray& message) const
{
    QLocalSocket socket;
    socket.connectToServer(socketName());
    if (!socket.waitForConnected(kAttemptMs))
        return false;
    socket.write(message);
    const QDeadlineTimer patience(m_patience);
    QByteArray answer;
    while (answer != kTaken && !patience.hasExpired()) {
        if (!socket.waitForReadyRead(static_cast<int>(patience.remainingTime())))
            break;
        answer += socket.readAll();
    }
    return answer == kTaken;
}

void SingleInstance::greet()
{
    while (QLocalSocket* socket = m_server.nextPendingConnection()) {
        connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
        connect(socket, &QLocalSocket::readyRead, this, [this, socket] { read(socket); });
        read(socket); // what came before the connection above
    }
}

void SingleInstance::read(QLocalSocket* socket)
{
    if (!socket->canReadLine()) {
        if (socket->bytesAvailable() > kMostBytes)
            socket->abort();
        return;
    }
    const auto files = parseFiles(socket->readLine(kMostBytes + 1));
    if (!files) {
        socket->abort();
        return;
    }
    socket->write(kTaken);
    socket->disconnectFromServer(); // after the answer is written
    Q_EMIT filesReceived(*files);
}

} // namespace lipsync::studio
