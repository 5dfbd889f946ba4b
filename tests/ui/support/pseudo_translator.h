// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTranslator>

namespace lipsync::test {

/// Translates every text of ours into itself with accents, two fifths longer and in brackets: what shows up without
/// brackets was never given to tr(), and what is cut off would be in German.
class PseudoTranslator final : public QTranslator {
public:
    using QTranslator::QTranslator;

    bool isEmpty() const override { return false; }
    QString translate(const char* context, const char* source, const char*, int count) const override;

    static bool isTranslated(const QString& text) { return text.contains(QChar(0x27E6)); }
};

} // namespace lipsync::test
