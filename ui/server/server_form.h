// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QWidget>

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QSpinBox;
class QVBoxLayout;

namespace lipsync::ui {

class ActionRegistry;
class Dialogs;
class PathField;
class ServedFolders;
class ServerModel;

/// What can be set of the server: address, avatars, who may call, certificates, numbers.
class ServerForm final : public QWidget {
    Q_OBJECT

public:
    ServerForm(ServerModel& model, ActionRegistry& actions, Dialogs& dialogs, QWidget* parent = nullptr);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void addAddress(QVBoxLayout& column);
    void addAvatars(QVBoxLayout& column);
    void addAccess(QVBoxLayout& column, const ActionRegistry& actions, Dialogs& dialogs);
    void addRest(QVBoxLayout& column);
    QFormLayout* addForm(QVBoxLayout& column);
    void edit();
    void follow();

    ServerModel& m_model;
    QComboBox* m_host;
    QSpinBox* m_port;
    QCheckBox* m_servesLibrary;
    ServedFolders* m_folders;
    PathField* m_tokenFile;
    PathField* m_certificate;
    PathField* m_key;
    PathField* m_clientCertificates;
    QLineEdit* m_metrics;
    QLineEdit* m_web;
    QCheckBox* m_startsWithStudio;
    QLabel* m_advice;
    std::vector<QFormLayout*> m_forms;
    bool m_isFollowing = false; ///< what changes now is not edited
};

} // namespace lipsync::ui
