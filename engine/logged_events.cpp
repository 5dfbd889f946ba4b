// SPDX-License-Identifier: GPL-3.0-or-later
#include "logged_events.h"

namespace lipsync {

namespace {

constexpr const char* kPreview = "preview";
constexpr const char* kLive = "live";

} // namespace

void logEnd(EventLog& log, const std::string& source, const std::string& what, const Status& end)
{
    if (end)
        log.info(source, what + " is done.");
    else if (end.error().code == ErrorCode::Interrupted)
        log.info(source, what + " was stopped.");
    else
        log.error(source, fmt::format("{} failed: {}", what, end.error().text()));
}

Preview::Events logged(std::shared_ptr<EventLog> log, const std::filesystem::path& avatar,
                       const std::filesystem::path& voice, Preview::Events events)
{
    auto wrapped = events;
    wrapped.ready = [log, avatar, voice, ready = std::move(events.ready)](Result<PreviewInfo> info) {
        if (info)
            log->info(kPreview,
                      fmt::format("{} speaks {}: {} frames at {:g} a second.", avatar.string(), voice.string(),
                                  info->frames, info->frameRate));
        else
            log->warning(kPreview, "The preview could not be opened: " + info.error().text());
        ready(std::move(info));
    };
    wrapped.failed = [log, failed = std::move(events.failed)](Error error) {
        log->warning(kPreview, "A frame could not be made: " + error.text());
        failed(std::move(error));
    };
    return wrapped;
}

LiveSession::Events logged(std::shared_ptr<EventLog> log, const std::filesystem::path& avatar,
                           LiveSession::Events events)
{
    auto wrapped = events;
    wrapped.ready = [log, avatar, ready = std::move(events.ready)](Result<AvatarInfo> info) {
        if (info)
            log->info(kLive, fmt::format("{} listens.", avatar.string()));
        else
            log->warning(kLive, "The live session could not be opened: " + info.error().text());
        ready(std::move(info));
    };
    wrapped.finished = [log, finished = std::move(events.finished)](Status end) {
        logEnd(*log, kLive, "The live session", end);
        finished(std::move(end));
    };
    return wrapped;
}

OperationEvents logged(std::shared_ptr<EventLog> log, const std::string& source, const std::string& what,
                       OperationEvents events)
{
    auto wrapped = events;
    wrapped.finished = [log, source, what, finished = std::move(events.finished)](Result<OperationReport> report) {
        logEnd(*log, source, what, report ? Status() : Status(failure(report)));
        for (const auto& warning : report ? report->warnings : std::vector<std::string>())
            log->warning(source, warning);
        finished(std::move(report));
    };
    return wrapped;
}

} // namespace lipsync
