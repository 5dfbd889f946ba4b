// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/concurrency/worker_list.h"

#include "ui/actions/action_registry.h"
#include "ui/concurrency/concurrency_actions.h"
#include "ui/concurrency/plan_texts.h"
#include "ui/concurrency/worker_model.h"
#include "ui/engine_bridge/pool_bridge.h"
#include "ui/forms/form_parts.h"

#include <algorithm>
#include <iterator>

#include <QAction>
#include <QEvent>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTreeView>
#include <QVBoxLayout>

namespace lipsync::ui {
namespace {

// Widths of the columns, in letters.
constexpr int kColumnLetters[] = {12, 24, 13, 10, 11, 12, 12};
constexpr int kLeastRows = 4;

QAction& restartAction(const ActionRegistry& actions)
{
    return *actions.action(QString::fromLatin1(action_id::kRestartWorker));
}

} // namespace

void LostWorkerDelegate::initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const
{
    QStyledItemDelegate::initStyleOption(option, index);
    if (!index.data(WorkerModel::LostRole).toBool())
        return;
    option->backgroundBrush = m_tokens.danger;
    option->palette.setColor(QPalette::Text, m_tokens.onDanger);
    option->font.setBold(true);
}

WorkerList::WorkerList(PoolBridge& bridge, WorkerModel& workers, ActionRegistry& actions, QWidget* parent)
    : QWidget(parent)
    , m_bridge(bridge)
    , m_workers(workers)
    , m_actions(actions)
    , m_list(new QTreeView)
    , m_delegate(new LostWorkerDelegate(m_list))
    , m_lost(makeSentence("failure", tr("Workers that are lost")))
    , m_detail(makeSentence("muted", tr("About the chosen worker")))
{
    m_list->setObjectName(QStringLiteral("workerList"));
    m_list->setAccessibleName(tr("Workers"));
    m_list->setToolTip(tr("What every worker does, and when it was last heard of; a lost one is red and says why"));
    m_list->setModel(&workers);
    m_list->setItemDelegate(m_delegate);
    m_list->setRootIsDecorated(false);
    m_list->setUniformRowHeights(true);
    m_list->setAllColumnsShowFocus(true);
    m_list->setSelectionMode(QAbstractItemView::SingleSelection);
    m_list->setTabKeyNavigation(false);
    m_list->setSizeAdjustPolicy(QAbstractScrollArea::AdjustToContentsOnFirstShow);
    m_list->header()->setStretchLastSection(false);
    m_list->header()->setSectionsMovable(false);
    sizeColumns();

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addWidget(m_list, 1);
    column->addWidget(m_lost);
    column->addWidget(m_detail);
    column->addWidget(makeActionButton(&restartAction(actions)), 0, Qt::AlignLeading);
    connect(&restartAction(actions), &QAction::triggered, this, &WorkerList::restart);
    connect(&workers, &WorkerModel::changed, this, &WorkerList::follow);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, &WorkerList::follow);
    follow();
}

void WorkerList::setTokens(const ThemeTokens& tokens)
{
    m_delegate->setTokens(tokens);
    m_list->viewport()->update();
}

void WorkerList::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        sizeColumns();
}

void WorkerList::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    sizeColumns(); // only now the header has its style
}

void WorkerList::sizeColumns()
{
    const QFontMetrics metrics = m_list->fontMetrics();
    for (int column = 0; column < static_cast<int>(std::size(kColumnLetters)); ++column)
        m_list->header()->resizeSection(
            column,
            std::max(kColumnLetters[column] * metrics.averageCharWidth(), m_list->header()->sectionSizeHint(column)));
    constexpr int kRowPadding = 8;
    m_list->setMinimumHeight((kLeastRows + 1) * (metrics.height() + kRowPadding));
}

void WorkerList::restart()
{
    if (const WorkerStatus* worker = m_workers.worker(chosenRow()))
        m_bridge.restartWorker(worker->id);
}

// The chosen one, or the first that is lost.
int WorkerList::chosenRow() const
{
    const QModelIndex current = m_list->currentIndex();
    return current.isValid() ? current.row() : m_workers.lostRow();
}

void WorkerList::follow()
{
    QStringList lost;
    for (int row = 0; row < m_workers.rowCount(); ++row) {
        const WorkerStatus& worker = *m_workers.worker(row);
        if (!isLost(worker))
            continue;
        const QString state = workerStateText(worker.state);
        lost << (worker.lastError.empty()
                     ? tr("Worker %1 – %2.").arg(QString::number(worker.id), state)
                     : tr("Worker %1 – %2: %3")
                           .arg(QString::number(worker.id), state, QString::fromStdString(worker.lastError)));
    }
    say(*m_lost, lost.join(QLatin1Char('\n')));
    const WorkerStatus* chosen = m_workers.worker(chosenRow());
    const bool isDetailed = chosen && !isLost(*chosen) && !chosen->lastError.empty();
    say(*m_detail,
        isDetailed ? tr("Worker %1 works again after this failure: %2")
                         .arg(QString::number(chosen->id), QString::fromStdString(chosen->lastError))
                   : QString());
    restartAction(m_actions).setEnabled(chosen != nullptr);
}

} // namespace lipsync::ui
