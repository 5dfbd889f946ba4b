// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include <QString>

namespace lipsync::ui {

/// A job's state in a word.
QString stateText(ExportJobState state);

/// A stretch of time as "m:ss", or "h:mm:ss" from an hour on; rounded to seconds.
QString durationText(double seconds);

/// File names of a job's avatar and voice, "anna · hello.wav".
QString sourcesText(const ExportRequest& request);

/// The sentence that says how a job ended.
QString endText(const ExportJob& job);

} // namespace lipsync::ui
