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

int TemplateLoop::frameAt(std::int64_t outputFrame) const
{
    const auto whole = period();
    const auto position = (outputFrame % whole + whole) % whole;
    std::int64_t index = position;
    switch (m_rule) {
    case LoopRule::PingPong: {
        const auto last = m_length - 1;
        const auto next = (position + 1) % whole; // the reference steps before it reads
        index = next <= last ? next : 2 * last - next;
        break;
    }
    case LoopRule::Mirror:
        index = position < m_length ? position : 2 * m_length - 1 - position;
        break;
    case LoopRule::Modulo:
        break;
    }
    return m_startFrame + static_cast<int>(index);
}

} // namespace lipsync::avatar
