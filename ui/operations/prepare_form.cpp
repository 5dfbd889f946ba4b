// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/operations/prepare_form.h"

#include "ui/engine_bridge/qt_conversion.h"
#include "ui/forms/path_field.h"
#include "ui/operations/operation_model.h"
#include "ui/operations/video_part.h"

#include <QComboBox>
#include <QFormLayout>
#include <QLineEdit>

namespace lipsync::ui {
namespace {

constexpr int kNetworkSizes[] = {160, 328}; // of SyncTalk_2D's two networks

} // namespace

PrepareForm::PrepareForm(OperationModel& model, Dialogs& dialogs, QWidget* parent)
    : OperationForm(parent)
    , m_video(new PathField(PathKind::File, tr("Video"), tr("Video of one person who talks to the camera"), dialogs))
    , m_output(new PathField(PathKind::NewFolder, tr("Avatar to make"), tr("Folder NAME.avatar that is made"), dialogs))
    , m_network(new QComboBox)
    , m_part(new VideoPart(model))
{
    m_video->setFilter(tr("Videos (*.mp4 *.mkv *.webm *.mov *.avi);;All files (*)"));
    m_output->setFilter(tr("Avatars (*.avatar)"));
    m_network->setObjectName(QStringLiteral("networkSize"));
    m_network->setAccessibleName(tr("Network"));
    m_network->setToolTip(tr("How many pixels the network to be trained sees: more are sharper and take longer"));
    for (const int size : kNetworkSizes)
        m_network->addItem(tr("%1 × %1 pixels").arg(size), size);
    QFormLayout* form = makeForm(this);
    form->addRow(tr("&Video"), m_video);
    form->addRow(tr("A&vatar to make"), m_output);
    form->addRow(tr("&Network"), m_network);
    form->addRow(m_part);
    m_about = addAbout(*form);
    suggestOutput(*m_video, *m_output);
    connect(m_video, &PathField::changed, this, [this] { m_part->setVideo(m_video->path()); });
    connect(m_video, &PathField::changed, this, &OperationForm::changed);
    connect(m_output, &PathField::changed, this, &OperationForm::changed);
}

void PrepareForm::setVideo(const std::filesystem::path& video)
{
    m_video->setText(fromPath(video));
}

QString PrepareForm::hint() const
{
    if (m_video->text().isEmpty())
        return tr("Choose a video of a talking person.");
    return m_output->text().isEmpty() ? tr("Choose a name for the avatar.") : QString();
}

std::filesystem::path PrepareForm::output() const
{
    return m_output->path();
}

void PrepareForm::start(OperationModel& model, bool overwrite) const
{
    PrepareRequest request;
    request.video = m_video->path();
    request.output = m_output->path();
    request.title = m_about.title->text().trimmed().toStdString();
    request.attribution = m_about.attribution->text().trimmed().toStdString();
    request.licence = m_about.licence->text().trimmed().toStdString();
    request.networkSize = m_network->currentData().toInt();
    request.face = m_part->face();
    request.startSeconds = m_part->startSeconds();
    request.seconds = m_part->seconds();
    request.overwrite = overwrite;
    model.start(request);
}

} // namespace lipsync::ui
