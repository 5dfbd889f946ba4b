// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/preview/preview_panel.h"

#include "ui/actions/action_registry.h"
#include "ui/playback/playback_controller.h"
#include "ui/preview/picture_view.h"
#include "ui/preview/transport_bar.h"

#include <utility>

#include <QAction>
#include <QCloseEvent>
#include <QKeyEvent>
#include <QVBoxLayout>

namespace lipsync::ui {

PreviewPanel::PreviewPanel(PlaybackController& playback, const ActionRegistry& actions, QWidget* parent)
    : QWidget(parent)
    , m_playback(playback)
    , m_actions(actions)
    , m_view(new PictureView)
    , m_transport(new TransportBar(playback, actions))
    , m_column(new QVBoxLayout(this))
{
    setObjectName(QStringLiteral("previewPanel"));
    setAttribute(Qt::WA_StyledBackground);
    setAccessibleName(tr("Preview"));
    setWindowTitle(tr("Preview"));
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(0);
    m_column->addWidget(m_view, 1);
    m_column->addWidget(m_transport);
    connect(&playback, &PlaybackController::pictureChanged, m_view, [this](const auto& picture) {
        if (!m_isLive)
            m_view->showPicture(picture);
    });
}

void PreviewPanel::addBar(QWidget* bar)
{
    m_column->addWidget(bar);
}

void PreviewPanel::setLive(bool isLive)
{
    if (std::exchange(m_isLive, isLive) == isLive)
        return;
    m_playback.pause();
    m_transport->setEnabled(!isLive);
    if (!isLive)
        m_view->showPicture(m_playback.picture());
    Q_EMIT liveChanged(isLive);
}

void PreviewPanel::setFullScreen(bool isFull)
{
    if (isFull == isWindow())
        return;
    if (isFull) {
        setWindowFlag(Qt::Window, true);
        // The window's commands belong to the window that has the keyboard now.
        for (const QString& id : m_actions.ids())
            addAction(m_actions.action(id));
        showFullScreen();
        activateWindow();
    } else {
        for (QAction* action : actions())
            removeAction(action);
        setWindowState(windowState() & ~Qt::WindowFullScreen);
        setWindowFlag(Qt::Window, false);
        show();
        parentWidget()->activateWindow();
    }
    m_view->setFocus();
    Q_EMIT fullScreenChanged(isFull);
}

void PreviewPanel::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape && isWindow() && parentWidget())
        setFullScreen(false);
    else
        QWidget::keyPressEvent(event);
}

void PreviewPanel::closeEvent(QCloseEvent* event)
{
    if (!parentWidget()) {
        QWidget::closeEvent(event);
        return;
    }
    event->ignore();
    setFullScreen(false);
}

} // namespace lipsync::ui
