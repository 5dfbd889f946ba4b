// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/direct/kernels.h"

namespace lipsync::nn::onednn {

/// A row of a map that is enlarged by two: from two rows of half the width, `fraction` of the way from `above` to
/// `below`, `block` numbers a pixel (8 or 16), to one number type or the other. `across`: one a pixel of `out`. `half`:
/// room for a row of half the width in float32.
struct EnlargedRow {
    const void *above = nullptr, *below = nullptr;
    float fraction = 0;
    int halfColumns = 0, columns = 0, block = 0;
    const direct::LerpTap* across = nullptr;
    float* half = nullptr;
    void* out = nullptr;
};
void enlargeRow(const EnlargedRow& row, bool bf16);

} // namespace lipsync::nn::onednn
