// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include <array>
#include <string>

#include <QString>

namespace lipsync::ui {

/// The parts of a plan, and a worker's state, in words for a person.
QString isolationText(Isolation isolation);
QString arithmeticText(Arithmetic arithmetic);
QString balanceText(Balance balance);
QString workerStateText(WorkerState state);

/// A plan in a line, e.g. "2 × cpu, threads, batches up to 4, fp32".
QString planText(const ConcurrencyPlan& plan);

/// Whole percents of preview, live sessions and exports, which make 100 together.
std::array<int, 3> wholePercents(const ClassShares& shares);

/// Whether a device of a plan is a worker of another machine: HOST:PORT.
bool isElsewhere(const std::string& device);

/// Mebibytes as a person reads them, e.g. "1.5 GiB".
QString memoryText(double mebibytes);

} // namespace lipsync::ui
