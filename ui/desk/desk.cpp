// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/desk/desk.h"

#include "ui/engine_bridge/qt_conversion.h"
#include "ui/files/standard_folder.h"

namespace lipsync::ui {
namespace {

constexpr const char* kJournal = "exports.journal";
constexpr const char* kRecovery = "recovery";

} // namespace

Desk::Desk(const WindowServices& services)
    : bridge(services.engine)
    , statistics(services.engine)
    , pool(services.engine)
    , measurements(services.engine, bridge.post())
    , files(services.engine)
    , exportQueue(services.engine)
    , liveBridge(services.engine, bridge.post())
    , traceBridge(services.engine)
    , logBridge(services.engine)
    , serverBridge(services.engine)
    , library(bridge)
    , avatars(LibraryKind::Avatars, files, services.settings)
    , voices(LibraryKind::Voices, files, services.settings)
    , playback(bridge, services.clocks)
    , live(liveBridge, services.soundInputs, services.settings)
    , operations(services.engine)
    , exportDraft(services.formats)
    , exports(exportQueue, services.formats)
    , exportNotices(exportQueue, services.notifier)
    , concurrency(pool, services.settings)
    , tuning(measurements)
    , comparison(measurements)
    , capacity(measurements, concurrency)
    , trace(traceBridge)
    , server(serverBridge, avatars, services.settings)
    , project(services.projectClock)
    , projectStore(project, services.projectClock, services.settings, fromPath(services.dataFolder / kRecovery))
    , projectBinding(project, library, playback, exportDraft, exportQueue)
    , planBinding(project, concurrency)
{
    followStatistics();
    connect(&library, &LibraryModel::avatarChanged, this, &Desk::followAvatar);
    connect(&library, &LibraryModel::voiceChanged, this, &Desk::followVoice);
    connect(&operations, &Operations::avatarMade, this,
            [this](const std::filesystem::path& avatar) { avatars.add(avatar); });
    // What is in force is saved, too, where nobody changed it.
    connect(&projectStore, &ProjectStore::aboutToWrite, &planBinding, &PlanBinding::fill);
    // What was just tuned is a preset from now on.
    connect(&tuning, &TuningModel::tuned, this, [this] {
        if (library.avatar())
            concurrency.setAvatar(library.avatar()->folder);
    });
    // The microphone speaks, or the voice does.
    connect(&live, &LiveModel::changed, this, [this] {
        if (live.isOn())
            playback.pause();
    });
    connect(&playback, &PlaybackController::stateChanged, this, [this] {
        if (playback.isPlaying() && live.isOn())
            live.stop();
    });
    connect(&logBridge, &LogBridge::written, &log, &LogModel::append);
    logBridge.start();
    exportQueue.open(services.dataFolder / kJournal);
    if (server.settings().startsWithStudio)
        server.startWhenRead();
}

void Desk::followStatistics()
{
    connect(&statistics, &StatisticsBridge::polled, &workers, &WorkerModel::setStatistics);
    connect(&statistics, &StatisticsBridge::polled, &concurrency, &ConcurrencyModel::setStatistics);
    connect(&pool, &PoolBridge::changed, &statistics, &StatisticsBridge::poll); // a lost worker shows at once
}

void Desk::followAvatar()
{
    if (!library.avatar())
        return;
    const auto& folder = library.avatar()->folder;
    avatars.setOnDesk(folder);
    live.setAvatar(folder);
    concurrency.setAvatar(folder);
    tuning.setAvatar(folder);
    comparison.setAvatar(folder);
    capacity.setAvatar(folder);
    followSources();
}

void Desk::followVoice()
{
    if (!library.voice())
        return;
    voices.setOnDesk(library.voice()->file);
    followSources();
}

void Desk::followSources()
{
    if (library.avatar() && library.voice())
        exportDraft.setSources(library.avatar()->folder, library.voice()->file,
                               standardFolder(QStandardPaths::MoviesLocation));
}

} // namespace lipsync::ui
