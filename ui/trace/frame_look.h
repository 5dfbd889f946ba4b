// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"
#include "ui/theme/theme_tokens.h"

#include <array>

#include <QBrush>
#include <QPen>
#include <QString>

namespace lipsync::ui {

/// What became of a frame, as the trace shows it: each has a colour, a pattern and a word.
enum class FrameLook { OnTime, Late, Expired, Failed, Cancelled };
inline constexpr std::array kFrameLooks{FrameLook::OnTime, FrameLook::Late, FrameLook::Expired, FrameLook::Failed,
                                        FrameLook::Cancelled};

FrameLook lookOf(const metrics::FrameTrace& frame);
QString lookText(FrameLook look);
QPen lookPen(FrameLook look, const ThemeTokens& tokens);
QBrush lookBrush(FrameLook look, const ThemeTokens& tokens);

/// Who waited for it, in a word.
QString classText(FrameClass frameClass);
/// A frame in words: which it is, what became of it, and where its time went.
QString frameText(const metrics::FrameTrace& frame);

} // namespace lipsync::ui
