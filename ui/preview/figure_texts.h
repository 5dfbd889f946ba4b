// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include <QCoreApplication>
#include <QStringList>

class QLocale;

namespace lipsync::ui {

class PlaybackController;

/// The figures over the picture, a line each.
struct FigureTexts {
    Q_DECLARE_TR_FUNCTIONS(lipsync::ui::FigureTexts)
};

QStringList figuresOf(const PreviewStatistics& statistics, const PlaybackController& playback, const QLocale& locale);
QStringList figuresOf(const LiveStatistics& statistics, const QLocale& locale);

} // namespace lipsync::ui
