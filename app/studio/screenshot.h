// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <QTimer>

namespace lipsync::ui {
class MainWindow;
}

namespace lipsync::studio {

/// Plays the first seconds of what the window opens, writes a picture of the window and ends the program:
/// status 0, or 4 when no picture came in time or the file could not be written.
class Screenshot final : public QObject {
    Q_OBJECT

public:
    /// The window outlives it.
    Screenshot(ui::MainWindow& window, QString file);

private:
    void look();

    ui::MainWindow& m_window;
    QString m_file;
    QTimer m_look;
    QElapsedTimer m_waited;
    bool m_hasPicture = false;
};

} // namespace lipsync::studio
