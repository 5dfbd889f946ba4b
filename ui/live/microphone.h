// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/live/sound_inputs.h"

#include <memory>

class QMediaDevices;

namespace lipsync::ui {

/// The microphones Qt Multimedia knows. They are looked for when they are first asked for, since the sound server may
/// take its time; each one that is open has a thread "microphone".
class MicrophoneInputs final : public SoundInputs {
    Q_OBJECT

public:
    explicit MicrophoneInputs(QObject* parent = nullptr);
    ~MicrophoneInputs() override;

    QList<SoundInput> list() override;
    std::unique_ptr<SoundSource> open(const QByteArray& id, SoundSource::Events events) override;

private:
    std::unique_ptr<QMediaDevices> m_devices; ///< tells what comes and goes, once it has been asked
};

} // namespace lipsync::ui
