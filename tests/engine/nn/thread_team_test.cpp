// SPDX-License-Identifier: GPL-3.0-or-later
// Threads that compute together: each does its part, and none is ahead of a meeting.
#include "nn/direct/thread_team.h"

#include <QTest>

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
