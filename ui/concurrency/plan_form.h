// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QWidget>

class QComboBox;
class QDoubleSpinBox;
class QFormLayout;
class QLabel;
class QSpinBox;
class QVBoxLayout;

namespace lipsync::ui {

class ConcurrencyModel;
class DeviceRow;

/// The fields of the draft: preset, devices, how workers live and what they take, priorities.
class PlanForm final : public QWidget {
    Q_OBJECT

public:
    explicit PlanForm(ConcurrencyModel& model, QWidget* parent = nullptr);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void addPresets(QVBoxLayout& column);
    void addDevices(QVBoxLayout& column);
    void addWorkers(QVBoxLayout& column);
    void addBatches(QFormLayout& form);
    void addPriorities(QVBoxLayout& column);
    QSpinBox* makeShare(QFormLayout& form, const QString& caption, const char* objectName, const QString& name,
                        const QString& toolTip);
    void follow();
    void showPresets();
    void showDevices();
    void listDevices();
    void showFigures();
    void showWorkers();
    void showPriorities();

    ConcurrencyModel& m_model;
    std::vector<QFormLayout*> m_forms;
    QComboBox* m_preset;
    QLabel* m_effect;
    QVBoxLayout* m_deviceColumn;
    std::vector<DeviceRow*> m_devices;
    QLabel* m_noDevices;
    QComboBox* m_isolation;
    QSpinBox* m_threads;
    QSpinBox* m_batch;
    QDoubleSpinBox* m_wait;
    QComboBox* m_arithmetic;
    QComboBox* m_balance;
    QSpinBox* m_preview = nullptr;
    QSpinBox* m_live = nullptr;
    QSpinBox* m_export = nullptr;
    QLabel* m_shares;
};

} // namespace lipsync::ui
