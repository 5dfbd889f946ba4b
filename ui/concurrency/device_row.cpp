// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/concurrency/device_row.h"

#include "ui/concurrency/plan_texts.h"
#include "ui/forms/form_parts.h"

#include <algorithm>

#include <QCheckBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QVBoxLayout>

namespace lipsync::ui {
namespace {

constexpr int kBarSteps = 1000;
constexpr double kPercent = 100;

} // namespace

DeviceRow::DeviceRow(ConcurrencyModel& model, const std::string& device, QWidget* parent)
    : QWidget(parent)
    , m_model(model)
    , m_device(device)
    , m_isTaken(new QCheckBox)
    , m_workers(new QSpinBox)
    , m_description(makeSentence("muted", tr("About the device")))
    , m_memory(new QProgressBar)
    , m_figures(makeSentence("muted", tr("Memory and use of the device")))
{
    const QString name = QString::fromStdString(device);
    m_isTaken->setObjectName(QStringLiteral("takesDevice"));
    m_isTaken->setText(name);
    m_isTaken->setAccessibleName(tr("Compute on %1").arg(name));
    m_isTaken->setToolTip(tr("Whether workers compute on %1").arg(name));
    m_workers->setObjectName(QStringLiteral("deviceWorkers"));
    m_workers->setAccessibleName(tr("Workers on %1").arg(name));
    m_memory->setObjectName(QStringLiteral("deviceMemory"));
    m_memory->setRange(0, kBarSteps);
    m_memory->setTextVisible(false);
    m_memory->setAccessibleName(tr("Memory of %1 in use").arg(name));

    auto* line = new QHBoxLayout;
    line->setSpacing(8);
    line->addWidget(m_isTaken, 1);
    line->addWidget(m_workers);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addLayout(line);
    column->addWidget(m_description);
    column->addWidget(m_memory);
    column->addWidget(m_figures);

    connect(m_isTaken, &QCheckBox::toggled, this,
            [this](bool isTaken) { m_model.setWorkers(m_device, isTaken ? m_lastWorkers : 0); });
    connect(m_workers, &QSpinBox::valueChanged, this, [this](int workers) { m_model.setWorkers(m_device, workers); });
}

QWidget* DeviceRow::tabAfter(QWidget* before)
{
    setTabOrder(before, m_isTaken);
    setTabOrder(m_isTaken, m_workers);
    return m_workers;
}

void DeviceRow::show(const PlanDevice& device)
{
    const QSignalBlocker quietCheck(m_isTaken), quietWorkers(m_workers);
    const bool isTaken = device.workers > 0;
    if (isTaken)
        m_lastWorkers = device.workers;
    m_isTaken->setChecked(isTaken);
    m_workers->setRange(1, std::max(device.mostWorkers, 1));
    m_workers->setValue(m_lastWorkers);
    m_workers->setSuffix(m_lastWorkers == 1 ? tr(" worker") : tr(" workers"));
    m_workers->setEnabled(isTaken);
    const QString effect = tr("How many workers compute on it, at most %1: each takes memory and computes its own "
                              "batches, more of them compute more at once")
                               .arg(device.mostWorkers);
    m_workers->setToolTip(effect);
    m_workers->setAccessibleDescription(effect);
    say(*m_description,
        device.executor.isEmpty() ? device.description
                                  : tr("%1; computed by %2").arg(device.description, device.executor));
    showFigures(device);
}

void DeviceRow::showFigures(const PlanDevice& device)
{
    const bool isKnown = device.memoryTotalMb > 0;
    m_memory->setVisible(isKnown);
    const double share = isKnown ? std::clamp(device.memoryUsedMb / device.memoryTotalMb, 0.0, 1.0) : 0;
    m_memory->setValue(static_cast<int>(share * kBarSteps));
    const QString memory = isKnown
        ? tr("%1 of %2 memory in use").arg(memoryText(device.memoryUsedMb), memoryText(device.memoryTotalMb))
        : tr("Its memory is not known.");
    m_memory->setToolTip(memory);
    if (device.utilisation)
        say(*m_figures, tr("%1, computing %2 % of the time").arg(memory).arg(qRound(*device.utilisation * kPercent)));
    else
        say(*m_figures, memory);
}

} // namespace lipsync::ui
