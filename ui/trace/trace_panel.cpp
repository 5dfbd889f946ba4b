// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/trace/trace_panel.h"

#include "ui/actions/action_bar.h"
#include "ui/actions/action_registry.h"
#include "ui/charts/swatch_legend.h"
#include "ui/dialogs/dialogs.h"
#include "ui/files/ask_and_save.h"
#include "ui/trace/frame_look.h"
#include "ui/trace/trace_actions.h"
#include "ui/trace/trace_timeline.h"

#include <chrono>

#include <QAction>
#include <QDir>
#include <QEvent>
#include <QHeaderView>
#include <QLabel>
#include <QSplitter>
#include <QToolBar>
#include <QTreeView>
#include <QVBoxLayout>

namespace lipsync::ui {
namespace {

using namespace action_id;
using namespace std::chrono_literals;

constexpr auto kReadingInterval = 500ms;
constexpr int kNarrowLetters = 90; // below it timeline and list stand one above the other
constexpr double kZoomStep = 2;
constexpr int kColumnLetters[] = {18, 10, 11, 11, 14, 9};

QString id(const char* name)
{
    return QString::fromLatin1(name);
}

} // namespace

TracePanel::TracePanel(TraceBridge& bridge, TraceModel& model, ActionRegistry& actions, Dialogs& dialogs,
                       QWidget* parent)
    : QWidget(parent)
    , m_bridge(bridge)
    , m_model(model)
    , m_late(model)
    , m_actions(actions)
    , m_dialogs(dialogs)
    , m_legend(new SwatchLegend)
    , m_timeline(new TraceTimeline(model))
    , m_halves(new QSplitter)
    , m_list(new QTreeView)
    , m_none(new QLabel)
    , m_question(new QLabel)
    , m_answer(new QLabel)
{
    setObjectName(QStringLiteral("dockContent"));
    setAttribute(Qt::WA_StyledBackground);
    setAccessibleName(tr("Trace"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 2, 8, 8);
    column->setSpacing(4);
    column->addWidget(makeTop());
    m_halves->addWidget(m_timeline);
    m_halves->addWidget(makeLateFrames());
    m_halves->setStretchFactor(0, 3);
    m_halves->setStretchFactor(1, 2);
    m_halves->setChildrenCollapsible(false);
    column->addWidget(m_halves, 1);

    connectActions();
    m_timer.setInterval(kReadingInterval);
    connect(&m_timer, &QTimer::timeout, &bridge, &TraceBridge::read);
    connect(&model, &TraceModel::changed, this, &TracePanel::showCounts);
    connect(&model, &TraceModel::chosenChanged, this, &TracePanel::showChosen);
    connect(&model, &TraceModel::explained, this, &TracePanel::showChosen);
    connect(m_timeline, &TraceTimeline::moved, this, [this] { setPaused(true); });
    connect(m_list->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& row) {
        if (!row.isValid())
            return;
        setPaused(true);
        m_model.choose(m_late.frameOf(row.row()));
        m_timeline->showChosen();
    });
    connect(&m_saver, &FileSaver::saved, this, [this](const QString& file) {
        Q_EMIT noticed(tr("The trace was saved as %1.").arg(QDir::toNativeSeparators(file)));
    });
    connect(&m_saver, &FileSaver::failed, this, &TracePanel::failed);
    showCounts();
    showChosen();
}

void TracePanel::setTheme(const ThemeTokens& tokens)
{
    m_timeline->setTheme(tokens);
    std::vector<Swatch> swatches;
    for (const FrameLook look : kFrameLooks)
        swatches.push_back({lookPen(look, tokens), lookBrush(look, tokens), lookText(look)});
    m_legend->setSwatches(std::move(swatches));
}

void TracePanel::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    if (m_actions.action(id(kPauseTrace))->isChecked())
        return;
    m_bridge.read();
    m_timer.start();
}

void TracePanel::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    m_timer.stop();
}

void TracePanel::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    const bool isNarrow = width() < kNarrowLetters * fontMetrics().averageCharWidth();
    const Qt::Orientation orientation = isNarrow ? Qt::Vertical : Qt::Horizontal;
    if (orientation == m_halves->orientation() && m_isSized)
        return;
    m_isSized = true;
    m_halves->setOrientation(orientation);
    const int room = isNarrow ? height() : width();
    m_halves->setSizes({room * 3 / 5, room * 2 / 5});
}

void TracePanel::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        sizeColumns();
}

QWidget* TracePanel::makeTop()
{
    auto* top = new QWidget;
    auto* row = new QHBoxLayout(top);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(makeActionBar(m_actions, {id(kPauseTrace), id(kZoomTraceIn), id(kZoomTraceOut), {}, id(kSaveTrace)},
                                 tr("Commands of the trace")));
    row->addWidget(m_legend, 1);
    return top;
}

QWidget* TracePanel::makeLateFrames()
{
    m_list->setObjectName(QStringLiteral("lateFrames"));
    m_list->setAccessibleName(tr("Late frames"));
    m_list->setToolTip(tr("Frames that came after their deadline, the newest first; choose one to see why"));
    m_list->setModel(&m_late);
    m_list->setRootIsDecorated(false);
    m_list->setUniformRowHeights(true);
    m_list->setAlternatingRowColors(true);
    m_list->header()->setSectionsMovable(false);
    sizeColumns();
    m_none->setObjectName(QStringLiteral("muted"));
    m_none->setAlignment(Qt::AlignCenter);
    m_none->setWordWrap(true);
    m_none->setText(tr("No frame was late."));
    QFont bold = m_question->font();
    bold.setWeight(QFont::DemiBold);
    m_question->setFont(bold);
    for (QLabel* label : {m_question, m_answer}) {
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    m_answer->setObjectName(QStringLiteral("frameExplanation"));
    m_answer->setAccessibleName(tr("Why the chosen frame took its time"));
    auto* half = new QWidget;
    auto* column = new QVBoxLayout(half);
    column->setContentsMargins(4, 0, 0, 0);
    column->setSpacing(2);
    column->addWidget(m_list, 1);
    column->addWidget(m_none, 1);
    column->addWidget(m_question);
    column->addWidget(m_answer);
    return half;
}

void TracePanel::sizeColumns()
{
    const int letter = m_list->fontMetrics().averageCharWidth();
    for (int column = 0; column < m_late.columnCount(); ++column)
        m_list->header()->resizeSection(column, kColumnLetters[column] * letter);
}

void TracePanel::connectActions()
{
    connect(m_actions.action(id(kPauseTrace)), &QAction::toggled, this, [this](bool isChecked) {
        m_timeline->setFollowing(!isChecked);
        if (isChecked || !isVisible()) {
            m_timer.stop();
            return;
        }
        m_bridge.read();
        m_timer.start();
    });
    const auto on = [this](const char* name, auto run) {
        connect(m_actions.action(id(name)), &QAction::triggered, this, run);
    };
    on(kZoomTraceIn, [this] { m_timeline->zoom(1 / kZoomStep); });
    on(kZoomTraceOut, [this] { m_timeline->zoom(kZoomStep); });
    on(kSaveTrace, [this] { save(); });
}

void TracePanel::setPaused(bool isPaused)
{
    m_actions.action(id(kPauseTrace))->setChecked(isPaused);
}

void TracePanel::showChosen()
{
    const metrics::FrameTrace* frame = m_model.chosen();
    m_question->setVisible(frame != nullptr);
    m_answer->setVisible(frame != nullptr);
    if (!frame)
        return;
    m_question->setText(frame->isLate() ? tr("Why was this frame late?") : tr("Where did this frame's time go?"));
    const QString& sentence = m_model.explanation();
    m_answer->setText(sentence.isEmpty() ? frameText(*frame) : sentence);
    m_answer->setToolTip(frameText(*frame));
}

void TracePanel::showCounts()
{
    const bool hasLate = m_late.rowCount() > 0;
    m_list->setVisible(hasLate);
    m_none->setVisible(!hasLate);
    m_legend->setNote(tr("%n late", nullptr, static_cast<int>(m_model.lateFrames().size())));
}

void TracePanel::save()
{
    // The saver is a member and ends first: the bridge is still there while it works.
    askAndSave(this, m_dialogs, m_saver,
               {tr("Save trace"), QStringLiteral("lipsync-trace.json"), tr("Chrome trace (*.json)")},
               [&bridge = m_bridge] { return bridge.json(); });
}

} // namespace lipsync::ui
