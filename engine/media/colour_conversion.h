// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "media/ffmpeg_handles.h"

#include <array>

#include <opencv2/core/mat.hpp>

namespace lipsync::media {

/// Converts BGR bytes into an encoder's frame. One thread at a time.
class BgrToFrame {
public:
    /// For pictures of width × height; `format` is 4:2:0, 4:2:2, 4:4:4 (BT.709, limited range) or RGB24.
    /// An FFmpeg error number when FFmpeg cannot.
    int open(int width, int height, AVPixelFormat format);

    /// Fills the frame, which may be larger than the picture by one column and row: those repeat the last ones.
    int convert(const cv::Mat& bgr, AVFrame& frame) const;

private:
    ScalerPointer m_scaler;
    int m_width = 0;
    int m_height = 0;
};

/// Converts decoded frames to BGR bytes by the colour matrix and range that they carry. Where a frame does not say,
/// SD pictures are BT.601 and larger ones BT.709, as players assume. Chroma between its samples is interpolated, in both
/// directions. One thread at a time.
class FrameToBgr {
public:
    /// Fills `bgr` (height × width CV_8UC3, own memory); an FFmpeg error number when FFmpeg cannot.
    int convert(const AVFrame& frame, cv::Mat& bgr);

private:
    int open(const AVFrame& frame);

    ScalerPointer m_scaler;
    std::array<cv::Mat, 3>
        m_planes; ///< green, blue and red, with rows of whole vectors; empty for frames without chroma
    int m_width = 0;
    int m_height = 0;
    int m_format = AV_PIX_FMT_NONE;
    AVColorSpace m_matrix = AVCOL_SPC_UNSPECIFIED;
    AVColorRange m_range = AVCOL_RANGE_UNSPECIFIED;
};

} // namespace lipsync::media
