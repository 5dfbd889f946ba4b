// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"
#include "ui/operations/avatar_copier.h"
#include "ui/operations/operation_form.h"

#include <vector>

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QPushButton;
class QSpinBox;

namespace lipsync::ui {

class Dialogs;

/// An avatar to be taught, what it begins with, and how long. Training changes the avatar itself: one that comes with the
/// studio is refused, and a copy of it offered.
class TrainForm final : public OperationForm {
    Q_OBJECT

public:
    /// `base`: the avatar with whose networks a prepared one begins, unless another is chosen; may be empty.
    TrainForm(OperationModel& model, Dialogs& dialogs, const std::filesystem::path& base, QWidget* parent = nullptr);

    /// Avatars in this folder come with the studio; none at first.
    void setShippedFolder(const std::filesystem::path& folder);
    /// An untrained avatar begins with another's networks.
    void setAvatar(const std::filesystem::path& avatar, bool isTrained);

    QString hint() const override;
    void start(OperationModel& model, bool overwrite) const override;

Q_SIGNALS:
    /// A copy was made, to be trained in place of what comes with the studio.
    void copied(const std::filesystem::path& avatar);

private:
    enum class Begin { Own, Other, Scratch };

    void buildFields();
    void showDevices(const std::vector<DeviceStatus>& devices);
    Begin begin() const;
    bool isShipped() const;
    void askForCopy();
    void makeCopy(const QString& name);
    void followAvatar();
    void follow();

    Dialogs& m_dialogs;
    PathField* m_avatar;
    QPushButton* m_copy;
    QComboBox* m_begin;
    PathField* m_base;
    QDoubleSpinBox* m_minutes;
    QSpinBox* m_steps;
    QComboBox* m_device;
    QCheckBox* m_restart;
    AvatarCopier m_copier;
    std::filesystem::path m_shippedFolder;
    QString m_copyProblem; ///< why the last copy was not made
    bool m_isCopying = false;
};

} // namespace lipsync::ui
