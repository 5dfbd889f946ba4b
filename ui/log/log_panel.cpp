// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/log/log_panel.h"

#include "ui/actions/action_bar.h"
#include "ui/actions/action_registry.h"
#include "ui/log/log_actions.h"

#include <algorithm>

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QScrollBar>
#include <QToolBar>
#include <QTreeView>
#include <QVBoxLayout>

namespace lipsync::ui {
namespace {

using namespace action_id;

constexpr int kTimeLetters = 19;
constexpr int kLevelLetters = 15;
constexpr int kSourceLetters = 14;

QString id(const char* name)
{
    return QString::fromLatin1(name);
}

} // namespace

LogPanel::LogPanel(LogModel& records, ActionRegistry& actions, QWidget* parent)
    : QWidget(parent)
    , m_records(records)
    , m_filter(records)
    , m_level(new QComboBox)
    , m_words(new QLineEdit)
    , m_list(new QTreeView)
    , m_empty(new QLabel)
    , m_detail(new QLabel)
    , m_copy(actions.action(id(kCopyLog)))
    , m_clear(actions.action(id(kClearLog)))
{
    setObjectName(QStringLiteral("dockContent"));
    setAttribute(Qt::WA_StyledBackground);
    setAccessibleName(tr("Log"));
    makeList();
    m_empty->setObjectName(QStringLiteral("muted"));
    m_empty->setWordWrap(true);
    m_empty->setAlignment(Qt::AlignCenter);
    m_detail->setWordWrap(true);
    m_detail->setTextFormat(Qt::PlainText);
    m_detail->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_detail->setAccessibleName(tr("The chosen record in full"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 4, 8, 8);
    column->setSpacing(4);
    column->addWidget(makeBar(actions));
    column->addWidget(m_list, 1);
    column->addWidget(m_empty, 1);
    column->addWidget(m_detail);

    connect(m_level, &QComboBox::currentIndexChanged, this,
            [this] { m_filter.setLeastLevel(static_cast<LogLevel>(m_level->currentData().toInt())); });
    connect(m_words, &QLineEdit::textChanged, &m_filter, &LogFilter::setWords);
    connect(m_copy, &QAction::triggered, this, &LogPanel::copy);
    connect(m_clear, &QAction::triggered, &records, &LogModel::clear);
    for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(&m_filter, signal, this, &LogPanel::follow);
    connect(&m_filter, &QAbstractItemModel::modelReset, this, &LogPanel::follow);
    connect(&records, &QAbstractItemModel::rowsInserted, this, &LogPanel::follow);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, &LogPanel::showChoice);
    // More records make the range longer and leave the place; only a person changes that.
    QScrollBar* bar = m_list->verticalScrollBar();
    connect(bar, &QScrollBar::valueChanged, this, [this, bar](int value) { m_isAtEnd = value == bar->maximum(); });
    connect(bar, &QScrollBar::rangeChanged, this, [this, bar](int /*least*/, int most) {
        if (m_isAtEnd)
            bar->setValue(most);
    });
    follow();
}

LogPanel::~LogPanel()
{
    m_list->verticalScrollBar()->disconnect(this); // it still moves while the list goes
}

bool LogPanel::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_list && event->type() == QEvent::KeyPress &&
        static_cast<QKeyEvent*>(event)->matches(QKeySequence::Copy)) {
        copy();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

void LogPanel::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        sizeColumns();
}

QWidget* LogPanel::makeBar(ActionRegistry& actions)
{
    m_level->setAccessibleName(tr("Least level"));
    m_level->setToolTip(tr("Lists records of this level and above"));
    m_level->setObjectName(QStringLiteral("logLevel"));
    m_level->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_level->setMinimumContentsLength(kLevelLetters);
    for (const auto& [text, level] : {std::pair{tr("Everything"), LogLevel::Debug},
                                      {tr("Information and above"), LogLevel::Info},
                                      {tr("Warnings and errors"), LogLevel::Warning},
                                      {tr("Errors"), LogLevel::Error}})
        m_level->addItem(text, static_cast<int>(level));
    m_level->setCurrentIndex(m_level->findData(static_cast<int>(LogLevel::Info)));
    m_words->setAccessibleName(tr("Filter of the log"));
    m_words->setToolTip(tr("Lists records that hold all of these words"));
    m_words->setObjectName(QStringLiteral("logWords"));
    m_words->setPlaceholderText(tr("Filter by words"));
    m_words->setClearButtonEnabled(true);
    auto* bar = new QWidget;
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(6);
    row->addWidget(m_level, 1);
    row->addWidget(m_words, 2);
    row->addWidget(makeActionBar(actions, {id(kCopyLog), id(kClearLog)}, tr("Commands of the log")));
    return bar;
}

void LogPanel::makeList()
{
    m_list->setObjectName(QStringLiteral("logList"));
    m_list->setAccessibleName(tr("Records of the log"));
    m_list->setToolTip(tr("What happened in the engine, the newest at the end"));
    m_list->setModel(&m_filter);
    m_list->setRootIsDecorated(false);
    m_list->setUniformRowHeights(true);
    m_list->setAlternatingRowColors(true);
    m_list->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_list->setMinimumHeight(0);
    m_list->installEventFilter(this);
    m_list->header()->setSectionsMovable(false);
    m_list->header()->setStretchLastSection(true);
    sizeColumns();
}

void LogPanel::sizeColumns()
{
    const int letter = m_list->fontMetrics().averageCharWidth();
    m_list->header()->resizeSection(LogModel::Time, kTimeLetters * letter);
    m_list->header()->resizeSection(LogModel::Level, kLevelLetters * letter);
    m_list->header()->resizeSection(LogModel::Source, kSourceLetters * letter);
}

void LogPanel::follow()
{
    const bool isEmpty = m_filter.rowCount() == 0;
    m_list->setVisible(!isEmpty);
    m_empty->setVisible(isEmpty);
    m_empty->setText(m_records.rowCount() == 0 ? tr("Nothing has happened yet.")
                                               : tr("No record is of this level and holds these words."));
    m_copy->setEnabled(!isEmpty);
    m_clear->setEnabled(m_records.rowCount() > 0);
    if (m_isAtEnd)
        m_list->scrollToBottom();
    showChoice();
}

void LogPanel::showChoice()
{
    const QModelIndex current = m_list->currentIndex();
    m_detail->setVisible(current.isValid());
    if (current.isValid())
        m_detail->setText(current.siblingAtColumn(LogModel::Message).data(Qt::ToolTipRole).toString());
}

void LogPanel::copy()
{
    QModelIndexList rows = m_list->selectionModel()->selectedRows();
    std::sort(rows.begin(), rows.end());
    if (rows.isEmpty())
        for (int row = 0; row < m_filter.rowCount(); ++row)
            rows << m_filter.index(row, 0);
    QApplication::clipboard()->setText(m_filter.text(rows));
}

} // namespace lipsync::ui
