// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/trace/frame_look.h"

#include <QCoreApplication>
#include <QLocale>

namespace lipsync::ui {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(FrameLook)
};

QString millisecondsText(Duration duration)
{
    return QLocale().toString(milliseconds(duration), 'f', 1);
}

} // namespace

FrameLook lookOf(const metrics::FrameTrace& frame)
{
    switch (frame.outcome) {
    case metrics::FrameOutcome::Failed:
        return FrameLook::Failed;
    case metrics::FrameOutcome::Expired:
        return FrameLook::Expired;
    case metrics::FrameOutcome::Cancelled:
        return FrameLook::Cancelled;
    case metrics::FrameOutcome::Done:
        break;
    }
    return frame.isLate() ? FrameLook::Late : FrameLook::OnTime;
}

QString lookText(FrameLook look)
{
    switch (look) {
    case FrameLook::OnTime:
        return Text::tr("on time");
    case FrameLook::Late:
        return Text::tr("late");
    case FrameLook::Expired:
        return Text::tr("expired");
    case FrameLook::Failed:
        return Text::tr("failed");
    case FrameLook::Cancelled:
        return Text::tr("cancelled");
    }
    return {};
}

QPen lookPen(FrameLook look, const ThemeTokens& tokens)
{
    constexpr std::array<std::size_t, kFrameLooks.size() - 1> kSeries{0, 1, 2, 3};
    if (look == FrameLook::Cancelled)
        return {tokens.mutedText, 1, Qt::DotLine};
    return {tokens.series[kSeries[static_cast<std::size_t>(look)]], 1};
}

QBrush lookBrush(FrameLook look, const ThemeTokens& tokens)
{
    QColor colour = lookPen(look, tokens).color();
    switch (look) {
    case FrameLook::OnTime:
        colour.setAlphaF(0.5F);
        return {colour, Qt::SolidPattern};
    case FrameLook::Late:
        return {colour, Qt::BDiagPattern};
    case FrameLook::Expired:
        return {colour, Qt::Dense5Pattern};
    case FrameLook::Failed:
        return {colour, Qt::DiagCrossPattern};
    case FrameLook::Cancelled:
        break;
    }
    return Qt::NoBrush;
}

QString classText(FrameClass frameClass)
{
    switch (frameClass) {
    case FrameClass::Preview:
        return Text::tr("preview");
    case FrameClass::Live:
        return Text::tr("live");
    case FrameClass::Bulk:
        return Text::tr("export");
    }
    return {};
}

QString frameText(const metrics::FrameTrace& frame)
{
    const QString name =
        Text::tr("Frame %1 of stream %2 (%3)").arg(frame.sequence).arg(frame.stream).arg(classText(frame.frameClass));
    const QString whole = millisecondsText(frame.end() - frame.submitted);
    if (!frame.isComputed())
        return Text::tr("%1: %2 after %3 ms in the queue").arg(name, lookText(lookOf(frame)), whole);
    return Text::tr("%1: %2, %3 ms in all; %4 ms in the queue, %5 ms in a batch of %6 on worker %7, %8 ms to the full "
                    "frame, %9 ms until it was taken")
        .arg(name, lookText(lookOf(frame)), whole, millisecondsText(frame.queueTime()),
             millisecondsText(frame.computeTime()))
        .arg(frame.batchSize)
        .arg(frame.worker)
        .arg(millisecondsText(frame.pasteTime()), millisecondsText(frame.deliverTime()));
}

} // namespace lipsync::ui
