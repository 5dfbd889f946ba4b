// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/thread_name.h"

#include <string>

#include <pthread.h>

namespace lipsync {

void setThreadName(const char* name)
{
    pthread_setname_np(pthread_self(), std::string(name).substr(0, 15).c_str());
}

} // namespace lipsync
