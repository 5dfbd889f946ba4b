// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include <atomic>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace lipsync::test {

/// What a fake preview was asked for and what a test makes it say. Lives as long as anyone looks at it.
struct FakePreviewRecord {
    std::filesystem::path avatar;
    std::filesystem::path voice;
    Preview::Events events;
    std::vector<std::string> calls; ///< e.g. "show 3"
    std::map<std::int64_t, std::shared_ptr<const Picture>> pictures;
    PreviewStatistics statistics;
    std::shared_future<void>
        mayDie; ///< when set, the handle's destructor waits for it, as one that joins a thread does
    std::atomic<bool> isAlive = true; ///< the handle may die on any thread

    /// Tells ready() with a voice of `seconds` at 25 frames a second, from a thread of its own as the engine does.
    void becomeReady(double seconds);
    void refuse(const std::string& message);
    /// Makes a picture whose bytes are all the frame's number, and tells picture().
    void make(std::int64_t frame);
};

struct FakeExportRecord {
    ExportRequest request;
    Export::Events events;
    bool isCancelled = false;

    void progress(std::int64_t done, std::int64_t frames);
    void finish();
    void fail(ErrorCode code, const std::string& message);
};

/// Stands at the façade's boundary where a test wants to decide what the engine says and when.
class FakeEngine final : public Engine {
public:
    Result<AvatarInfo> describeAvatar(const std::filesystem::path& folder) override;
    Result<VoiceInfo> describeVoice(const std::filesystem::path& file) override;
    std::unique_ptr<Preview> openPreview(const std::filesystem::path& avatar, const std::filesystem::path& voice,
                                         Preview::Events events) override;
    std::unique_ptr<LiveSession> openLive(const std::filesystem::path& avatar, LiveSession::Events events) override;
    std::unique_ptr<Export> startExport(const ExportRequest& request, Export::Events events) override;
    ConcurrencyPlan plan() const override { return presentPlan; }
    void applyPlan(const ConcurrencyPlan& plan, std::function<void(Status)> done) override;
    void restartWorker(std::uint32_t worker) override { restartedWorkers.push_back(worker); }
    StatsSnapshot statistics() override { return presentStatistics; }
    std::unique_ptr<Subscription> subscribe(std::function<void()> changed) override;
    std::string traceJson() override { return "{}"; }
    std::vector<std::string> explainLateFrames(std::size_t) override { return {}; }

    FakePreviewRecord& preview() { return *previews.back(); }
    FakeExportRecord& lastExport() { return *exports.back(); }

    std::vector<std::shared_ptr<FakePreviewRecord>> previews;
    std::vector<std::shared_ptr<FakeExportRecord>> exports;
    ConcurrencyPlan presentPlan;
    StatsSnapshot presentStatistics;
    std::vector<std::uint32_t> restartedWorkers;
};

} // namespace lipsync::test
