// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/script_archive.h"

#include <torch/script.h>

namespace lipsync::test {

void writeScriptArchive(const std::filesystem::path& file, bool soundFirst)
{
    torch::jit::Module module("generator");
    const std::string arguments = soundFirst ? "windows, pictures" : "pictures, windows";
    module.define("def forward(self, " + arguments + "):\n    return pictures[:, 3:6] * 0.5\n");
    module.save(file.string());
}

} // namespace lipsync::test
