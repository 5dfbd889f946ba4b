// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <fstream>

#include <unistd.h>

namespace lipsync::test {

/// Memory of this process that is in RAM, in MB.
inline double residentMb()
{
    std::ifstream file("/proc/self/statm");
    double total = 0, resident = 0;
    file >> total >> resident;
    return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

} // namespace lipsync::test
