// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include <filesystem>
#include <vector>

#include <QString>
#include <QStringList>

class QSettings;

namespace lipsync::ui {

/// What a person set of the server. It is of the machine, not of a project: which ports are free and who may call.
struct ServerSettings {
    QString host = QStringLiteral("127.0.0.1");
    int port = 50051; ///< 0: any that is free
    bool servesLibrary = true; ///< the avatars of the library
    QStringList folders; ///< of further avatars
    QString tokenFile; ///< empty: no token is needed
    QString certificate, key; ///< empty: no TLS
    QString clientCertificates; ///< empty: any client
    QString metrics; ///< HOST:PORT of the page of numbers; empty: none
    QString web; ///< HOST:PORT of the page for browsers; empty: none
    bool startsWithStudio = false;

    bool operator==(const ServerSettings&) const = default;

    /// Whether machines other than this one reach the address.
    bool isOpenToNetwork() const;
    /// What is to be known of the security of these settings, in a sentence; empty where there is nothing to say.
    QString advice() const;
};

/// As they were saved last; what makes no sense is as at first.
ServerSettings readServerSettings(const QSettings& settings);
void writeServerSettings(QSettings& settings, const ServerSettings& server);

/// As the engine takes them; `libraryAvatars` are served where the settings say so.
ServerOptions optionsOf(const ServerSettings& settings, const std::vector<std::filesystem::path>& libraryAvatars);

} // namespace lipsync::ui
