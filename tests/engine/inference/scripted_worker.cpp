// SPDX-License-Identifier: GPL-3.0-or-later
#include "scripted_worker.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace lipsync::test {

using scheduling::Batch;
using scheduling::BatchFailure;
using scheduling::BatchOutcome;

ScriptedWorker::ScriptedWorker(std::shared_ptr<const inference::ModelRegistry> registry, std::filesystem::path mark)
    : m_registry(std::move(registry))
    , m_mark(std::move(mark))
{
}

Status ScriptedWorker::prepare(scheduling::ModelId model, const std::vector<int>&)
{
    if (!m_registry->find(model))
        return failure(ErrorCode::Internal, "The model is not there.");
    return {};
}

void ScriptedWorker::release(scheduling::ModelId) { }

BatchOutcome ScriptedWorker::run(const Batch& batch)
{
    const auto model = m_registry->find(batch.model);
    BatchOutcome outcome;
    outcome.times = {std::chrono::milliseconds(1), std::chrono::milliseconds(2), std::chrono::milliseconds(3)};
    for (const auto& content : batch.contents) {
        const auto& mouth = static_cast<const inference::MouthContent&>(*content);
        switch (static_cast<Deed>(mouth.window.data()[0])) {
        case Deed::Abort:
            std::abort();
        case Deed::Exit:
            std::fprintf(stderr, "first\n%s\n", kLastWords);
            std::_Exit(kExitStatus);
        case Deed::Hang:
            hang();
            break;
        case Deed::RunOutOfMemory:
            return {BatchFailure::OutOfMemory, {ErrorCode::Resource, "The device is full.", "of frames"}, {}, {}};
        case Deed::Fail:
            return {BatchFailure::Job, {ErrorCode::InvalidInput, "This mouth cannot be drawn.", {}}, {}, {}};
        case Deed::Throw:
            throw std::runtime_error("a library's own words");
        case Deed::Echo:
            break;
        }
        const auto byte = model->crops->crop(mouth.templateFrame)[0] + static_cast<int>(mouth.window.data()[1]);
        const auto buffer =
            std::make_shared<std::vector<std::uint8_t>>(model->spec.pictureBytes(), static_cast<std::uint8_t>(byte));
        auto picture = std::make_shared<inference::MouthPicture>();
        picture->buffer = buffer;
        picture->bytes = *buffer;
        outcome.outputs.push_back(std::move(picture));
    }
    return outcome;
}

void ScriptedWorker::hang()
{
    if (!m_mark.empty())
        std::ofstream(m_mark) << "hanging";
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [&] { return m_abandoned; });
}

void ScriptedWorker::abandon() noexcept
{
    {
        std::lock_guard lock(m_mutex);
        m_abandoned = true;
    }
    m_changed.notify_all();
}

std::shared_ptr<nn::TemplateCrops> scriptedCrops()
{
    auto crops = nn::TemplateCrops::create(kScriptedFrames, kScriptedSpec.cropSize());
    if (!crops)
        return nullptr;
    for (int frame = 0; frame < kScriptedFrames; ++frame) {
        const auto written = (*crops)->write(frame, [&](std::span<std::uint8_t> bytes) -> Status {
            std::ranges::fill(bytes, static_cast<std::uint8_t>(10 * frame));
            return {};
        });
        if (!written)
            return nullptr;
    }
    return *crops;
}

inference::Model scriptedModel(const std::filesystem::path& weights)
{
    return {"scripted", weights, std::string(64, 'a'), kScriptedSpec, scriptedCrops()};
}

std::shared_ptr<const scheduling::JobContent> mouth(int templateFrame, int value, Deed deed)
{
    auto content = std::make_shared<inference::MouthContent>();
    content->templateFrame = templateFrame;
    std::vector<float> window(kScriptedSpec.audioElements());
    window[0] = static_cast<float>(deed);
    window[1] = static_cast<float>(value);
    content->window = std::move(window);
    return content;
}

Batch batchOf(scheduling::ModelId model, std::vector<std::shared_ptr<const scheduling::JobContent>> mouths)
{
    Batch batch;
    batch.number = 1;
    batch.model = model;
    batch.paddedSize = static_cast<int>(mouths.size() + mouths.size() % 2);
    batch.contents = std::move(mouths);
    return batch;
}

int pictureByte(const scheduling::JobOutput& output)
{
    const auto bytes = static_cast<const inference::MouthPicture&>(output).bytes;
    if (bytes.size() != kScriptedSpec.pictureBytes())
        return -1;
    return std::ranges::all_of(bytes, [&](auto byte) { return byte == bytes[0]; }) ? bytes[0] : -1;
}

} // namespace lipsync::test
