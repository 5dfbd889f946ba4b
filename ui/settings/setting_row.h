// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPersistentModelIndex>
#include <QWidget>

class QCheckBox;
class QComboBox;
class QSpinBox;

namespace lipsync::ui {

class SettingsModel;

/// A setting with its name, the control that its kind needs, and its hint below.
class SettingRow final : public QWidget {
    Q_OBJECT

public:
    /// The model must outlive the row.
    SettingRow(SettingsModel& model, int row, QWidget* parent = nullptr);

    int row() const { return m_index.row(); }
    QWidget* control() const;

private:
    void makeControl();
    void follow();
    void set(const QVariant& value);

    SettingsModel& m_model;
    QPersistentModelIndex m_index;
    QComboBox* m_choice = nullptr; ///< one of the three is there
    QSpinBox* m_number = nullptr;
    QCheckBox* m_switch = nullptr;
};

} // namespace lipsync::ui
