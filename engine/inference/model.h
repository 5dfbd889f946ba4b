// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/network_spec.h"
#include "nn/template_crops.h"
#include "nn/weight_set.h"
#include "scheduling/frame_job.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace lipsync::inference {

/// An avatar's network as workers see it. Immutable and shared.
struct Model {
    std::string name; ///< for messages
    std::filesystem::path weightsFile; ///< the generator's: safetensors, or a TorchScript archive
    std::string weightsHash; ///< its SHA-256: the same network on another host
    nn::GeneratorSpec spec;
    std::shared_ptr<const nn::TemplateCrops> crops;
};

/// The models that a pool's workers may be asked for, by number. Any thread.
class ModelRegistry {
public:
    scheduling::ModelId add(Model model);
    /// The model; null once it was removed.
    std::shared_ptr<const Model> find(scheduling::ModelId model) const;
    void remove(scheduling::ModelId model);

private:
    mutable std::mutex m_mutex;
    std::map<scheduling::ModelId, std::shared_ptr<const Model>> m_models;
    scheduling::ModelId m_last = 0;
};

/// The sound around a frame as its network hears it: GeneratorSpec::audioElements() numbers, which never change and may
/// be shared with the windows of other frames. A value; any thread.
class SoundWindow {
public:
    SoundWindow() = default;
    SoundWindow(std::vector<float> numbers) // NOLINT(google-explicit-constructor): it is what it is made of
        : m_owner(std::make_shared<const std::vector<float>>(std::move(numbers)))
        , m_numbers(*m_owner)
    {
    }
    /// A part of what `owner` has.
    SoundWindow(std::shared_ptr<const std::vector<float>> owner, std::span<const float> part)
        : m_owner(std::move(owner))
        , m_numbers(part)
    {
    }

    auto begin() const { return m_numbers.begin(); }
    auto end() const { return m_numbers.end(); }
    const float* data() const { return m_numbers.data(); }
    std::size_t size() const { return m_numbers.size(); }
    std::size_t bytes() const { return m_numbers.size_bytes(); }

private:
    std::shared_ptr<const std::vector<float>> m_owner;
    std::span<const float> m_numbers;
};

/// One mouth to redraw: a frame of the template and the sound around it.
struct MouthContent final : scheduling::JobContent {
    int templateFrame = 0; ///< its crop is written before the job is submitted
    SoundWindow window;
};

/// A redrawn mouth: GeneratorSpec::pictureBytes() bytes, B,G,R, rows first. Keeps its batch's buffer alive.
struct MouthPicture final : scheduling::JobOutput {
    std::shared_ptr<const void> buffer;
    std::span<const std::uint8_t> bytes;
};

} // namespace lipsync::inference
