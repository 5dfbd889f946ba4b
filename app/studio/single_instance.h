// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <optional>

#include <QByteArray>
#include <QLocalServer>
#include <QLockFile>
#include <QObject>
#include <QString>
#include <QStringList>

class QLocalSocket;

namespace lipsync::studio {

/// Makes the program run once for a person: the first one listens, a later one hands its files over and ends.
class SingleInstance final : public QObject {
    Q_OBJECT

public:
    enum class Start {
        First, ///< this program runs alone and gets what others hand over
        HandedOver, ///< another one has the files and shows itself
        NoAnswer, ///< another one runs, but does not answer
    };

    /// A first one that is still starting on a loaded machine answers within it.
    static constexpr std::chrono::seconds kPatience{15};

    /// Lock and socket are in `folder`, which belongs to this person and is made when it is not there.
    explicit SingleInstance(QString folder, std::chrono::milliseconds patience = kPatience);
    ~SingleInstance() override;

    /// Finds out whether to run. Files are names relative to the working directory or absolute.
    Start start(const QStringList& files);

    /// Where lock and socket of this person are.
    static QString folderOfUser();

Q_SIGNALS:
    /// Another start handed these over (absolute names; none: only the window is wanted).
    void filesReceived(const QStringList& files);

private:
    QString socketName() const;
    void listen();
    bool handOver(const QByteArray& message) const;
    void greet();
    void read(QLocalSocket* socket);

    QString m_folder;
    std::chrono::milliseconds m_patience;
    QLockFile m_lock;
    QLocalServer m_server;
};

/// What a start hands over: one JSON document in one line. parseFiles() gives nothing for what is none of ours or
/// beyond the limits.
QByteArray messageOf(const QStringList& files);
std::optional<QStringList> parseFiles(const QByteArray& message);

} // namespace lipsync::studio
