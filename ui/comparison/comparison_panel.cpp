// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/comparison/comparison_panel.h"

#include "ui/actions/action_registry.h"
#include "ui/comparison/bar_delegate.h"
#include "ui/comparison/comparison_actions.h"
#include "ui/comparison/comparison_model.h"
#include "ui/concurrency/concurrency_model.h"
#include "ui/forms/form_area.h"
#include "ui/forms/form_parts.h"
#include "ui/forms/side_by_side.h"

#include <algorithm>
#include <iterator>

#include <QAction>
#include <QEvent>
#include <QFormLayout>
#include <QHeaderView>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QSpinBox>
#include <QTreeView>
#include <QVBoxLayout>

namespace lipsync::ui {
namespace {

using namespace action_id;

constexpr int kMostSeconds = 60;
constexpr int kMostRequests = 4096;
constexpr int kProgressSteps = 1000;
constexpr int kPercent = 100;
// Widths of the columns, in letters.
constexpr int kColumnLetters[] = {20, 18, 13, 13, 13, 13, 13, 60};

QAction* actionOf(const ActionRegistry& actions, const char* name)
{
    return actions.action(QString::fromLatin1(name));
}

} // namespace

ComparisonPanel::ComparisonPanel(ComparisonModel& model, ConcurrencyModel& settings, ActionRegistry& actions,
                                 QWidget* parent)
    : QWidget(parent)
    , m_model(model)
    , m_settings(settings)
    , m_actions(actions)
    , m_seconds(new QSpinBox)
    , m_concurrency(new QSpinBox)
    , m_progress(new QProgressBar)
    , m_doing(makeSentence("muted", tr("What is measured")))
    , m_message(makeSentence("muted", tr("State of the comparison")))
    , m_failure(makeSentence("failure", tr("Why the comparison failed")))
    , m_summary(makeSentence("", tr("What the comparison says")))
    , m_empty(makeSentence("muted", tr("State of the comparison")))
    , m_table(new QTreeView)
{
    QVBoxLayout* column = makeDockContent(*this, tr("Comparison"));
    auto* controls = new FormArea(makeControls());
    QWidget* table = makeTable();
    column->addWidget(new SideBySide({controls, table}, table), 1);
    connectActions();
    connect(&model, &ComparisonModel::changed, this, &ComparisonPanel::follow);
    connect(&settings, &ConcurrencyModel::changed, this, &ComparisonPanel::follow);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentChanged, this, &ComparisonPanel::follow);
    follow();
}

void ComparisonPanel::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        sizeColumns();
}

void ComparisonPanel::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    sizeColumns(); // only now the header has its style
}

QWidget* ComparisonPanel::makeControls()
{
    auto* controls = new QWidget;
    auto* column = new QVBoxLayout(controls);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    // What acts and how far it is come first: a low dock shows them without scrolling.
    QPushButton* start = makeActionButton(actionOf(m_actions, kCompare));
    start->setObjectName(QStringLiteral("primary"));
    constexpr int kGap = 6;
    column->addWidget(new SideBySide({start, makeActionButton(actionOf(m_actions, kCancelComparison))}, start, kGap));
    m_progress->setObjectName(QStringLiteral("comparisonProgress"));
    m_progress->setRange(0, kProgressSteps);
    m_progress->setTextVisible(false);
    m_progress->setAccessibleName(tr("Progress of the comparison"));
    m_progress->setToolTip(tr("How much of the comparison is done"));
    column->addWidget(m_progress);
    for (QLabel* sentence : {m_doing, m_failure, m_message})
        column->addWidget(sentence);
    column->addWidget(makeActionButton(actionOf(m_actions, kUseStrategy)));
    QFormLayout* form = makeForm();
    m_seconds->setRange(1, kMostSeconds);
    m_seconds->setValue(qRound(m_model.secondsEach()));
    m_seconds->setSuffix(tr(" s"));
    addField(*form, tr("&Time for each"), m_seconds, "secondsEach", tr("Time for each way to serve"),
             tr("How long each way is measured, 1 to 60 s, in three turns: more time makes the figures surer"));
    m_concurrency->setRange(0, kMostRequests);
    m_concurrency->setValue(m_model.concurrency());
    m_concurrency->setSpecialValueText(tr("Enough for all"));
    m_concurrency->setSuffix(tr(" requests"));
    addField(*form, tr("&Under way"), m_concurrency, "concurrency", tr("Requests under way"),
             tr("How many requests wait or are computed at any time, the same for all, at most 4096; 0 takes enough to "
                "keep all workers busy"));
    connect(m_seconds, &QSpinBox::valueChanged, &m_model, &ComparisonModel::setSecondsEach);
    connect(m_concurrency, &QSpinBox::valueChanged, &m_model, &ComparisonModel::setConcurrency);
    column->addLayout(form);
    column->addStretch(1);
    return controls;
}

QWidget* ComparisonPanel::makeTable()
{
    m_table->setObjectName(QStringLiteral("comparisonTable"));
    m_table->setAccessibleName(tr("Ways to serve, measured here"));
    m_table->setToolTip(
        tr("Each way to serve under the same load; bars show a figure beside the largest of its column, "
           "the best one is marked"));
    m_table->setModel(&m_model);
    auto* bars = new BarDelegate(m_table);
    for (int column = ComparisonModel::FramesPerSecond; column < ComparisonModel::Settings; ++column)
        m_table->setItemDelegateForColumn(column, bars);
    m_table->setRootIsDecorated(false);
    m_table->setUniformRowHeights(true);
    m_table->setAllColumnsShowFocus(true);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setTabKeyNavigation(false);
    m_table->header()->setSectionsMovable(false);
    sizeColumns();
    m_empty->setAlignment(Qt::AlignCenter);
    auto* half = new QWidget;
    auto* column = new QVBoxLayout(half);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addWidget(m_table, 1);
    column->addWidget(m_empty, 1);
    column->addWidget(m_summary);
    return half;
}

void ComparisonPanel::sizeColumns()
{
    const int letter = m_table->fontMetrics().averageCharWidth();
    QHeaderView* header = m_table->header();
    for (int column = 0; column < static_cast<int>(std::size(kColumnLetters)); ++column)
        header->resizeSection(column, std::max(kColumnLetters[column] * letter, header->sectionSizeHint(column)));
}

void ComparisonPanel::connectActions()
{
    connect(actionOf(m_actions, kCompare), &QAction::triggered, &m_model, &ComparisonModel::start);
    connect(actionOf(m_actions, kCancelComparison), &QAction::triggered, &m_model, &ComparisonModel::cancel);
    const auto use = [this] {
        if (const auto plan = m_model.plan(m_table->currentIndex().row()))
            m_settings.apply(*plan);
    };
    connect(actionOf(m_actions, kUseStrategy), &QAction::triggered, this, use);
    connect(m_table, &QTreeView::activated, this, use);
}

void ComparisonPanel::follow()
{
    const bool isRunning = m_model.isRunning();
    actionOf(m_actions, kCompare)->setEnabled(m_model.canStart());
    actionOf(m_actions, kCancelComparison)->setEnabled(isRunning);
    const bool hasPlan = m_model.plan(m_table->currentIndex().row()).has_value();
    actionOf(m_actions, kUseStrategy)->setEnabled(hasPlan && !isRunning && !m_settings.isApplying());
    m_progress->setVisible(isRunning);
    m_progress->setValue(static_cast<int>(m_model.progress() * kProgressSteps));
    say(*m_doing, isRunning && !m_model.doing().isEmpty() ? tr("Measuring: %1").arg(m_model.doing()) : QString());
    const QString message =
        !m_model.hasAvatar() ? tr("Open an avatar first: its network is measured.") : m_model.message();
    say(*m_message, m_model.hasFailed() ? QString() : message);
    const QString& refusal = m_settings.refusal();
    if (m_model.hasFailed())
        say(*m_failure, message);
    else
        say(*m_failure, refusal.isEmpty() ? QString() : tr("The settings were not applied: %1").arg(refusal));
    say(*m_summary, m_model.summary());
    const bool isEmpty = m_model.rowCount() == 0;
    m_table->setVisible(!isEmpty);
    say(*m_empty,
        !isEmpty        ? QString()
            : isRunning ? tr("%1 % measured. The table comes when all ways are measured.")
                              .arg(qRound(m_model.progress() * kPercent))
                        : tr("Nothing is compared yet: Compare measures every way to serve many requests here, under "
                             "the same load."));
}

} // namespace lipsync::ui
