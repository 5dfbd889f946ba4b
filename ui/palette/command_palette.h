// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/palette/palette_model.h"

#include <QDialog>

class QLabel;
class QLineEdit;
class QListView;

namespace lipsync::ui {

/// A field and a list over the window: type a few letters of a command, press Enter. Closes when something else gets
/// the focus.
class CommandPalette final : public QDialog {
    Q_OBJECT

public:
    /// The registry must outlive the palette.
    CommandPalette(ActionRegistry& registry, QWidget* parent);

    /// Opens empty, below the upper edge of its parent.
    void open() override;
    PaletteModel& model() { return m_model; }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void search(const QString& query);
    void run(const QModelIndex& index);

    PaletteModel m_model;
    QLineEdit* m_query;
    QListView* m_commands;
    QLabel* m_nothing;
};

} // namespace lipsync::ui
