// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/resident_memory.h"
#include "ui/support/demo_desk.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <QApplication>
#include <QPixmapCache>

#include <malloc.h>

using namespace lipsync;
using namespace lipsync::ui;

namespace {

constexpr int kCycles = 50;
constexpr int kWarmUpCycles = 18; // pools and caches fill
constexpr int kSpan = 12; // cycles whose least counts: in the others the last preview was not gone yet
constexpr double kMostGrowth = 1.02;

double usedMb()
{
    const auto heap = mallinfo2();
    return static_cast<double>(heap.uordblks + heap.hblkhd) / 1e6;
}

} // namespace

/// Windows and avatars that come and go.
class MemoryTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void openingPlayingAndClosingAgainAndAgainTakesNoMemory()
    {
        test::DemoDesk desk;
        // What an allocator keeps for later depends on which threads freed last, and icons on how many windows there
        // were: neither is what a session holds.
        mallopt(M_TRIM_THRESHOLD, 0);
        mallopt(M_TOP_PAD, 0);
        QPixmapCache::setCacheLimit(0);
        std::vector<double> resident, used;
        for (int cycle = 0; cycle < kCycles; ++cycle) {
            if (!desk.window)
                desk.make();
            QVERIFY(desk.show());
            QVERIFY(desk.open());
            desk.window->playback().play();
            QTRY_VERIFY_WITH_TIMEOUT(desk.window->playback().frame() >= 3, test::DemoDesk::kPatienceMs);
            desk.window->close();
            desk.window.reset();
            malloc_trim(0);
            resident.push_back(test::residentMb());
            used.push_back(usedMb());
        }
        for (const auto& [what, memory] : {std::pair("resident", resident), std::pair("heap in use", used)}) {
            const auto begin = memory.begin() + kWarmUpCycles;
            const double settled = *std::min_element(begin, begin + kSpan);
            const double last = *std::min_element(memory.end() - kSpan, memory.end());
            qInfo("%s: %.1f MB in cycles %d to %d, %.1f MB in the last %d (least).", what, settled, kWarmUpCycles + 1,
                  kWarmUpCycles + kSpan, last, kSpan);
            QVERIFY2(last <= settled * kMostGrowth, what);
        }
    }
};

int main(int argc, char** argv)
{
    prepareProcess();
    QApplication::setStyle(QStringLiteral("fusion"));
    QApplication application(argc, argv);
    MemoryTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "memory_test.moc"
