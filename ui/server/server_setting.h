// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lipsync::ui {

class ServerModel;
class SettingsModel;

/// Adds what the dialog of settings has of the server: whether it starts with the studio. The server must outlive the
/// model.
void addServerSetting(SettingsModel& model, ServerModel& server);

} // namespace lipsync::ui
