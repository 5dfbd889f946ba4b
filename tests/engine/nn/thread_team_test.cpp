// SPDX-License-Identifier: GPL-3.0-or-later
// Threads that compute together: each does its part, and none is ahead of a meeting.
#include "nn/direct/thread_team.h"

#include <QTest>

#include <algorithm>
#include <numeric>

using lipsync::nn::direct::ThreadTeam;

class ThreadTeamTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyThreadDoesItsPart()
    {
        for (const int count : {1, 2, 5}) {
            ThreadTeam team(count);
            QCOMPARE(team.threads(), count);
            std::vector<int> done(static_cast<std::size_t>(count));
            for (int job = 0; job < 50; ++job)
                team.run([&](int index) { done[static_cast<std::size_t>(index)] += index + 1; });
            for (int i = 0; i < count; ++i)
                QCOMPARE(done[static_cast<std::size_t>(i)], 50 * (i + 1));
        }
    }

    void nobodyIsAheadOfAMeeting()
    {
        constexpr int kThreads = 4, kSteps = 200;
        ThreadTeam team(kThreads);
        std::vector<int> steps(kThreads); // without locks: a meeting is all that makes it right
        std::vector<int> wrong(kThreads);
        team.run([&](int index) {
            const auto self = static_cast<std::size_t>(index);
            for (int step = 1; step <= kSteps; ++step) {
                steps[self] = step;
                team.meet();
                wrong[self] += std::accumulate(steps.begin(), steps.end(), 0) != kThreads * step;
                team.meet();
            }
        });
        QCOMPARE(std::accumulate(wrong.begin(), wrong.end(), 0), 0);
    }

    void everythingIsDoneOnce()
    {
        constexpr int kRounds = 100;
        for (const int threads : {1, 2, 5}) {
            ThreadTeam team(threads);
            std::vector<int> done(320); // without locks: nobody else has what was claimed
            int wrong = 0;
            team.run([&](int index) {
                for (int round = 0; round < kRounds; ++round) {
                    for (const int count : {0, 1, 3, 8, 64, 320}) {
                        while (const auto next = team.claim(index, count, 1 + round % 4))
                            ++done[static_cast<std::size_t>(*next)];
                        team.meet();
                        if (index == 0) {
                            wrong += std::accumulate(done.begin(), done.end(), 0) != count;
                            wrong += std::count(done.begin(), done.end(), 1) != count;
                            std::ranges::fill(done, 0);
                        }
                        team.meet();
                    }
                }
            });
            QCOMPARE(wrong, 0);
        }
    }

    void whatASlowThreadLeavesIsDoneByOthers()
    {
        constexpr int kThings = 40;
        ThreadTeam team(2);
        for (const bool hasBegun : {true, false}) {
            std::atomic<int> done{0};
            std::atomic<bool> isHeldUp{false};
            int ofSlow = 0; // only thread 0 counts it
            team.run([&](int index) {
                // It has begun its first thing, or not even that, while the other one does all that it may.
                const auto holdUp = [&] {
                    isHeldUp = true;
                    isHeldUp.notify_all();
                    for (auto seen = done.load(); seen < kThings - 1 - int{hasBegun}; seen = done.load())
                        done.wait(seen);
                };
                if (index == 0 && !hasBegun)
                    holdUp();
                if (index == 1)
                    isHeldUp.wait(false);
                while (team.claim(index, kThings, 1)) {
                    ofSlow += index == 0;
                    if (index == 0 && ofSlow == 1 && hasBegun)
                        holdUp();
                    ++done;
                    done.notify_all();
                }
            });
            QCOMPARE(done.load(), kThings);
            QCOMPARE(ofSlow, 1 + int{hasBegun}); // the last one of a share is never taken
        }
    }

    void smallRestsAreLeftToWhoHasThem()
    {
        ThreadTeam team(2);
        int ofSlow = 0;
        std::atomic<bool> hasOtherEnded{false};
        team.run([&](int index) {
            if (index == 0)
                hasOtherEnded.wait(false);
            while (team.claim(index, 14, 4)) // seven are a thread's share, and half of them less than four
                ofSlow += index == 0;
            if (index == 1) {
                hasOtherEnded = true;
                hasOtherEnded.notify_all();
            }
        });
        QCOMPARE(ofSlow, 7);
    }

    void aTeamOfNobodyIsItsCaller()
    {
        ThreadTeam team(0);
        QCOMPARE(team.threads(), 1);
        int calls = 0;
        team.run([&](int) {
            team.meet();
            ++calls;
        });
        QCOMPARE(calls, 1);
    }

    void teamsEndWithoutWork()
    {
        for (int i = 0; i < 20; ++i)
            ThreadTeam team(3);
    }
};

QTEST_GUILESS_MAIN(ThreadTeamTest)
#include "thread_team_test.moc"
