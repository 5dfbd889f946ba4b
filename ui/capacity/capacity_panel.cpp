// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/capacity/capacity_panel.h"

#include "ui/actions/action_registry.h"
#include "ui/capacity/capacity_actions.h"
#include "ui/capacity/capacity_model.h"
#include "ui/forms/form_area.h"
#include "ui/forms/form_parts.h"
#include "ui/forms/side_by_side.h"

#include <QAction>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

namespace lipsync::ui {
namespace {

using namespace action_id;

constexpr int kMostViewers = 100'000;
constexpr double kMostRate = 240;
constexpr int kPercent = 100;
constexpr int kMostGoalMs = 10'000;
constexpr int kMostDevices = 256;

QAction* actionOf(const ActionRegistry& actions, const char* name)
{
    return actions.action(QString::fromLatin1(name));
}

} // namespace

CapacityPanel::CapacityPanel(CapacityModel& model, ActionRegistry& actions, QWidget* parent)
    : QWidget(parent)
    , m_model(model)
    , m_actions(actions)
    , m_viewers(new QSpinBox)
    , m_rate(new QDoubleSpinBox)
    , m_duty(new QSpinBox)
    , m_goal(new QSpinBox)
    , m_devices(new QSpinBox)
    , m_settings(makeSentence("muted", tr("Settings asked about")))
    , m_progress(new QProgressBar)
    , m_message(makeSentence("muted", tr("State of the planner")))
    , m_failure(makeSentence("failure", tr("Why the capacity cannot be planned")))
    , m_verdict(makeSentence("title", tr("Whether the viewers are served in time")))
    , m_table(new QWidget)
    , m_explanation(makeSentence("", tr("What limits the viewers")))
{
    QVBoxLayout* column = makeDockContent(*this, tr("Capacity planner"));
    auto* controls = new FormArea(new SideBySide({makeCommands(), makeQuestion()}, nullptr));
    auto* answer = new FormArea(makeAnswer());
    column->addWidget(new SideBySide({controls, answer}, answer), 1);
    connect(actionOf(actions, kPlanCapacity), &QAction::triggered, &model, &CapacityModel::start);
    connect(actionOf(actions, kCancelCapacity), &QAction::triggered, &model, &CapacityModel::cancel);
    connect(&model, &CapacityModel::changed, this, &CapacityPanel::follow);
    follow();
}

// What acts and how far it is come first: a low dock shows them without scrolling.
QWidget* CapacityPanel::makeCommands()
{
    QPushButton* start = makeActionButton(actionOf(m_actions, kPlanCapacity));
    start->setObjectName(QStringLiteral("primary"));
    m_progress->setObjectName(QStringLiteral("capacityProgress"));
    m_progress->setRange(0, 0);
    m_progress->setTextVisible(false);
    m_progress->setAccessibleName(tr("The planner is at work"));
    m_progress->setToolTip(tr("What a frame costs is measured, then viewers are tried in virtual time"));
    auto* commands = new QWidget;
    auto* column = new QVBoxLayout(commands);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addWidget(start);
    column->addWidget(makeActionButton(actionOf(m_actions, kCancelCapacity)));
    column->addWidget(m_progress);
    column->addWidget(m_settings);
    column->addStretch(1);
    return commands;
}

QWidget* CapacityPanel::makeQuestion()
{
    auto* question = new QWidget;
    QFormLayout* form = makeForm();
    question->setLayout(form);
    const auto& asked = m_model.question();
    m_viewers->setRange(1, kMostViewers);
    m_viewers->setValue(asked.viewers);
    m_viewers->setSuffix(tr(" viewers"));
    addField(*form, tr("&Viewers"), m_viewers, "viewers", tr("Viewers at the same time"),
             tr("How many people look at a talking avatar at the same time, at most 100000"));
    m_rate->setRange(1, kMostRate);
    m_rate->setDecimals(2);
    m_rate->setValue(asked.framesPerSecond);
    m_rate->setSuffix(tr(" fps"));
    addField(*form, tr("&Frame rate"), m_rate, "rate", tr("Frame rate of a viewer"),
             tr("Frames a second that a viewer sees while the avatar talks, 1 to 240"));
    m_duty->setRange(1, kPercent);
    m_duty->setValue(qRound(asked.duty * kPercent));
    m_duty->setSuffix(tr(" %"));
    addField(*form, tr("T&alks"), m_duty, "duty", tr("Share of the time in which the avatar talks"),
             tr("An avatar that listens costs nothing: 1 to 100 % of the time in which it talks"));
    m_goal->setRange(1, kMostGoalMs);
    m_goal->setValue(qRound(asked.goalP99Ms));
    m_goal->setSuffix(tr(" ms"));
    addField(*form, tr("&Goal for p99"), m_goal, "capacityGoal", tr("Goal for the p99"),
             tr("99 of 100 frames are to be there after so long, 1 to 10000 ms"));
    m_devices->setRange(1, kMostDevices);
    m_devices->setValue(asked.deviceCount);
    m_devices->setSuffix(tr(" times"));
    addField(*form, tr("&Devices"), m_devices, "deviceCount", tr("So many times the devices of the settings"),
             tr("What more machines or GPUs like these would bring, 1 to 256 times the devices of the settings"));
    for (QSpinBox* box : {m_viewers, m_duty, m_goal, m_devices})
        connect(box, &QSpinBox::valueChanged, this, &CapacityPanel::ask);
    connect(m_rate, &QDoubleSpinBox::valueChanged, this, &CapacityPanel::ask);
    return question;
}

QWidget* CapacityPanel::makeAnswer()
{
    auto* form = makeForm();
    m_table->setLayout(form);
    const QString captions[] = {tr("Most viewers"), tr("p99"), tr("Late frames"), tr("Workers in use"),
                                tr("Mean batch")};
    for (int figure = 0; figure < kFigures; ++figure) {
        const auto at = static_cast<std::size_t>(figure);
        m_figures[at] = makeSentence("", captions[at]);
        auto* caption = new QLabel(captions[at]);
        caption->setObjectName(QStringLiteral("muted"));
        form->addRow(caption, m_figures[at]);
    }
    auto* answer = new QWidget;
    auto* column = new QVBoxLayout(answer);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    for (QLabel* sentence : {m_failure, m_message, m_verdict})
        column->addWidget(sentence);
    column->addWidget(m_table);
    column->addWidget(m_explanation);
    column->addStretch(1);
    return answer;
}

void CapacityPanel::ask()
{
    CapacityModel::Question question;
    question.viewers = m_viewers->value();
    question.framesPerSecond = m_rate->value();
    question.duty = static_cast<double>(m_duty->value()) / kPercent;
    question.goalP99Ms = m_goal->value();
    question.deviceCount = m_devices->value();
    m_model.setQuestion(question);
}

void CapacityPanel::follow()
{
    const bool isRunning = m_model.isRunning();
    actionOf(m_actions, kPlanCapacity)->setEnabled(m_model.canStart());
    actionOf(m_actions, kCancelCapacity)->setEnabled(isRunning);
    say(*m_settings, tr("Asked about: %1, as in the concurrency panel.").arg(m_model.settings()));
    m_progress->setVisible(isRunning);
    QString message = m_model.message();
    if (!m_model.hasAvatar())
        message = tr("Open an avatar first: what its frames cost is measured.");
    else if (message.isEmpty() && !isRunning && !m_model.answer())
        message = tr("Say how many viewers there will be and how fast frames must come, then press Plan Capacity.");
    say(*m_message, m_model.hasFailed() ? QString() : message);
    say(*m_failure, m_model.hasFailed() ? message : QString());
    say(*m_verdict, m_model.verdict());
    say(*m_explanation, m_model.explanation().join(QLatin1Char(' ')));
    showFigures();
}

void CapacityPanel::showFigures()
{
    const auto& answer = m_model.answer();
    m_table->setVisible(answer.has_value());
    if (!answer)
        return;
    const QLocale locale;
    const auto percent = [&](double share) { return tr("%1 %").arg(locale.toString(kPercent * share, 'f', 1)); };
    m_figures[Most]->setText(locale.toString(answer->mostViewers));
    m_figures[P99]->setText(tr("%1 ms").arg(locale.toString(answer->p99Ms, 'f', 1)));
    m_figures[Late]->setText(percent(answer->lateShare));
    m_figures[Use]->setText(percent(answer->utilisation));
    m_figures[Batch]->setText(locale.toString(answer->meanBatch, 'f', 1));
}

} // namespace lipsync::ui
