// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QObject>
#include <QString>

class QAction;
class QDockWidget;
class QMainWindow;
class QSettings;
class QWidget;

namespace lipsync::ui {

/// Where a dock stands at first.
enum class DockPlace { Left, Right, Bottom };

/// The docks of a window: makes them, puts them where they belong, remembers where a person puts them, and brings them
/// back. Docks of one place share it as tabs, the first one in front.
class DockShelf final : public QObject {
    Q_OBJECT

public:
    /// Window and settings must outlive the shelf.
    DockShelf(QMainWindow& window, QSettings& settings);

    /// `name` names the dock in saved layouts and never changes. The panel becomes the dock's; on a side
    /// it scrolls where it is higher than its dock, unless it has a part that does.
    QDockWidget* add(DockPlace place, const QString& name, const QString& title, QWidget* panel);

    /// Side docks that are as wide as they were made, or narrower than the text needs, follow its size; 100 is usual.
    void setTextPercent(int percent);

    /// Once all docks are there: sizes them, keeps this as the first layout, and restores the last one.
    void finish();
    /// Every dock back where it was at first.
    void reset();
    void save();

    bool eventFilter(QObject* watched, QEvent* event) override;

    /// The window's layout as text of a project document; restore() refuses one of other docks.
    QByteArray layout() const;
    bool restore(const QByteArray& layout);

    /// Shows the dock of a panel, in front of those it shares its place with.
    void raise(const QWidget* panel);

    /// Shows a dock in front of those it shares its place with, and gives its first control the focus.
    void goTo(QDockWidget* dock);
    /// The focus goes on to the next visible dock (or the one before), round and round, with the window's centre as one
    /// of the places.
    void goOn(bool forward);

    /// In the order of their making.
    const QList<QDockWidget*>& docks() const { return m_docks; }

private:
    void sizeDocks();
    /// A quarter of the window at most.
    int sideWidth(int usual, int textPercent) const;

    QMainWindow& m_window;
    QSettings& m_settings;
    QList<QDockWidget*> m_docks;
    QList<QDockWidget*> m_left, m_right, m_bottom;
    QByteArray m_firstLayout;
    int m_textPercent = 100;
    bool m_isRestored = false; ///< the last layout is in force
};

} // namespace lipsync::ui
