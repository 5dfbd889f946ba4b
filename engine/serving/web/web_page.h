// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace lipsync::serving {

/// The page for browsers, resources/web/player.html, compiled in.
std::string_view webPage();

} // namespace lipsync::serving
