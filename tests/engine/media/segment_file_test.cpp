// SPDX-License-Identifier: GPL-3.0-or-later
// What is done of a video is kept through everything that can happen to its file.

#include "media/segment_file.h"

#include "engine/media/sample_media.h"

#include <QTemporaryDir>
#include <QTest>

using namespace lipsync;
using namespace lipsync::media;
namespace fs = std::filesystem;

namespace {

const std::string kIdentity = "avatar a\nvoice b\n";

Segment segmentOf(std::int64_t first, std::int64_t frames)
{
    Segment segment{first, frames, static_cast<double>(first + frames) / 10, {1, 2, 3}, {}};
    for (std::int64_t i = 0; i < frames; ++i)
        segment.packets.push_back({i, i - 1, i == 0, {static_cast<std::uint8_t>(first), static_cast<std::uint8_t>(i)}});
    return segment;
}

} // namespace

class SegmentFileTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_temporary = std::make_unique<QTemporaryDir>();
        m_output = fs::path(m_temporary->path().toStdString()) / "video.mp4";
    }

    void aSegmentIsReadBackAsItWas()
    {
        const auto segment = segmentOf(50, 3);
        const auto read = parseSegment(toBytes(segment));
        QVERIFY(read.has_value());
        QVERIFY(*read == segment);
        auto bytes = toBytes(segment);
        bytes.push_back(0);
        QVERIFY(!parseSegment(bytes).has_value());
        for (std::size_t size = 0; size + 1 < bytes.size(); ++size)
            QVERIFY(!parseSegment(std::span(bytes).first(size)).has_value() || size == 31);
    }

    void itGoesOnAfterTheLastSegment()
    {
        {
            const auto file = open();
            QVERIFY(file->isNew());
            QVERIFY(file->append(segmentOf(0, 5)).has_value());
            QVERIFY(!file->append(segmentOf(7, 5)).has_value()); // one in between is missing
            QVERIFY(file->append(segmentOf(5, 2)).has_value());
        }
        const auto peeked = SegmentFile::peek(m_output);
        QVERIFY(peeked.has_value());
        QCOMPARE(peeked->frames, std::int64_t{7});
        QCOMPARE(peeked->seconds, 0.7);
        const auto file = open();
        QVERIFY(!file->isNew());
        QCOMPARE(file->frames(), std::int64_t{7});
        QCOMPARE(file->seconds(), 0.7);
        std::vector<Segment> read;
        QVERIFY(file->forEach([&](const Segment& segment) -> Status {
                        read.push_back(segment);
                        return {};
                    })
                    .has_value());
        QVERIFY(read == (std::vector<Segment>{segmentOf(0, 5), segmentOf(5, 2)}));
    }

    void cutAnywhereItKeepsTheWholeSegmentsBefore()
    {
        std::vector<std::uintmax_t> ends;
        {
            const auto file = open();
            ends.push_back(fs::file_size(name()));
            for (const int first : {0, 3, 6}) {
                QVERIFY(file->append(segmentOf(first, 3)).has_value());
                ends.push_back(fs::file_size(name()));
            }
        }
        const auto whole = sample::readBytes(name());
        for (std::size_t size = 0; size <= whole.size(); ++size) {
            sample::writeBytes(name(), whole.substr(0, size));
            const auto file = open();
            QVERIFY(file != nullptr);
            std::int64_t expected = 0;
            for (std::size_t i = 1; i < ends.size(); ++i)
                expected += size >= ends[i] ? 3 : 0;
            QCOMPARE(file->frames(), expected);
            QVERIFY(file->append(segmentOf(expected, 1)).has_value());
            QCOMPARE(file->isNew(), size < ends[0]);
        }
    }

    void aDamagedByteEndsWhatIsUsed()
    {
        {
            const auto file = open();
            QVERIFY(file->append(segmentOf(0, 3)).has_value());
            QVERIFY(file->append(segmentOf(3, 3)).has_value());
        }
        auto bytes = sample::readBytes(name());
        bytes[bytes.size() - 4] ^= 1;
        sample::writeBytes(name(), bytes);
        QCOMPARE(open()->frames(), std::int64_t{3});
    }

    void workOnSomethingElseIsBegunAnew()
    {
        QVERIFY(open()->append(segmentOf(0, 3)).has_value());
        const auto file = SegmentFile::open(m_output, "avatar c\n").value();
        QVERIFY(file->isNew());
        QCOMPARE(file->frames(), std::int64_t{0});
        QCOMPARE(file->formerIdentity().value_or(""), kIdentity);
    }

    void somebodyElsesFileIsLeftAlone()
    {
        sample::writeBytes(name(), "a letter to a friend");
        const auto opened = SegmentFile::open(m_output, kIdentity);
        QVERIFY(!opened.has_value());
        QCOMPARE(opened.error().code, ErrorCode::InvalidInput);
        QVERIFY(!SegmentFile::peek(m_output).has_value());
        SegmentFile::remove(m_output);
        QCOMPARE(sample::readBytes(name()), std::string("a letter to a friend"));
    }

    void twoExportsDoNotShareIt()
    {
        const auto file = open();
        const auto second = SegmentFile::open(m_output, kIdentity);
        QVERIFY(!second.has_value());
        QCOMPARE(second.error().code, ErrorCode::Resource);
        SegmentFile::remove(m_output);
        QVERIFY(fs::exists(name()));
    }

    void itRemembersTheFileThatWasMade()
    {
        sample::writeBytes(m_output, "whole");
        {
            const auto file = open();
            QVERIFY(file->append(segmentOf(0, 3)).has_value());
            QVERIFY(file->finish(identify(m_output).value()).has_value());
        }
        QVERIFY(open()->finished() == identify(m_output));
        sample::writeBytes(m_output, "another one");
        QVERIFY(open()->finished() != identify(m_output));
        QCOMPARE(open()->frames(), std::int64_t{3});
    }

    void aFullDiskLeavesWhatWasThere()
    {
        const auto file = open();
        QVERIFY(file->append(segmentOf(0, 3)).has_value());
        const auto before = sample::readBytes(name());
        {
            const sample::FullDisk disk(before.size() + 10);
            const auto appended = file->append(segmentOf(3, 100));
            QVERIFY(!appended.has_value());
            QCOMPARE(appended.error().code, ErrorCode::Resource);
        }
        QCOMPARE(sample::readBytes(name()), before);
        QVERIFY(file->append(segmentOf(3, 100)).has_value());
    }

private:
    fs::path name() const { return SegmentFile::nameFor(m_output); }
    std::unique_ptr<SegmentFile> open() const
    {
        auto opened = SegmentFile::open(m_output, kIdentity);
        return opened ? std::move(*opened) : nullptr;
    }

    std::unique_ptr<QTemporaryDir> m_temporary;
    fs::path m_output;
};

QTEST_GUILESS_MAIN(SegmentFileTest)
#include "segment_file_test.moc"
