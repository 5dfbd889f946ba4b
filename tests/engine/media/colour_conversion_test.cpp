// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/colour_conversion.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

#include <QTest>
#include <opencv2/core.hpp>

extern "C" {
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
}

using namespace lipsync;
using namespace lipsync::media;

namespace {

constexpr int kWidth = 150, kHeight = 74; // no whole vectors

FramePointer frameOf(AVPixelFormat format)
{
    FramePointer frame(av_frame_alloc());
    frame->width = kWidth;
    frame->height = kHeight;
    frame->format = format;
    frame->colorspace = AVCOL_SPC_BT709;
    frame->color_range = AVCOL_RANGE_MPEG;
    if (av_frame_get_buffer(frame.get(), 0) < 0)
        return nullptr;
    return frame;
}

/// Colours that every picture element of a chroma plane has another one of, none out of range.
FramePointer coloured()
{
    FramePointer frame = frameOf(AV_PIX_FMT_YUV420P);
    std::mt19937 random(5);
    for (int plane = 0; frame && plane < 3; ++plane) {
        const int half = plane == 0 ? 1 : 2;
        for (int y = 0; y < kHeight / half; ++y) {
            for (int x = 0; x < kWidth / half; ++x)
                frame->data[plane][y * frame->linesize[plane] + x] =
                    static_cast<std::uint8_t>(plane == 0 ? 90 + random() % 60 : 110 + random() % 36);
        }
    }
    return frame;
}

/// Of a plane of half the size, between its samples, which lie in the middle of four pixels.
double chromaAt(const AVFrame& frame, int plane, int x, int y)
{
    const double column = (x + 0.5) / 2 - 0.5, row = (y + 0.5) / 2 - 0.5;
    const int left = static_cast<int>(std::floor(column)), top = static_cast<int>(std::floor(row));
    const auto sample = [&](int across, int down) {
        return static_cast<double>(frame.data[plane][down * frame.linesize[plane] + across]) - 128;
    };
    const double part = column - left, low = row - top;
    return (1 - low) * ((1 - part) * sample(left, top) + part * sample(left + 1, top)) +
        low * ((1 - part) * sample(left, top + 1) + part * sample(left + 1, top + 1));
}

} // namespace

/// Colours of decoded frames against BT.709 computed by its formula.
class ColourConversionTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void chromaIsInterpolatedBetweenItsSamples()
    {
        const FramePointer frame = coloured();
        QVERIFY(frame);
        FrameToBgr conversion;
        cv::Mat bgr;
        QCOMPARE(conversion.convert(*frame, bgr), 0);
        QCOMPARE(bgr.size(), cv::Size(kWidth, kHeight));
        double most = 0;
        for (int y = 2; y < kHeight - 2; ++y) {
            for (int x = 2; x < kWidth - 2; ++x) {
                const double luma = 255.0 / 219 * (frame->data[0][y * frame->linesize[0] + x] - 16);
                const double blue = 255.0 / 224 * chromaAt(*frame, 1, x, y);
                const double red = 255.0 / 224 * chromaAt(*frame, 2, x, y);
                const std::array expected{luma + 1.8556 * blue, luma - 0.18732 * blue - 0.46812 * red,
                                          luma + 1.5748 * red};
                for (int c = 0; c < 3; ++c)
                    most = std::max(most, std::abs(bgr.at<cv::Vec3b>(y, x)[c] - expected[static_cast<std::size_t>(c)]));
            }
        }
        QVERIFY2(most <= 1.01, qPrintable(QString::number(most)));
    }

    void coloursWithoutChromaStayAsTheyAre()
    {
        const FramePointer frame = frameOf(AV_PIX_FMT_RGB24);
        QVERIFY(frame);
        for (int y = 0; y < kHeight; ++y) {
            for (int i = 0; i < 3 * kWidth; ++i)
                frame->data[0][y * frame->linesize[0] + i] = static_cast<std::uint8_t>(7 * y + i);
        }
        FrameToBgr conversion;
        cv::Mat bgr;
        QCOMPARE(conversion.convert(*frame, bgr), 0);
        for (int y = 0; y < kHeight; ++y) {
            for (int x = 0; x < kWidth; ++x) {
                const std::uint8_t* rgb = frame->data[0] + y * frame->linesize[0] + 3 * x;
                QCOMPARE(bgr.at<cv::Vec3b>(y, x), cv::Vec3b(rgb[2], rgb[1], rgb[0]));
            }
        }
    }

    void greyIsGreyInEveryFormat_data()
    {
        QTest::addColumn<int>("format");
        for (const auto format :
             {AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUV422P, AV_PIX_FMT_YUV444P, AV_PIX_FMT_NV12, AV_PIX_FMT_YUVA420P,
              AV_PIX_FMT_YUV420P10LE, AV_PIX_FMT_YUV422P10LE, AV_PIX_FMT_P010LE, AV_PIX_FMT_GRAY8, AV_PIX_FMT_YUYV422})
            QTest::newRow(av_get_pix_fmt_name(format)) << static_cast<int>(format);
    }
    void greyIsGreyInEveryFormat()
    {
        QFETCH(int, format);
        const FramePointer grey = frameOf(AV_PIX_FMT_BGR24), frame = frameOf(static_cast<AVPixelFormat>(format));
        QVERIFY(grey && frame);
        std::fill_n(grey->data[0], kHeight * grey->linesize[0], std::uint8_t{140});
        const ScalerPointer scaler(sws_getContext(kWidth, kHeight, AV_PIX_FMT_BGR24, kWidth, kHeight,
                                                  static_cast<AVPixelFormat>(format), SWS_BILINEAR, nullptr, nullptr,
                                                  nullptr));
        QVERIFY(scaler);
        QCOMPARE(sws_scale(scaler.get(), grey->data, grey->linesize, 0, kHeight, frame->data, frame->linesize),
                 kHeight);
        FrameToBgr conversion;
        cv::Mat bgr;
        QCOMPARE(conversion.convert(*frame, bgr), 0);
        const double most = cv::norm(bgr, cv::Mat(kHeight, kWidth, CV_8UC3, cv::Scalar::all(140)), cv::NORM_INF);
        QVERIFY2(most <= 2, qPrintable(QString::number(most)));
    }

    void oneConversionTakesFramesOfAllKinds()
    {
        FrameToBgr conversion;
        cv::Mat bgr, again;
        const FramePointer yuv = coloured(), rgb = frameOf(AV_PIX_FMT_RGB24);
        QVERIFY(yuv && rgb);
        std::fill_n(rgb->data[0], kHeight * rgb->linesize[0], std::uint8_t{80});
        QCOMPARE(conversion.convert(*yuv, bgr), 0);
        const cv::Mat first = bgr.clone();
        QCOMPARE(conversion.convert(*rgb, bgr), 0);
        QCOMPARE(cv::norm(bgr, cv::Mat(kHeight, kWidth, CV_8UC3, cv::Scalar::all(80)), cv::NORM_INF), 0.0);
        QCOMPARE(conversion.convert(*yuv, again), 0);
        QCOMPARE(cv::norm(first, again, cv::NORM_INF), 0.0);
    }
};

QTEST_GUILESS_MAIN(ColourConversionTest)
#include "colour_conversion_test.moc"
