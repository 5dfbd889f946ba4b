// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/model.h"
#include "scheduling/worker.h"

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <mutex>

namespace lipsync::test {

/// The small network that tests of workers pretend to run.
inline constexpr nn::GeneratorSpec kScriptedSpec{nn::GeneratorKind::SyncTalk2D160, nn::AudioMode::Ave, 4};
inline constexpr int kScriptedFrames = 4;

/// What the first number of a window makes a ScriptedWorker do with its batch.
enum class Deed { Echo, Abort, Exit, Hang, RunOutOfMemory, Fail, Throw };
/// Status of a process that a Deed::Exit ended, and its last words.
inline constexpr int kExitStatus = 7;
inline constexpr const char* kLastWords = "the device fell off the bus";

/// A worker without a network. Pictures are filled with a byte of their template frame's crop plus the window's second
/// number; the first one can do harm. Its mark, a file or nothing, appears when a batch hangs.
class ScriptedWorker final : public scheduling::Worker {
public:
    explicit ScriptedWorker(std::shared_ptr<const inference::ModelRegistry> registry, std::filesystem::path mark = {});

    Status start() override { return {}; }
    Status prepare(scheduling::ModelId model, const std::vector<int>& batchSizes) override;
    void release(scheduling::ModelId model) override;
    scheduling::BatchOutcome run(const scheduling::Batch& batch) override;
    Status checkHealth() override { return {}; }
    void abandon() noexcept override;

private:
    void hang();

    const std::shared_ptr<const inference::ModelRegistry> m_registry;
    const std::filesystem::path m_mark;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_abandoned = false;
};

/// A template whose frame i is filled with 10·i.
std::shared_ptr<nn::TemplateCrops> scriptedCrops();
/// A model of kScriptedSpec with that template; `weights` must exist for workers that look.
inference::Model scriptedModel(const std::filesystem::path& weights);
/// A mouth that makes a ScriptedWorker do `deed`, and whose picture is 10·templateFrame + value.
std::shared_ptr<const scheduling::JobContent> mouth(int templateFrame, int value, Deed deed = Deed::Echo);
/// A batch of such mouths, padded to the next even number.
scheduling::Batch batchOf(scheduling::ModelId model, std::vector<std::shared_ptr<const scheduling::JobContent>> mouths);
/// The byte that all of a picture is filled with; −1 when it is not, or of another size.
int pictureByte(const scheduling::JobOutput& output);

} // namespace lipsync::test
