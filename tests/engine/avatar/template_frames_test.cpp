// SPDX-License-Identifier: GPL-3.0-or-later
#include "avatar/template_frames.h"

#include "avatar/template_loop.h"
#include "media/video_reader.h"
#include "support/test_avatar.h"

#include <atomic>
#include <thread>
#include <vector>

#include <QTemporaryDir>
#include <QTest>

#include <opencv2/imgproc.hpp>

using namespace lipsync;
using namespace lipsync::avatar;
namespace fs = std::filesystem;

namespace {

constexpr int kFrames = 40; // three blocks of 12 and a short one of 4
constexpr int kCropSize = 168;
constexpr std::size_t kFrameBytes = 96 * 96 * 3; // crops are kept beside the budget
constexpr std::size_t kBlockBytes = kTemplateBlockFrames * kFrameBytes;

bool identical(const cv::Mat& a, const cv::Mat& b)
{
    return a.size() == b.size() && a.type() == b.type() && cv::norm(a, b, cv::NORM_INF) == 0;
}

} // namespace

class TemplateFramesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_folder.isValid());
        const fs::path folder = fs::path(m_folder.path().toStdString()) / "test.avatar";
        test::TestAvatarOptions options;
        options.frameCount = kFrames;
        const auto made = test::makeTestAvatar(folder, options);
        QVERIFY2(made, made ? "" : made.error().text().c_str());
        auto package = AvatarPackage::open(folder);
        QVERIFY2(package, package ? "" : package.error().text().c_str());
        m_package = *package;

        auto reader = media::VideoReader::open(m_package->templateVideo());
        QVERIFY(reader);
        for (int i = 0; i < kFrames; ++i) {
            auto picture = (*reader)->next();
            QVERIFY(picture && *picture);
            m_sequential.push_back(**picture);
        }
    }

    void everyFrameEqualsSequentialDecodingForwards()
    {
        const auto frames = openFrames({});
        for (int i = 0; i < kFrames; ++i)
            verifyFrame(*frames, i);
    }

    void everyFrameEqualsSequentialDecodingBackwardsWithASmallCache()
    {
        const auto frames = openFrames({2 * kBlockBytes, 1});
        for (int i = kFrames - 1; i >= 0; --i)
            verifyFrame(*frames, i);
        QCOMPARE(frames->statistics().decodedFrames, std::int64_t{kFrames});
    }

    void everyFrameEqualsSequentialDecodingInAnyOrder()
    {
        const auto frames = openFrames({kBlockBytes, 1});
        for (int i = 0; i < 3 * kFrames; ++i)
            verifyFrame(*frames, i * 17 % kFrames);
    }

    void aFrameBringsItsCropAtTheNetworksSize()
    {
        const auto frames = openFrames({});
        const auto frame = frames->frame(3);
        QVERIFY(frame);
        QCOMPARE((*frame)->index, 3);
        QVERIFY((*frame)->rectangle == m_package->crops()[3]);
        cv::Mat expected;
        cv::resize(m_sequential[3](m_package->crops()[3].rect()), expected, {kCropSize, kCropSize}, 0, 0,
                   cv::INTER_LINEAR);
        QVERIFY(identical((*frame)->crop, expected));
    }

    void aCropIsMadeOnceForAllAndStays()
    {
        const auto frames = openFrames({1, 1}); // one block at a time
        const auto crops = frames->crops();
        QCOMPARE(crops->frameCount(), kFrames);
        QVERIFY(!crops->isWritten(0));
        const auto first = frames->frame(0);
        QVERIFY(first && crops->isWritten(0) && !crops->isWritten(kFrames - 1));
        QCOMPARE((*first)->crop.data, const_cast<std::uint8_t*>(crops->crop(0).data()));
        QVERIFY(frames->frame(kFrames - 1)); // drops the first block
        const auto again = frames->frame(0);
        QVERIFY(again && *again != *first);
        QCOMPARE((*again)->crop.data, (*first)->crop.data);
    }

    void aClipThatFitsIsDecodedOnce()
    {
        const auto frames = openFrames({});
        const TemplateLoop loop(LoopRule::PingPong, kFrames, 0);
        for (std::int64_t i = 0; i < 3 * loop.period(); ++i)
            QVERIFY(frames->frame(loop.frameAt(i)));
        QCOMPARE(frames->statistics().decodedFrames, std::int64_t{kFrames});
        QCOMPARE(frames->statistics().keptBytes, kFrames * kFrameBytes);
    }

    void aClipThatDoesNotFitIsDecodedAboutOnceAPass()
    {
        const std::size_t budget = 2 * kBlockBytes;
        const auto frames = openFrames({budget, 1});
        const TemplateLoop loop(LoopRule::PingPong, kFrames, 0);
        constexpr int kPeriods = 3; // of two passes each
        for (std::int64_t i = 0; i < kPeriods * loop.period(); ++i) {
            QVERIFY(frames->frame(loop.frameAt(i)));
            QVERIFY(frames->statistics().keptBytes <= budget);
        }
        const auto decoded = frames->statistics().decodedFrames;
        QVERIFY2(decoded <= 2 * kPeriods * kFrames, qPrintable(QString::number(decoded)));
    }

    void aBudgetBelowOneBlockStillKeepsTheBlockInUse()
    {
        const auto frames = openFrames({1, 1});
        for (int i = 0; i < kFrames; ++i)
            QVERIFY(frames->frame(i));
        QCOMPARE(frames->statistics().decodedFrames, std::int64_t{kFrames});
        QVERIFY(frames->statistics().keptBytes <= kBlockBytes);
    }

    void aFrameOutlivesTheCacheAndItsOwner()
    {
        auto frames = openFrames({1, 1});
        const auto first = frames->frame(0);
        QVERIFY(first);
        QVERIFY(frames->frame(kFrames - 1)); // drops the first block
        frames.reset();
        QVERIFY(identical((*first)->picture, m_sequential[0]));
        cv::Mat expected;
        cv::resize(m_sequential[0](m_package->crops()[0].rect()), expected, {kCropSize, kCropSize}, 0, 0,
                   cv::INTER_LINEAR);
        QVERIFY(identical((*first)->crop, expected));
    }

    void framesOutsideOfTheClipAreRefused()
    {
        const auto frames = openFrames({});
        for (const int index : {-1, kFrames, 1'000'000}) {
            const auto frame = frames->frame(index);
            QVERIFY(!frame && frame.error().code == ErrorCode::Usage);
            QVERIFY(frame.error().message.find(std::to_string(index)) != std::string::npos);
        }
        verifyFrame(*frames, 0);
    }

    void threadsShareOneDecoder()
    {
        const auto frames = openFrames({2 * kBlockBytes, 1});
        std::atomic<int> good = 0;
        {
            std::vector<std::jthread> threads;
            for (int t = 0; t < 4; ++t) {
                threads.emplace_back([&, t] {
                    for (int i = 0; i < kFrames; ++i) {
                        const int index = t % 2 == 0 ? i : kFrames - 1 - i;
                        const auto frame = frames->frame(index);
                        good += frame && identical((*frame)->picture, m_sequential[static_cast<std::size_t>(index)])
                            ? 1
                            : 0;
                    }
                });
            }
        }
        QCOMPARE(good.load(), 4 * kFrames);
    }

    void aTemplateThatVanishedIsNamed()
    {
        const fs::path copy = fs::path(m_folder.path().toStdString()) / "vanishing.avatar";
        fs::copy(m_package->folder(), copy, fs::copy_options::recursive);
        const auto package = AvatarPackage::open(copy);
        QVERIFY(package);
        fs::remove((*package)->templateVideo());
        const auto frames = TemplateFrames::open(*package);
        QVERIFY(!frames && frames.error().message.find("template.mp4") != std::string::npos);
    }

private:
    std::shared_ptr<TemplateFrames> openFrames(const TemplateFrames::Options& options)
    {
        auto frames = TemplateFrames::open(m_package, options);
        return frames ? *frames : nullptr;
    }

    void verifyFrame(TemplateFrames& frames, int index)
    {
        const auto frame = frames.frame(index);
        QVERIFY2(frame, frame ? "" : frame.error().text().c_str());
        QCOMPARE((*frame)->index, index);
        QVERIFY2(identical((*frame)->picture, m_sequential[static_cast<std::size_t>(index)]),
                 qPrintable(QString("frame %1 differs").arg(index)));
    }

    QTemporaryDir m_folder;
    std::shared_ptr<const AvatarPackage> m_package;
    std::vector<cv::Mat> m_sequential;
};

QTEST_GUILESS_MAIN(TemplateFramesTest)
#include "template_frames_test.moc"
