// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QComboBox;
class QGridLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace lipsync::ui {

class ActionRegistry;
class Dialogs;
class ExportDraft;

/// Fields of the next export: format, output, quality.
class ExportForm final : public QWidget {
    Q_OBJECT

public:
    ExportForm(ExportDraft& draft, ActionRegistry& actions, Dialogs& dialogs, QWidget* parent = nullptr);

    QSize sizeHint() const override;

    /// Why the last export was not taken into the queue; empty hides it.
    void showRefusal(const QString& reason);

private:
    void addFormat(QGridLayout& grid);
    void addOutput(QGridLayout& grid);
    void addQuality(QGridLayout& grid);
    void addButtons(QGridLayout& grid, ActionRegistry& actions);
    void browse();
    void follow();

    ExportDraft& m_draft;
    Dialogs& m_dialogs;
    QComboBox* m_format;
    QLabel* m_problems;
    QLineEdit* m_output;
    QPushButton* m_browse;
    QSpinBox* m_quality;
    QLabel* m_hint;
    QLabel* m_refusal;
};

} // namespace lipsync::ui
