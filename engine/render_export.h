// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"
#include "event_log.h"
#include "journaled_queue.h"

#include "render/render_job.h"

#include <memory>
#include <thread>

namespace lipsync {

/// The engine's Export: a thread "export" that renders, and says in the log how it went.
class RenderExport : public Export {
public:
    RenderExport(session::FrameService& service, render::RenderRequest request, Events events,
                 std::shared_ptr<EventLog> log);

    void cancel() override { m_thread.request_stop(); }

private:
    std::jthread m_thread;
};

/// Makes the jobs of an export queue on the workers of a service, which must outlive it.
JobRunner renderRunner(session::FrameService& service);

/// What is to be rendered, in the words of the render room.
render::RenderRequest renderRequest(const ExportRequest& request);

} // namespace lipsync
