// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/concurrency/concurrency_model.h"

#include <string>

#include <QWidget>

class QCheckBox;
class QLabel;
class QProgressBar;
class QSpinBox;

namespace lipsync::ui {

/// A device: whether it is taken, by how many workers, and how full its memory is.
class DeviceRow final : public QWidget {
    Q_OBJECT

public:
    DeviceRow(ConcurrencyModel& model, const std::string& device, QWidget* parent = nullptr);

    const std::string& device() const { return m_device; }
    /// Puts its controls behind another one in the tab order; gives the last of them.
    QWidget* tabAfter(QWidget* before);
    /// Shows what the model says of it.
    void show(const PlanDevice& device);
    /// Only how full its memory is and how busy it is; fields that are being written into stay as they are.
    void showFigures(const PlanDevice& device);

private:
    ConcurrencyModel& m_model;
    const std::string m_device;
    QCheckBox* m_isTaken;
    QSpinBox* m_workers;
    QLabel* m_description;
    QProgressBar* m_memory;
    QLabel* m_figures;
    int m_lastWorkers = 1; ///< to come back when the device is taken again
};

} // namespace lipsync::ui
