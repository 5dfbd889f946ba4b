// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/export/export_notices.h"

#include "ui/engine_bridge/export_queue_bridge.h"
#include "ui/engine_bridge/qt_conversion.h"
#include "ui/export/export_texts.h"
#include "ui/notifier/notifier.h"

#include <QPointer>

namespace lipsync::ui {

ExportNotices::ExportNotices(ExportQueueBridge& bridge, Notifier& notifier, QObject* parent)
    : QObject(parent)
{
    followRefusals(bridge);
    connect(&bridge, &ExportQueueBridge::ended, this, [this, &notifier](const ExportJob& job) {
        if (job.state == ExportJobState::Cancelled)
            return;
        const bool isFailure = job.state == ExportJobState::Failed;
        const QString sentence = endText(job);
        notifier.notify(isFailure ? tr("Export failed") : tr("Export finished"), sentence,
                        [self = QPointer<ExportNotices>(this), sentence, isFailure] {
                            if (self)
                                Q_EMIT self->unheard(sentence, isFailure);
                        });
    });
}

void ExportNotices::followRefusals(ExportQueueBridge& bridge)
{
    connect(&bridge, &ExportQueueBridge::refused, this, [this](const Error& error) {
        m_refusal = toText(error);
        Q_EMIT refused(m_refusal);
    });
    connect(&bridge, &ExportQueueBridge::added, this, [this] { Q_EMIT taken(m_refusal); });
    connect(&bridge, &ExportQueueBridge::openingRefused, this,
            [this](const Error& error) { Q_EMIT refused(toText(error)); });
    connect(&bridge, &ExportQueueBridge::opened, this, [this, &bridge] {
        if (!bridge.openingNote().isEmpty())
            Q_EMIT refused(bridge.openingNote());
    });
}

} // namespace lipsync::ui
