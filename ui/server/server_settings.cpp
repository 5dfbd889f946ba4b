// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/server/server_settings.h"

#include "ui/engine_bridge/qt_conversion.h"

#include <QCoreApplication>
#include <QSettings>

namespace lipsync::ui {
namespace {

constexpr int kLastPort = 65535;
constexpr qsizetype kMostFolders = 100;

const auto kHost = QStringLiteral("server/host");
const auto kPort = QStringLiteral("server/port");
const auto kServesLibrary = QStringLiteral("server/servesLibrary");
const auto kFolders = QStringLiteral("server/folders");
const auto kTokenFile = QStringLiteral("server/tokenFile");
const auto kCertificate = QStringLiteral("server/certificate");
const auto kKey = QStringLiteral("server/key");
const auto kClientCertificates = QStringLiteral("server/clientCertificates");
const auto kMetrics = QStringLiteral("server/metrics");
const auto kWeb = QStringLiteral("server/web");
const auto kStartsWithStudio = QStringLiteral("server/startsWithStudio");

struct Text {
    Q_DECLARE_TR_FUNCTIONS(ServerSettings)
};

std::filesystem::path pathOf(const QString& name)
{
    return name.isEmpty() ? std::filesystem::path() : toPath(name);
}

} // namespace

bool ServerSettings::isOpenToNetwork() const
{
    return !host.startsWith(QLatin1String("127.")) && host != QLatin1String("localhost") &&
        host != QLatin1String("::1") && host != QLatin1String("[::1]");
}

QString ServerSettings::advice() const
{
    if (!isOpenToNetwork())
        return {};
    if (tokenFile.isEmpty() && clientCertificates.isEmpty())
        return Text::tr("Other machines reach this address: give a token file, or certificates of the clients.");
    if (certificate.isEmpty())
        return Text::tr("Without a certificate whoever listens in the network can read tokens, voices and pictures.");
    return {};
}

ServerSettings readServerSettings(const QSettings& settings)
{
    const ServerSettings first;
    ServerSettings read;
    const QString host = settings.value(kHost).toString().trimmed();
    read.host = host.isEmpty() ? first.host : host;
    bool isNumber = false;
    const int port = settings.value(kPort, first.port).toInt(&isNumber);
    read.port = isNumber && port >= 0 && port <= kLastPort ? port : first.port;
    read.servesLibrary = settings.value(kServesLibrary, first.servesLibrary).toBool();
    read.folders = settings.value(kFolders).toStringList().mid(0, kMostFolders);
    read.tokenFile = settings.value(kTokenFile).toString();
    read.certificate = settings.value(kCertificate).toString();
    read.key = settings.value(kKey).toString();
    read.clientCertificates = settings.value(kClientCertificates).toString();
    read.metrics = settings.value(kMetrics).toString();
    read.web = settings.value(kWeb).toString();
    read.startsWithStudio = settings.value(kStartsWithStudio, first.startsWithStudio).toBool();
    return read;
}

void writeServerSettings(QSettings& settings, const ServerSettings& server)
{
    settings.setValue(kHost, server.host);
    settings.setValue(kPort, server.port);
    settings.setValue(kServesLibrary, server.servesLibrary);
    settings.setValue(kFolders, server.folders);
    settings.setValue(kTokenFile, server.tokenFile);
    settings.setValue(kCertificate, server.certificate);
    settings.setValue(kKey, server.key);
    settings.setValue(kClientCertificates, server.clientCertificates);
    settings.setValue(kMetrics, server.metrics);
    settings.setValue(kWeb, server.web);
    settings.setValue(kStartsWithStudio, server.startsWithStudio);
}

ServerOptions optionsOf(const ServerSettings& settings, const std::vector<std::filesystem::path>& libraryAvatars)
{
    ServerOptions options;
    const bool isBare = settings.host.contains(u':') && !settings.host.startsWith(u'[');
    const QString host = isBare ? u'[' + settings.host + u']' : settings.host; // of IPv6
    options.listen = QStringLiteral("%1:%2").arg(host).arg(settings.port).toStdString();
    if (settings.servesLibrary)
        options.libraries = libraryAvatars;
    for (const QString& folder : settings.folders)
        options.libraries.push_back(toPath(folder));
    options.tokenFile = pathOf(settings.tokenFile);
    options.certificateFile = pathOf(settings.certificate);
    options.keyFile = pathOf(settings.key);
    options.clientCertificatesFile = pathOf(settings.clientCertificates);
    options.metricsListen = settings.metrics.toStdString();
    options.webListen = settings.web.toStdString();
    return options;
}

} // namespace lipsync::ui
