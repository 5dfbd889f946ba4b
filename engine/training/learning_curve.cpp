// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/learning_curve.h"

#include "base/file_system.h"
#include "training/picture_file.h"

#include <algorithm>
#include <cmath>
#include <string>

#include <opencv2/imgproc.hpp>

namespace lipsync::training {

namespace {

constexpr int kWidth = 720, kHeight = 360, kLeft = 56, kRight = 56, kTop = 28, kBottom = 36;

const cv::Scalar kInk(215, 215, 215), kGrid(60, 60, 60), kPaper(28, 28, 28); // B,G,R
const cv::Scalar kMouth(120, 220, 120), kShown(150, 150, 150), kLoss(80, 160, 240);

/// A vertical scale from `low` to `high` over the plot's height.
struct Scale {
    double low = 0, high = 1;
    int place(double value) const
    {
        const double share = (value - low) / (high - low);
        return kHeight - kBottom - static_cast<int>(std::lround(share * (kHeight - kTop - kBottom)));
    }
};

Scale scaleOf(std::span<const CurvePoint> points, std::initializer_list<double CurvePoint::*> values)
{
    Scale scale{1e9, -1e9};
    for (const auto& point : points) {
        for (const auto value : values) {
            scale.low = std::min(scale.low, point.*value);
            scale.high = std::max(scale.high, point.*value);
        }
    }
    const double room = std::max(1e-3, 0.05 * (scale.high - scale.low));
    return {scale.low - room, scale.high + room};
}

void write(cv::Mat& plot, const std::string& text, cv::Point at, const cv::Scalar& colour)
{
    cv::putText(plot, text, at, cv::FONT_HERSHEY_SIMPLEX, 0.4, colour, 1, cv::LINE_AA);
}

void drawLine(cv::Mat& plot, std::span<const CurvePoint> points, double CurvePoint::*value, const Scale& scale,
              const cv::Scalar& colour)
{
    const double last = std::max(1.0, points.back().step);
    std::vector<cv::Point> line;
    for (const auto& point : points) {
        line.emplace_back(kLeft + static_cast<int>(std::lround(point.step / last * (kWidth - kLeft - kRight))),
                          scale.place(point.*value));
    }
    cv::polylines(plot, line, false, colour, 1, cv::LINE_AA);
}

cv::Mat drawCurves(std::span<const CurvePoint> points)
{
    constexpr int kLines = 5;
    cv::Mat plot(kHeight, kWidth, CV_8UC3, kPaper);
    const auto decibels = scaleOf(points, {&CurvePoint::mouth, &CurvePoint::shown});
    const auto loss = scaleOf(points, {&CurvePoint::loss});
    for (int i = 0; i < kLines; ++i) {
        const double share = static_cast<double>(i) / (kLines - 1);
        const double left = decibels.low + share * (decibels.high - decibels.low);
        const double right = loss.low + share * (loss.high - loss.low);
        const int y = decibels.place(left);
        cv::line(plot, {kLeft, y}, {kWidth - kRight, y}, kGrid);
        write(plot, fmt::format("{:.1f} dB", left), {4, y + 4}, kInk);
        write(plot, fmt::format("{:.3f}", right), {kWidth - kRight + 6, y + 4}, kLoss);
    }
    drawLine(plot, points, &CurvePoint::shown, decibels, kShown);
    drawLine(plot, points, &CurvePoint::loss, loss, kLoss);
    drawLine(plot, points, &CurvePoint::mouth, decibels, kMouth);
    write(plot, "mouth PSNR, held-out frames", {kLeft, 18}, kMouth);
    write(plot, "template's own", {kLeft + 230, 18}, kShown);
    write(plot, "training loss", {kLeft + 370, 18}, kLoss);
    write(plot, fmt::format("{:.0f} steps, {:.0f} s", points.back().step, points.back().seconds),
          {kLeft + (kWidth - kLeft - kRight) / 2 - 60, kHeight - 12}, kInk);
    return plot;
}

} // namespace

Status writeCurves(const std::filesystem::path& folder, std::span<const CurvePoint> points)
{
    if (points.empty())
        return {};
    std::string table = "step,seconds,loss,mouth_psnr_db,template_psnr_db,sync_share\n";
    for (const auto& point : points) {
        table += fmt::format("{:.0f},{:.1f},{:.5f},{:.3f},{:.3f},{:.3f}\n", point.step, point.seconds, point.loss,
                             point.mouth, point.shown, point.sync);
    }
    if (auto written = writeFile(folder / "curves.csv", table); !written)
        return written;
    return writePicture(folder / "curves.png", drawCurves(points));
}

} // namespace lipsync::training
