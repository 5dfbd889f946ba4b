// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <stop_token>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace lipsync::cli {

/// Writes text to standard output at once. Resource when nobody takes it: a full disk, a closed pipe.
Status printText(std::string_view text);

/// Writes the object as one line of JSON; names that are no UTF-8 are shown as well as they can be.
Status printJson(const nlohmann::ordered_json& object);

/// The facts of an object for a person: one "name  value" a line, objects inside it indented.
std::string factsText(const nlohmann::ordered_json& facts);

/// Interrupted once the operator asked to stop.
Status checkGoingOn(const std::stop_token& stop);

} // namespace lipsync::cli
