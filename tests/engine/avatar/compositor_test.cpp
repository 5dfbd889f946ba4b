// SPDX-License-Identifier: GPL-3.0-or-later
#include "avatar/compositor.h"

#include <atomic>
#include <cmath>
#include <cstdlib>
#include <random>
#include <thread>
#include <vector>

#include <QTest>

#include <opencv2/imgproc.hpp>

using namespace lipsync;
using namespace lipsync::avatar;

namespace {

constexpr nn::GeneratorSpec k160{nn::GeneratorKind::SyncTalk2D160, nn::AudioMode::Ave, 32};
constexpr nn::GeneratorSpec k328{nn::GeneratorKind::SyncTalk2D328, nn::AudioMode::Ave, 32};

cv::Mat noise(cv::Size size, unsigned seed)
{
    cv::Mat picture(size, CV_8UC3);
    std::mt19937 random(seed);
    for (int y = 0; y < size.height; ++y) {
        for (int x = 0; x < 3 * size.width; ++x)
            picture.ptr<std::uint8_t>(y)[x] = static_cast<std::uint8_t>(random());
    }
    return picture;
}

/// A picture as smooth as skin: resizing it there and back changes next to nothing.
cv::Mat smooth(cv::Size size)
{
    cv::Mat picture(size, CV_8UC3);
    for (int y = 0; y < size.height; ++y) {
        for (int x = 0; x < size.width; ++x) {
            picture.at<cv::Vec3b>(y, x) = {static_cast<unsigned char>(60 + 80 * x / size.width),
                                           static_cast<unsigned char>(80 + 60 * y / size.height),
                                           static_cast<unsigned char>(150 - 50 * x / size.width)};
        }
    }
    return picture;
}

TemplateFrame makeFrame(const cv::Mat& picture, const CropRectangle& rectangle, const nn::GeneratorSpec& network,
                        int interpolation)
{
    TemplateFrame frame;
    frame.index = 7;
    frame.picture = picture;
    frame.rectangle = rectangle;
    cv::resize(picture(rectangle.rect()), frame.crop, {network.cropSize(), network.cropSize()}, 0, 0, interpolation);
    return frame;
}

/// What a network that changes nothing would draw, plus `difference` in every channel.
std::vector<std::uint8_t> redrawn(const TemplateFrame& frame, const nn::GeneratorSpec& network, int difference = 0)
{
    std::vector<std::uint8_t> bytes(network.pictureBytes());
    copyNetworkPicture(frame, network, bytes);
    for (auto& byte : bytes)
        byte = cv::saturate_cast<std::uint8_t>(byte + difference);
    return bytes;
}

cv::Mat pasted(const nn::GeneratorSpec& network, PasteMode mode, const TemplateFrame& frame,
               std::span<const std::uint8_t> networkPicture)
{
    const Compositor compositor(network, defaultCropResize(network.kind), mode);
    cv::Mat full;
    const auto done = compositor.paste(frame, networkPicture, full);
    return done ? full : cv::Mat();
}

bool identical(const cv::Mat& a, const cv::Mat& b)
{
    return a.size() == b.size() && a.type() == b.type() && cv::norm(a, b, cv::NORM_INF) == 0;
}

/// Where the frame's pixels may change: those whose centre lies inside the mask, in pixels of the frame.
cv::Rect maskInFrame(const TemplateFrame& frame, const nn::GeneratorSpec& network)
{
    const auto [x, y, width, height] = nn::mouthMask(network.kind);
    const double scale = static_cast<double>(frame.rectangle.width()) / network.cropSize();
    const int left = static_cast<int>(std::floor((x + nn::kCropBorder) * scale));
    const int top = static_cast<int>(std::floor((y + nn::kCropBorder) * scale));
    const int right = static_cast<int>(std::ceil((x + nn::kCropBorder + width) * scale));
    const int bottom = static_cast<int>(std::ceil((y + nn::kCropBorder + height) * scale));
    return cv::Rect(left, top, right - left, bottom - top) + frame.rectangle.rect().tl();
}

void addNetworks()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<int>("side");
    QTest::newRow("160, enlarged") << static_cast<int>(nn::GeneratorKind::SyncTalk2D160) << 215;
    QTest::newRow("160, shrunk") << static_cast<int>(nn::GeneratorKind::SyncTalk2D160) << 97;
    QTest::newRow("160, as it is") << static_cast<int>(nn::GeneratorKind::SyncTalk2D160) << 168;
    QTest::newRow("160, smallest") << static_cast<int>(nn::GeneratorKind::SyncTalk2D160) << kMinCropSide;
    QTest::newRow("328, shrunk") << static_cast<int>(nn::GeneratorKind::SyncTalk2D328) << 182;
    QTest::newRow("328, enlarged") << static_cast<int>(nn::GeneratorKind::SyncTalk2D328) << 391;
}

nn::GeneratorSpec networkOf(int kind)
{
    return static_cast<nn::GeneratorKind>(kind) == nn::GeneratorKind::SyncTalk2D328 ? k328 : k160;
}

int interpolationOf(const nn::GeneratorSpec& network)
{
    return network.kind == nn::GeneratorKind::SyncTalk2D328 ? cv::INTER_CUBIC : cv::INTER_LINEAR;
}

} // namespace

class CompositorTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theNetworkSeesTheInnerSquareRowsFirst()
    {
        const auto frame = makeFrame(noise({300, 300}, 1), {10, 20, 210, 220}, k160, cv::INTER_LINEAR);
        std::vector<std::uint8_t> bytes(k160.pictureBytes());
        copyNetworkPicture(frame, k160, bytes);
        for (const auto& [x, y] : {std::pair{0, 0}, {159, 0}, {0, 159}, {80, 3}}) {
            const auto& pixel = frame.crop.at<cv::Vec3b>(y + 4, x + 4);
            for (int channel = 0; channel < 3; ++channel)
                QCOMPARE(bytes[static_cast<std::size_t>((y * 160 + x) * 3 + channel)], pixel[channel]);
        }
    }

    void exactPasteIsSection112_data() { addNetworks(); }

    void exactPasteIsSection112()
    {
        QFETCH(int, kind);
        QFETCH(int, side);
        const auto network = networkOf(kind);
        const auto picture = noise({512, 480}, 2);
        const CropRectangle rectangle{30, 40, 30 + side, 40 + side};
        const auto frame = makeFrame(picture, rectangle, network, interpolationOf(network));
        const auto drawn = noise({network.pictureSize(), network.pictureSize()}, 3);
        const std::span<const std::uint8_t> bytes(drawn.data, network.pictureBytes());

        // The reference, step by step: inner square into the crop, crop back to size, crop into the frame.
        cv::Mat crop = frame.crop.clone();
        const int size = network.pictureSize();
        drawn.copyTo(crop(cv::Rect(4, 4, size, size)));
        cv::Mat back;
        cv::resize(crop, back, cv::Size(side, side), 0, 0, interpolationOf(network));
        cv::Mat expected = picture.clone();
        back.copyTo(expected(rectangle.rect()));

        QVERIFY(identical(pasted(network, PasteMode::Exact, frame, bytes), expected));
    }

    void featheredPasteLeavesEverythingOutsideOfTheMaskUntouched_data() { addNetworks(); }

    void featheredPasteLeavesEverythingOutsideOfTheMaskUntouched()
    {
        QFETCH(int, kind);
        QFETCH(int, side);
        const auto network = networkOf(kind);
        const auto frame = makeFrame(noise({512, 480}, 4), {30, 40, 30 + side, 40 + side}, network, cv::INTER_LINEAR);
        const auto drawn = noise({network.pictureSize(), network.pictureSize()}, 5);
        auto full = pasted(network, PasteMode::Feathered, frame, {drawn.data, network.pictureBytes()});
        QVERIFY(!full.empty());
        const auto mask = maskInFrame(frame, network);
        QVERIFY(!identical(full(mask), frame.picture(mask)));
        frame.picture(mask).copyTo(full(mask));
        QVERIFY(identical(full, frame.picture));
    }

    void featheredPasteShowsTheNetworkInTheMiddleOfTheMask()
    {
        const auto frame = makeFrame(smooth({400, 400}), {100, 100, 268, 268}, k160, cv::INTER_LINEAR); // scale 1
        auto bytes = redrawn(frame, k160);
        const auto mouth = [](int x, int y) { return x >= 50 && x < 110 && y >= 60 && y < 100; };
        for (int y = 0; y < 160; ++y) {
            for (int x = 0; x < 160; ++x) {
                if (mouth(x, y))
                    bytes[static_cast<std::size_t>((y * 160 + x) * 3 + 2)] = 250;
            }
        }
        const auto full = pasted(k160, PasteMode::Feathered, frame, bytes);
        for (int y = 0; y < 160; ++y) {
            for (int x = 0; x < 160; ++x) {
                const auto& before = frame.picture.at<cv::Vec3b>(104 + y, 104 + x);
                const auto expected = mouth(x, y) ? cv::Vec3b(before[0], before[1], 250) : before;
                QVERIFY(full.at<cv::Vec3b>(104 + y, 104 + x) == expected);
            }
        }
    }

    void aNetworkThatIsABitTooBrightIsCorrected_data()
    {
        QTest::addColumn<int>("difference");
        for (const int difference : {-11, -4, 3, 11})
            QTest::addRow("%d levels", difference) << difference;
    }

    void aNetworkThatIsABitTooBrightIsCorrected()
    {
        QFETCH(int, difference);
        for (const auto& network : {k160, k328}) {
            const auto frame = makeFrame(smooth({512, 512}), {100, 90, 315, 305}, network, cv::INTER_LINEAR);
            const auto full = pasted(network, PasteMode::Feathered, frame, redrawn(frame, network, difference));
            QVERIFY(cv::norm(full, frame.picture, cv::NORM_INF) <= 2);
        }
    }

    void theCorrectionIsBounded()
    {
        const auto frame = makeFrame(smooth({512, 512}), {100, 90, 315, 305}, k160, cv::INTER_LINEAR);
        const auto full = pasted(k160, PasteMode::Feathered, frame, redrawn(frame, k160, 22));
        const auto middle = full.at<cv::Vec3b>(200, 207) - frame.picture.at<cv::Vec3b>(200, 207);
        for (int channel = 0; channel < 3; ++channel)
            QVERIFY2(std::abs(middle[channel] - (22 - 12)) <= 2, qPrintable(QString::number(middle[channel])));
    }

    void noStepShowsAtTheMasksBorder_data() { addNetworks(); }

    /// A mouth far too bright to be corrected still comes in softly: neighbours never differ by more than the
    /// steepest slope of the feather allows.
    void noStepShowsAtTheMasksBorder()
    {
        QFETCH(int, kind);
        QFETCH(int, side);
        const auto network = networkOf(kind);
        constexpr int kDifference = 100;
        cv::Mat picture(480, 512, CV_8UC3, cv::Scalar(90, 100, 110));
        const auto frame = makeFrame(picture, {30, 40, 30 + side, 40 + side}, network, cv::INTER_LINEAR);
        const auto full = pasted(network, PasteMode::Feathered, frame, redrawn(frame, network, kDifference));
        const double featherInFrame = network.pictureSize() / 16.0 * side / network.cropSize();
        const double steepest = std::min(1.0, 1.5 / featherInFrame) * kDifference + 1.5; // smoothstep's slope, rounding
        for (int y = 1; y < full.rows; ++y) {
            for (int x = 1; x < full.cols; ++x) {
                const auto& here = full.at<cv::Vec3b>(y, x);
                QVERIFY(std::abs(here[0] - full.at<cv::Vec3b>(y, x - 1)[0]) <= steepest);
                QVERIFY(std::abs(here[0] - full.at<cv::Vec3b>(y - 1, x)[0]) <= steepest);
            }
        }
    }

    void extremeColoursDoNotWrapAround()
    {
        cv::Mat picture(300, 300, CV_8UC3, cv::Scalar(255, 0, 128));
        const auto frame = makeFrame(picture, {40, 40, 240, 240}, k160, cv::INTER_LINEAR);
        for (const int difference : {-255, -12, 12, 255}) {
            const auto full = pasted(k160, PasteMode::Feathered, frame, redrawn(frame, k160, difference));
            double lowest = 0;
            double highest = 0;
            std::vector<cv::Mat> channels;
            cv::split(full, channels);
            cv::minMaxLoc(channels[0], &lowest, &highest);
            QVERIFY(highest == 255 && (difference >= 0 ? lowest >= 255 - 12 : true));
            cv::minMaxLoc(channels[1], &lowest, &highest);
            QVERIFY(lowest == 0 && (difference <= 0 ? highest <= 12 : true));
        }
    }

    void theTemplateItselfIsNeverChanged()
    {
        const auto picture = noise({300, 300}, 6);
        const auto frame = makeFrame(picture.clone(), {40, 40, 240, 240}, k160, cv::INTER_LINEAR);
        const auto drawn = noise({160, 160}, 7);
        for (const auto mode : {PasteMode::Exact, PasteMode::Feathered}) {
            const Compositor compositor(k160, CropResize::Linear, mode);
            cv::Mat full = frame.picture; // the same memory on purpose
            QVERIFY(compositor.paste(frame, {drawn.data, k160.pictureBytes()}, full));
            QVERIFY(identical(frame.picture, picture));
            QVERIFY(!identical(full, picture));
        }
    }

    void theCallersMemoryIsReused()
    {
        const auto frame = makeFrame(noise({300, 300}, 8), {40, 40, 240, 240}, k160, cv::INTER_LINEAR);
        const Compositor compositor(k160, CropResize::Linear, PasteMode::Feathered);
        cv::Mat full(300, 300, CV_8UC3, cv::Scalar(1, 2, 3));
        const auto* memory = full.data;
        const auto bytes = redrawn(frame, k160);
        QVERIFY(compositor.paste(frame, bytes, full));
        QVERIFY(full.data == memory);
        QVERIFY(identical(full, pasted(k160, PasteMode::Feathered, frame, bytes)));
    }

    void picturesOfAnotherNetworkAreRefused()
    {
        const auto frame = makeFrame(noise({400, 400}, 9), {40, 40, 240, 240}, k160, cv::INTER_LINEAR);
        cv::Mat full;
        const std::vector<std::uint8_t> tooLarge(k328.pictureBytes());
        const auto wrongPicture = Compositor(k160, CropResize::Linear, PasteMode::Exact).paste(frame, tooLarge, full);
        QVERIFY(!wrongPicture && wrongPicture.error().code == ErrorCode::Usage);
        const auto wrongFrame = Compositor(k328, CropResize::Cubic, PasteMode::Exact).paste(frame, tooLarge, full);
        QVERIFY(!wrongFrame && wrongFrame.error().message.find("frame 7") != std::string::npos);
        auto outside = frame;
        outside.rectangle = {300, 300, 500, 500};
        QVERIFY(!Compositor(k160, CropResize::Linear, PasteMode::Feathered).paste(outside, redrawn(frame, k160), full));
    }

    void threadsShareOneCompositor()
    {
        const auto frame = makeFrame(noise({300, 300}, 10), {40, 40, 240, 240}, k160, cv::INTER_LINEAR);
        const auto bytes = redrawn(frame, k160, 9);
        const auto expected = pasted(k160, PasteMode::Feathered, frame, bytes);
        const Compositor compositor(k160, CropResize::Linear, PasteMode::Feathered);
        std::atomic<int> good = 0;
        {
            std::vector<std::jthread> threads;
            for (int t = 0; t < 4; ++t) {
                threads.emplace_back([&] {
                    cv::Mat full;
                    for (int i = 0; i < 20; ++i)
                        good += compositor.paste(frame, bytes, full) && identical(full, expected) ? 1 : 0;
                });
            }
        }
        QCOMPARE(good.load(), 80);
    }

    void pasteOfADemoSizedFrame_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("mode");
        for (const auto kind : {nn::GeneratorKind::SyncTalk2D160, nn::GeneratorKind::SyncTalk2D328}) {
            for (const auto mode : {PasteMode::Feathered, PasteMode::Exact}) {
                QTest::addRow("%s, %s", nn::toString(kind).data(), mode == PasteMode::Exact ? "exact" : "feathered")
                    << static_cast<int>(kind) << static_cast<int>(mode);
            }
        }
    }

    /// Prints the time; it has no bar, for test machines differ.
    void pasteOfADemoSizedFrame()
    {
        QFETCH(int, kind);
        QFETCH(int, mode);
        const auto network = networkOf(kind);
        const auto frame = makeFrame(noise({512, 512}, 11), {150, 200, 365, 415}, network, cv::INTER_LINEAR);
        const Compositor compositor(network, defaultCropResize(network.kind), static_cast<PasteMode>(mode));
        const auto bytes = redrawn(frame, network, 3);
        cv::Mat full;
        QBENCHMARK
        {
            QVERIFY(compositor.paste(frame, bytes, full));
        }
    }

    void initTestCase() { cv::setNumThreads(1); } // as the programs do
};

QTEST_GUILESS_MAIN(CompositorTest)
#include "compositor_test.moc"
