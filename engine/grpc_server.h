// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"
#include "event_log.h"
#include "session/frame_service.h"

#include <memory>

namespace lipsync {

/// The façade's server over serving::Server; says into the log when it starts and stops.
Result<std::unique_ptr<Server>> startServer(session::FrameService& service, std::shared_ptr<EventLog> log,
                                            const ServerOptions& options, ServerEvents events);

} // namespace lipsync
