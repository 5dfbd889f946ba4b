// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tuning/tuning_panel.h"

#include "ui/actions/action_registry.h"
#include "ui/concurrency/concurrency_model.h"
#include "ui/forms/form_area.h"
#include "ui/forms/form_parts.h"
#include "ui/forms/side_by_side.h"
#include "ui/tuning/heat_map.h"
#include "ui/tuning/tuning_actions.h"
#include "ui/tuning/tuning_model.h"

#include <QAction>
#include <QCheckBox>
#include <QFormLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QSpinBox>
#include <QVBoxLayout>

namespace lipsync::ui {
namespace {

using namespace action_id;

constexpr int kMostGoalMs = 10'000;
constexpr int kMostSeconds = 60;
constexpr int kLeastSeconds = 5;
constexpr int kProgressSteps = 1000;
constexpr int kButtonGap = 6;
constexpr int kSentenceLetters = 50;

QAction* actionOf(const ActionRegistry& actions, const char* name)
{
    return actions.action(QString::fromLatin1(name));
}

} // namespace

TuningPanel::TuningPanel(TuningModel& model, ConcurrencyModel& settings, ActionRegistry& actions, QWidget* parent)
    : QWidget(parent)
    , m_model(model)
    , m_settings(settings)
    , m_actions(actions)
    , m_map(new HeatMap(model))
    , m_hasGoal(new QCheckBox(tr("&Keep a goal")))
    , m_goal(new QSpinBox)
    , m_seconds(new QSpinBox)
    , m_progress(new QProgressBar)
    , m_doing(makeSentence("muted", tr("What is measured")))
    , m_message(makeSentence("muted", tr("State of the tuning")))
    , m_failure(makeSentence("failure", tr("Why the tuning failed")))
    , m_explanation(makeSentence("", tr("Why these settings were chosen")))
    , m_detail(makeSentence("muted", tr("About the current cell")))
    , m_inForce(makeSentence("muted", tr("Whether the current cell is in force")))
{
    QVBoxLayout* column = makeDockContent(*this, tr("Tuning map"));
    QWidget* commands = makeCommands();
    auto* controls = new FormArea(new SideBySide({commands, makeGoal()}, commands));
    QWidget* map = makeMap();
    column->addWidget(new SideBySide({controls, map}, map), 1);
    connectActions();
    connect(&model, &TuningModel::changed, this, &TuningPanel::follow);
    connect(m_map, &HeatMap::currentChanged, this, &TuningPanel::showDetail);
    connect(m_map, &HeatMap::activated, this, [this](const TuningCell& cell) { m_settings.apply(cell.plan); });
    connect(&settings, &ConcurrencyModel::changed, this, &TuningPanel::follow);
    follow();
}

void TuningPanel::setTokens(const ThemeTokens& tokens)
{
    m_map->setTokens(tokens);
}

// What acts and how far it is come first: a low dock shows them without scrolling.
QWidget* TuningPanel::makeCommands()
{
    auto* commands = new QWidget;
    auto* column = new QVBoxLayout(commands);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    QPushButton* tune = makeActionButton(actionOf(m_actions, kAutoTune));
    tune->setObjectName(QStringLiteral("primary"));
    QPushButton* stop = makeActionButton(actionOf(m_actions, kCancelTuning));
    QPushButton* map = makeActionButton(actionOf(m_actions, kMeasureMap));
    QPushButton* apply = makeActionButton(actionOf(m_actions, kApplyTuned));
    column->addWidget(new SideBySide({tune, stop}, tune, kButtonGap));
    column->addWidget(new SideBySide({map, apply}, map, kButtonGap));
    m_progress->setObjectName(QStringLiteral("tuningProgress"));
    m_progress->setRange(0, kProgressSteps);
    m_progress->setTextVisible(false);
    m_progress->setAccessibleName(tr("Progress of the measurement"));
    m_progress->setToolTip(tr("How much of the time for the measurement is over"));
    column->addWidget(m_progress);
    for (QLabel* sentence : {m_doing, m_failure, m_message, m_inForce, m_detail, m_explanation})
        column->addWidget(sentence);
    column->addStretch(1);
    // Room for the sentences, where there is some.
    column->addItem(new QSpacerItem(kSentenceLetters * fontMetrics().averageCharWidth(), 0, QSizePolicy::Preferred));
    return commands;
}

QWidget* TuningPanel::makeGoal()
{
    auto* goal = new QWidget;
    QFormLayout* form = makeForm();
    goal->setLayout(form);
    m_hasGoal->setObjectName(QStringLiteral("hasGoal"));
    m_hasGoal->setAccessibleName(tr("Keep a goal"));
    m_hasGoal->setToolTip(tr("Whether only settings count whose p99 keeps the goal; otherwise the most frames a second "
                             "win, however late they are"));
    m_hasGoal->setChecked(m_model.goal().has_value());
    m_goal->setRange(1, kMostGoalMs);
    m_goal->setValue(qRound(m_model.goal().value_or(40)));
    m_goal->setSuffix(tr(" ms"));
    m_seconds->setRange(kLeastSeconds, kMostSeconds);
    m_seconds->setValue(qRound(m_model.seconds()));
    m_seconds->setSuffix(tr(" s"));
    form->addRow(m_hasGoal);
    addField(*form, tr("&Goal for p99"), m_goal, "goal", tr("Goal for the p99"),
             tr("99 of 100 frames are there after so long, 1 to 10000 ms; the preview feels immediate below 40"));
    addField(*form, tr("Search f&or"), m_seconds, "seconds", tr("Length of the search"),
             tr("The search takes no longer, 5 to 60 s: more time makes its figures surer"));
    const auto setGoal = [this] {
        m_goal->setEnabled(m_hasGoal->isChecked());
        m_model.setGoal(m_hasGoal->isChecked() ? std::optional<double>(m_goal->value()) : std::nullopt);
    };
    connect(m_hasGoal, &QCheckBox::toggled, this, setGoal);
    connect(m_goal, &QSpinBox::valueChanged, this, setGoal);
    connect(m_seconds, &QSpinBox::valueChanged, &m_model, &TuningModel::setSeconds);
    return goal;
}

QWidget* TuningPanel::makeMap()
{
    auto* area = new QScrollArea;
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setFocusPolicy(Qt::NoFocus);
    area->setWidget(m_map);
    connect(m_map, &HeatMap::currentChanged, area, [this, area] {
        const TuningCell* cell = m_map->current();
        const QRect place = cell ? m_map->rectOf(cell->workers, cell->largestBatch) : QRect();
        if (!place.isEmpty())
            area->ensureVisible(place.center().x(), place.center().y(), place.width() / 2, place.height() / 2);
    });
    return area;
}

void TuningPanel::connectActions()
{
    connect(actionOf(m_actions, kAutoTune), &QAction::triggered, &m_model, &TuningModel::startSearch);
    connect(actionOf(m_actions, kMeasureMap), &QAction::triggered, &m_model, &TuningModel::startMap);
    connect(actionOf(m_actions, kCancelTuning), &QAction::triggered, &m_model, &TuningModel::cancel);
    connect(actionOf(m_actions, kApplyTuned), &QAction::triggered, this, [this] {
        if (m_model.outcome())
            m_settings.apply(m_model.outcome()->chosen);
    });
}

void TuningPanel::follow()
{
    const bool isRunning = m_model.isRunning();
    actionOf(m_actions, kAutoTune)->setEnabled(m_model.canStart());
    actionOf(m_actions, kMeasureMap)->setEnabled(m_model.canStart());
    actionOf(m_actions, kCancelTuning)->setEnabled(isRunning);
    actionOf(m_actions, kApplyTuned)->setEnabled(m_model.outcome() && !isRunning && !m_settings.isApplying());
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
    say(*m_explanation, m_model.explanation().join(QLatin1Char(' ')));
    m_map->setEnabled(!m_settings.isApplying());
    showDetail();
}

void TuningPanel::showDetail()
{
    const TuningCell* cell = m_map->current();
    say(*m_detail, cell ? m_map->describe(*cell) : QString());
    const bool isInForce = cell && computesAlike(cell->plan, m_settings.plan());
    say(*m_inForce,
        m_settings.isApplying() ? tr("Applying: the new workers start while the old ones go on…")
            : isInForce         ? tr("These settings are in force.")
                                : QString());
}

} // namespace lipsync::ui
