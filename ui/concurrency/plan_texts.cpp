// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/concurrency/plan_texts.h"

#include <algorithm>
#include <cstddef>

#include <QCoreApplication>
#include <QLocale>
#include <QStringList>

namespace lipsync::ui {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(PlanTexts)
};

QString devicesText(const ConcurrencyPlan& plan)
{
    QStringList devices;
    for (const DevicePlan& device : plan.devices)
        devices << Text::tr("%1 × %2").arg(device.workers).arg(QString::fromStdString(device.device));
    return devices.join(QStringLiteral(" + "));
}

} // namespace

QString isolationText(Isolation isolation)
{
    return isolation == Isolation::Thread ? Text::tr("Threads") : Text::tr("Processes");
}

QString arithmeticText(Arithmetic arithmetic)
{
    switch (arithmetic) {
    case Arithmetic::Bf16:
        return Text::tr("bf16 (16 bits, wide range)");
    case Arithmetic::Fp16:
        return Text::tr("fp16 (16 bits)");
    case Arithmetic::Fp32:
        break;
    }
    return Text::tr("fp32 (full)");
}

QString balanceText(Balance balance)
{
    switch (balance) {
    case Balance::RoundRobin:
        return Text::tr("In turn");
    case Balance::LeastOutstanding:
        return Text::tr("Fewest waiting");
    case Balance::RandomOfTwo:
        return Text::tr("Better of two at random");
    case Balance::FinishTime:
        break;
    }
    return Text::tr("Earliest finish");
}

QString workerStateText(WorkerState state)
{
    switch (state) {
    case WorkerState::Starting:
        return Text::tr("Starting");
    case WorkerState::Preparing:
        return Text::tr("Preparing");
    case WorkerState::Idle:
        return Text::tr("Idle");
    case WorkerState::Busy:
        return Text::tr("Busy");
    case WorkerState::Hung:
        return Text::tr("Hangs");
    case WorkerState::Restarting:
        return Text::tr("Lost, restarting");
    case WorkerState::Stopping:
        return Text::tr("Stopping");
    case WorkerState::Stopped:
        break;
    }
    return Text::tr("Failed");
}

QString planText(const ConcurrencyPlan& plan)
{
    const QString name = QString::fromLatin1(toString(plan.arithmetic).data());
    const QString devices = devicesText(plan);
    const int batch = plan.batchSizes.empty() ? 1 : plan.largestBatch();
    if (plan.maxWaitMs > 0) {
        const QString wait = QLocale().toString(plan.maxWaitMs, 'g', 4);
        return plan.isolation == Isolation::Process
            ? Text::tr("%1 as processes, batches up to %2 after at most %3 ms, %4")
                  .arg(devices, QString::number(batch), wait, name)
            : Text::tr("%1 as threads, batches up to %2 after at most %3 ms, %4")
                  .arg(devices, QString::number(batch), wait, name);
    }
    return plan.isolation == Isolation::Process
        ? Text::tr("%1 as processes, batches up to %2, %3").arg(devices, QString::number(batch), name)
        : Text::tr("%1 as threads, batches up to %2, %3").arg(devices, QString::number(batch), name);
}

std::array<int, 3> wholePercents(const ClassShares& shares)
{
    constexpr int kWhole = 100;
    const std::array parts{shares.preview, shares.live, shares.bulk};
    const int sum = std::max(shares.sum(), 1);
    std::array<int, 3> percents{};
    std::array<std::size_t, 3> byRest{0, 1, 2};
    int missing = kWhole;
    for (std::size_t at = 0; at < parts.size(); ++at) {
        percents[at] = kWhole * parts[at] / sum;
        missing -= percents[at];
    }
    // What rounding down left over goes to those that lost most by it.
    std::stable_sort(byRest.begin(), byRest.end(), [&](std::size_t one, std::size_t other) {
        return kWhole * parts[one] % sum > kWhole * parts[other] % sum;
    });
    for (std::size_t at = 0; at < byRest.size() && missing > 0; ++at, --missing)
        ++percents[byRest[at]];
    return percents;
}

bool isElsewhere(const std::string& device)
{
    return device.find(':') != std::string::npos && !device.starts_with("cuda:");
}

QString memoryText(double mebibytes)
{
    constexpr double kMebi = 1024.0 * 1024.0;
    return QLocale().formattedDataSize(static_cast<qint64>(mebibytes * kMebi), 1);
}

} // namespace lipsync::ui
