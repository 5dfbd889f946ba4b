// SPDX-License-Identifier: GPL-3.0-or-later
// SyncNet's figures from pictures and sound, against the same reckoned clip by clip.

#include "scoring/sync_meter.h"

#include "support/syncnet_weights.h"

#include <algorithm>
#include <cmath>
#include <random>

#include <QTest>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

using namespace lipsync;
using namespace lipsync::scoring;

namespace {

constexpr int kSide = nn::kSyncPictureSize;

/// A face-like field whose lower half changes from frame to frame.
cv::Mat pictureOf(int frame)
{
    cv::Mat picture(kSide, kSide, CV_8UC3, cv::Scalar(120, 130, 150));
    cv::ellipse(picture, {112, 150 + frame % 7}, {40, 4 + 3 * (frame % 5)}, 0, 0, 360, cv::Scalar(40, 30, 90), -1);
    return picture;
}

std::vector<float> soundOf(int frames)
{
    std::mt19937 random(3);
    std::vector<float> sound(static_cast<std::size_t>(frames) * 640);
    for (std::size_t i = 0; i < sound.size(); ++i) {
        const double loud = static_cast<double>(i / 640 % 5) / 5;
        sound[i] = static_cast<float>(loud * (static_cast<double>(random() % 2000) / 1000 - 1));
    }
    return sound;
}

using Points = std::vector<std::vector<float>>;

/// The embedding of every clip by itself, as the original cuts them.
std::pair<Points, Points> clipByClip(nn::SyncNet& network, const std::vector<float>& speech, int clips)
{
    const auto sound = audio::toSixteenBits(speech);
    const audio::Mfcc mfcc;
    Points lips, sounds;
    for (int clip = 0; clip < clips; ++clip) {
        std::vector<std::uint8_t> bytes;
        for (int frame = clip; frame < clip + 5; ++frame) {
            const auto picture = pictureOf(frame);
            bytes.insert(bytes.end(), picture.data, picture.data + picture.total() * 3);
        }
        std::vector<float> columns(13 * 20), point(nn::kSyncEmbedding);
        for (int column = 0; column < 20; ++column) {
            const auto numbers = mfcc.row(sound, static_cast<std::size_t>(4 * clip + column));
            for (int row = 0; row < 13; ++row)
                columns[row * 20 + column] = static_cast<float>(numbers[row]);
        }
        if (!network.seePictures(bytes, 1, point))
            return {};
        lips.push_back(point);
        if (!network.hearSound(columns, 1, point))
            return {};
        sounds.push_back(point);
    }
    return {lips, sounds};
}

double meanDistance(const Points& lips, const Points& sounds, int shift)
{
    double sum = 0;
    for (int i = 0; i < static_cast<int>(lips.size()); ++i) {
        double squares = 0;
        const bool inside = i + shift >= 0 && i + shift < static_cast<int>(sounds.size());
        for (std::size_t n = 0; n < lips[i].size(); ++n)
            squares += std::pow(lips[i][n] - (inside ? sounds[i + shift][n] : 0.0) + 1e-6, 2);
        sum += std::sqrt(squares);
    }
    return sum / static_cast<double>(lips.size());
}

} // namespace

class SyncMeterTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        auto made = nn::SyncNet::create(test::syncNetWeights());
        QVERIFY(made);
        m_network = std::move(*made);
    }

    void batchesChangeNothing_data()
    {
        QTest::addColumn<int>("frames");
        QTest::addColumn<int>("reach");
        QTest::newRow("less than a batch") << 9 << 10;
        QTest::newRow("a batch to the frame") << 25 << 15;
        QTest::newRow("more than a batch") << 29 << 15;
    }

    void batchesChangeNothing()
    {
        QFETCH(int, frames);
        QFETCH(int, reach);
        const auto speech = soundOf(frames);
        SyncMeter meter(*m_network, speech, reach);
        for (int frame = 0; frame < frames; ++frame)
            QVERIFY(meter.add(pictureOf(frame)));
        const auto score = meter.finish();
        QVERIFY(score && score->has_value());
        QCOMPARE((*score)->frames, std::int64_t{frames - 5});

        const auto [lips, sounds] = clipByClip(*m_network, speech, frames - 5);
        QCOMPARE(lips.size(), static_cast<std::size_t>(frames - 5));
        std::vector<double> means;
        for (int shift = -reach; shift <= reach; ++shift)
            means.push_back(meanDistance(lips, sounds, shift));
        const auto least = std::min_element(means.begin(), means.end());
        const int offset = reach - static_cast<int>(least - means.begin());
        const double distance = *least;
        std::sort(means.begin(), means.end());
        const double confidence = means[static_cast<std::size_t>(reach)] - distance;
        QVERIFY(std::abs((*score)->distance - distance) < 1e-4 * distance);
        QVERIFY(std::abs((*score)->confidence - confidence) < 1e-4 * distance);
        QCOMPARE((*score)->offset, offset);
    }

    void framesWithoutSoundAreNotCounted()
    {
        SyncMeter meter(*m_network, soundOf(8)); // min(12, 8) − 5
        for (int frame = 0; frame < 12; ++frame)
            QVERIFY(meter.add(pictureOf(frame)));
        QCOMPARE(meter.finish().value().value().frames, std::int64_t{3});
    }

    void fiveFramesAreTooFew()
    {
        SyncMeter meter(*m_network, soundOf(5));
        for (int frame = 0; frame < 5; ++frame)
            QVERIFY(meter.add(pictureOf(frame)));
        const auto score = meter.finish();
        QVERIFY(score && !score->has_value());
    }

    void picturesOfAnySizeAreMadeToFit()
    {
        SyncMeter meter(*m_network, soundOf(7));
        for (int frame = 0; frame < 7; ++frame) {
            cv::Mat large;
            cv::resize(pictureOf(frame), large, {448, 448}, 0, 0, cv::INTER_NEAREST);
            QVERIFY(meter.add(large));
        }
        QVERIFY(meter.finish().value().has_value());
    }

private:
    std::unique_ptr<nn::SyncNet> m_network;
};

QTEST_GUILESS_MAIN(SyncMeterTest)
#include "sync_meter_test.moc"
