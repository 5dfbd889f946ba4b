// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

namespace lipsync::ui {
class MainWindow;
}

namespace lipsync::studio {

/// Waits for the first picture of the preview, says on standard output how long after the start of the process it was
/// on screen, and quits.
class StartReport final : public QObject {
    Q_OBJECT

public:
    /// The window must outlive it.
    explicit StartReport(ui::MainWindow& window);
};

} // namespace lipsync::studio
