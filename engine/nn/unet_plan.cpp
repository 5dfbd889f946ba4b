// SPDX-License-Identifier: GPL-3.0-or-later
// Source of the layers: lipsync-models specification, sections 1.1 to 1.4 and 4.3.
#include "nn/unet_plan.h"

namespace lipsync::nn {

namespace {

constexpr int kSoundSide = 16; ///< of the third audio layer's map, whatever the window

UnetPlan::Pair pair(const std::string& name, int side, int step, int first = 0)
{
    return {{.name = name + ".double_conv.0", .rows = side, .columns = side, .step = step, .first = first},
            {.name = name + ".double_conv.1", .rows = side / step, .columns = side / step, .addsInput = true}};
}

void planAudio(UnetPlan& plan, const GeneratorSpec& spec)
{
    const auto [channels, rows, columns] = spec.audioShape();
    const bool isClassic = spec.kind == GeneratorKind::UltralightClassic160;
    const bool isWide = spec.mode == AudioMode::Wenet && !isClassic;
    const bool keepsInput = isWide && spec.kind != GeneratorKind::Ultralight160 && 8 * spec.width == channels;
    const auto residual = [](const char* number, int height, int width, bool addsInput) {
        return ResidualPlan{
            .name = std::string("audio_model.conv") + number, .rows = height, .columns = width, .addsInput = addsInput};
    };
    plan.audio1 = residual("1", rows, columns, keepsInput);
    plan.audio2 = residual("2", rows, columns, isWide);
    plan.audio3 = {"audio_model.conv3", "audio_model.bn3", rows, columns, {rows / kSoundSide, columns / kSoundSide}, 1};
    plan.audio4 = residual("4", plan.audio3.outRows(), plan.audio3.outColumns(), true);
    plan.audio5 = {"audio_model.conv5", "audio_model.bn5", plan.audio4.rows, plan.audio4.columns, {2, 2}, 3};
    plan.audio6 = residual("6", plan.audio5.outRows(), plan.audio5.outColumns(), true);
    plan.audio7 = residual("7", plan.audio5.outRows(), plan.audio5.outColumns(), true);
}

} // namespace

bool isUnet(const GeneratorSpec& spec)
{
    switch (spec.kind) {
    case GeneratorKind::SyncTalk2D328:
    case GeneratorKind::SyncTalk2D160:
    case GeneratorKind::Ultralight160:
    case GeneratorKind::UltralightClassic160:
        return true;
    default:
        return false;
    }
}

UnetPlan planUnet(const GeneratorSpec& spec)
{
    const bool isLarge = spec.kind == GeneratorKind::SyncTalk2D328;
    const int w = spec.width;
    UnetPlan plan;
    int side = spec.pictureSize();
    plan.entry = {.name = "inc.inconv.0", .rows = side, .columns = side};
    const int steps = isLarge ? 5 : 4;
    for (int i = 1; i <= steps; ++i, side /= 2)
        plan.downs.push_back(pair("down" + std::to_string(i) + ".maxpool_conv.0", side, 2));
    planAudio(plan, spec);
    plan.fuse0 = pair("fuse_conv.0", side, 1, 16 * w);
    plan.fuse1 = pair("fuse_conv.1", side, 1);
    int below = 8 * w; // channels of what comes up
    for (int i = 1; i <= steps; ++i) {
        side *= 2;
        plan.ups.push_back(pair("up" + std::to_string(i) + ".conv", side, 1, below));
        plan.ups.back().first.enlarges = true;
        below = i < 4 ? below / 2 : w;
    }
    plan.ups.back().second.exits = true;
    return plan;
}

} // namespace lipsync::nn
