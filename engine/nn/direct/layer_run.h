// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nn/direct/expanded_rows.h"

namespace lipsync::nn::direct {

/// Where the last layer's picture goes.
struct PictureOutput {
    std::uint8_t* bytes = nullptr;
    float* values = nullptr; ///< or none
};

/// One thread's part in computing layers; every thread of the team calls the same functions in the same order, and
/// what they return is complete.
class LayerRun : public MatrixRun {
public:
    LayerRun(const DirectNetwork& network, ThreadTeam& team, int index, Scratch& scratch, SharedScratch& common);

    void entry(const PictureInput& picture, const Map& out);
    void residual(const InvertedResidual& layer, const Map& in, const Map& out);
    /// Of two maps one after the other, the first of which may have half the rows and columns.
    void residual(const InvertedResidual& layer, const Map& first, const Map& second, const Map& out);
    void taps(const TapConvolution& layer, const Map& in, const Map& out);
    /// The last inverted residual, the exit and the bytes. False when a number of this thread's part is none.
    bool exit(const InvertedResidual& layer, const Map& in, const PictureOutput& out);

private:
    void compute(const InvertedResidual& layer, const LayerInput& in, const Map& out);
    bool byRows(const InvertedResidual& layer, const LayerInput& in, const Map& out, const PictureOutput* picture);
    void byChannels(const InvertedResidual& layer, const LayerInput& in, const Map& out);
    bool finishRow(int y, const PictureOutput& picture);

    const DirectNetwork& m_network;
    Scratch& m_scratch;
    SharedScratch& m_common;
};

} // namespace lipsync::nn::direct
