// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/actions/studio_actions.h"
#include "ui/export/export_actions.h"
#include "ui/support/demo_desk.h"

#include <cmath>
#include <cstdint>
#include <optional>

#include <QAction>
#include <QLabel>
#include <QStringList>

namespace lipsync::test {

/// The real studio with the demo, which plays over and over.
struct PlayingDesk : DemoDesk {
    static constexpr int kLongPatienceMs = 2 * kPatienceMs; // for what computes much
    static constexpr double kVoiceTolerance = 0.2; // seconds by which the sound of a film may differ from its voice

    int pictures = 0;
    int failures = 0; ///< pictures that could not be made

    using DemoDesk::DemoDesk;

    ui::Desk& models() { return window->desk(); }

    bool open()
    {
        if (!show() || !DemoDesk::open())
            return false;
        QObject::connect(&window->playback(), &ui::PlaybackController::pictureChanged, window.get(),
                         [this] { ++pictures; });
        QObject::connect(&models().bridge, &ui::EngineBridge::pictureFailed, window.get(), [this] { ++failures; });
        window->playback().setLooping(true);
        return true;
    }
    bool play()
    {
        if (!open())
            return false;
        action(ui::action_id::kPlay)->trigger();
        return goesOn();
    }
    /// Whether a second of pictures follows.
    bool goesOn()
    {
        const int wanted = pictures + 25;
        return QTest::qWaitFor([&] { return pictures >= wanted; }, kLongPatienceMs) && window->playback().isPlaying();
    }

    template <typename Panel> Panel* panel() const { return window->findChild<Panel*>(); }
    template <typename Panel, typename Widget> Widget* control(const char* name) const
    {
        return panel<Panel>()->template findChild<Widget*>(QString::fromLatin1(name));
    }
    /// Visible sentences of that look, a line each.
    template <typename Panel> QString said(const char* look) const
    {
        QStringList sentences;
        for (const QLabel* label : panel<Panel>()->template findChildren<QLabel*>(QString::fromLatin1(look)))
            if (label->isVisibleTo(panel<Panel>()))
                sentences << label->text();
        return sentences.join(u'\n');
    }

    /// Puts an export of the demo at the end of the queue and starts it.
    QString startQueue(const char* name)
    {
        const QString output = folder.filePath(QString::fromLatin1(name));
        models().exportDraft.setOutput(output);
        action(ui::action_id::kExportNow)->trigger();
        return output;
    }
    /// The last job of the queue, or one that is nothing yet.
    ExportJob job()
    {
        const ui::ExportQueueModel& exports = models().exports;
        const ExportJob* job = exports.job(exports.rowCount() - 1);
        return job ? *job : ExportJob();
    }
    bool isExported(const QString& output)
    {
        return QTest::qWaitFor(
            [&] {
                const ExportJob last = job();
                return ui::fromPath(last.request.output) == output && last.state == ExportJobState::Done;
            },
            2 * kLongPatienceMs);
    }
    /// Whether a film has all of the demo: its last picture, and its voice to the end.
    bool isWhole(const QString& film) const
    {
        const auto voice = engine->describeVoice(ui::toPath(DemoDesk::voice()));
        const auto sound = engine->describeVoice(ui::toPath(film));
        return voice && sound && std::abs(sound->seconds - voice->seconds) < kVoiceTolerance &&
            engine->videoFrame(ui::toPath(film), voice->seconds - kVoiceTolerance).has_value();
    }

    std::optional<WorkerStatus> worker(std::uint32_t id)
    {
        const ui::WorkerModel& workers = models().workers;
        for (int row = 0; row < workers.rowCount(); ++row)
            if (workers.worker(row)->id == id)
                return *workers.worker(row);
        return {};
    }
    /// A worker with a process that serves; waits for one.
    std::optional<WorkerStatus> servingProcess()
    {
        std::optional<WorkerStatus> found;
        const auto look = [&] {
            const ui::WorkerModel& workers = models().workers;
            for (int row = 0; row < workers.rowCount() && !found; ++row)
                if (serves(*workers.worker(row)) && workers.worker(row)->processId > 0)
                    found = *workers.worker(row);
            return found.has_value();
        };
        (void)QTest::qWaitFor(look, kLongPatienceMs);
        return found;
    }
    /// Whether a worker serves again in another process than before; waits for it.
    bool comesBack(const WorkerStatus& before)
    {
        return QTest::qWaitFor(
            [&] {
                const auto now = worker(before.id);
                return now && serves(*now) && now->processId > 0 && now->processId != before.processId &&
                    now->restarts == before.restarts + 1;
            },
            kLongPatienceMs);
    }
    static bool serves(const WorkerStatus& worker)
    {
        return worker.state == WorkerState::Idle || worker.state == WorkerState::Busy;
    }
    /// Whether a frame failed. Those of the preview that came too late are no loss: the newest one wins.
    bool isAnythingLost() { return failures > 0 || engine->statistics().dropped(DropReason::Failed) > 0; }
};

} // namespace lipsync::test
