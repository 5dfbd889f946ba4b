// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"
#include "event_log.h"

#include <filesystem>
#include <memory>

namespace lipsync {

/// The same events, which the log hears of too.
Preview::Events logged(std::shared_ptr<EventLog> log, const std::filesystem::path& avatar,
                       const std::filesystem::path& voice, Preview::Events events);
LiveSession::Events logged(std::shared_ptr<EventLog> log, const std::filesystem::path& avatar,
                           LiveSession::Events events);
/// `what` begins the sentences, e.g. "The import of clip.mp4".
OperationEvents logged(std::shared_ptr<EventLog> log, const std::string& source, const std::string& what,
                       OperationEvents events);

/// Says how something ended: nothing grave where it was stopped by the operator.
void logEnd(EventLog& log, const std::string& source, const std::string& what, const Status& end);

} // namespace lipsync
