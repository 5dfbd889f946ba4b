// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include <QString>

namespace lipsync::ui {

/// Tells a person who may be looking elsewhere that something long is over. Tests inject their own.
class Notifier {
public:
    virtual ~Notifier() = default;

    /// Shows title and sentence outside the window. Where nothing can, calls `unheard` on the window's thread.
    virtual void notify(const QString& title, const QString& sentence, std::function<void()> unheard) = 0;
};

} // namespace lipsync::ui
