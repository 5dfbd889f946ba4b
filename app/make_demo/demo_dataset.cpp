// SPDX-License-Identifier: GPL-3.0-or-later
#include "demo_dataset.h"

#include "base/file_system.h"
#include "base/npy.h"
#include "training/demo/demo_character.h"
#include "training/demo/demo_sentences.h"
#include "training/demo/demo_speech.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <opencv2/imgproc.hpp>

namespace lipsync {

namespace {

constexpr int kCropSide = 168;
constexpr int kFrameRate = 25;

/// Numbers that do not depend on the standard library's distributions.
class Dice {
public:
    explicit Dice(std::uint32_t seed)
        : m_engine(seed)
    {
    }
    int between(int low, int high)
    {
        return low + static_cast<int>(m_engine() % static_cast<std::uint32_t>(high - low + 1));
    }
    double unit() { return m_engine() / 4294967296.0; }

private:
    std::mt19937 m_engine;
};

/// Deals sentences in shuffled order, and begins anew when all were dealt.
class SentenceDeck {
public:
    SentenceDeck(std::span<const std::string_view> sentences, Dice& dice)
        : m_sentences(sentences)
        , m_order(sentences.size())
        , m_next(sentences.size())
        , m_dice(dice)
    {
        std::iota(m_order.begin(), m_order.end(), 0);
    }

    std::string deal()
    {
        if (m_next == m_order.size()) {
            for (int i = static_cast<int>(m_order.size()) - 1; i > 0; --i)
                std::swap(m_order[i], m_order[m_dice.between(0, i)]);
            m_next = 0;
        }
        return std::string(m_sentences[m_order[m_next++]]);
    }

private:
    std::span<const std::string_view> m_sentences;
    std::vector<int> m_order;
    std::size_t m_next;
    Dice& m_dice;
};

struct Clip {
    std::string name;
    std::string split;
    training::DemoVoice voice;
    training::DemoUtterance speech;
    double loopStart = 0.0; ///< seconds into the character's loop
};

void addPause(training::DemoUtterance& speech, int frames)
{
    speech.samples.resize(speech.samples.size() + static_cast<std::size_t>(frames) * training::kSamplesPerFrame, 0.0f);
    speech.mouth.resize(speech.mouth.size() + frames);
}

/// Sentences until the clip is `seconds` long, with pauses of 0.2 to 0.8 s (their quiet ends included) between.
Result<Clip> speakClip(std::string_view voice, SentenceDeck& deck, double seconds, Dice& dice)
{
    Clip clip;
    clip.voice = {std::string(voice), dice.between(130, 210), dice.between(25, 80)};
    clip.loopStart = dice.unit() * training::DemoCharacter::kLoopSeconds;
    while (clip.speech.mouth.size() < seconds * kFrameRate) {
        const Result<training::DemoUtterance> sentence = training::speak(deck.deal(), clip.voice);
        if (!sentence)
            return failure(sentence);
        clip.speech.samples.insert(clip.speech.samples.end(), sentence->samples.begin(), sentence->samples.end());
        clip.speech.mouth.insert(clip.speech.mouth.end(), sentence->mouth.begin(), sentence->mouth.end());
        addPause(clip.speech, dice.between(0, 13));
    }
    return clip;
}

std::vector<std::uint8_t> drawCrops(const training::DemoCharacter& character, const Clip& clip)
{
    constexpr std::size_t kBytes = kCropSide * kCropSide * 3;
    std::vector<std::uint8_t> crops(clip.speech.mouth.size() * kBytes);
    for (std::size_t frame = 0; frame < clip.speech.mouth.size(); ++frame) {
        const double time = clip.loopStart + (frame + 0.5) / kFrameRate;
        const cv::Mat picture = character.draw(time, clip.speech.mouth[frame]);
        cv::Mat crop(kCropSide, kCropSide, CV_8UC3, crops.data() + frame * kBytes);
        cv::resize(picture(character.mouthCrop(time)), crop, crop.size(), 0, 0, cv::INTER_LINEAR);
    }
    return crops;
}

Status writeClip(const std::filesystem::path& folder, const training::DemoCharacter& character, const Clip& clip)
{
    std::error_code error;
    std::filesystem::create_directories(folder / clip.name, error);
    if (error)
        return failure(ErrorCode::Resource,
                       fmt::format("Cannot create the folder {}; choose another --out.", (folder / clip.name).string()),
                       error.message());
    const std::size_t frames = clip.speech.mouth.size();
    std::vector<float> mouth;
    for (const training::MouthPose& pose : clip.speech.mouth)
        mouth.insert(mouth.end(), {pose.open, pose.width, pose.round});
    const std::array<std::size_t, 1> voiceShape{clip.speech.samples.size()};
    const std::array<std::size_t, 2> mouthShape{frames, 3};
    const std::array<std::size_t, 4> cropsShape{frames, kCropSide, kCropSide, 3};
    if (Status written = writeNpy(folder / clip.name / "voice.npy", voiceShape, clip.speech.samples); !written)
        return written;
    if (Status written = writeNpy(folder / clip.name / "mouth.npy", mouthShape, mouth); !written)
        return written;
    return writeNpy(folder / clip.name / "crops.npy", cropsShape, drawCrops(character, clip));
}

nlohmann::json described(const Clip& clip)
{
    return {{"name", clip.name},           {"split", clip.split},     {"frames", clip.speech.mouth.size()},
            {"voice", clip.voice.voice},   {"rate", clip.voice.rate}, {"pitch", clip.voice.pitch},
            {"loop_start", clip.loopStart}};
}

} // namespace

Status writeDemoDataset(const std::filesystem::path& folder, double minutes, std::uint32_t seed)
{
    const training::DemoCharacter character;
    Dice dice(seed);
    SentenceDeck trainingDeck(training::trainingSentences(), dice);
    SentenceDeck heldOutDeck(training::heldOutSentences(), dice);
    nlohmann::json clips = nlohmann::json::array();
    const auto add = [&](std::string_view voice, SentenceDeck& deck, double seconds, std::string name,
                         std::string split) -> Result<double> {
        Result<Clip> clip = speakClip(voice, deck, seconds, dice);
        if (!clip)
            return failure(clip);
        clip->name = std::move(name);
        clip->split = std::move(split);
        if (const Status written = writeClip(folder, character, *clip); !written)
            return tl::unexpected<Error>(written.error());
        clips.push_back(described(*clip));
        fmt::print("{}: {} frames, {}\n", clip->name, clip->speech.mouth.size(), clip->voice.voice);
        std::fflush(stdout);
        return clip->speech.mouth.size() / static_cast<double>(kFrameRate);
    };

    const auto voices = training::trainingVoices();
    // Every voice is heard, unless so little is asked for that clips would be shorter than 15 s.
    const double length = std::max(15.0, minutes * 60.0 / voices.size());
    double total = 0.0;
    for (int i = 0; total < minutes * 60.0; ++i) {
        const Result<double> added =
            add(voices[i % voices.size()], trainingDeck, length, fmt::format("clip-{:04}", i), "train");
        if (!added)
            return tl::unexpected<Error>(added.error());
        total += *added;
    }
    int number = 0;
    for (const std::string_view voice : training::heldOutVoices()) {
        const Result<double> added =
            add(voice, heldOutDeck, 10.0, fmt::format("validation-{:04}", number++), "validation");
        if (!added)
            return tl::unexpected<Error>(added.error());
    }
    const cv::Rect box = character.mouthBox();
    const nlohmann::json dataset{{"frame_rate", kFrameRate},
                                 {"crop", kCropSide},
                                 {"samples_per_frame", training::kSamplesPerFrame},
                                 {"mouth_box", {box.x, box.y, box.width, box.height}},
                                 {"seed", seed},
                                 {"clips", clips}};
    return writeFile(folder / "dataset.json", dataset.dump(2) + "\n");
}

} // namespace lipsync
