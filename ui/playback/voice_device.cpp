// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/playback/voice_device.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

namespace lipsync::ui {

VoiceDevice::VoiceDevice(std::shared_ptr<const VoiceSound> sound)
    : m_sound(std::move(sound))
{
}

void VoiceDevice::openAt(double seconds)
{
    const qint64 sample = std::max<qint64>(0, std::llround(seconds * m_sound->sampleRate));
    m_offset = std::min(total(), sample * m_sound->channels * static_cast<qint64>(sizeof(float)));
    open(QIODevice::ReadOnly | QIODevice::Unbuffered);
}

bool VoiceDevice::atEnd() const
{
    return m_offset >= total();
}

qint64 VoiceDevice::bytesAvailable() const
{
    return total() - m_offset;
}

qint64 VoiceDevice::total() const
{
    return static_cast<qint64>(m_sound->samples.size() * sizeof(float));
}

qint64 VoiceDevice::readData(char* data, qint64 capacity)
{
    const qint64 length = std::min(capacity, total() - m_offset);
    std::memcpy(data, reinterpret_cast<const char*>(m_sound->samples.data()) + m_offset,
                static_cast<std::size_t>(length));
    m_offset += length;
    return length;
}

qint64 VoiceDevice::writeData(const char* /*data*/, qint64 /*length*/)
{
    return -1;
}

} // namespace lipsync::ui
