// SPDX-License-Identifier: GPL-3.0-or-later
#include "screenshot.h"

#include "ui/main_window/main_window.h"

#include <chrono>
#include <iostream>
#include <utility>

#include <QCoreApplication>
#include <QPixmap>

namespace lipsync::studio {
namespace {

using namespace std::chrono_literals;

constexpr auto kLookInterval = 50ms;
constexpr std::chrono::milliseconds kLongestWait = 60s; // a slow machine opens and plays within it
constexpr double kPlayedSeconds = 2.0; // the figures of the status line have settled by then
constexpr int kFailureStatus = 4;

} // namespace

Screenshot::Screenshot(ui::MainWindow& window, QString file)
    : m_window(window)
    , m_file(std::move(file))
{
    connect(&window.playback(), &ui::PlaybackController::pictureChanged, this, [this] {
        if (!std::exchange(m_hasPicture, true))
            m_window.playback().play();
    });
    connect(&m_look, &QTimer::timeout, this, &Screenshot::look);
    m_waited.start();
    m_look.start(kLookInterval);
}

void Screenshot::look()
{
    const ui::PlaybackController& playback = m_window.playback();
    const bool hasPlayed =
        m_hasPicture && static_cast<double>(playback.frame()) >= kPlayedSeconds * playback.frameRate();
    if (!hasPlayed && m_waited.elapsed() < kLongestWait.count())
        return;
    m_look.stop();
    const bool isWritten = hasPlayed && m_window.grab().save(m_file);
    if (!isWritten)
        std::cerr << "lipsync-studio: no screenshot was written to " << m_file.toStdString() << ".\n";
    QCoreApplication::exit(isWritten ? 0 : kFailureStatus);
}

} // namespace lipsync::studio
