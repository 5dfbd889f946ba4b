// SPDX-License-Identifier: GPL-3.0-or-later
#include "avatar/template_loop.h"

#include <algorithm>

namespace lipsync::avatar {

TemplateLoop::TemplateLoop(LoopRule rule, int frameCount, int startFrame)
    : m_rule(rule)
    , m_startFrame(startFrame)
    , m_length(std::max(1, frameCount - startFrame))
{
}

std::int64_t TemplateLoop::period() const
{
    switch (m_rule) {
    case LoopRule::PingPong:
        return std::max<std::int64_t>(1, 2 * (m_length - 1));
    case LoopRule::Mirror:
        return 2 * m_length;
    case LoopRule::Modulo:
        break;
    }
    return m_length;
}

/// Where in its period an output frame is: position 0 is the first template frame, and behind the last one a rule that
/// folds goes back.
std::int64_t TemplateLoop::positionOf(std::int64_t outputFrame) const
{
    const auto whole = period();
    const auto position = (outputFrame % whole + whole) % whole;
    return m_rule == LoopRule::PingPong ? (position + 1) % whole : position; // the reference steps before it reads
}

int TemplateLoop::frameAt(std::int64_t outputFrame) const
{
    const auto position = positionOf(outputFrame);
    std::int64_t index = position;
    if (position >= m_length)
        index = (m_rule == LoopRule::PingPong ? 2 * m_length - 2 : 2 * m_length - 1) - position;
    return m_startFrame + static_cast<int>(index);
}

FrameReuse TemplateLoop::reuseOf(std::int64_t outputFrame) const
{
    const auto whole = period(), position = positionOf(outputFrame), last = m_length - 1;
    const bool isEnd = position == 0 || position == last;
    if (m_rule == LoopRule::Modulo || (m_rule == LoopRule::PingPong && isEnd))
        return {whole, static_cast<int>(last)}; // once a period
    // What lies between it and the end ahead is drawn on the way there, and only that again on the way back.
    const int repeats = m_rule == LoopRule::Mirror ? 1 : 0; // of the end
    const auto others = position < m_length ? last - position : whole - repeats - position;
    return {2 * others + repeats, static_cast<int>(others)};
}

} // namespace lipsync::avatar
