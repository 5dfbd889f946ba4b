// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QVBoxLayout;

namespace lipsync::ui {

class Dialogs;
class ExportModel;

/// Where to export to, the button that starts it, and how far it is.
class ExportPanel final : public QWidget {
    Q_OBJECT

public:
    ExportPanel(ExportModel& model, Dialogs& dialogs, QWidget* parent = nullptr);

    /// Starts the export, after a question where a file would be overwritten.
    void start();

private:
    void addFormat(QVBoxLayout& column);
    void addOutput(QVBoxLayout& column);
    void addProgress(QVBoxLayout& column);
    void browse();
    void follow();

    ExportModel& m_model;
    Dialogs& m_dialogs;
    QComboBox* m_kind;
    QLineEdit* m_output;
    QPushButton* m_browse;
    QPushButton* m_start;
    QPushButton* m_cancel;
    QProgressBar* m_progress;
    QLabel* m_status;
    QLabel* m_failure;
};

} // namespace lipsync::ui
