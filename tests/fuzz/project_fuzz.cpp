// SPDX-License-Identifier: GPL-3.0-or-later
// libFuzzer target: text from outside as a project document.
#include "ui/project/project_json.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace lipsync::ui;
    const QByteArray text(reinterpret_cast<const char*>(data), static_cast<qsizetype>(size));
    const QString file = QStringLiteral("/media/clips/holiday.lipsync");
    const auto nothingIsThere = [](const QString&) { return false; };
    // What was accepted must be written so that it is accepted again, unchanged.
    if (const auto read = parseProject(text, file, nothingIsThere)) {
        const auto again = parseProject(toJson(read->data, file, read->unsaved), file, nothingIsThere);
        if (!again || !(again->data == read->data) || again->unsaved != read->unsaved)
            std::abort();
    }
    return 0;
}
