// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>

#include <QWidget>

class QBoxLayout;
class QLabel;
class QLayout;
class QTreeView;

namespace lipsync::ui {

class ActionRegistry;
class Dialogs;
class ExportDraft;
class ExportForm;
class ExportQueueBridge;
class ExportQueueModel;

/// The export queue: the next export beside the list of those that wait, run or have ended. Connects the commands of
/// addExportActions(), which must have been added.
class ExportQueuePanel final : public QWidget {
    Q_OBJECT

public:
    ExportQueuePanel(ExportQueueBridge& bridge, ExportQueueModel& queue, ExportDraft& draft, ActionRegistry& actions,
                     Dialogs& dialogs, QWidget* parent = nullptr);

    /// Puts the draft into the queue, after a question where a file would be overwritten.
    void add(bool starts);

    bool eventFilter(QObject* watched, QEvent* event) override;

protected:
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* makeList();
    QLayout* makeBar();
    void sizeColumns();
    void connectActions();
    void on(const char* id, const std::function<void()>& run);
    void onJob(const char* id, const std::function<void(std::uint64_t)>& run);
    void end(const char* id, const QString& question, const std::function<void(std::uint64_t)>& run);
    void withdrawQuestion();
    void openFolder();
    int currentRow() const;
    void follow();
    void showChoice();
    void enable(const char* id, bool isEnabled);

    ExportQueueBridge& m_bridge;
    ExportQueueModel& m_queue;
    ExportDraft& m_draft;
    ActionRegistry& m_actions;
    Dialogs& m_dialogs;
    ExportForm* m_form;
    QBoxLayout* m_halves;
    QTreeView* m_list;
    QLabel* m_summary;
    QLabel* m_empty;
    QLabel* m_detail;
    QLabel* m_failure;
    std::function<void()> m_takeBack; ///< the open question about ending a job
    std::uint64_t m_questioned = 0; ///< that job
    std::uint64_t m_newJob = 0; ///< added, not listed yet; no job has the id 0
};

} // namespace lipsync::ui
