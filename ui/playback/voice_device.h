// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include <memory>

#include <QIODevice>

namespace lipsync::ui {

/// A voice's samples as the bytes a sound device pulls: interleaved float32 in the machine's byte order. Read-only.
class VoiceDevice final : public QIODevice {
public:
    explicit VoiceDevice(std::shared_ptr<const VoiceSound> sound);

    /// Opens it so that the next byte read is the first of the sample at `seconds`.
    void openAt(double seconds);

    bool isSequential() const override { return true; }
    bool atEnd() const override;
    qint64 bytesAvailable() const override;
    /// Bytes already handed out.
    qint64 offset() const { return m_offset; }

protected:
    qint64 readData(char* data, qint64 capacity) override;
    qint64 writeData(const char* data, qint64 length) override;

private:
    qint64 total() const;

    std::shared_ptr<const VoiceSound> m_sound;
    qint64 m_offset = 0; ///< bytes
};

} // namespace lipsync::ui
