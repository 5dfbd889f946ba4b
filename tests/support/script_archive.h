// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

namespace lipsync::test {

/// Writes a TorchScript archive whose generator gives back the second half of its pictures, half as bright:
/// forward(pictures, windows), or (windows, pictures) with `soundFirst`.
void writeScriptArchive(const std::filesystem::path& file, bool soundFirst = false);

} // namespace lipsync::test
