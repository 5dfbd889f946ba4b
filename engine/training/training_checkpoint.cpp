// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/training_checkpoint.h"

#include "base/file_system.h"
#include "nn/torch_runtime.h"

namespace lipsync::training {

namespace {

std::filesystem::path checkpointFile(const std::filesystem::path& folder, const std::string& stage)
{
    return folder / (stage + ".checkpoint");
}

} // namespace

Status saveCheckpoint(const std::filesystem::path& folder, const std::string& stage, const torch::nn::Module& module,
                      const torch::optim::Optimizer& optimizer, int step)
{
    return writeWhole(checkpointFile(folder, stage), [&](const std::filesystem::path& part) {
        return nn::guarded("Saving the checkpoint " + part.string(), [&]() -> Status {
            torch::serialize::OutputArchive archive, weights, state;
            module.save(weights);
            optimizer.save(state);
            archive.write("weights", weights);
            archive.write("optimizer", state);
            archive.write("step", torch::tensor(static_cast<std::int64_t>(step)));
            archive.save_to(part.string());
            return {};
        });
    });
}

Result<int> loadCheckpoint(const std::filesystem::path& folder, const std::string& stage, torch::nn::Module& module,
                           torch::optim::Optimizer& optimizer)
{
    const auto file = checkpointFile(folder, stage);
    if (!std::filesystem::exists(file))
        return 0;
    int step = 0;
    const auto loaded = nn::guarded("Resuming from the checkpoint " + file.string(), [&]() -> Status {
        torch::serialize::InputArchive archive, weights, state;
        archive.load_from(file.string());
        archive.read("weights", weights);
        archive.read("optimizer", state);
        module.load(weights);
        optimizer.load(state);
        torch::Tensor number;
        archive.read("step", number);
        step = static_cast<int>(number.item<std::int64_t>());
        return {};
    });
    if (!loaded)
        return failure(
            ErrorCode::InvalidInput,
            fmt::format("The checkpoint {} cannot be used; remove it to start this stage anew.", file.string()),
            loaded.error().text());
    return step;
}

} // namespace lipsync::training
