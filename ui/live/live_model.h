// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"
#include "ui/engine_bridge/live_bridge.h"
#include "ui/live/sound_inputs.h"

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>

#include <QObject>
#include <QTimer>

class QSettings;

namespace lipsync::ui {

enum class LiveState {
    Off,
    Opening, ///< the engine opens the avatar
    Live, ///< what the microphone hears is spoken
};

/// Speaks what a microphone hears with the avatar on the desk. Microphone and silence are remembered in the settings.
/// Bridge, inputs and settings must outlive it.
class LiveModel final : public QObject {
    Q_OBJECT

public:
    LiveModel(LiveBridge& bridge, SoundInputs& inputs, QSettings& settings, QObject* parent = nullptr);
    ~LiveModel() override;

    LiveState state() const { return m_state; }
    bool isOn() const { return m_state != LiveState::Off; }
    /// Whether start() would do something: there is an avatar, and a microphone as far as is known.
    bool canStart() const;
    /// Why it cannot start or why it ended, in a sentence; empty when there is nothing to say.
    QString message() const;

    /// As of the last look; empty before the first.
    const QList<SoundInput>& inputs() const { return m_inputs; }
    /// The microphone that is or would be taken: the chosen one where it is there, else the system's; empty without.
    QByteArray input() const;

    int silenceLevel() const { return static_cast<int>(m_options.silenceLevel); }
    double silenceSeconds() const { return m_options.silenceSeconds; }
    /// Loudest sample of the last moment, dB below full scale; kQuietest while nothing is heard.
    double level() const { return m_level; }
    /// While live.
    const LiveStatistics& statistics() const { return m_statistics; }

    static constexpr double kQuietest = -90; ///< dB
    static constexpr int kLowestLevel = -80, kHighestLevel = -10; ///< of silence, dB
    static constexpr double kShortestSilence = 0.2, kLongestSilence = 5; ///< seconds

public Q_SLOTS:
    /// Looks for microphones; the first look may ask the sound server.
    void findInputs();
    void setAvatar(const std::optional<std::filesystem::path>& avatar);
    void setInput(const QByteArray& id);
    void setSilenceLevel(int level);
    void setSilenceSeconds(double seconds);
    void start();
    void stop();
    void toggle();
    /// The mouth stops at once and what was heard is forgotten; the microphone stays on.
    void interrupt();

Q_SIGNALS:
    void changed(); ///< state, message, avatar or what can be done
    void inputsChanged();
    void levelChanged(double level);
    void statisticsChanged(const lipsync::LiveStatistics& statistics);
    void pictureMade(const std::shared_ptr<const lipsync::Picture>& picture);

private:
    void open();
    void listen();
    void hush();
    void end(const QString& reason);
    void setState(LiveState state);
    void lose(quint64 listening, const QString& reason);
    void measure();

    LiveBridge& m_bridge;
    SoundInputs& m_sounds;
    QSettings& m_settings;
    std::optional<std::filesystem::path> m_avatar;
    LiveOptions m_options;
    LiveState m_state = LiveState::Off;
    QString m_reason; ///< why it ended
    QList<SoundInput> m_inputs;
    bool m_hasLooked = false; ///< for microphones
    QByteArray m_chosen;
    std::unique_ptr<SoundSource> m_source;
    quint64 m_listening = 0; ///< counts the sources: what an old one says is dropped
    const std::shared_ptr<std::atomic<float>> m_peak; ///< since the last look
    double m_level = kQuietest;
    LiveStatistics m_statistics;
    QTimer m_levelTimer, m_statisticsTimer;
};

} // namespace lipsync::ui
