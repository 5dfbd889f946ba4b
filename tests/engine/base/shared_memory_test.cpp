// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/shared_memory.h"

#include <QTest>

#include <algorithm>
#include <utility>

#include <sys/wait.h>
#include <unistd.h>

using namespace lipsync;

namespace {

constexpr std::size_t kBytes = 3 * 4096 + 17;

/// Runs `work` in a child process and returns its answer.
template <typename Work> bool inAnotherProcess(Work work)
{
    const pid_t child = ::fork();
    if (child == 0)
        ::_exit(work() ? 0 : 1);
    int status = 0;
    return child > 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

} // namespace

class SharedMemoryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aNewBlockIsZeroAndCanBeWritten()
    {
        auto memory = SharedMemory::create(kBytes);
        QVERIFY2(memory, memory ? "" : memory.error().text().c_str());
        const auto bytes = memory->bytes();
        QCOMPARE(bytes.size(), kBytes);
        QVERIFY(std::all_of(bytes.begin(), bytes.end(), [](auto byte) { return byte == 0; }));
        bytes.back() = 7;
        QCOMPARE(std::as_const(*memory).bytes().back(), std::uint8_t{7});
    }

    void anotherProcessSeesWhatIsWritten()
    {
        auto memory = SharedMemory::create(kBytes);
        QVERIFY(memory);
        memory->bytes()[4096] = 42;
        const auto path = memory->path();
        QVERIFY(inAnotherProcess([&] {
            const auto mapped = SharedMemory::map(path, kBytes);
            return mapped && std::as_const(*mapped).bytes()[4096] == 42;
        }));
    }

    void aMappingSeesLaterWritesAndOutlivesTheBlock()
    {
        auto memory = SharedMemory::create(kBytes);
        QVERIFY(memory);
        const auto mapped = SharedMemory::map(memory->path(), kBytes);
        QVERIFY(mapped);
        memory->bytes()[5] = 9;
        QCOMPARE(mapped->bytes()[5], std::uint8_t{9});
        memory = failure(ErrorCode::Interrupted, "gone");
        QCOMPARE(mapped->bytes()[5], std::uint8_t{9});
    }

    void aMovedBlockIsTheSameMemory()
    {
        auto memory = SharedMemory::create(kBytes);
        auto other = SharedMemory::create(1);
        QVERIFY(memory && other);
        memory->bytes()[0] = 3;
        const auto* data = memory->bytes().data();
        SharedMemory moved(std::move(*memory));
        *other = std::move(moved);
        QCOMPARE(static_cast<const void*>(other->bytes().data()), static_cast<const void*>(data));
        QCOMPARE(other->bytes()[0], std::uint8_t{3});
    }

    void whatIsGoneOrTooSmallIsRefused()
    {
        std::filesystem::path gone;
        {
            const auto memory = SharedMemory::create(kBytes);
            QVERIFY(memory);
            gone = memory->path();
            const auto larger = SharedMemory::map(memory->path(), kBytes + 1);
            QVERIFY(!larger);
            QCOMPARE(larger.error().code, ErrorCode::InvalidInput);
        }
        const auto mapped = SharedMemory::map(gone, kBytes);
        QVERIFY(!mapped);
        QCOMPARE(mapped.error().code, ErrorCode::InvalidInput);
        QVERIFY(!SharedMemory::map("/dev/zero", kBytes));
        QVERIFY(!SharedMemory::create(0));
    }

    void moreThanTheMachineHasIsAResourceFailure()
    {
        const auto memory = SharedMemory::create(std::size_t{1} << 62);
        QVERIFY(!memory);
        QCOMPARE(memory.error().code, ErrorCode::Resource);
    }
};

QTEST_GUILESS_MAIN(SharedMemoryTest)
#include "shared_memory_test.moc"
