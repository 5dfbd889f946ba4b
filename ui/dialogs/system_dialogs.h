// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/dialogs/dialogs.h"

namespace lipsync::ui {

/// The questions as the desktop's own dialogs, window-modal and without a nested event loop.
class SystemDialogs final : public Dialogs {
public:
    void chooseFolder(QWidget* parent, const QString& title, const QString& start, Chosen chosen) override;
    void chooseFile(QWidget* parent, const QString& title, const QString& start, const QString& filter,
                    Chosen chosen) override;
    void chooseNewFile(QWidget* parent, const QString& title, const QString& start, const QString& filter,
                       Chosen chosen) override;
    void confirm(QWidget* parent, const QString& question, const QString& detail, const QString& action,
                 std::function<void()> agreed) override;
    std::function<void()> confirmWhile(QWidget* parent, const QString& question, const QString& detail,
                                       const QString& action, const QString& keep,
                                       std::function<void()> agreed) override;
    void choose(QWidget* parent, const QString& question, const QString& detail, const QStringList& answers,
                std::function<void(int answer)> chosen) override;
};

} // namespace lipsync::ui
