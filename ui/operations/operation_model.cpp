// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/operations/operation_model.h"

#include "ui/engine_bridge/operation_bridge.h"
#include "ui/engine_bridge/qt_conversion.h"
#include "ui/export/export_texts.h"

#include <algorithm>
#include <utility>

namespace lipsync::ui {
namespace {

constexpr double kEarlyShare = 0.02; // before it an estimate of the time left is worth nothing
constexpr double kMsPerSecond = 1000;

} // namespace

OperationModel::OperationModel(OperationBridge& bridge, QObject* parent)
    : QObject(parent)
    , m_bridge(bridge)
{
    connect(&bridge, &OperationBridge::progressed, this, &OperationModel::follow);
    connect(&bridge, &OperationBridge::finished, this, &OperationModel::finish);
    connect(&bridge, &OperationBridge::cancelled, this, [this] { end(OperationState::Cancelled); });
    connect(&bridge, &OperationBridge::failed, this, [this](const Error& error) {
        m_failure = toText(error);
        end(OperationState::Failed);
        Q_EMIT failed(m_failure);
    });
    connect(&bridge, &OperationBridge::pictureRead, this, [this](const QImage& picture) {
        m_picture = picture;
        Q_EMIT pictureChanged();
    });
    connect(&bridge, &OperationBridge::frameRead, this, &OperationModel::frameReady);
    connect(&bridge, &OperationBridge::frameUnreadable, this,
            [this](const Error& error) { Q_EMIT frameUnreadable(toText(error)); });
    connect(&bridge, &OperationBridge::devicesRead, this, &OperationModel::devicesReady);
}

void OperationModel::cancel()
{
    if (m_state != OperationState::Running)
        return;
    m_bridge.cancel();
    end(OperationState::Cancelling);
}

void OperationModel::reset()
{
    if (isRunning())
        return;
    m_picture = {};
    m_pictureFile.clear();
    end(OperationState::Idle);
    Q_EMIT pictureChanged();
}

void OperationModel::wantFrame(const std::filesystem::path& video, double seconds)
{
    m_bridge.readFrame(video, seconds);
}

void OperationModel::wantDevices()
{
    m_bridge.readDevices();
}

double OperationModel::fraction() const
{
    return m_state == OperationState::Done ? 1 : isRunning() ? std::clamp(m_progress.share, 0.0, 1.0) : 0;
}

QString OperationModel::statusText() const
{
    switch (m_state) {
    case OperationState::Idle:
        return {};
    case OperationState::Running: {
        if (m_progress.stage.empty())
            return tr("Starting…");
        const QString stage = QString::fromStdString(m_progress.stage);
        const int percent = static_cast<int>(fraction() * 100);
        if (fraction() < kEarlyShare)
            return tr("%1: %2 %").arg(stage).arg(percent);
        const double seconds = static_cast<double>(m_clock.elapsed()) / kMsPerSecond;
        return tr("%1: %2 %, about %3 left")
            .arg(stage)
            .arg(percent)
            .arg(durationText(seconds * (1 - fraction()) / fraction()));
    }
    case OperationState::Cancelling:
        return tr("Cancelling…");
    case OperationState::Done:
        return tr("%1 is ready. %2")
            .arg(fromPath(m_report.avatar.filename()), QString::fromStdString(m_report.summary));
    case OperationState::Cancelled:
        return tr("Cancelled.");
    case OperationState::Failed:
        return m_failure;
    }
    return {};
}

QString OperationModel::detailText() const
{
    if (isRunning())
        return QString::fromStdString(m_progress.detail);
    QStringList warnings;
    if (m_state == OperationState::Done)
        for (const std::string& warning : m_report.warnings)
            warnings << QStringLiteral("• ") + QString::fromStdString(warning);
    return warnings.join(u'\n');
}

bool OperationModel::begin()
{
    if (isRunning())
        return false;
    m_progress = {};
    m_failure.clear();
    m_report = {};
    m_clock.start();
    reset();
    end(OperationState::Running);
    return true;
}

void OperationModel::startAt(const ImportRequest& request)
{
    m_bridge.start(request);
}

void OperationModel::startAt(const PrepareRequest& request)
{
    m_bridge.start(request);
}

void OperationModel::startAt(const TrainRequest& request)
{
    m_bridge.start(request);
}

void OperationModel::follow(const OperationProgress& progress)
{
    m_progress = progress;
    show(progress.picture);
    Q_EMIT changed();
}

void OperationModel::finish(const OperationReport& report)
{
    m_report = report;
    if (!report.pictures.empty())
        show(report.pictures.back());
    end(OperationState::Done);
    Q_EMIT done(report);
}

void OperationModel::end(OperationState state)
{
    m_state = state;
    Q_EMIT changed();
}

void OperationModel::show(const std::filesystem::path& picture)
{
    if (!picture.empty() && std::exchange(m_pictureFile, picture) != picture)
        m_bridge.readPicture(picture);
}

} // namespace lipsync::ui
