// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/live/live_model.h"

#include "ui/engine_bridge/qt_conversion.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include <QSettings>

namespace lipsync::ui {
namespace {

using namespace std::chrono_literals;

const auto kInputSetting = QStringLiteral("live/microphone");
const auto kLevelSetting = QStringLiteral("live/silenceLevel");
const auto kSecondsSetting = QStringLiteral("live/silenceSeconds");
constexpr auto kLevelInterval = 50ms;
constexpr auto kStatisticsInterval = 250ms; // architecture.md: counters are polled at 4 Hz

// Keeps the loudest; several pieces may come between two looks.
void raise(std::atomic<float>& peak, std::span<const float> samples)
{
    float loudest = 0;
    for (const float sample : samples)
        loudest = std::max(loudest, std::abs(sample));
    float present = peak.load();
    while (loudest > present && !peak.compare_exchange_weak(present, loudest)) { }
}

} // namespace

LiveModel::LiveModel(LiveBridge& bridge, SoundInputs& inputs, QSettings& settings, QObject* parent)
    : QObject(parent)
    , m_bridge(bridge)
    , m_sounds(inputs)
    , m_settings(settings)
    , m_chosen(settings.value(kInputSetting).toByteArray())
    , m_peak(std::make_shared<std::atomic<float>>(0.0F))
{
    m_options.idles = true;
    const LiveOptions usual;
    m_options.silenceLevel =
        std::clamp(settings.value(kLevelSetting, usual.silenceLevel).toInt(), kLowestLevel, kHighestLevel);
    m_options.silenceSeconds =
        std::clamp(settings.value(kSecondsSetting, usual.silenceSeconds).toDouble(), kShortestSilence, kLongestSilence);
    m_levelTimer.setInterval(kLevelInterval);
    m_statisticsTimer.setInterval(kStatisticsInterval);
    connect(&m_levelTimer, &QTimer::timeout, this, &LiveModel::measure);
    connect(&m_statisticsTimer, &QTimer::timeout, this, [this] {
        m_statistics = m_bridge.statistics();
        Q_EMIT statisticsChanged(m_statistics);
    });
    connect(&inputs, &SoundInputs::changed, this, &LiveModel::findInputs);
    connect(&bridge, &LiveBridge::ready, this, &LiveModel::listen);
    connect(&bridge, &LiveBridge::pictureMade, this, &LiveModel::pictureMade);
    connect(&bridge, &LiveBridge::refused, this, [this](const Error& error) { end(toText(error)); });
    connect(&bridge, &LiveBridge::failed, this, [this](const Error& error) { end(toText(error)); });
}

LiveModel::~LiveModel()
{
    hush();
    m_bridge.close();
}

bool LiveModel::canStart() const
{
    return !isOn() && m_avatar && (!m_hasLooked || !m_inputs.isEmpty());
}

QString LiveModel::message() const
{
    if (isOn())
        return {};
    if (!m_reason.isEmpty())
        return m_reason;
    if (m_hasLooked && m_inputs.isEmpty())
        return tr("No microphone was found. Plug one in, and it appears here.");
    if (!m_avatar)
        return tr("Open an avatar first; it speaks what the microphone hears.");
    return {};
}

QByteArray LiveModel::input() const
{
    const auto has = [this](const auto& isIt) {
        const auto found = std::find_if(m_inputs.begin(), m_inputs.end(), isIt);
        return found == m_inputs.end() ? QByteArray() : found->id;
    };
    QByteArray id = has([this](const SoundInput& input) { return input.id == m_chosen; });
    if (id.isEmpty())
        id = has([](const SoundInput& input) { return input.isDefault; });
    return id.isEmpty() && !m_inputs.isEmpty() ? m_inputs.front().id : id;
}

void LiveModel::findInputs()
{
    QList<SoundInput> inputs = m_sounds.list();
    if (std::exchange(m_hasLooked, true) && inputs == m_inputs)
        return;
    m_inputs = std::move(inputs);
    Q_EMIT inputsChanged();
    Q_EMIT changed();
}

void LiveModel::setAvatar(const std::optional<std::filesystem::path>& avatar)
{
    if (avatar == m_avatar)
        return;
    m_avatar = avatar;
    m_reason.clear();
    if (isOn() && m_avatar)
        open();
    else if (isOn())
        stop();
    Q_EMIT changed();
}

void LiveModel::setInput(const QByteArray& id)
{
    if (id == m_chosen)
        return;
    m_chosen = id;
    m_settings.setValue(kInputSetting, id);
    if (m_state == LiveState::Live) {
        hush();
        listen();
    }
    Q_EMIT inputsChanged();
}

void LiveModel::setSilenceLevel(int level)
{
    const double clamped = std::clamp(level, kLowestLevel, kHighestLevel);
    if (std::exchange(m_options.silenceLevel, clamped) == clamped)
        return;
    m_settings.setValue(kLevelSetting, silenceLevel());
    if (isOn())
        open();
    Q_EMIT changed();
}

void LiveModel::setSilenceSeconds(double seconds)
{
    const double clamped = std::clamp(seconds, kShortestSilence, kLongestSilence);
    if (std::exchange(m_options.silenceSeconds, clamped) == clamped)
        return;
    m_settings.setValue(kSecondsSetting, clamped);
    if (isOn())
        open();
    Q_EMIT changed();
}

void LiveModel::start()
{
    if (isOn() || !m_avatar)
        return;
    m_reason.clear();
    findInputs();
    if (m_inputs.isEmpty()) {
        Q_EMIT changed();
        return;
    }
    setState(LiveState::Opening);
    open();
}

void LiveModel::stop()
{
    if (isOn())
        end({});
}

void LiveModel::toggle()
{
    if (isOn())
        stop();
    else
        start();
}

void LiveModel::interrupt()
{
    m_bridge.interrupt();
}

// The microphone stays as it is: the session that is opened gets its sound once it is ready.
void LiveModel::open()
{
    m_bridge.open(*m_avatar, m_options);
}

void LiveModel::listen()
{
    if (!m_source) {
        const quint64 listening = ++m_listening;
        SoundSource::Events events;
        events.heard = [sink = m_bridge.sink(), peak = m_peak](std::span<const float> samples) {
            raise(*peak, samples);
            sink(samples);
        };
        events.failed = [this, listening](const QString& reason) {
            QMetaObject::invokeMethod(
                this, [this, listening, reason] { lose(listening, reason); }, Qt::QueuedConnection);
        };
        m_source = m_sounds.open(input(), std::move(events));
    }
    m_levelTimer.start();
    m_statisticsTimer.start();
    setState(LiveState::Live);
}

void LiveModel::hush()
{
    ++m_listening;
    // A sound server may take its time to close a device.
    m_bridge.post().retire(std::move(m_source));
    m_source.reset();
}

void LiveModel::end(const QString& reason)
{
    hush();
    m_bridge.close();
    m_levelTimer.stop();
    m_statisticsTimer.stop();
    m_peak->store(0);
    m_level = kQuietest;
    m_statistics = {};
    m_reason = reason;
    Q_EMIT levelChanged(m_level);
    Q_EMIT statisticsChanged(m_statistics);
    setState(LiveState::Off);
}

void LiveModel::setState(LiveState state)
{
    m_state = state;
    Q_EMIT changed();
}

void LiveModel::lose(quint64 listening, const QString& reason)
{
    if (listening == m_listening)
        end(reason);
}

void LiveModel::measure()
{
    const double peak = m_peak->exchange(0);
    const double level = peak > 0 ? std::max(kQuietest, 20 * std::log10(peak)) : kQuietest;
    constexpr double kFall = 3; // dB a look: the eye follows a meter that does not fall at once
    m_level = std::max(level, std::max(kQuietest, m_level - kFall));
    Q_EMIT levelChanged(m_level);
}

} // namespace lipsync::ui
