// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/concurrency/plan_form.h"

#include "ui/concurrency/concurrency_model.h"
#include "ui/concurrency/device_row.h"
#include "ui/concurrency/plan_texts.h"
#include "ui/forms/form_parts.h"

#include <algorithm>
#include <utility>

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QLabel>
#include <QResizeEvent>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QStandardItemModel>
#include <QVBoxLayout>

namespace lipsync::ui {
namespace {

constexpr int kOwnSettings = -1; // of the list of presets
constexpr int kPartGap = 10;

QComboBox* makeChoice()
{
    auto* box = new QComboBox;
    box->setSizeAdjustPolicy(QComboBox::AdjustToContents); // a choice that is cut says nothing
    return box;
}

void allow(QComboBox& box, int row, bool isAllowed, const QString& reason)
{
    qobject_cast<QStandardItemModel*>(box.model())->item(row)->setEnabled(isAllowed);
    box.setItemData(row, isAllowed ? QString() : reason, Qt::ToolTipRole);
}

} // namespace

PlanForm::PlanForm(ConcurrencyModel& model, QWidget* parent)
    : QWidget(parent)
    , m_model(model)
    , m_preset(makeChoice())
    , m_effect(makeSentence("muted", tr("What the preset does")))
    , m_deviceColumn(new QVBoxLayout)
    , m_noDevices(makeSentence("muted", tr("State of the devices")))
    , m_isolation(makeChoice())
    , m_threads(new QSpinBox)
    , m_batch(new QSpinBox)
    , m_wait(new QDoubleSpinBox)
    , m_arithmetic(makeChoice())
    , m_balance(makeChoice())
    , m_shares(makeSentence("muted", tr("Shares of the workers")))
{
    setAccessibleName(tr("Settings of the workers"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(kPartGap);
    addPresets(*column);
    addDevices(*column);
    addWorkers(*column);
    addPriorities(*column);
    connect(&model, &ConcurrencyModel::changed, this, &PlanForm::follow);
    connect(&model, &ConcurrencyModel::figuresChanged, this, &PlanForm::showFigures);
    follow();
}

void PlanForm::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    for (QFormLayout* form : m_forms)
        wrapWhereNarrow(*form, event->size().width());
}

void PlanForm::addPresets(QVBoxLayout& column)
{
    QFormLayout* form = makeForm();
    addField(*form, tr("&Preset"), m_preset, "preset", tr("Preset"),
             tr("Ready-made settings, named after the ways to serve many requests; nothing changes before Apply"));
    connect(m_preset, &QComboBox::activated, this, [this](int row) {
        const int id = m_preset->itemData(row).toInt();
        if (id != kOwnSettings)
            m_model.usePreset(static_cast<PresetName>(id));
    });
    column.addLayout(form);
    m_forms.push_back(form);
    column.addWidget(m_effect);
}

void PlanForm::addDevices(QVBoxLayout& column)
{
    column.addWidget(makeHeading(tr("Devices")));
    m_deviceColumn->setSpacing(kPartGap);
    column.addLayout(m_deviceColumn);
    column.addWidget(m_noDevices);
}

void PlanForm::addWorkers(QVBoxLayout& column)
{
    column.addWidget(makeHeading(tr("Workers")));
    QFormLayout* form = makeForm();
    for (const Isolation isolation : {Isolation::Thread, Isolation::Process})
        m_isolation->addItem(isolationText(isolation), static_cast<int>(isolation));
    addField(*form, tr("&Isolation"), m_isolation, "isolation", tr("Isolation of workers"),
             tr("Threads share memory and start fast; a crash in a process of its own costs no frame"));
    connect(m_isolation, &QComboBox::activated, this,
            [this] { m_model.setIsolation(static_cast<Isolation>(m_isolation->currentData().toInt())); });
    addField(*form, tr("Computing t&hreads"), m_threads, "threads", tr("Computing threads of a worker"), {});
    connect(m_threads, &QSpinBox::valueChanged, &m_model, &ConcurrencyModel::setThreads);
    addBatches(*form);
    for (const Arithmetic arithmetic : {Arithmetic::Fp32, Arithmetic::Bf16, Arithmetic::Fp16})
        m_arithmetic->addItem(arithmeticText(arithmetic), static_cast<int>(arithmetic));
    addField(*form, tr("P&recision"), m_arithmetic, "arithmetic", tr("Precision of the network"),
             tr("16 bits are faster where the device computes them, and a little less exact"));
    connect(m_arithmetic, &QComboBox::activated, this,
            [this] { m_model.setArithmetic(static_cast<Arithmetic>(m_arithmetic->currentData().toInt())); });
    for (const Balance balance :
         {Balance::FinishTime, Balance::RoundRobin, Balance::LeastOutstanding, Balance::RandomOfTwo})
        m_balance->addItem(balanceText(balance), static_cast<int>(balance));
    addField(*form, tr("Ba&lancing"), m_balance, "balance", tr("Balancing of workers"),
             tr("Which worker takes a frame: Earliest finish lets idle workers pull and suits devices of different "
                "speed; the others are for comparison"));
    connect(m_balance, &QComboBox::activated, this,
            [this] { m_model.setBalance(static_cast<Balance>(m_balance->currentData().toInt())); });
    column.addLayout(form);
    m_forms.push_back(form);
}

void PlanForm::addBatches(QFormLayout& form)
{
    addField(form, tr("Largest &batch"), m_batch, "batch", tr("Largest batch"), {});
    connect(m_batch, &QSpinBox::valueChanged, &m_model, &ConcurrencyModel::setLargestBatch);
    m_wait->setRange(0, PlanLimits::kLongestWaitMs);
    m_wait->setDecimals(1);
    m_wait->setSuffix(tr(" ms"));
    addField(form, tr("&Wait for a batch"), m_wait, "wait", tr("Longest wait for a batch to fill"),
             tr("How long a worker waits for a batch to fill, at most 1000 ms: longer makes batches fuller and every "
                "frame later; 0 takes what is there"));
    connect(m_wait, &QDoubleSpinBox::valueChanged, &m_model, &ConcurrencyModel::setWait);
}

void PlanForm::addPriorities(QVBoxLayout& column)
{
    column.addWidget(makeHeading(tr("Priorities")));
    QFormLayout* form = makeForm();
    m_preview = makeShare(*form, tr("Pre&view"), "previewShare", tr("Share of the preview"),
                          tr("How often the preview has its turn while others wait, 1 to 100: more keeps it smooth "
                             "beside exports"));
    m_live = makeShare(*form, tr("Li&ve"), "liveShare", tr("Share of live sessions"),
                       tr("How often live sessions and served streams have their turn while others wait, 1 to 100"));
    m_export = makeShare(*form, tr("E&xport"), "exportShare", tr("Share of exports"),
                         tr("How often exports have their turn while others wait, 1 to 100: more finishes them "
                            "sooner"));
    column.addLayout(form);
    m_forms.push_back(form);
    column.addWidget(m_shares);
}

QSpinBox* PlanForm::makeShare(QFormLayout& form, const QString& caption, const char* objectName, const QString& name,
                              const QString& toolTip)
{
    auto* share = new QSpinBox;
    share->setRange(1, PlanLimits::kLargestShare);
    addField(form, caption, share, objectName, name, toolTip);
    connect(share, &QSpinBox::valueChanged, this, [this] {
        m_model.setShares({m_preview->value(), m_live->value(), m_export->value()});
    });
    return share;
}

void PlanForm::follow()
{
    showPresets();
    showDevices();
    showWorkers();
    showPriorities();
}

void PlanForm::showPresets()
{
    const auto& presets = m_model.presets();
    if (m_preset->count() != static_cast<int>(presets.size()) + 1) {
        m_preset->clear();
        m_preset->addItem(tr("Own settings"), kOwnSettings);
        for (const PlanPreset& preset : presets)
            m_preset->addItem(preset.name, static_cast<int>(preset.id));
    }
    const auto chosen = m_model.preset();
    m_preset->setCurrentIndex(m_preset->findData(chosen ? static_cast<int>(*chosen) : kOwnSettings));
    QString effect = tr("These settings are your own.");
    int row = 0;
    for (const PlanPreset& preset : presets) {
        allow(*m_preset, ++row, preset.plan.has_value(), preset.problem);
        if (chosen == preset.id)
            effect = preset.effect;
    }
    say(*m_effect, effect);
}

void PlanForm::showDevices()
{
    const auto& devices = m_model.devices();
    const bool isSame =
        std::equal(devices.begin(), devices.end(), m_devices.begin(), m_devices.end(),
                   [](const PlanDevice& one, const DeviceRow* row) { return one.name == row->device(); });
    if (!isSame)
        listDevices();
    for (std::size_t i = 0; i < devices.size(); ++i)
        m_devices[i]->show(devices[i]);
    say(*m_noDevices, devices.empty() ? tr("Looking for devices…") : QString());
}

// Rows of devices that stay are kept: one of them may have the focus.
void PlanForm::listDevices()
{
    auto old = std::exchange(m_devices, {});
    QWidget* before = m_preset;
    for (const PlanDevice& device : m_model.devices()) {
        const auto present =
            std::find_if(old.begin(), old.end(), [&](const DeviceRow* row) { return row->device() == device.name; });
        DeviceRow* row = present == old.end() ? new DeviceRow(m_model, device.name) : *present;
        if (present != old.end())
            old.erase(present);
        m_deviceColumn->insertWidget(static_cast<int>(m_devices.size()), row);
        before = row->tabAfter(before);
        m_devices.push_back(row);
    }
    setTabOrder(before, m_isolation);
    for (DeviceRow* row : old) {
        m_deviceColumn->removeWidget(row);
        row->setParent(nullptr);
        row->deleteLater(); // it may be its own signal that brought this about
    }
}

void PlanForm::showFigures()
{
    const auto& devices = m_model.devices();
    for (std::size_t i = 0; i < devices.size(); ++i)
        m_devices[i]->showFigures(devices[i]);
}

void PlanForm::showWorkers()
{
    const ConcurrencyPlan& draft = m_model.draft();
    const DraftLimits limits = m_model.limits();
    const QSignalBlocker quietThreads(m_threads), quietBatch(m_batch), quietWait(m_wait);
    m_isolation->setCurrentIndex(m_isolation->findData(static_cast<int>(draft.isolation)));
    m_threads->setRange(1, std::max(limits.threads, draft.threadsPerWorker));
    m_threads->setValue(draft.threadsPerWorker);
    m_threads->setSuffix(draft.threadsPerWorker == 1 ? tr(" thread") : tr(" threads"));
    m_threads->setEnabled(limits.hasThreads);
    const QString threads = limits.hasThreads
        ? tr("Cores that a worker on the processor computes a batch with, at most %1: more makes a batch shorter; "
             "workers × threads above the cores makes all slower")
              .arg(limits.threads)
        : tr("Only workers on the processor have computing threads.");
    m_threads->setToolTip(threads);
    m_threads->setAccessibleDescription(threads);
    const int largest = draft.batchSizes.empty() ? 1 : draft.largestBatch();
    m_batch->setRange(1, std::max(limits.batch, largest));
    m_batch->setValue(largest);
    m_batch->setSuffix(largest == 1 ? tr(" frame") : tr(" frames"));
    const QString batch = tr("Frames that a worker computes at once, at most %1: larger batches make more frames a "
                             "second, each of them later, and take more memory")
                              .arg(limits.batch);
    m_batch->setToolTip(batch);
    m_batch->setAccessibleDescription(batch);
    m_wait->setValue(draft.maxWaitMs);
    for (int row = 0; row < m_arithmetic->count(); ++row) {
        const auto one = static_cast<Arithmetic>(m_arithmetic->itemData(row).toInt());
        const auto& usable = limits.arithmetics;
        allow(*m_arithmetic, row, std::find(usable.begin(), usable.end(), one) != usable.end(),
              tr("The chosen devices do not compute this any faster."));
    }
    m_arithmetic->setCurrentIndex(m_arithmetic->findData(static_cast<int>(draft.arithmetic)));
    m_balance->setCurrentIndex(m_balance->findData(static_cast<int>(draft.balance)));
}

void PlanForm::showPriorities()
{
    const ClassShares& shares = m_model.draft().shares;
    const std::pair<QSpinBox*, int> fields[] = {
        {m_preview, shares.preview}, {m_live, shares.live}, {m_export, shares.bulk}};
    for (const auto& [field, share] : fields) {
        const QSignalBlocker quiet(field);
        field->setValue(share);
        field->setSuffix(share == 1 ? tr(" part") : tr(" parts"));
    }
    const auto percents = wholePercents(shares);
    say(*m_shares,
        tr("While all of them wait, the preview gets %1 % of the workers, live sessions %2 %, exports %3 %.")
            .arg(percents[0])
            .arg(percents[1])
            .arg(percents[2]));
}

} // namespace lipsync::ui
