// SPDX-License-Identifier: GPL-3.0-or-later
#include "scheduling/wait_correction.h"

#include <algorithm>

namespace lipsync::scheduling {

namespace {

// Up and down in the ratio of 299 to 1, so that the factor rests where one of 300 exceeds it.
constexpr double kUp = 0.0299, kDown = 0.0001;

} // namespace

Duration WaitCorrection::corrected(Duration predicted) const
{
    return std::chrono::duration_cast<Duration>(predicted * m_factor);
}

void WaitCorrection::took(Duration predicted, Duration actual)
{
    learn(actual > corrected(predicted));
}

void WaitCorrection::gaveUp(Duration predicted, Duration waited)
{
    if (waited > corrected(predicted))
        learn(true);
}

void WaitCorrection::learn(bool exceeded)
{
    m_factor = std::clamp(m_factor + (exceeded ? kUp : -kDown), 1.0, kMost);
}

} // namespace lipsync::scheduling
