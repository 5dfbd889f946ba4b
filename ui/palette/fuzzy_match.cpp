// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/palette/fuzzy_match.h"

#include <algorithm>
#include <vector>

namespace lipsync::ui {
namespace {

constexpr int kLetter = 2; // points of a letter that fits
constexpr int kWordStart = 6; // more for one that begins a word
constexpr int kNeighbour = 8; // more for one right after the one before
constexpr int kNone = -1'000'000;
constexpr qsizetype kLongestQuery = 100; // more than a person types

QString folded(const QString& text)
{
    QString plain;
    for (const QChar letter : text.normalized(QString::NormalizationForm_KD).toCaseFolded())
        if (letter.category() != QChar::Mark_NonSpacing)
            plain += letter;
    return plain;
}

bool beginsWord(const QString& text, qsizetype at)
{
    return at == 0 || !text[at - 1].isLetterOrNumber();
}

// Best way to find the letters of `word` in this order: best[j] is that of those so far with the last one at j.
std::optional<int> wordScore(const QString& word, const QString& text)
{
    std::vector<int> best(static_cast<std::size_t>(text.size()), kNone);
    for (qsizetype letter = 0; letter < word.size(); ++letter) {
        std::vector<int> next(best.size(), kNone);
        int before = letter == 0 ? 0 : kNone; // the best that ends left of j
        for (qsizetype at = 0; at < text.size(); ++at) {
            const auto place = static_cast<std::size_t>(at);
            if (text[at] == word[letter]) {
                int score = before;
                if (letter > 0 && at > 0)
                    score = std::max(score, best[place - 1] + kNeighbour);
                if (score > kNone)
                    next[place] = score + kLetter + (beginsWord(text, at) ? kWordStart : 0);
            }
            if (letter > 0)
                before = std::max(before, best[place]);
        }
        best = std::move(next);
    }
    const auto found = std::max_element(best.begin(), best.end());
    if (found == best.end() || *found < 0)
        return {};
    return *found;
}

} // namespace

std::optional<int> fuzzyScore(const QString& query, const QString& text)
{
    const QString where = folded(text);
    int score = 0;
    for (const QString& word : folded(query.left(kLongestQuery)).split(u' ', Qt::SkipEmptyParts)) {
        const auto found = wordScore(word, where);
        if (!found)
            return {};
        score += *found;
    }
    return score;
}

} // namespace lipsync::ui
