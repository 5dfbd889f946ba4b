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
    m_statisticsTimer.setInterval(kStatisticsInterval);
    connect(&m_statisticsTimer, &QTimer::timeout, this, [this] {
        if (m_preview)
            Q_EMIT statisticsPolled(m_preview->statistics());
    });
    m_statisticsTimer.start();
}

EngineBridge::~EngineBridge()
{
    m_post.retire(std::move(m_candidate));
    m_post.retire(std::move(m_preview));
    m_post.waitForHandles();
}

void EngineBridge::describeAvatar(const std::filesystem::path& folder)
{
    const Job job = m_avatarJob = ++m_lastJob;
    m_post.read([this, job, folder] {
        m_post.post([this, job, described = m_engine.describeAvatar(folder)] {
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
    m_post.read([this, job, file] {
        m_post.post([this, job, described = m_engine.describeVoice(file)] {
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
    m_post.retire(std::move(m_candidate));

    Preview::Events events;
    events.ready = [this, job](Result<PreviewInfo> opened) {
        m_post.post([this, job, opened = std::move(opened)] { finishOpening(job, opened); });
    };
    events.picture = [this, job](std::int64_t frame) {
        m_post.post([this, job, frame] {
            if (job == m_previewJob)
                Q_EMIT pictureMade(frame);
        });
    };
    events.failed = [this, job](Error error) {
        m_post.post([this, job, error = std::move(error)] {
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

void EngineBridge::setOriginalsWanted(bool areWanted)
{
    m_originalsAreWanted = areWanted;
    if (m_preview)
        m_preview->setOriginalsWanted(areWanted);
}

PreviewStatistics EngineBridge::previewStatistics() const
{
    return m_preview ? m_preview->statistics() : PreviewStatistics();
}

void EngineBridge::finishOpening(Job job, const Result<PreviewInfo>& opened)
{
    if (job != m_candidateJob || !m_candidate)
        return;
    m_candidateJob = 0;
    if (!opened) {
        m_post.retire(std::move(m_candidate));
        Q_EMIT previewRefused(opened.error());
        return;
    }
    m_post.retire(std::move(m_preview));
    m_preview = std::move(m_candidate);
    m_previewJob = job;
    if (m_originalsAreWanted)
        m_preview->setOriginalsWanted(true);
    Q_EMIT previewReady(*opened);
}

} // namespace lipsync::ui
