// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"
#include "ui/playback/loop_range.h"

#include <optional>
#include <vector>

#include <QByteArray>
#include <QString>

namespace lipsync::ui {

/// File name ending of a project, with its dot.
inline constexpr const char* kProjectSuffix = ".lipsync";

/// How exports are made. Paths of a project are absolute here; its file has them relative to itself, too.
struct ExportSettings {
    ExportFormat format = ExportFormat::Mp4;
    int quality = ExportRequest{}.quality;
    QString output; ///< empty: as the studio proposes
    PasteStyle paste = PasteStyle::Feathered;
    bool markSynthetic = true;

    bool operator==(const ExportSettings&) const = default;
};

/// An export that waits in the queue.
struct QueuedExport {
    QString avatar;
    QString voice;
    QString features; ///< empty: none
    ExportSettings settings;

    bool operator==(const QueuedExport&) const = default;
};

/// Everything that a project holds. A value. What makes up for this machine alone, as how much later its sound is heard
/// than its picture is seen, is a preference and no part of it.
struct ProjectData {
    QString avatar; ///< folder; empty: none yet
    QString voice; ///< file; empty: none yet
    std::optional<LoopRange> loop;
    std::optional<ConcurrencyPlan> plan; ///< nothing: as the machine has it, until it is written
    ExportSettings exportSettings;
    std::vector<QueuedExport> queue;
    QByteArray layout; ///< of the docks, as DockShelf::layout() gives it

    bool operator==(const ProjectData&) const = default;
};

/// Between a project's exports and the engine's; an existing output is not overwritten.
QueuedExport toQueuedExport(const ExportRequest& request);
ExportRequest toRequest(const QueuedExport& queued);

} // namespace lipsync::ui
