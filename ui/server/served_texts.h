// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include <QString>

namespace lipsync::ui {

/// "LipSync/Speak" of "/lipsync.v1.LipSync/Speak".
QString methodText(const std::string& method);
/// "127.0.0.1:4321" of "ipv4:127.0.0.1:4321".
QString peerText(const std::string& peer);
/// How a call ended, in words; of ServedCall::status.
QString callStatusText(const std::string& status);
/// What a client said, on one line and without letters that would change how the rest is shown.
QString plainText(const std::string& text);
/// Hours, minutes and seconds.
QString uptimeText(double seconds);

} // namespace lipsync::ui
