// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/live/microphone.h"

#include "ui/live/sound_converter.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <QAudioDevice>
#include <QAudioFormat>
#include <QAudioSource>
#include <QMediaDevices>
#include <QThread>

namespace lipsync::ui {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::microseconds kBuffered = 40ms; // asked for; devices give what they can

QAudioFormat formatOf(const QAudioDevice& device)
{
    QAudioFormat format;
    format.setSampleRate(kLiveSampleRate);
    format.setChannelCount(1);
    for (const auto sample : {QAudioFormat::Float, QAudioFormat::Int16}) {
        format.setSampleFormat(sample);
        if (device.isFormatSupported(format))
            return format;
    }
    return device.preferredFormat();
}

/// Takes sound on a thread of its own, so that a busy window holds nothing up.
class Microphone final : public SoundSource, public QThread {
public:
    Microphone(QAudioDevice device, Events events)
        : m_device(std::move(device))
        , m_events(std::move(events))
    {
        setObjectName(QStringLiteral("microphone"));
        start(QThread::HighPriority);
    }
    ~Microphone() override
    {
        quit();
        wait();
    }

protected:
    void run() override;

private:
    void fail(const QString& reason)
    {
        if (!std::exchange(m_hasFailed, true))
            m_events.failed(reason);
    }

    const QAudioDevice m_device;
    const Events m_events;
    bool m_hasFailed = false; ///< of the thread
};

void Microphone::run()
{
    const QString refusal = MicrophoneInputs::tr("The microphone %1 cannot be opened. Another program may be using "
                                                 "it, or it was unplugged.")
                                .arg(m_device.description());
    const QAudioFormat format = formatOf(m_device);
    if (m_device.isNull() || !format.isValid())
        return fail(refusal);
    SoundConverter converter(format);
    QAudioSource source(m_device, format);
    source.setBufferSize(format.bytesForDuration(kBuffered.count()));
    QIODevice* sound = source.start();
    if (!sound || source.error() != QAudio::NoError)
        return fail(refusal);
    QObject::connect(sound, &QIODevice::readyRead, &source, [&] {
        const auto samples = converter.convert(sound->readAll());
        if (!samples.empty())
            m_events.heard(samples);
    });
    QObject::connect(&source, &QAudioSource::stateChanged, &source, [&](QAudio::State state) {
        if (state == QAudio::StoppedState)
            fail(MicrophoneInputs::tr("The microphone %1 stopped giving sound.").arg(m_device.description()));
    });
    exec();
    source.disconnect();
    source.stop();
}

} // namespace

MicrophoneInputs::MicrophoneInputs(QObject* parent)
    : SoundInputs(parent)
{
}

MicrophoneInputs::~MicrophoneInputs() = default;

QList<SoundInput> MicrophoneInputs::list()
{
    if (!m_devices) {
        m_devices = std::make_unique<QMediaDevices>();
        connect(m_devices.get(), &QMediaDevices::audioInputsChanged, this, &SoundInputs::changed);
    }
    QList<SoundInput> inputs;
    for (const QAudioDevice& device : QMediaDevices::audioInputs())
        inputs.append({device.id(), device.description(), device.isDefault()});
    return inputs;
}

std::unique_ptr<SoundSource> MicrophoneInputs::open(const QByteArray& id, SoundSource::Events events)
{
    const auto devices = QMediaDevices::audioInputs();
    const auto chosen =
        std::find_if(devices.begin(), devices.end(), [&](const QAudioDevice& device) { return device.id() == id; });
    return std::make_unique<Microphone>(chosen == devices.end() ? QAudioDevice() : *chosen, std::move(events));
}

} // namespace lipsync::ui
