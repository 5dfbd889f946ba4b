// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/notifier/notifier.h"

#include <QStringList>

namespace lipsync::test {

/// Remembers notices; a deaf desktop cannot show them.
class HeardNotices final : public ui::Notifier {
public:
    bool isDeaf = false;
    QStringList titles, sentences;

    void notify(const QString& title, const QString& sentence, std::function<void()> unheard) override
    {
        titles << title;
        sentences << sentence;
        if (isDeaf)
            unheard();
    }
};

} // namespace lipsync::test
