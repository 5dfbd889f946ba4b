// SPDX-License-Identifier: GPL-3.0-or-later
#include "start_report.h"

#include "ui/main_window/main_window.h"

#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <string>

#include <QCoreApplication>
#include <QTimer>

#include <ctime>
#include <unistd.h>

namespace lipsync::studio {
namespace {

// Seconds since this process was started: field 22 of /proc/self/stat counts the ticks from the machine's start to the
// process's (proc(5)); the name in field 2 may hold blanks and ends with the last bracket.
double secondsSinceStart()
{
    constexpr int kFieldsBetween = 19; // from after the name to field 22
    std::ifstream file("/proc/self/stat");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    std::istringstream fields(text.substr(text.rfind(')') + 1));
    std::string skipped;
    for (int field = 0; field < kFieldsBetween; ++field)
        fields >> skipped;
    double ticks = 0;
    fields >> ticks;
    timespec now{};
    clock_gettime(CLOCK_BOOTTIME, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9 -
        ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

} // namespace

StartReport::StartReport(ui::MainWindow& window)
{
    connect(&window.playback(), &ui::PlaybackController::pictureChanged, this, [this] {
        // After the paint event that the picture asked for.
        QTimer::singleShot(0, this, [] {
            std::cout << "first preview frame after " << secondsSinceStart() << " s\n";
            QCoreApplication::quit();
        });
    });
}

} // namespace lipsync::studio
