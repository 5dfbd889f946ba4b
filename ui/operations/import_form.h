// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/operations/operation_form.h"

class QCheckBox;
class QComboBox;

namespace lipsync::ui {

class Dialogs;
class VideoPart;

/// What another tool prepared, and the network that was trained for it.
class ImportForm final : public OperationForm {
    Q_OBJECT

public:
    ImportForm(OperationModel& model, Dialogs& dialogs, QWidget* parent = nullptr);

    /// Either may be empty: then what is written stays.
    void setFiles(const std::filesystem::path& source, const std::filesystem::path& checkpoint);

    QString hint() const override;
    std::filesystem::path output() const override;
    void start(OperationModel& model, bool overwrite) const override;

private:
    QWidget* makeNetwork(Dialogs& dialogs);
    QWidget* makePart(OperationModel& model);

    PathField* m_source;
    PathField* m_output;
    PathField* m_checkpoint = nullptr;
    PathField* m_audioEncoder = nullptr;
    PathField* m_features = nullptr;
    PathField* m_manifest = nullptr;
    QComboBox* m_mode = nullptr;
    QCheckBox* m_consent = nullptr;
    VideoPart* m_part = nullptr;
    AboutFields m_about{};
};

} // namespace lipsync::ui
