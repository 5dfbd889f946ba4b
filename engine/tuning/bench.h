// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/frame_service.h"
#include "tuning/load_generator.h"
#include "tuning/mouth_load.h"
#include "tuning/resource_watch.h"

#include <functional>
#include <optional>
#include <string_view>

namespace lipsync::tuning {

/// Told now and then: what is done at the moment, and which share of everything is done.
using TuningProgress = std::function<void(std::string_view doing, double share)>;

/// An avatar that load can be offered for.
struct LoadedAvatar {
    std::shared_ptr<session::OpenAvatar> avatar;
    std::shared_ptr<const MouthLoad> load;

    /// Opens the avatar and waits until the service's workers compute it.
    static Result<LoadedAvatar> open(session::FrameService& service, const std::filesystem::path& folder,
                                     const std::stop_token& stop);
    JobMaker jobs() const;
};

/// Gives the service another plan, all but its shares, and waits until all its workers are warm and idle.
Status applyAndSettle(session::FrameService& service, const ConcurrencyPlan& plan, const std::stop_token& stop);

/// So many requests keep all workers of a plan busy: a full batch each, and the next one waiting.
int fullConcurrency(const ConcurrencyPlan& plan);

struct BenchOptions {
    LoadOptions load; ///< seconds and requests are those of the whole benchmark
    bool measuresBare = true;
};

struct BenchReport {
    LoadReport load;
    ResourceUse resources;
    std::optional<double> bareFps; ///< of plain loops over the network at the best allowed batch
    int bareBatch = 0;
    std::string bareNote; ///< why there is no bareFps

    std::optional<double> efficiency() const;
};

/// Loads the service's workers as they are, and in turns with it as many plain loops over the same network, so that a
/// noisy machine hits both alike. A stop ends it with what was measured so far.
Result<BenchReport> bench(session::FrameService& service, const LoadedAvatar& avatar, const BenchOptions& options,
                          const TuningProgress& progress, const std::stop_token& stop);

} // namespace lipsync::tuning
