// SPDX-License-Identifier: GPL-3.0-or-later
#include "nn/template_crops.h"

#include <QTest>

#include <algorithm>
#include <latch>
#include <thread>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

using namespace lipsync;
using namespace lipsync::nn;

namespace {

constexpr int kFrames = 5;
constexpr int kCropSize = 168;

std::shared_ptr<TemplateCrops> newStore()
{
    auto crops = TemplateCrops::create(kFrames, kCropSize);
    return crops ? *crops : nullptr;
}

Status writeAll(TemplateCrops& crops, int frame, std::uint8_t value)
{
    return crops.write(frame, [&](std::span<std::uint8_t> bytes) -> Status {
        std::fill(bytes.begin(), bytes.end(), value);
        return {};
    });
}

bool isAll(std::span<const std::uint8_t> bytes, std::uint8_t value)
{
    return std::all_of(bytes.begin(), bytes.end(), [&](auto byte) { return byte == value; });
}

} // namespace

class TemplateCropsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aFrameIsWrittenOnceAndStays()
    {
        const auto crops = newStore();
        QVERIFY(crops);
        QCOMPARE(crops->cropBytes(), std::size_t{3} * kCropSize * kCropSize);
        QVERIFY(!crops->isWritten(2));
        QVERIFY(writeAll(*crops, 2, 7));
        QVERIFY(crops->isWritten(2) && !crops->isWritten(1));
        QVERIFY(writeAll(*crops, 2, 8)); // is there already
        QVERIFY(isAll(crops->crop(2), 7));
    }

    void aFailedWriteCanBeRepeated()
    {
        const auto crops = newStore();
        QVERIFY(crops);
        const auto failed = crops->write(
            0, [](std::span<std::uint8_t>) -> Status { return failure(ErrorCode::InvalidInput, "No picture."); });
        QVERIFY(!failed);
        QCOMPARE(failed.error().message, std::string("No picture."));
        QVERIFY(!crops->isWritten(0));
        QVERIFY(writeAll(*crops, 0, 3));
        QVERIFY(isAll(crops->crop(0), 3));
    }

    void threadsThatWantOneFrameFillItOnce()
    {
        constexpr int kThreads = 8;
        const auto crops = newStore();
        QVERIFY(crops);
        std::atomic<int> fills = 0, good = 0;
        std::latch together(kThreads);
        {
            std::vector<std::jthread> threads;
            for (int t = 0; t < kThreads; ++t) {
                threads.emplace_back([&] {
                    together.arrive_and_wait();
                    const auto written = crops->write(1, [&](std::span<std::uint8_t> bytes) -> Status {
                        ++fills;
                        std::fill(bytes.begin(), bytes.end(), std::uint8_t{9});
                        return {};
                    });
                    good += written && isAll(crops->crop(1), 9) ? 1 : 0;
                });
            }
        }
        QCOMPARE(fills.load(), 1);
        QCOMPARE(good.load(), kThreads);
    }

    void anotherProcessReadsTheSamePages()
    {
        const auto crops = newStore();
        QVERIFY(crops && writeAll(*crops, 4, 200));
        const pid_t child = ::fork();
        if (child == 0) {
            const auto mapped = TemplateCrops::map(crops->mapPath(), kFrames, kCropSize);
            ::_exit(mapped && (*mapped)->isWritten(4) && isAll((*mapped)->crop(4), 200) ? 0 : 1);
        }
        int status = 0;
        QCOMPARE(::waitpid(child, &status, 0), child);
        QVERIFY(WIFEXITED(status));
        QCOMPARE(WEXITSTATUS(status), 0);
    }

    void aMappedStoreSeesLaterFramesAndCannotBeWritten()
    {
        const auto crops = newStore();
        QVERIFY(crops);
        const auto mapped = TemplateCrops::map(crops->mapPath(), kFrames, kCropSize);
        QVERIFY2(mapped, mapped ? "" : mapped.error().text().c_str());
        QVERIFY(writeAll(*crops, 3, 11));
        QVERIFY((*mapped)->isWritten(3) && isAll((*mapped)->crop(3), 11));
        QVERIFY(!writeAll(**mapped, 0, 1));
    }

    void whatIsNotThereIsRefused()
    {
        const auto crops = newStore();
        QVERIFY(crops);
        QVERIFY(!writeAll(*crops, -1, 1) && !writeAll(*crops, kFrames, 1));
        QVERIFY(!crops->isWritten(-1) && !crops->isWritten(kFrames));
        const auto larger = TemplateCrops::map(crops->mapPath(), kFrames + 1, kCropSize);
        QVERIFY(!larger);
        QCOMPARE(larger.error().code, ErrorCode::InvalidInput);
        QVERIFY(!TemplateCrops::create(0, kCropSize) && !TemplateCrops::create(kFrames, 0));
        QVERIFY(!TemplateCrops::create(-1, kCropSize) && !TemplateCrops::create(kFrames, 1 << 20));
    }
};

QTEST_GUILESS_MAIN(TemplateCropsTest)
#include "template_crops_test.moc"
