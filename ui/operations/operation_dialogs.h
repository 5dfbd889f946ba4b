// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include <QObject>
#include <QString>

class QWidget;

namespace lipsync::ui {

class ActionRegistry;
class Dialogs;
class ImportForm;
class LibraryListModel;
class Notifier;
class OperationDialog;
class Operations;
class PrepareForm;
class TrainForm;

/// The dialogs that make avatars, each made when it is first wanted and kept afterwards. Connects the commands of
/// addOperationActions(), which must have been added; tells the operator when something is done.
class OperationDialogs final : public QObject {
    Q_OBJECT

public:
    /// What it is given must outlive it; the dialogs belong to the window.
    OperationDialogs(Operations& operations, const LibraryListModel& avatars, ActionRegistry& actions, Dialogs& dialogs,
                     Notifier& notifier, QWidget& window);

    /// The trained avatar with whose networks a prepared one begins; none at first.
    void setBase(const std::filesystem::path& avatar) { m_base = avatar; }
    /// Avatars in this folder come with the studio and are not trained themselves.
    void setShippedFolder(const std::filesystem::path& folder) { m_shippedFolder = folder; }
    /// The avatar that training is offered for, e.g. the one chosen in the library.
    void setChosenAvatar(const std::filesystem::path& avatar) { m_chosen = avatar; }

    void showImport(const std::filesystem::path& source = {}, const std::filesystem::path& checkpoint = {});
    void showPreparation(const std::filesystem::path& video = {});
    void showTraining(const std::filesystem::path& avatar = {});

Q_SIGNALS:
    /// The person wants to put an avatar on the desk that was made.
    void deskWanted(const std::filesystem::path& avatar);
    /// An avatar that comes with the studio was copied, to be trained.
    void avatarCopied(const std::filesystem::path& copy);
    /// The desktop cannot show a notice: the window should.
    void unheard(const QString& sentence, bool isFailure);

private:
    void tell(const QString& title, const QString& sentence, bool isFailure);

    Operations& m_operations;
    const LibraryListModel& m_avatars;
    Dialogs& m_dialogs;
    Notifier& m_notifier;
    QWidget& m_window;
    std::filesystem::path m_base;
    std::filesystem::path m_shippedFolder;
    std::filesystem::path m_chosen;
    ImportForm* m_importForm = nullptr;
    PrepareForm* m_prepareForm = nullptr;
    TrainForm* m_trainForm = nullptr;
    OperationDialog* m_import = nullptr;
    OperationDialog* m_preparation = nullptr;
    OperationDialog* m_training = nullptr;
};

} // namespace lipsync::ui
