// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/help/licences_model.h"

#include <QDialog>

namespace lipsync::ui {

/// What the studio is, under which licence, and what it stands on.
class AboutDialog final : public QDialog {
    Q_OBJECT

public:
    explicit AboutDialog(QWidget* parent = nullptr);

private:
    QWidget* makeFirstPage();
    QWidget* makeLibraries();
    QWidget* makeLicence();

    LicencesModel m_licences;
};

} // namespace lipsync::ui
