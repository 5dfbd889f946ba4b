// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/generator_module.h"

#include "nn/synctalk2d.h"
#include "nn/wav2lip.h"

namespace lipsync::nn {

std::shared_ptr<GeneratorModule> makeGeneratorModule(const GeneratorSpec& spec)
{
    switch (spec.kind) {
    case GeneratorKind::SyncTalk2D328:
    case GeneratorKind::SyncTalk2D160:
    case GeneratorKind::Ultralight160:
    case GeneratorKind::UltralightClassic160:
        return std::make_shared<SyncTalk2D>(spec);
    case GeneratorKind::Wav2Lip96:
    case GeneratorKind::Wav2Lip256:
        return std::make_shared<Wav2Lip>(spec);
    case GeneratorKind::TorchScript:
        break;
    }
    throw std::invalid_argument("a network of this kind is not built from weights");
}

} // namespace lipsync::nn
