// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/capacity/capacity_model.h"
#include "ui/charts/statistics_history.h"
#include "ui/comparison/comparison_model.h"
#include "ui/concurrency/concurrency_model.h"
#include "ui/concurrency/worker_model.h"
#include "ui/engine_bridge/engine_bridge.h"
#include "ui/engine_bridge/export_queue_bridge.h"
#include "ui/engine_bridge/library_bridge.h"
#include "ui/engine_bridge/live_bridge.h"
#include "ui/engine_bridge/log_bridge.h"
#include "ui/engine_bridge/measurement_bridge.h"
#include "ui/engine_bridge/pool_bridge.h"
#include "ui/engine_bridge/server_bridge.h"
#include "ui/engine_bridge/statistics_bridge.h"
#include "ui/engine_bridge/trace_bridge.h"
#include "ui/export/export_draft.h"
#include "ui/export/export_notices.h"
#include "ui/export/export_queue_model.h"
#include "ui/library/library_list_model.h"
#include "ui/library/library_model.h"
#include "ui/live/live_model.h"
#include "ui/log/log_model.h"
#include "ui/operations/operations.h"
#include "ui/playback/playback_controller.h"
#include "ui/project/plan_binding.h"
#include "ui/project/project_binding.h"
#include "ui/project/project_document.h"
#include "ui/project/project_store.h"
#include "ui/server/server_model.h"
#include "ui/trace/trace_model.h"
#include "ui/tuning/tuning_model.h"

#include <filesystem>
#include <vector>

#include <QObject>

class QSettings;

namespace lipsync::ui {

class Dialogs;
class Notifier;
class ProjectClock;
class SoundInputs;

/// What the window is given by the composition root or by a test; everything outlives the window.
struct WindowServices {
    Engine& engine;
    Dialogs& dialogs;
    Notifier& notifier;
    QSettings& settings;
    ClockFactory clocks;
    SoundInputs& soundInputs;
    ProjectClock& projectClock;
    std::vector<ExportFormatInfo> formats; ///< exportFormats() of the engine
    std::filesystem::path dataFolder; ///< of the export journal and what else outlives a crash
    std::filesystem::path shippedAvatars{}; ///< folder of the avatars that come with the studio; empty: none
};

/// Everything that is on an operator's desk, without a window: the parts of the bridge to the engine and the models,
/// and how they follow each other.
class Desk final : public QObject {
    Q_OBJECT

public:
    explicit Desk(const WindowServices& services);

    EngineBridge bridge;
    StatisticsBridge statistics;
    PoolBridge pool;
    MeasurementBridge measurements;
    LibraryBridge files;
    ExportQueueBridge exportQueue;
    LiveBridge liveBridge;
    TraceBridge traceBridge;
    LogBridge logBridge;
    ServerBridge serverBridge;

    LibraryModel library;
    LibraryListModel avatars;
    LibraryListModel voices;
    PlaybackController playback;
    LiveModel live;
    Operations operations;
    ExportDraft exportDraft;
    ExportQueueModel exports;
    ExportNotices exportNotices;
    ConcurrencyModel concurrency;
    WorkerModel workers;
    TuningModel tuning;
    ComparisonModel comparison;
    CapacityModel capacity;
    StatisticsHistory history;
    TraceModel trace;
    LogModel log;
    ServerModel server;

    ProjectDocument project;
    ProjectStore projectStore;
    ProjectBinding projectBinding;
    PlanBinding planBinding;

private:
    void followStatistics();
    void followAvatar();
    void followVoice();
    void followSources();
};

} // namespace lipsync::ui
