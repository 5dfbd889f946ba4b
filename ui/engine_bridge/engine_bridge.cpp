// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/engine_bridge/engine_bridge.h"

#include <chrono>
#include <utility>

namespace lipsync::ui {
namespace {

using namespace std::chrono_literals;

constexpr auto kStatisticsInterval = 250ms; // architecture.md: counters are polled at 4 Hz

} // namespace

EngineBridge::EngineBridge(Engine& engine, QObject* parent)
    : QObject(parent)
    , m_engine(engine)
{
    m_reading.setObjectName(QStringLiteral("ui-reading"));
    m_reading.setMaxThreadCount(1);
    m_retirement.setObjectName(QStringLiteral("ui-retirement"));
    m_statisticsTimer.setInterval(kStatisticsInterval);
    connect(&m_statisticsTimer, &QTimer::timeout, this, [this] {
        if (m_preview)
            Q_EMIT statisticsPolled(m_preview->statistics());
    });
    m_statisticsTimer.start();
}

EngineBridge::~EngineBridge()
{
    retire(std::move(m_candidate));
    retire(std::move(m_preview));
    retire(std::move(m_export));
    m_reading.waitForDone();
    m_retirement.waitForDone();
}

void EngineBridge::describeAvatar(const std::filesystem::path& folder)
{
    const Job job = m_avatarJob = ++m_lastJob;
    m_reading.start([this, job, folder] {
        post([this, job, described = m_engine.describeAvatar(folder)] {
            if (job != m_avatarJob)
                return;
            if (described)
                Q_EMIT avatarDescribed(*described);
            else
                Q_EMIT avatarRefused(described.error());
        });
    });
}

void EngineBridge::describeVoice(const std::filesystem::path& file)
{
    const Job job = m_voiceJob = ++m_lastJob;
    m_reading.start([this, job, file] {
        post([this, job, described = m_engine.describeVoice(file)] {
            if (job != m_voiceJob)
                return;
            if (described)
                Q_EMIT voiceDescribed(*described);
            else
                Q_EMIT voiceRefused(described.error());
        });
    });
}

void EngineBridge::openPreview(const std::filesystem::path& avatar, const std::filesystem::path& voice)
{
    const Job job = m_candidateJob = ++m_lastJob;
    // What was asked for one at a time before is overtaken by this.
    m_avatarJob = m_voiceJob = 0;
    retire(std::move(m_candidate));

    Preview::Events events;
    events.ready = [this, job](Result<PreviewInfo> opened) {
        post([this, job, opened = std::move(opened)] { finishOpening(job, opened); });
    };
    events.picture = [this, job](std::int64_t frame) {
        post([this, job, frame] {
            if (job == m_previewJob)
                Q_EMIT pictureMade(frame);
        });
    };
    events.failed = [this, job](Error error) {
        post([this, job, error = std::move(error)] {
            if (job == m_previewJob)
                Q_EMIT pictureFailed(error);
        });
    };
    m_candidate = m_engine.openPreview(avatar, voice, std::move(events));
}

void EngineBridge::show(std::int64_t frame)
{
    if (m_preview)
        m_preview->show(frame);
}

void EngineBridge::play(std::int64_t frame)
{
    if (m_preview)
        m_preview->play(frame);
}

void EngineBridge::setPlayhead(std::int64_t frame)
{
    if (m_preview)
        m_preview->setPlayhead(frame);
}

void EngineBridge::pause()
{
    if (m_preview)
        m_preview->pause();
}

std::shared_ptr<const Picture> EngineBridge::pictureAt(std::int64_t frame)
{
    return m_preview ? m_preview->pictureAt(frame) : nullptr;
}

void EngineBridge::startExport(const ExportRequest& request)
{
    if (m_export)
        return;
    const Job job = m_exportJob = ++m_lastJob;
    Export::Events events;
    events.progress = [this, job](const ExportProgress& progress) {
        post([this, job, progress] {
            if (job == m_exportJob)
                Q_EMIT exportProgressed(progress);
        });
    };
    events.finished = [this, job](Result<ExportReport> finished) {
        post([this, job, finished = std::move(finished)] { finishExport(job, finished); });
    };
    m_export = m_engine.startExport(request, std::move(events));
}

void EngineBridge::cancelExport()
{
    if (m_export)
        m_export->cancel();
}

template <typename Function> void EngineBridge::post(Function function)
{
    QMetaObject::invokeMethod(this, std::move(function), Qt::QueuedConnection);
}

template <typename Handle> void EngineBridge::retire(std::unique_ptr<Handle> handle)
{
    if (!handle)
        return;
    // A handle's destructor joins engine threads: the window's thread must not.
    m_retirement.start([last = std::shared_ptr<Handle>(std::move(handle))]() mutable { last.reset(); });
}

void EngineBridge::finishOpening(Job job, const Result<PreviewInfo>& opened)
{
    if (job != m_candidateJob || !m_candidate)
        return;
    m_candidateJob = 0;
    if (!opened) {
        retire(std::move(m_candidate));
        Q_EMIT previewRefused(opened.error());
        return;
    }
    retire(std::move(m_preview));
    m_preview = std::move(m_candidate);
    m_previewJob = job;
    Q_EMIT previewReady(*opened);
}

void EngineBridge::finishExport(Job job, const Result<ExportReport>& finished)
{
    if (job != m_exportJob || !m_export)
        return;
    m_exportJob = 0;
    retire(std::move(m_export));
    if (finished)
        Q_EMIT exportFinished(*finished);
    else if (finished.error().code == ErrorCode::Interrupted)
        Q_EMIT exportCancelled();
    else
        Q_EMIT exportFailed(finished.error());
}

} // namespace lipsync::ui
