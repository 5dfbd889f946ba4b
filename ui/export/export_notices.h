// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>

namespace lipsync::ui {

class ExportQueueBridge;
class Notifier;

/// Tells the operator when an export is finished or has failed, wherever he looks; what he cancelled he knows. What the
/// queue does not take, and what is wrong with the queue itself, is for the window.
class ExportNotices final : public QObject {
    Q_OBJECT

public:
    /// Both must outlive it.
    ExportNotices(ExportQueueBridge& bridge, Notifier& notifier, QObject* parent = nullptr);

Q_SIGNALS:
    /// The desktop cannot show the notice: the window should.
    void unheard(const QString& sentence, bool isFailure);
    /// An export was not taken into the queue, the queue cannot be opened, or it was opened without its jobs.
    void refused(const QString& sentence);
    /// An export was taken: what refused() said of another one last is no news any more.
    void taken(const QString& refusal);

private:
    void followRefusals(ExportQueueBridge& bridge);

    QString m_refusal; ///< the last one of an export
};

} // namespace lipsync::ui
