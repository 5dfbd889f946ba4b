// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/operations/operation_form.h"

class QComboBox;

namespace lipsync::ui {

class Dialogs;
class VideoPart;

/// A video that an avatar is made of, to be trained.
class PrepareForm final : public OperationForm {
    Q_OBJECT

public:
    PrepareForm(OperationModel& model, Dialogs& dialogs, QWidget* parent = nullptr);

    void setVideo(const std::filesystem::path& video);

    QString hint() const override;
    std::filesystem::path output() const override;
    void start(OperationModel& model, bool overwrite) const override;

private:
    PathField* m_video;
    PathField* m_output;
    QComboBox* m_network;
    VideoPart* m_part;
    AboutFields m_about{};
};

} // namespace lipsync::ui
