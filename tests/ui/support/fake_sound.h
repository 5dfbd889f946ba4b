// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/live/sound_inputs.h"
#include "ui/support/fake_engine.h"

#include <memory>
#include <utility>
#include <vector>

namespace lipsync::test {

/// Microphones that hear what a test says.
class FakeSoundInputs final : public ui::SoundInputs {
public:
    struct Open {
        QByteArray id;
        ui::SoundSource::Events events;
        std::atomic<bool> isAlive = true;
    };

    QList<ui::SoundInput> list() override
    {
        ++looks;
        return present;
    }
    std::unique_ptr<ui::SoundSource> open(const QByteArray& id, ui::SoundSource::Events events) override
    {
        sources.push_back(std::make_shared<Open>());
        sources.back()->id = id;
        sources.back()->events = std::move(events);
        return std::make_unique<Source>(sources.back());
    }

    void become(const QList<ui::SoundInput>& inputs)
    {
        present = inputs;
        Q_EMIT changed();
    }
    void say(const std::vector<float>& samples)
    {
        fromAnotherThread([&] { sources.back()->events.heard(samples); });
    }

    QList<ui::SoundInput> present{{"desk", QStringLiteral("Desk microphone"), false},
                                  {"head", QStringLiteral("Headset"), true}};
    std::vector<std::shared_ptr<Open>> sources;
    int looks = 0;

private:
    class Source final : public ui::SoundSource {
    public:
        explicit Source(std::shared_ptr<Open> open)
            : m_open(std::move(open))
        {
        }
        ~Source() override { m_open->isAlive = false; }

    private:
        std::shared_ptr<Open> m_open;
    };
};

} // namespace lipsync::test
