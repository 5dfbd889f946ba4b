// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"
#include "ui/engine_bridge/measurement_bridge.h"

#include <filesystem>
#include <optional>

#include <QObject>
#include <QString>
#include <QStringList>

namespace lipsync::ui {

class ConcurrencyModel;

/// How many viewers the settings of the concurrency dock would serve with the avatar on the desk: what a frame costs is
/// measured, the rest is computed.
class CapacityModel final : public QObject {
    Q_OBJECT

public:
    /// The question as a person asks it.
    struct Question {
        int viewers = 10;
        double framesPerSecond = 25; ///< of a viewer whose avatar talks
        double duty = 1; ///< 0 to 1 of the time in which it talks
        double goalP99Ms = 40;
        int deviceCount = 1; ///< so many times the devices of the settings

        bool operator==(const Question&) const = default;
    };

    /// Bridge and settings must outlive the model.
    CapacityModel(MeasurementBridge& bridge, ConcurrencyModel& settings, QObject* parent = nullptr);

    void setAvatar(const std::filesystem::path& avatar);
    bool hasAvatar() const { return !m_avatar.empty(); }
    const Question& question() const { return m_question; }
    void setQuestion(const Question& question);
    /// The settings that are asked about, in words.
    QString settings() const;

    void start();
    void cancel();
    bool canStart() const;
    bool isRunning() const { return m_bridge.running() == Measurement::Capacity; }

    /// The answer to the last question; nothing before, and once anything asked about has changed.
    const std::optional<CapacityFigures>& answer() const { return m_answer; }
    /// The answer in a sentence; empty without one.
    QString verdict() const;
    QStringList explanation() const;
    const QString& message() const { return m_message; }
    bool hasFailed() const { return m_hasFailed; }

Q_SIGNALS:
    void changed();

private:
    void forget();
    void take(const CapacityFigures& figures);
    void tell(const QString& message, bool isFailure);

    MeasurementBridge& m_bridge;
    ConcurrencyModel& m_settings;
    std::filesystem::path m_avatar;
    Question m_question;
    Question m_asked; ///< the question that m_answer is to
    ConcurrencyPlan m_askedPlan;
    std::optional<CapacityFigures> m_answer;
    QString m_message;
    bool m_hasFailed = false;
};

} // namespace lipsync::ui
