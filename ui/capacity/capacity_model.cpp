// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/capacity/capacity_model.h"

#include "ui/concurrency/concurrency_model.h"
#include "ui/concurrency/plan_texts.h"
#include "ui/engine_bridge/qt_conversion.h"

namespace lipsync::ui {

CapacityModel::CapacityModel(MeasurementBridge& bridge, ConcurrencyModel& settings, QObject* parent)
    : QObject(parent)
    , m_bridge(bridge)
    , m_settings(settings)
{
    connect(&bridge, &MeasurementBridge::runningChanged, this, &CapacityModel::changed);
    connect(&bridge, &MeasurementBridge::planned, this, &CapacityModel::take);
    connect(&bridge, &MeasurementBridge::cancelled, this, [this](Measurement what) {
        if (what == Measurement::Capacity)
            tell(tr("Stopped."), false);
    });
    connect(&bridge, &MeasurementBridge::failed, this, [this](Measurement what, const Error& error) {
        if (what == Measurement::Capacity)
            tell(toText(error), true);
    });
    connect(&settings, &ConcurrencyModel::changed, this, [this] {
        if (m_settings.draft() != m_askedPlan)
            forget();
        Q_EMIT changed();
    });
}

void CapacityModel::setAvatar(const std::filesystem::path& avatar)
{
    if (avatar == m_avatar)
        return;
    m_avatar = avatar;
    forget();
    tell({}, false);
}

void CapacityModel::setQuestion(const Question& question)
{
    if (question == m_question)
        return;
    m_question = question;
    forget();
    Q_EMIT changed();
}

QString CapacityModel::settings() const
{
    return planText(m_settings.draft());
}

void CapacityModel::start()
{
    if (!canStart())
        return;
    forget();
    tell({}, false);
    m_asked = m_question;
    m_askedPlan = m_settings.draft();
    CapacityRequest request;
    request.avatar = m_avatar;
    request.viewers = m_question.viewers;
    request.framesPerSecond = m_question.framesPerSecond;
    request.duty = m_question.duty;
    request.goalP99Ms = m_question.goalP99Ms;
    request.plan = m_askedPlan;
    request.deviceCount = m_question.deviceCount;
    m_bridge.startCapacity(request);
}

void CapacityModel::cancel()
{
    if (isRunning())
        m_bridge.cancel();
}

bool CapacityModel::canStart() const
{
    return hasAvatar() && !m_bridge.running() && m_settings.problem().isEmpty();
}

QString CapacityModel::verdict() const
{
    if (!m_answer)
        return {};
    const QString most = QString::number(m_answer->mostViewers);
    return m_answer->holds
        ? tr("Yes: %n viewer(s) are served in time; up to %1 would be.", nullptr, m_asked.viewers).arg(most)
        : tr("No: %n viewer(s) are too many; up to %1 are served in time.", nullptr, m_asked.viewers).arg(most);
}

QStringList CapacityModel::explanation() const
{
    QStringList sentences;
    if (m_answer)
        for (const std::string& sentence : m_answer->explanation)
            sentences << QString::fromStdString(sentence);
    return sentences;
}

void CapacityModel::forget()
{
    m_answer.reset();
}

void CapacityModel::take(const CapacityFigures& figures)
{
    if (m_question == m_asked && m_settings.draft() == m_askedPlan)
        m_answer = figures;
    tell(m_answer ? QString() : tr("The question has changed meanwhile; ask again."), false);
}

void CapacityModel::tell(const QString& message, bool isFailure)
{
    m_message = message;
    m_hasFailed = isFailure;
    Q_EMIT changed();
}

} // namespace lipsync::ui
