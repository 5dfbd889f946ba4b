// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/preview/figure_texts.h"

#include "ui/playback/playback_controller.h"

#include <cmath>

#include <QLocale>

namespace lipsync::ui {
namespace {

QString speedText(double framesPerSecond, const QLocale& locale)
{
    return FigureTexts::tr("%1 frames/s").arg(locale.toString(framesPerSecond, 'f', 1));
}

QString dropText(std::int64_t dropped)
{
    return FigureTexts::tr("Dropped frames: %1").arg(dropped);
}

QString offsetText(const PlaybackController& playback)
{
    const auto offset = playback.offsetMs();
    if (!offset)
        return FigureTexts::tr("Picture against sound: –");
    const long milliseconds = std::lround(*offset);
    if (milliseconds < 0)
        return FigureTexts::tr("Picture %1 ms behind the sound").arg(-milliseconds);
    return FigureTexts::tr("Picture %1 ms ahead of the sound").arg(milliseconds);
}

} // namespace

QStringList figuresOf(const PreviewStatistics& statistics, const PlaybackController& playback, const QLocale& locale)
{
    const bool isPlaying = playback.state() == PlaybackState::Playing; // a still frame has no speed
    return {isPlaying ? speedText(statistics.framesPerSecond, locale) : FigureTexts::tr("– frames/s"),
            statistics.computed > 0 ? FigureTexts::tr("%1 ms to make a frame").arg(std::lround(statistics.latencyMs))
                                    : FigureTexts::tr("– ms to make a frame"),
            dropText(statistics.dropped), offsetText(playback)};
}

QStringList figuresOf(const LiveStatistics& statistics, const QLocale& locale)
{
    QStringList lines{speedText(statistics.framesPerSecond, locale),
                      statistics.computed > 0
                          ? FigureTexts::tr("%1 ms behind the microphone").arg(std::lround(statistics.delayMs))
                          : FigureTexts::tr("– ms behind the microphone"),
                      dropText(statistics.dropped)};
    if (statistics.isIdle)
        lines << FigureTexts::tr("Nobody speaks");
    return lines;
}

} // namespace lipsync::ui
