// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/demo/demo_visemes.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string_view>
#include <unordered_map>

namespace lipsync::training {

namespace {

constexpr int kFineSteps = 8; ///< steps of the smoothing a frame
constexpr double kFineRate = 25.0 * kFineSteps;
constexpr double kSmoothing = 0.6 * kFineSteps; ///< standard deviation in fine steps: 24 ms
constexpr double kLongPause = 0.13;
constexpr double kClosingTime = 0.06; ///< lips meet this long after the last sound before a long pause
constexpr MouthPose kRest{0.0f, 0.4f, 0.0f};

struct Viseme {
    MouthPose first;
    MouthPose last; ///< where a diphthong ends; equal to `first` otherwise
};

struct Key {
    double time;
    MouthPose pose;
};

constexpr MouthPose kAh{0.92f, 0.45f, 0.05f};
constexpr MouthPose kAsh{0.80f, 0.62f, 0.0f};
constexpr MouthPose kUh{0.60f, 0.45f, 0.05f};
constexpr MouthPose kSchwa{0.38f, 0.45f, 0.05f};
constexpr MouthPose kEh{0.56f, 0.62f, 0.0f};
constexpr MouthPose kIh{0.32f, 0.68f, 0.0f};
constexpr MouthPose kEe{0.24f, 0.92f, 0.0f};
constexpr MouthPose kEr{0.40f, 0.32f, 0.35f};
constexpr MouthPose kAw{0.68f, 0.25f, 0.55f};
constexpr MouthPose kOh{0.55f, 0.20f, 0.72f};
constexpr MouthPose kOo{0.22f, 0.08f, 1.0f};
constexpr MouthPose kFoot{0.30f, 0.22f, 0.72f};

constexpr MouthPose kBilabial{0.0f, 0.42f, 0.05f};
constexpr MouthPose kLabiodental{0.05f, 0.48f, 0.0f};
constexpr MouthPose kDental{0.18f, 0.50f, 0.0f};
constexpr MouthPose kAlveolar{0.17f, 0.52f, 0.0f};
constexpr MouthPose kHiss{0.11f, 0.66f, 0.0f};
constexpr MouthPose kHush{0.17f, 0.22f, 0.62f};
constexpr MouthPose kVelar{0.27f, 0.46f, 0.05f};
constexpr MouthPose kLateral{0.28f, 0.50f, 0.0f};
constexpr MouthPose kRhotic{0.22f, 0.25f, 0.48f};
constexpr MouthPose kGlideW{0.12f, 0.04f, 0.96f};
constexpr MouthPose kGlideY{0.20f, 0.80f, 0.0f};

const std::unordered_map<std::string_view, Viseme>& visemes()
{
    static const std::unordered_map<std::string_view, Viseme> table{{"a", {kAsh, kAsh}},
                                                                    {"a#", {kSchwa, kSchwa}},
                                                                    {"aa", {kAsh, kAsh}},
                                                                    {"A", {kAh, kAh}},
                                                                    {"A:", {kAh, kAh}},
                                                                    {"A@", {kAh, kSchwa}},
                                                                    {"A#", {kAh, kAh}},
                                                                    {"aI", {kAh, kIh}},
                                                                    {"aI@", {kAh, kSchwa}},
                                                                    {"aI3", {kAh, kEr}},
                                                                    {"aU", {kAsh, kFoot}},
                                                                    {"aU@", {kAsh, kSchwa}},
                                                                    {"E", {kEh, kEh}},
                                                                    {"E2", {kEh, kEh}},
                                                                    {"E#", {kIh, kIh}},
                                                                    {"e", {kEh, kEh}},
                                                                    {"e@", {kEh, kSchwa}},
                                                                    {"eI", {kEh, kEe}},
                                                                    {"I", {kIh, kIh}},
                                                                    {"I2", {kIh, kIh}},
                                                                    {"I#", {kIh, kIh}},
                                                                    {"i", {kEe, kEe}},
                                                                    {"i:", {kEe, kEe}},
                                                                    {"i@", {kEe, kSchwa}},
                                                                    {"i@3", {kEe, kEr}},
                                                                    {"@", {kSchwa, kSchwa}},
                                                                    {"@2", {kSchwa, kSchwa}},
                                                                    {"@5", {kSchwa, kSchwa}},
                                                                    {"@-", {kSchwa, kSchwa}},
                                                                    {"@L", {kSchwa, kLateral}},
                                                                    {"3", {kEr, kEr}},
                                                                    {"3:", {kEr, kEr}},
                                                                    {"0", {kAw, kAw}},
                                                                    {"0#", {kAw, kAw}},
                                                                    {"O", {kAw, kAw}},
                                                                    {"O:", {kOh, kOh}},
                                                                    {"O2", {kOh, kOh}},
                                                                    {"O@", {kOh, kEr}},
                                                                    {"o@", {kOh, kEr}},
                                                                    {"oU", {kOh, kOo}},
                                                                    {"oU#", {kOh, kOo}},
                                                                    {"o:", {kOh, kOh}},
                                                                    {"OI", {kOh, kIh}},
                                                                    {"U", {kFoot, kFoot}},
                                                                    {"U@", {kFoot, kSchwa}},
                                                                    {"u", {kOo, kOo}},
                                                                    {"u:", {kOo, kOo}},
                                                                    {"V", {kUh, kUh}},
                                                                    {"V3", {kUh, kEr}},
                                                                    {"VR", {kUh, kRhotic}},
                                                                    {"IR", {kIh, kRhotic}},
                                                                    {"p", {kBilabial, kBilabial}},
                                                                    {"b", {kBilabial, kBilabial}},
                                                                    {"m", {kBilabial, kBilabial}},
                                                                    {"m-", {kBilabial, kBilabial}},
                                                                    {"f", {kLabiodental, kLabiodental}},
                                                                    {"v", {kLabiodental, kLabiodental}},
                                                                    {"T", {kDental, kDental}},
                                                                    {"D", {kDental, kDental}},
                                                                    {"t", {kAlveolar, kAlveolar}},
                                                                    {"t#", {kAlveolar, kAlveolar}},
                                                                    {"t2", {kAlveolar, kAlveolar}},
                                                                    {"d", {kAlveolar, kAlveolar}},
                                                                    {"n", {kAlveolar, kAlveolar}},
                                                                    {"n-", {kAlveolar, kAlveolar}},
                                                                    {"s", {kHiss, kHiss}},
                                                                    {"z", {kHiss, kHiss}},
                                                                    {"S", {kHush, kHush}},
                                                                    {"Z", {kHush, kHush}},
                                                                    {"tS", {kHush, kHush}},
                                                                    {"dZ", {kHush, kHush}},
                                                                    {"k", {kVelar, kVelar}},
                                                                    {"g", {kVelar, kVelar}},
                                                                    {"N", {kVelar, kVelar}},
                                                                    {"x", {kVelar, kVelar}},
                                                                    {"h", {kVelar, kVelar}},
                                                                    {"l", {kLateral, kLateral}},
                                                                    {"l#", {kLateral, kLateral}},
                                                                    {"r", {kRhotic, kRhotic}},
                                                                    {"r-", {kRhotic, kRhotic}},
                                                                    {"R", {kRhotic, kRhotic}},
                                                                    {"w", {kGlideW, kGlideW}},
                                                                    {"w#", {kGlideW, kGlideW}},
                                                                    {"hw", {kGlideW, kGlideW}},
                                                                    {"j", {kGlideY, kGlideY}},
                                                                    {"?", {kVelar, kVelar}}};
    return table;
}

bool isPause(const std::string& mnemonic)
{
    return mnemonic.empty() || mnemonic.front() == '_';
}

/// The mouth of a phoneme; for a mnemonic the table lacks, that of its longest known beginning, else a neutral vowel.
Viseme visemeOf(std::string_view mnemonic)
{
    for (; !mnemonic.empty(); mnemonic.remove_suffix(1))
        if (const auto found = visemes().find(mnemonic); found != visemes().end())
            return found->second;
    return {kSchwa, kSchwa};
}

bool isClosure(const MouthPose& pose)
{
    return pose.open < 0.08f;
}

void addKeys(std::vector<Key>& keys, const SpokenPhoneme& phoneme)
{
    const double length = phoneme.end - phoneme.start;
    if (length <= 0.0)
        return;
    if (isPause(phoneme.mnemonic)) {
        if (length >= kLongPause) {
            keys.push_back({phoneme.start + kClosingTime, kRest});
            keys.push_back({phoneme.end - kClosingTime, kRest});
        } else if (length >= 0.04) {
            keys.push_back({phoneme.start + 0.5 * length, {0.06f, kRest.width, 0.0f}});
        }
        return;
    }
    const Viseme viseme = visemeOf(phoneme.mnemonic);
    const bool moves = viseme.first.open != viseme.last.open;
    if (moves || isClosure(viseme.first)) {
        // A diphthong glides; lips that must meet need time to be seen closed.
        keys.push_back({phoneme.start + (moves ? 0.28 : 0.2) * length, viseme.first});
        keys.push_back({phoneme.start + 0.8 * length, viseme.last});
    } else {
        keys.push_back({phoneme.start + 0.5 * length, viseme.first});
    }
}

/// espeak-ng reports a stop where it bursts; the closure before it, which is what one sees, it counts to the phoneme
/// before. This moves the stop's start to its closure, and makes one pause of pauses in a row.
std::vector<SpokenPhoneme> asSeen(const std::vector<SpokenPhoneme>& phonemes)
{
    constexpr double kClosure = 0.045;
    std::vector<SpokenPhoneme> seen;
    for (SpokenPhoneme phoneme : phonemes) {
        const bool pause = isPause(phoneme.mnemonic);
        if (!seen.empty() && (phoneme.mnemonic == ";" || (pause && isPause(seen.back().mnemonic)))) {
            seen.back().end = phoneme.end;
            continue;
        }
        const bool stop = !pause && std::string_view("pbtdkg").find(phoneme.mnemonic.front()) != std::string_view::npos;
        if (stop && !seen.empty()) {
            const double before = seen.back().end - seen.back().start;
            phoneme.start -= std::min(kClosure, 0.4 * before);
            seen.back().end = phoneme.start;
        }
        seen.push_back(phoneme);
    }
    return seen;
}

MouthPose blend(const MouthPose& a, const MouthPose& b, float t)
{
    return {a.open + (b.open - a.open) * t, a.width + (b.width - a.width) * t, a.round + (b.round - a.round) * t};
}

std::vector<MouthPose> interpolated(const std::vector<Key>& keys, int steps)
{
    std::vector<MouthPose> poses(steps, kRest);
    std::size_t next = 0;
    for (int step = 0; step < steps; ++step) {
        const double time = step / kFineRate;
        while (next < keys.size() && keys[next].time <= time)
            ++next;
        if (next == 0 || next == keys.size())
            continue;
        const double t = (time - keys[next - 1].time) / (keys[next].time - keys[next - 1].time);
        const float eased = static_cast<float>(0.5 - 0.5 * std::cos(std::numbers::pi * t));
        poses[step] = blend(keys[next - 1].pose, keys[next].pose, eased);
    }
    return poses;
}

MouthPose smoothedAt(const std::vector<MouthPose>& poses, int centre)
{
    constexpr int kReach = static_cast<int>(3.0 * kSmoothing) + 1;
    const int last = static_cast<int>(poses.size()) - 1;
    MouthPose sum{0.0f, 0.0f, 0.0f};
    float total = 0.0f;
    for (int offset = -kReach; offset <= kReach; ++offset) {
        const float weight = static_cast<float>(std::exp(-0.5 * offset * offset / (kSmoothing * kSmoothing)));
        const MouthPose& pose = poses[std::clamp(centre + offset, 0, last)];
        sum.open += weight * pose.open;
        sum.width += weight * pose.width;
        sum.round += weight * pose.round;
        total += weight;
    }
    return {sum.open / total, sum.width / total, sum.round / total};
}

} // namespace

std::vector<MouthPose> mouthTrack(const std::vector<SpokenPhoneme>& phonemes, int frames)
{
    std::vector<Key> keys{{0.0, kRest}};
    for (const SpokenPhoneme& phoneme : asSeen(phonemes))
        addKeys(keys, phoneme);
    keys.push_back({frames / 25.0, kRest});
    std::stable_sort(keys.begin(), keys.end(), [](const Key& a, const Key& b) { return a.time < b.time; });

    const std::vector<MouthPose> fine = interpolated(keys, frames * kFineSteps + 1);
    std::vector<MouthPose> track;
    for (int frame = 0; frame < frames; ++frame)
        track.push_back(smoothedAt(fine, frame * kFineSteps + kFineSteps / 2));
    return track;
}

} // namespace lipsync::training
