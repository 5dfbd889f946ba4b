// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/engine_bridge/operation_bridge.h"

#include "ui/engine_bridge/qt_conversion.h"

#include <algorithm>
#include <utility>

#include <QImageReader>

namespace lipsync::ui {
namespace {

constexpr int kMostPictureSide = 1280; // of what is shown of a picture

QImage imageOf(const Picture& picture)
{
    return QImage(picture.bgr.data(), picture.width, picture.height, 3 * qsizetype(picture.width),
                  QImage::Format_BGR888)
        .copy();
}

} // namespace

OperationBridge::OperationBridge(Engine& engine, QObject* parent)
    : QObject(parent)
    , m_engine(engine)
{
}

OperationBridge::~OperationBridge()
{
    m_reading.forget();
    cancel();
    retire();
}

void OperationBridge::start(const ImportRequest& request)
{
    start([&](OperationEvents events) { return m_engine.startImport(request, std::move(events)); });
}

void OperationBridge::start(const PrepareRequest& request)
{
    start([&](OperationEvents events) { return m_engine.startPreparation(request, std::move(events)); });
}

void OperationBridge::start(const TrainRequest& request)
{
    start([&](OperationEvents events) { return m_engine.startTraining(request, std::move(events)); });
}

void OperationBridge::cancel()
{
    if (m_operation)
        m_operation->cancel();
}

void OperationBridge::readFrame(const std::filesystem::path& video, double seconds)
{
    const Job job = m_frameJob = ++m_lastJob;
    m_reading.run([this, job, video, seconds] {
        const auto frame = m_engine.videoFrame(video, seconds);
        m_reading.post(
            [this, job, error = frame ? Error() : frame.error(), image = frame ? imageOf(**frame) : QImage()] {
                if (job != m_frameJob)
                    return;
                if (image.isNull())
                    Q_EMIT frameUnreadable(error);
                else
                    Q_EMIT frameRead(image);
            });
    });
}

void OperationBridge::readDevices()
{
    m_reading.run([this] { m_reading.post([this, devices = m_engine.devices()] { Q_EMIT devicesRead(devices); }); });
}

void OperationBridge::readPicture(const std::filesystem::path& picture)
{
    const Job job = m_pictureJob = ++m_lastJob;
    m_reading.run([this, job, picture] {
        QImageReader reader(fromPath(picture));
        const QSize size = reader.size();
        if (size.isValid() && std::max(size.width(), size.height()) > kMostPictureSide)
            reader.setScaledSize(size.scaled(kMostPictureSide, kMostPictureSide, Qt::KeepAspectRatio));
        const QImage image = reader.read();
        if (image.isNull())
            return;
        m_reading.post([this, job, image] {
            if (job == m_pictureJob)
                Q_EMIT pictureRead(image);
        });
    });
}

void OperationBridge::start(const std::function<std::unique_ptr<Operation>(OperationEvents)>& start)
{
    if (m_operation)
        return;
    const Job job = ++m_lastJob;
    OperationEvents events;
    events.progress = [this, job](const OperationProgress& progress) {
        m_retirement.post([this, job, progress] {
            if (job == m_operationJob && m_operation)
                Q_EMIT progressed(progress);
        });
    };
    events.finished = [this, job](Result<OperationReport> finished) {
        m_retirement.post([this, job, finished = std::move(finished)] { finish(job, finished); });
    };
    m_operationJob = job;
    m_operation = start(std::move(events));
}

void OperationBridge::finish(Job job, const Result<OperationReport>& finished)
{
    if (job != m_operationJob || !m_operation)
        return;
    retire();
    if (finished)
        Q_EMIT this->finished(*finished);
    else if (finished.error().code == ErrorCode::Interrupted)
        Q_EMIT cancelled();
    else
        Q_EMIT failed(finished.error());
}

// The handle's destructor joins an engine's thread, which the window must not wait for.
void OperationBridge::retire()
{
    if (m_operation)
        m_retirement.run([last = std::shared_ptr<Operation>(std::move(m_operation))]() mutable { last.reset(); });
}

} // namespace lipsync::ui
