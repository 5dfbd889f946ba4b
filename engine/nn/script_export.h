// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/network_spec.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

namespace lipsync::nn {

// What an exported archive takes and gives, in the words of Triton's PyTorch backend. Everything between bytes and
// bytes happens inside of it: mask, numbers, order of the halves, rounding.

/// UINT8 [B, S, S, 3]: B,G,R, rows first, the inner square of the resized crop, unmasked, as Generator::run() takes it.
inline constexpr const char* kExportedPicture = "INPUT__0";
/// FP32 [B, channels, height, width]: a window of sound a picture.
inline constexpr const char* kExportedWindow = "INPUT__1";
/// UINT8 [B, S, S, 3]: the redrawn mouths. Numbers that are not finite become black.
inline constexpr const char* kExportedMouth = "OUTPUT__0";

/// Writes a generator, whatever its kind, as a TorchScript archive that any server with LibTorch of this release or a
/// later one runs: forward(INPUT__0, INPUT__1) → OUTPUT__0, with BatchNorm folded, in float32, for any batch. Its
/// pictures are those of a Generator with Executor::LibTorch in Fp32. Of a TorchScript network the operator's archive
/// is put inside, so it must be one that may be run (script_agreement.h). InvalidInput for weights that are not whole or
/// not of that network, Resource when the archive cannot be written.
Status exportTorchScript(const std::filesystem::path& generatorFile, const GeneratorSpec& spec,
                         const std::filesystem::path& archive);

/// An exported archive, opened to be run on the processor. One thread at a time.
class ExportedGenerator {
public:
    /// InvalidInput when the file is no such archive.
    static Result<std::unique_ptr<ExportedGenerator>> open(const std::filesystem::path& archive,
                                                           const GeneratorSpec& spec, int threads = 1);
    ~ExportedGenerator();

    /// Bytes and floats as Generator::run() takes and makes them.
    Status run(std::span<const std::uint8_t> pictures, std::span<const float> windows, int batch,
               std::span<std::uint8_t> output);

private:
    ExportedGenerator();
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

/// How an exported archive's pictures differ from those of the network it was made of.
struct ExportLikeness {
    int largestDifference = 0; ///< of a byte
    double differing = 0; ///< share of the bytes that differ at all
    /// What an export must keep: no byte is off by more than one, and of a thousand at most one is off.
    bool isSame() const { return largestDifference <= 1 && differing <= 0.001; }
};

/// Runs both on the same pictures and windows, drawn by formula, and compares them byte by byte.
Result<ExportLikeness> compareExport(const std::filesystem::path& generatorFile, const GeneratorSpec& spec,
                                     const std::filesystem::path& archive);

} // namespace lipsync::nn
