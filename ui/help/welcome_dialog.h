// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

namespace lipsync::ui {

class ActionRegistry;

/// The first-run page: what the studio does and the commands to begin with, each a button that runs it. Leaves the
/// window usable and closes with the first command.
class WelcomeDialog final : public QDialog {
    Q_OBJECT

public:
    /// The registry must outlive it and hold the commands of playback, library, operations, palette and settings.
    WelcomeDialog(const ActionRegistry& actions, QWidget* parent);
};

} // namespace lipsync::ui
