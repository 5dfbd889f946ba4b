// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/preview/preview_panel.h"

#include "ui/playback/playback_controller.h"
#include "ui/preview/picture_view.h"
#include "ui/preview/transport_bar.h"

#include <QVBoxLayout>

namespace lipsync::ui {

PreviewPanel::PreviewPanel(PlaybackController& playback, const ActionRegistry& actions, QWidget* parent)
    : QWidget(parent)
    , m_view(new PictureView)
{
    setObjectName(QStringLiteral("previewPanel"));
    setAttribute(Qt::WA_StyledBackground);
    setAccessibleName(tr("Preview"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_view, 1);
    column->addWidget(new TransportBar(playback, actions));
    connect(&playback, &PlaybackController::pictureChanged, m_view, &PictureView::setPicture);
}

} // namespace lipsync::ui
