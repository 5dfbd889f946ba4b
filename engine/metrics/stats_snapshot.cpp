// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/stats_snapshot.h"

namespace lipsync {

std::string_view toString(FrameClass frameClass)
{
    switch (frameClass) {
    case FrameClass::Preview:
        return "preview";
    case FrameClass::Live:
        return "live";
    case FrameClass::Bulk:
        return "bulk";
    }
    return "";
}

std::string_view toString(Stage stage)
{
    switch (stage) {
    case Stage::Queue:
        return "queue";
    case Stage::Input:
        return "input";
    case Stage::Infer:
        return "infer";
    case Stage::Output:
        return "output";
    case Stage::Paste:
        return "paste";
    case Stage::Deliver:
        return "deliver";
    }
    return "";
}

std::string_view toString(DropReason reason)
{
    switch (reason) {
    case DropReason::Expired:
        return "expired";
    case DropReason::Cancelled:
        return "cancelled";
    case DropReason::Refused:
        return "refused";
    case DropReason::Failed:
        return "failed";
    case DropReason::Late:
        return "late";
    }
    return "";
}

std::string_view toString(WorkerState state)
{
    switch (state) {
    case WorkerState::Starting:
        return "starting";
    case WorkerState::Preparing:
        return "preparing";
    case WorkerState::Idle:
        return "idle";
    case WorkerState::Busy:
        return "busy";
    case WorkerState::Hung:
        return "hung";
    case WorkerState::Restarting:
        return "restarting";
    case WorkerState::Stopping:
        return "stopping";
    case WorkerState::Stopped:
        return "stopped";
    }
    return "";
}

} // namespace lipsync
