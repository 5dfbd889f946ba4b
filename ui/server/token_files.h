// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/engine_bridge/work_lane.h"

#include <QObject>
#include <QString>

namespace lipsync::ui {

/// Makes and reads the files of tokens that clients of the server show, on the thread "ui-tokens". Their form is
/// ServerOptions::tokenFile's.
class TokenFiles final : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    /// Writes a file with one random token of 256 bits, which nobody but its owner may read from the first moment on; one
    /// that is there is replaced. made() or failed() follows.
    void make(const QString& file);
    /// Reads the first token; tokenRead() or failed() follows.
    void read(const QString& file);

Q_SIGNALS:
    void made(const QString& file);
    void tokenRead(const QString& token);
    void failed(const QString& sentence);

private:
    WorkLane m_lane{*this, QStringLiteral("ui-tokens")};
};

} // namespace lipsync::ui
