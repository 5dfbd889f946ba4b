// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "serving/avatar_shelf.h"

namespace inference {
class ModelStatistics;
}

namespace lipsync::serving {

/// What an avatar's frames came to since it was loaded, as KServe's statistics extension has it. Counts of frames and of
/// the batches they were in are of all services, those of requests (success, fail, cancel) of this one. A batch that was
/// partly cancelled counts as the part of it that was not, and executions are rounded to whole ones. There is no cache,
/// so that nothing hits or misses one. Memory is that of the template crops, on the host, which all workers share.
void writeStatistics(const ServedAvatar& avatar, ::inference::ModelStatistics& statistics);

} // namespace lipsync::serving
