// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/support/pseudo_translator.h"

#include <QLatin1String>

namespace lipsync::test {
namespace {

constexpr char16_t kOpen = 0x27E6; // mathematical white square brackets, which no text of ours has
constexpr char16_t kClose = 0x27E7;

QChar accented(QChar letter)
{
    static const QString kPlain = QStringLiteral("aeiouyAEIOUYcnszCNSZ");
    static const QString kAccented = QStringLiteral("áéíóúýÁÉÍÓÚÝçñšžÇÑŠŽ");
    const auto place = kPlain.indexOf(letter);
    return place < 0 ? letter : kAccented.at(place);
}

// Placeholders (%1, %n, %L1), entities and tags stay as they are.
QString withAccents(const QString& text)
{
    QString result;
    QChar until; // inside a tag or an entity
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar letter = text.at(i);
        if (!until.isNull()) {
            until = letter == until ? QChar() : until;
            result += letter;
        } else if (letter == u'<') {
            until = u'>';
            result += letter;
        } else if (letter == u'%' && i + 1 < text.size()) {
            result += letter;
            result += text.at(++i);
        } else if (letter == u'&') {
            result += letter;
            if (i + 1 < text.size())
                result += text.at(++i); // a mnemonic keeps its letter
        } else {
            result += accented(letter);
        }
    }
    return result;
}

} // namespace

QString PseudoTranslator::translate(const char* context, const char* source, const char*, int count) const
{
    const QLatin1String place(context);
    if (place.startsWith(QLatin1Char('Q'))) // of Qt itself
        return {};
    const QString text = QString::fromUtf8(source);
    QString result = QChar(kOpen) + withAccents(text) + QString(text.size() * 2 / 5, u'~') + QChar(kClose);
    if (count >= 0)
        result.replace(QLatin1String("%n"), QString::number(count));
    return result;
}

} // namespace lipsync::test
