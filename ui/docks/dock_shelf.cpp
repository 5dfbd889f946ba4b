// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/docks/dock_shelf.h"

#include "ui/forms/form_area.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include <QDockWidget>
#include <QEvent>
#include <QMainWindow>
#include <QSettings>
#include <QTabBar>

namespace lipsync::ui {
namespace {

const auto kGeometrySetting = QStringLiteral("window/geometry");
const auto kLayoutSetting = QStringLiteral("window/layout");
constexpr int kLayoutVersion = 3; // raised when docks change, so that an old layout is not restored into the new ones
constexpr int kLeftWidth = 250;
constexpr int kRightWidth = 300;
constexpr int kBottomHeight = 250;

// Gives the first control of a place, in the order of tabs, the focus. False when there is none.
bool focusFirst(QWidget* place)
{
    const QWidget* content = place;
    if (const auto* dock = qobject_cast<QDockWidget*>(place))
        content = dock->widget();
    for (QWidget* next = place->nextInFocusChain(); next && next != place; next = next->nextInFocusChain()) {
        const bool isInside = content == next || content->isAncestorOf(next);
        if (isInside && next->isVisible() && next->isEnabled() && (next->focusPolicy() & Qt::TabFocus)) {
            next->setFocus(Qt::TabFocusReason);
            return true;
        }
    }
    return false;
}

} // namespace

DockShelf::DockShelf(QMainWindow& window, QSettings& settings)
    : m_window(window)
    , m_settings(settings)
{
    window.setDockNestingEnabled(true);
    // A floating dock is a window of its own; nesting lets a person stand docks side by side.
    window.setTabPosition(Qt::AllDockWidgetAreas, QTabWidget::North);
    // The side docks stand beside the preview; what is measured lies under all of them.
    for (const Qt::Corner corner : {Qt::BottomLeftCorner, Qt::BottomRightCorner})
        window.setCorner(corner, Qt::BottomDockWidgetArea);
}

QDockWidget* DockShelf::add(DockPlace place, const QString& name, const QString& title, QWidget* panel)
{
    auto* dock = new QDockWidget(title, &m_window);
    dock->setObjectName(name);
    dock->setAccessibleName(title);
    dock->setAllowedAreas(Qt::AllDockWidgetAreas);
    panel->setObjectName(QStringLiteral("dockContent"));
    const bool scrollsItself = place == DockPlace::Bottom || panel->findChild<FormArea*>();
    dock->setWidget(scrollsItself ? panel : new FormArea(panel));
    dock->toggleViewAction()->setToolTip(tr("Show or hide the panel %1").arg(title));
    dock->toggleViewAction()->setStatusTip(dock->toggleViewAction()->toolTip());

    const auto area = place == DockPlace::Left ? Qt::LeftDockWidgetArea
        : place == DockPlace::Right            ? Qt::RightDockWidgetArea
                                               : Qt::BottomDockWidgetArea;
    auto& shared = place == DockPlace::Left ? m_left : place == DockPlace::Right ? m_right : m_bottom;
    m_window.addDockWidget(area, dock);
    if (!shared.isEmpty())
        m_window.tabifyDockWidget(shared.last(), dock);
    shared.append(dock);
    m_docks.append(dock);
    return dock;
}

void DockShelf::finish()
{
    for (const auto& shared : {m_left, m_right, m_bottom})
        if (!shared.isEmpty())
            shared.first()->raise();
    sizeDocks();
    m_firstLayout = layout();
    m_window.restoreGeometry(m_settings.value(kGeometrySetting).toByteArray());
    m_isRestored = restore(m_settings.value(kLayoutSetting).toByteArray());
    m_window.installEventFilter(this);
}

bool DockShelf::eventFilter(QObject* watched, QEvent* event)
{
    // Only now it is known how large everything wants to be.
    if (watched == &m_window && event->type() == QEvent::Show && !m_isRestored) {
        m_isRestored = true;
        sizeDocks();
        m_firstLayout = layout();
    }
    return QObject::eventFilter(watched, event);
}

void DockShelf::sizeDocks()
{
    const auto resize = [this](const QList<QDockWidget*>& docks, int size, Qt::Orientation orientation) {
        if (!docks.isEmpty())
            m_window.resizeDocks({docks.first()}, {size}, orientation);
    };
    resize(m_left, sideWidth(kLeftWidth, m_textPercent), Qt::Horizontal);
    resize(m_right, sideWidth(kRightWidth, m_textPercent), Qt::Horizontal);
    resize(m_bottom, kBottomHeight, Qt::Vertical);
}

int DockShelf::sideWidth(int usual, int textPercent) const
{
    constexpr int kUsualPercent = 100, kWindowShare = 4;
    return std::min(usual * textPercent / kUsualPercent, std::max(usual, m_window.width() / kWindowShare));
}

void DockShelf::setTextPercent(int percent)
{
    constexpr int kTolerance = 4; // pixels: the window gives what it can
    const int before = std::exchange(m_textPercent, percent);
    const std::pair<const QList<QDockWidget*>&, int> sides[] = {{m_left, kLeftWidth}, {m_right, kRightWidth}};
    for (const auto& [docks, usual] : sides) {
        const auto shown = std::find_if(docks.begin(), docks.end(), [this](QDockWidget* dock) {
            return dock->isVisible() && !dock->isFloating() &&
                m_window.dockWidgetArea(dock) != Qt::BottomDockWidgetArea;
        });
        if (shown == docks.end())
            continue;
        const int width = (*shown)->width(), wanted = sideWidth(usual, percent);
        if (width < wanted || std::abs(width - sideWidth(usual, before)) <= kTolerance)
            m_window.resizeDocks({*shown}, {wanted}, Qt::Horizontal);
    }
}

void DockShelf::reset()
{
    restore(m_firstLayout);
}

void DockShelf::save()
{
    m_settings.setValue(kGeometrySetting, m_window.saveGeometry());
    m_settings.setValue(kLayoutSetting, layout());
}

QByteArray DockShelf::layout() const
{
    return m_window.saveState(kLayoutVersion);
}

bool DockShelf::restore(const QByteArray& layout)
{
    return m_window.restoreState(layout, kLayoutVersion);
}

void DockShelf::raise(const QWidget* panel)
{
    for (QDockWidget* dock : m_docks) {
        if (dock->isAncestorOf(panel)) {
            dock->show();
            dock->raise();
        }
    }
}

void DockShelf::goTo(QDockWidget* dock)
{
    dock->show();
    dock->raise();
    focusFirst(dock);
}

void DockShelf::goOn(bool forward)
{
    QList<QWidget*> places{m_window.centralWidget()};
    for (QDockWidget* dock : m_docks)
        if (dock->isVisible() && !dock->visibleRegion().isEmpty())
            places.append(dock);
    const QWidget* present = m_window.focusWidget();
    qsizetype at = 0;
    for (qsizetype place = 0; place < places.size(); ++place)
        if (present && (places.at(place) == present || places.at(place)->isAncestorOf(present)))
            at = place;
    for (qsizetype step = 1; step <= places.size(); ++step)
        if (focusFirst(places.at((at + (forward ? step : places.size() - step)) % places.size())))
            return;
}

} // namespace lipsync::ui
