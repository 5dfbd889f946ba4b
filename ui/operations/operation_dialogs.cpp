// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/operations/operation_dialogs.h"

#include "ui/actions/action_registry.h"
#include "ui/library/library_list_model.h"
#include "ui/notifier/notifier.h"
#include "ui/operations/import_form.h"
#include "ui/operations/operation_actions.h"
#include "ui/operations/operation_dialog.h"
#include "ui/operations/operations.h"
#include "ui/operations/prepare_form.h"
#include "ui/operations/train_form.h"

#include <QAction>
#include <QPointer>
#include <QWidget>

namespace lipsync::ui {

OperationDialogs::OperationDialogs(Operations& operations, const LibraryListModel& avatars, ActionRegistry& actions,
                                   Dialogs& dialogs, Notifier& notifier, QWidget& window)
    : QObject(&window)
    , m_operations(operations)
    , m_avatars(avatars)
    , m_dialogs(dialogs)
    , m_notifier(notifier)
    , m_window(window)
{
    const auto on = [this, &actions](const char* id, auto run) {
        connect(actions.action(QString::fromLatin1(id)), &QAction::triggered, this, run);
    };
    on(action_id::kImportAvatar, [this] { showImport(); });
    on(action_id::kPrepareAvatar, [this] { showPreparation(); });
    on(action_id::kTrainAvatar, [this] { showTraining(m_chosen); });
    for (const auto& [kind, title] : {std::pair{OperationKind::Import, tr("Avatar imported")},
                                      std::pair{OperationKind::Preparation, tr("Avatar prepared")},
                                      std::pair{OperationKind::Training, tr("Avatar trained")}}) {
        OperationModel& model = operations.model(kind);
        connect(&model, &OperationModel::done, this,
                [this, &model, title = title] { tell(title, model.statusText(), false); });
        connect(&model, &OperationModel::failed, this,
                [this](const QString& reason) { tell(tr("No avatar was made"), reason, true); });
    }
}

void OperationDialogs::showImport(const std::filesystem::path& source, const std::filesystem::path& checkpoint)
{
    OperationModel& model = m_operations.model(OperationKind::Import);
    if (!m_import) {
        m_importForm = new ImportForm(model, m_dialogs);
        m_import = new OperationDialog(
            m_importForm, model,
            {tr("Import Avatar"), tr("Import"), tr("Put on the Desk"), tr("Preview and export with the new avatar")},
            m_dialogs, &m_window);
        connect(m_import, &OperationDialog::nextWanted, this, &OperationDialogs::deskWanted);
    }
    if (!model.isRunning())
        m_importForm->setFiles(source, checkpoint);
    m_import->open();
}

void OperationDialogs::showPreparation(const std::filesystem::path& video)
{
    OperationModel& model = m_operations.model(OperationKind::Preparation);
    if (!m_preparation) {
        m_prepareForm = new PrepareForm(model, m_dialogs);
        m_preparation = new OperationDialog(
            m_prepareForm, model,
            {tr("Prepare Avatar"), tr("Prepare"), tr("Train…"), tr("Teach the new avatar its speaker's mouth")},
            m_dialogs, &m_window);
        connect(m_preparation, &OperationDialog::nextWanted, this, &OperationDialogs::showTraining);
    }
    if (!model.isRunning() && !video.empty())
        m_prepareForm->setVideo(video);
    m_preparation->open();
}

void OperationDialogs::showTraining(const std::filesystem::path& avatar)
{
    OperationModel& model = m_operations.model(OperationKind::Training);
    if (!m_training) {
        m_trainForm = new TrainForm(model, m_dialogs, m_base);
        m_trainForm->setShippedFolder(m_shippedFolder);
        connect(m_trainForm, &TrainForm::copied, this, &OperationDialogs::avatarCopied);
        m_training = new OperationDialog(
            m_trainForm, model,
            {tr("Train Avatar"), tr("Train"), tr("Put on the Desk"), tr("Preview and export with the trained avatar")},
            m_dialogs, &m_window);
        connect(m_training, &OperationDialog::nextWanted, this, &OperationDialogs::deskWanted);
    }
    if (!model.isRunning() && !avatar.empty())
        m_trainForm->setAvatar(avatar, m_avatars.isUsable(m_avatars.rowOf(avatar)));
    m_training->open();
}

void OperationDialogs::tell(const QString& title, const QString& sentence, bool isFailure)
{
    m_notifier.notify(title, sentence, [self = QPointer<OperationDialogs>(this), sentence, isFailure] {
        if (self)
            Q_EMIT self->unheard(sentence, isFailure);
    });
}

} // namespace lipsync::ui
