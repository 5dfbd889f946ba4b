// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include <QString>
#include <QStringList>

namespace lipsync::ui {

/// How well a text fits what was typed; nothing when it does not. Every word of the query must be in the text with its
/// letters in order, in whatever case and with or without accents; beginnings of words and letters side by side count
/// for more. An empty query fits everything with 0.
std::optional<int> fuzzyScore(const QString& query, const QString& text);

} // namespace lipsync::ui
