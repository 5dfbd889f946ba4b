// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include <QDialog>

class QLabel;
class QProgressBar;
class QPushButton;
class QVBoxLayout;

namespace lipsync::ui {

class Dialogs;
class FormArea;
class OperationForm;
class OperationModel;

/// What a dialog of an operation calls things.
struct OperationWords {
    QString title;
    QString start; ///< on the button that starts it
    QString next; ///< on the button for what comes after it
    QString nextToolTip;
};

/// A form and the progress of what it started, in a window of its own beside the studio's. Closing it hides it: the
/// operation goes on.
class OperationDialog final : public QDialog {
    Q_OBJECT

public:
    /// The form becomes the dialog's.
    OperationDialog(OperationForm* form, OperationModel& model, const OperationWords& words, Dialogs& dialogs,
                    QWidget* parent = nullptr);

    /// Shows it in front, with an empty end where the last operation is over.
    void open() override;

Q_SIGNALS:
    /// The person wants to go on with the avatar that was made.
    void nextWanted(const std::filesystem::path& avatar);

private:
    void buildProgress();
    void buildButtons(QVBoxLayout& column, const OperationWords& words);
    void start();
    void follow();
    void showPicture();
    void resizeEvent(QResizeEvent* event) override;

    OperationForm& m_form;
    OperationModel& m_model;
    Dialogs& m_dialogs;
    QWidget* m_progress;
    QLabel* m_status;
    QLabel* m_failure;
    QProgressBar* m_bar;
    QLabel* m_detail;
    QLabel* m_picture;
    QLabel* m_hint;
    QPushButton* m_start;
    QPushButton* m_cancel;
    QPushButton* m_next;
};

} // namespace lipsync::ui
