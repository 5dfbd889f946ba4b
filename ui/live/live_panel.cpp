// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/live/live_panel.h"

#include "ui/actions/action_registry.h"
#include "ui/live/live_actions.h"
#include "ui/live/live_model.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <initializer_list>

#include <QAction>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QLabel>
#include <QProgressBar>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

namespace lipsync::ui {
namespace {

constexpr int kMeterLowest = -70; // dB at the left end of the meter
constexpr std::chrono::seconds kSearchInterval{2};
constexpr int kFewestLetters = 12; // of a microphone's name that are seen

QString id(const char* name)
{
    return QString::fromLatin1(name);
}

QLabel* makeFact(const QString& name, const QString& toolTip)
{
    auto* label = new QLabel;
    label->setAccessibleName(name);
    label->setToolTip(toolTip);
    label->setWordWrap(true);
    return label;
}

} // namespace

LivePanel::LivePanel(LiveModel& model, ActionRegistry& actions, QWidget* parent)
    : QWidget(parent)
    , m_model(model)
    , m_actions(actions)
    , m_message(makeFact(tr("About live speech"), {}))
    , m_state(makeFact(tr("State of live speech"), tr("What the avatar does now")))
    , m_delay(makeFact(tr("Delay"),
                       tr("From the arrival of a sound to the picture that shows it, mean over the last frames")))
    , m_rate(makeFact(tr("Frames per second"), tr("Pictures shown in a second")))
    , m_dropped(makeFact(tr("Frames left out"), tr("Frames that were left out to keep up with the voice")))
    , m_inputs(new QComboBox)
    , m_level(new QProgressBar)
    , m_levelText(makeFact(tr("Level in words"), tr("Loudest sample of the last moment")))
    , m_silenceLevel(new QSpinBox)
    , m_silenceSeconds(new QDoubleSpinBox)
{
    setObjectName(QStringLiteral("dockContent"));
    setAttribute(Qt::WA_StyledBackground);
    setAccessibleName(tr("Live"));
    m_message->setObjectName(QStringLiteral("muted"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 8, 12, 12);
    column->setSpacing(12);
    column->addWidget(makeCommands());
    column->addWidget(m_message);
    column->addWidget(makeFacts());
    column->addLayout(makeForm());
    column->addStretch(1);

    connectActions();
    connect(&model, &LiveModel::changed, this, &LivePanel::showState);
    connect(&model, &LiveModel::inputsChanged, this, &LivePanel::listInputs);
    connect(&model, &LiveModel::levelChanged, this, &LivePanel::showLevel);
    connect(&model, &LiveModel::statisticsChanged, this, &LivePanel::showStatistics);
    // Qt 6.4 does not tell of a microphone that PulseAudio got later, but lists it when it is asked.
    m_search.setInterval(kSearchInterval);
    connect(&m_search, &QTimer::timeout, &model, &LiveModel::findInputs);
    listInputs();
    showState();
}

void LivePanel::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    // Once the panel stands: the sound server may take a moment.
    QMetaObject::invokeMethod(&m_model, &LiveModel::findInputs, Qt::QueuedConnection);
    m_search.start();
}

void LivePanel::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    m_search.stop();
}

QWidget* LivePanel::makeCommands()
{
    auto* commands = new QWidget;
    auto* column = new QVBoxLayout(commands);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    for (const char* name : {action_id::kLive, action_id::kInterruptLive}) {
        auto* button = new QToolButton;
        button->setObjectName(QStringLiteral("cardButton"));
        button->setDefaultAction(m_actions.action(id(name)));
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        button->setFocusPolicy(Qt::TabFocus);
        button->setAccessibleName(button->defaultAction()->iconText());
        button->setAccessibleDescription(button->defaultAction()->statusTip());
        column->addWidget(button);
    }
    return commands;
}

QWidget* LivePanel::makeFacts()
{
    auto* card = new QFrame;
    card->setObjectName(QStringLiteral("card"));
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(12, 12, 12, 12);
    column->setSpacing(4);
    m_state->setObjectName(QStringLiteral("title"));
    m_delay->setObjectName(QStringLiteral("time"));
    for (QLabel* fact : {m_rate, m_dropped})
        fact->setObjectName(QStringLiteral("muted"));
    for (QLabel* fact : {m_state, m_delay, m_rate, m_dropped})
        column->addWidget(fact);
    return card;
}

QFormLayout* LivePanel::makeForm()
{
    m_inputs->setObjectName(QStringLiteral("microphone"));
    m_inputs->setAccessibleName(tr("Microphone"));
    m_inputs->setToolTip(tr("Where the voice comes from"));
    m_inputs->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_inputs->setMinimumContentsLength(kFewestLetters);
    connect(m_inputs, &QComboBox::activated, this,
            [this](int row) { m_model.setInput(m_inputs->itemData(row).toByteArray()); });

    m_level->setObjectName(QStringLiteral("microphoneLevel"));
    m_level->setAccessibleName(tr("Level of the microphone"));
    m_level->setToolTip(tr("How loud the voice is; speak so that it stays below the right end"));
    m_level->setRange(kMeterLowest, 0);
    m_level->setTextVisible(false);
    auto* level = new QVBoxLayout;
    level->setSpacing(2);
    level->addWidget(m_level);
    level->addWidget(m_levelText);
    m_levelText->setObjectName(QStringLiteral("muted"));

    m_silenceLevel->setObjectName(QStringLiteral("silenceLevel"));
    m_silenceLevel->setAccessibleName(tr("Silence below"));
    m_silenceLevel->setToolTip(tr("Sound that is softer counts as silence; raise it in a noisy room"));
    m_silenceLevel->setRange(LiveModel::kLowestLevel, LiveModel::kHighestLevel);
    m_silenceLevel->setSuffix(tr(" dB"));
    m_silenceLevel->setKeyboardTracking(false);
    connect(m_silenceLevel, &QSpinBox::valueChanged, &m_model, &LiveModel::setSilenceLevel);

    m_silenceSeconds->setObjectName(QStringLiteral("silenceSeconds"));
    m_silenceSeconds->setAccessibleName(tr("Idle after"));
    m_silenceSeconds->setToolTip(tr("After so much silence the idle loop begins: the avatar as it was filmed"));
    m_silenceSeconds->setRange(LiveModel::kShortestSilence, LiveModel::kLongestSilence);
    m_silenceSeconds->setSingleStep(0.1);
    m_silenceSeconds->setDecimals(1);
    m_silenceSeconds->setSuffix(tr(" s"));
    m_silenceSeconds->setKeyboardTracking(false);
    connect(m_silenceSeconds, &QDoubleSpinBox::valueChanged, &m_model, &LiveModel::setSilenceSeconds);

    for (QWidget* field : std::initializer_list<QWidget*>{m_inputs, m_silenceLevel, m_silenceSeconds})
        field->setSizePolicy(QSizePolicy::MinimumExpanding, QSizePolicy::Fixed);
    auto* form = new QFormLayout;
    form->setRowWrapPolicy(QFormLayout::WrapAllRows);
    form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    form->addRow(tr("&Microphone"), m_inputs);
    form->addRow(tr("Level"), level);
    form->addRow(tr("&Silence below"), m_silenceLevel);
    form->addRow(tr("Idle &after"), m_silenceSeconds);
    return form;
}

void LivePanel::connectActions()
{
    connect(m_actions.action(id(action_id::kLive)), &QAction::triggered, &m_model, [this] {
        m_model.toggle();
        showState(); // a check mark that could not be kept is taken back
    });
    connect(m_actions.action(id(action_id::kInterruptLive)), &QAction::triggered, &m_model, &LiveModel::interrupt);
}

void LivePanel::listInputs()
{
    const QSignalBlocker quiet(m_inputs);
    m_inputs->clear();
    for (const SoundInput& input : m_model.inputs())
        m_inputs->addItem(input.name, input.id);
    m_inputs->setCurrentIndex(m_inputs->findData(m_model.input()));
    m_inputs->setEnabled(m_inputs->count() > 0);
    if (m_inputs->count() == 0)
        m_inputs->setPlaceholderText(tr("No microphone"));
}

void LivePanel::showState()
{
    const LiveState state = m_model.state();
    QAction* live = m_actions.action(id(action_id::kLive));
    live->setChecked(m_model.isOn());
    live->setText(m_model.isOn() ? tr("Stop &Live") : tr("Speak &Live"));
    live->setEnabled(m_model.isOn() || m_model.canStart());
    m_actions.action(id(action_id::kInterruptLive))->setEnabled(state == LiveState::Live);
    m_message->setText(m_model.message());
    m_message->setVisible(!m_model.message().isEmpty());
    const QSignalBlocker quietLevel(m_silenceLevel);
    const QSignalBlocker quietSeconds(m_silenceSeconds);
    m_silenceLevel->setValue(m_model.silenceLevel());
    m_silenceSeconds->setValue(m_model.silenceSeconds());
    showStatistics(m_model.statistics());
    showLevel(m_model.level());
}

void LivePanel::showLevel(double level)
{
    m_level->setValue(std::max(kMeterLowest, static_cast<int>(std::lround(level))));
    const bool isHeard = m_model.state() == LiveState::Live;
    const QString text = !isHeard ? tr("The microphone is off")
        : level < kMeterLowest    ? tr("Silence")
                                  : tr("%1 dB").arg(locale().toString(std::lround(level)));
    if (text != m_levelText->text())
        m_levelText->setText(text);
}

void LivePanel::showStatistics(const LiveStatistics& statistics)
{
    const LiveState state = m_model.state();
    const bool isLive = state == LiveState::Live;
    m_state->setText(state == LiveState::Off           ? tr("Off")
                         : state == LiveState::Opening ? tr("Opening the avatar…")
                         : statistics.isIdle           ? tr("Listening, idle loop")
                                                       : tr("Speaking"));
    const bool hasDelay = isLive && statistics.computed > 0;
    m_delay->setText(hasDelay ? tr("Delay: %1 ms").arg(locale().toString(std::lround(statistics.delayMs)))
                              : tr("Delay: not measured yet"));
    m_rate->setText(tr("%1 frames/s").arg(locale().toString(statistics.framesPerSecond, 'f', 1)));
    m_dropped->setText(tr("Frames left out: %1").arg(locale().toString(static_cast<qlonglong>(statistics.dropped))));
    for (QLabel* fact : {m_delay, m_rate, m_dropped})
        fact->setVisible(isLive);
}

} // namespace lipsync::ui
