// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/speaker_base.h"

namespace lipsync::training {

namespace fs = std::filesystem;

namespace {

constexpr int kOriginalWidth = 32;

tl::unexpected<Error> noBase(const fs::path& folder, std::string_view why)
{
    return failure(ErrorCode::InvalidInput,
                   fmt::format("Training cannot begin with the networks of {}: {}", folder.string(), why));
}

bool isTrainable(nn::GeneratorKind kind)
{
    return kind == nn::GeneratorKind::SyncTalk2D160 || kind == nn::GeneratorKind::SyncTalk2D328;
}

/// The network that is asked for, where `known` gives what is not.
nn::GeneratorSpec wantedSpec(const SpeakerOptions& options, const nn::GeneratorSpec& known)
{
    nn::GeneratorSpec spec{nn::GeneratorKind::SyncTalk2D160, nn::AudioMode::Ave, kOriginalWidth};
    if (isTrainable(known.kind)) {
        spec.kind = known.kind;
        spec.width = known.width;
    }
    spec.kind = options.kind.value_or(spec.kind);
    spec.width = options.width.value_or(spec.width);
    return spec;
}

} // namespace

Result<SpeakerBase> SpeakerBase::find(const SpeakerOptions& options, const avatar::AvatarPackage& package)
{
    SpeakerBase base;
    std::error_code ignored;
    const bool own = options.base.empty() || fs::equivalent(options.base, options.avatar, ignored);
    if (options.fromScratch || (own && !package.isTrained())) {
        base.spec = wantedSpec(options, {});
        return base;
    }
    std::shared_ptr<const avatar::AvatarPackage> other;
    if (!own) {
        auto opened = avatar::AvatarPackage::open(options.base);
        if (!opened)
            return failure(opened);
        other = std::move(*opened);
    }
    const auto& source = own ? package : *other;
    if (const auto trained = source.checkTrained(); !trained)
        return failure(trained);
    const auto& manifest = source.manifest();
    if (manifest.network.mode != nn::AudioMode::Ave) {
        return noBase(source.folder(),
                      fmt::format("they hear by {} features, and training makes networks that hear by ave. Use another "
                                  "avatar with --from, or --from none.",
                                  nn::toString(manifest.network.mode)));
    }
    base.name = manifest.name;
    base.spec = wantedSpec(options, manifest.network);
    auto encoder = source.audioEncoderWeights();
    if (!encoder)
        return failure(encoder);
    base.encoder = std::move(*encoder);
    if (base.spec == manifest.network) { // whose width and kind fit
        auto generator = source.generatorWeights();
        if (!generator)
            return failure(generator);
        base.generator = std::move(*generator);
        base.knowsSpeaker = own;
    }
    return base;
}

} // namespace lipsync::training
