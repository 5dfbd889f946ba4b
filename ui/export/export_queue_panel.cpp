// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/export/export_queue_panel.h"

#include "ui/actions/action_bar.h"
#include "ui/actions/action_registry.h"
#include "ui/dialogs/dialogs.h"
#include "ui/engine_bridge/export_queue_bridge.h"
#include "ui/engine_bridge/qt_conversion.h"
#include "ui/export/export_actions.h"
#include "ui/export/export_draft.h"
#include "ui/export/export_form.h"
#include "ui/export/export_queue_model.h"
#include "ui/export/export_texts.h"
#include "ui/forms/form_area.h"
#include "ui/forms/form_parts.h"
#include "ui/export/progress_delegate.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <QAction>
#include <QBoxLayout>
#include <QDesktopServices>
#include <QFileInfo>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QResizeEvent>
#include <QToolBar>
#include <QTreeView>
#include <QUrl>

namespace lipsync::ui {
namespace {

using namespace action_id;

constexpr int kNarrowWidth = 640; // below it form and list stand one above the other
// Widths of the columns after the first, in letters.
constexpr int kColumnLetters[] = {24, 23, 24, 20, 11, 11, 11};
constexpr int kLeastLetters = 10; // of any column; the first takes what is left

QString id(const char* name)
{
    return QString::fromLatin1(name);
}

} // namespace

ExportQueuePanel::ExportQueuePanel(ExportQueueBridge& bridge, ExportQueueModel& queue, ExportDraft& draft,
                                   ActionRegistry& actions, Dialogs& dialogs, QWidget* parent)
    : QWidget(parent)
    , m_bridge(bridge)
    , m_queue(queue)
    , m_draft(draft)
    , m_actions(actions)
    , m_dialogs(dialogs)
    , m_form(new ExportForm(draft, actions, dialogs))
    , m_halves(new QBoxLayout(QBoxLayout::LeftToRight, this))
    , m_list(new QTreeView)
    , m_summary(makeSentence("muted", tr("State of the queue")))
    , m_empty(makeSentence("muted", tr("Exports")))
    , m_detail(makeSentence("muted", tr("About the chosen export")))
    , m_failure(makeSentence("failure", tr("Why the chosen export failed")))
{
    setObjectName(QStringLiteral("dockContent"));
    setAttribute(Qt::WA_StyledBackground);
    setAccessibleName(tr("Export queue"));
    m_halves->setContentsMargins(12, 8, 12, 12);
    m_halves->setSpacing(12);
    m_halves->addWidget(new FormArea(m_form));
    m_halves->addWidget(makeList(), 1);
    connectActions();
    connect(&queue, &ExportQueueModel::changed, this, &ExportQueuePanel::follow);
    connect(&draft, &ExportDraft::changed, this, &ExportQueuePanel::follow);
    connect(&bridge, &ExportQueueBridge::added, this, [this](quint64 job) {
        m_form->showRefusal({});
        m_newJob = job;
        follow();
    });
    const auto refuse = [this](const Error& error) { m_form->showRefusal(toText(error)); };
    connect(&bridge, &ExportQueueBridge::refused, this, refuse);
    connect(&bridge, &ExportQueueBridge::openingRefused, this, refuse);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, &ExportQueuePanel::showChoice);
    follow();
}

void ExportQueuePanel::add(bool starts)
{
    if (!m_draft.isComplete())
        return;
    if (!m_draft.wouldOverwrite()) {
        m_bridge.add(m_draft.request(false), starts);
        return;
    }
    m_dialogs.confirm(this, tr("Replace what is there?"), tr("%1 exists already.").arg(m_draft.output()), tr("Replace"),
                      [this, request = m_draft.request(true), starts] { m_bridge.add(request, starts); });
}

bool ExportQueuePanel::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_list && event->type() == QEvent::KeyPress &&
        static_cast<QKeyEvent*>(event)->key() == Qt::Key_Delete) {
        m_actions.action(id(kRemoveJob))->trigger();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

void ExportQueuePanel::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        sizeColumns();
}

void ExportQueuePanel::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    sizeColumns(); // only now the header has its style
}

void ExportQueuePanel::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    const bool isNarrow = event->size().width() < kNarrowWidth;
    m_halves->setDirection(isNarrow ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
}

QWidget* ExportQueuePanel::makeList()
{
    m_list->setObjectName(QStringLiteral("exportQueue"));
    m_list->setAccessibleName(tr("Exports in their order of work"));
    m_list->setToolTip(tr("Drag an export, or press Alt+Up and Alt+Down, to change the order of work"));
    m_list->setModel(&m_queue);
    m_list->setItemDelegateForColumn(ExportQueueModel::Progress, new ProgressDelegate(m_list));
    m_list->setRootIsDecorated(false);
    m_list->setUniformRowHeights(true);
    m_list->setAllColumnsShowFocus(true);
    m_list->setSelectionMode(QAbstractItemView::SingleSelection);
    m_list->setDragDropMode(QAbstractItemView::InternalMove);
    m_list->setDropIndicatorShown(true);
    m_list->setTextElideMode(Qt::ElideMiddle);
    m_list->setTabKeyNavigation(false);
    m_list->installEventFilter(this);
    m_list->header()->setStretchLastSection(false);
    m_list->header()->setSectionsMovable(false);
    sizeColumns();
    m_empty->setText(tr("No exports yet. Open an avatar and a voice, choose a format, then press Export, or Add to "
                        "Queue to work it off later."));
    m_empty->setAlignment(Qt::AlignCenter);

    auto* half = new QWidget;
    auto* column = new QVBoxLayout(half);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addLayout(makeBar());
    column->addWidget(m_list, 1);
    column->addWidget(m_empty, 1);
    column->addWidget(m_detail);
    column->addWidget(m_failure);
    return half;
}

QLayout* ExportQueuePanel::makeBar()
{
    auto* bar = makeActionBar(m_actions,
                              {id(kStartQueue),
                               id(kPauseQueue),
                               id(kPauseAfterExport),
                               {},
                               id(kMoveJobUp),
                               id(kMoveJobDown),
                               id(kCancelJob),
                               id(kRetryJob),
                               id(kDuplicateJob),
                               id(kOpenJobFolder),
                               id(kRemoveJob),
                               {},
                               id(kClearEndedJobs)},
                              tr("Commands of the export queue"));
    bar->setObjectName(QStringLiteral("exportBar"));
    auto* row = new QHBoxLayout;
    row->addWidget(bar, 3);
    row->addWidget(m_summary, 2);
    return row;
}

void ExportQueuePanel::sizeColumns()
{
    const int letter = m_list->fontMetrics().averageCharWidth();
    QHeaderView* header = m_list->header();
    header->setMinimumSectionSize(kLeastLetters * letter);
    header->setSectionResizeMode(ExportQueueModel::Output, QHeaderView::Stretch);
    for (int column = 0; column < static_cast<int>(std::size(kColumnLetters)); ++column)
        header->resizeSection(
            ExportQueueModel::Sources + column,
            std::max(kColumnLetters[column] * letter, header->sectionSizeHint(ExportQueueModel::Sources + column)));
}

void ExportQueuePanel::connectActions()
{
    on(kExportNow, [this] { add(true); });
    on(kAddExport, [this] { add(false); });
    on(kStartQueue, [this] { m_bridge.start(); });
    on(kPauseQueue, [this] { m_bridge.pauseNow(); });
    on(kPauseAfterExport, [this] { m_bridge.pauseAfterCurrent(); });
    on(kMoveJobUp, [this] { m_queue.shift(currentRow(), -1); });
    on(kMoveJobDown, [this] { m_queue.shift(currentRow(), 1); });
    on(kOpenJobFolder, [this] { openFolder(); });
    on(kClearEndedJobs, [this] { m_bridge.clearEnded(); });
    onJob(kRetryJob, [this](std::uint64_t job) { m_bridge.retry(job); });
    onJob(kDuplicateJob, [this](std::uint64_t job) { m_bridge.duplicate(job); });
    end(kCancelJob, tr("Cancel the export?"), [this](std::uint64_t job) { m_bridge.cancel(job); });
    end(kRemoveJob, tr("Cancel and remove the export?"), [this](std::uint64_t job) { m_bridge.remove(job); });
}

void ExportQueuePanel::on(const char* name, const std::function<void()>& run)
{
    connect(m_actions.action(id(name)), &QAction::triggered, this, [run] { run(); });
}

void ExportQueuePanel::onJob(const char* name, const std::function<void(std::uint64_t)>& run)
{
    on(name, [this, run] {
        if (const ExportJob* job = m_queue.job(currentRow()))
            run(job->id);
    });
}

// What ends a job that has frames already asks first.
void ExportQueuePanel::end(const char* name, const QString& question, const std::function<void(std::uint64_t)>& run)
{
    on(name, [this, question, run] {
        const ExportJob* job = m_queue.job(currentRow());
        if (!job)
            return;
        if (hasEnded(*job) || job->progress.framesDone == 0) {
            run(job->id);
            return;
        }
        withdrawQuestion();
        m_questioned = job->id;
        m_takeBack =
            m_dialogs.confirmWhile(this, question,
                                   tr("%1 frames of %2 are made already and would be lost.")
                                       .arg(job->progress.framesDone)
                                       .arg(fromPath(job->request.output.filename())),
                                   tr("Cancel Export"), tr("Keep Exporting"), [run, job = job->id] { run(job); });
    });
}

void ExportQueuePanel::withdrawQuestion()
{
    m_questioned = 0;
    if (const auto takeBack = std::exchange(m_takeBack, {}))
        takeBack();
}

void ExportQueuePanel::openFolder()
{
    const ExportJob* job = m_queue.job(currentRow());
    if (!job)
        return;
    const QFileInfo output(fromPath(job->request.output));
    QDesktopServices::openUrl(QUrl::fromLocalFile(output.isDir() ? output.absoluteFilePath() : output.absolutePath()));
}

int ExportQueuePanel::currentRow() const
{
    return m_list->currentIndex().row();
}

void ExportQueuePanel::follow()
{
    m_draft.setTaken(m_queue.outputs());
    const bool isEmpty = m_queue.rowCount() == 0;
    m_list->setVisible(!isEmpty);
    m_empty->setVisible(isEmpty);
    m_summary->setText(m_queue.summary());
    const bool canAdd = m_draft.isComplete();
    enable(kExportNow, canAdd);
    enable(kAddExport, canAdd);
    enable(kStartQueue, m_queue.hasWork() && (!m_queue.isRunning() || m_queue.pausesAfterCurrent()));
    enable(kPauseQueue, m_queue.isRunning());
    enable(kPauseAfterExport, m_queue.isRunning() && !m_queue.pausesAfterCurrent());
    enable(kClearEndedJobs, m_queue.hasEnded());
    // What has ended meanwhile cannot be lost any more.
    const ExportJob* questioned = m_queue.job(m_queue.rowOf(m_questioned));
    if (m_questioned != 0 && (!questioned || hasEnded(*questioned)))
        withdrawQuestion();
    // A job that was added is chosen as soon as it is listed.
    if (const int row = m_queue.rowOf(m_newJob); row >= 0) {
        m_newJob = 0;
        m_list->setCurrentIndex(m_queue.index(row, 0));
    }
    if (!isEmpty && currentRow() < 0)
        m_list->setCurrentIndex(m_queue.index(0, 0));
    showChoice();
}

void ExportQueuePanel::showChoice()
{
    const int row = currentRow();
    const ExportJob* job = m_queue.job(row);
    const bool isOver = job && hasEnded(*job);
    enable(kMoveJobUp, job && row > 0);
    enable(kMoveJobDown, job && row + 1 < m_queue.rowCount());
    enable(kCancelJob, job && !isOver);
    enable(kRetryJob, isOver && job->state != ExportJobState::Done);
    enable(kDuplicateJob, job != nullptr);
    enable(kOpenJobFolder, job != nullptr);
    enable(kRemoveJob, job != nullptr);
    const QString text = job ? endText(*job) : QString();
    const bool hasFailed = job && job->state == ExportJobState::Failed;
    say(*m_detail, hasFailed ? QString() : text);
    say(*m_failure, hasFailed ? text : QString());
}

void ExportQueuePanel::enable(const char* name, bool isEnabled)
{
    m_actions.action(id(name))->setEnabled(isEnabled);
}

} // namespace lipsync::ui
