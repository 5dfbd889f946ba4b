// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/operations/import_form.h"

#include "ui/engine_bridge/qt_conversion.h"
#include "ui/forms/path_field.h"
#include "ui/operations/operation_model.h"
#include "ui/operations/video_part.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFileInfo>
#include <QFormLayout>
#include <QGroupBox>
#include <QLineEdit>
#include <QVBoxLayout>

namespace lipsync::ui {

ImportForm::ImportForm(OperationModel& model, Dialogs& dialogs, QWidget* parent)
    : OperationForm(parent)
    , m_source(new PathField(PathKind::FileOrFolder, tr("Source"),
                             tr("Data set or package of another tool, as a folder or archive, or a video"), dialogs))
    , m_output(new PathField(PathKind::NewFolder, tr("Avatar to make"), tr("Folder NAME.avatar that is made"), dialogs))
{
    m_output->setFilter(tr("Avatars (*.avatar)"));
    auto* column = new QVBoxLayout(this);
    auto* place = new QWidget;
    QFormLayout* form = makeForm(place);
    form->setContentsMargins(0, 0, 0, 0);
    form->addRow(tr("&Source"), m_source);
    form->addRow(tr("A&vatar to make"), m_output);
    column->addWidget(place);
    column->addWidget(makeNetwork(dialogs));
    column->addWidget(makePart(model));
    auto* about = new QGroupBox(tr("About the avatar"));
    m_about = addAbout(*makeForm(about));
    column->addWidget(about);
    suggestOutput(*m_source, *m_output);
    connect(m_source, &PathField::changed, this, [this] {
        const QFileInfo file(m_source->text());
        m_part->setVideo(file.isFile() ? m_source->path() : std::filesystem::path());
        Q_EMIT changed();
    });
    connect(m_output, &PathField::changed, this, &OperationForm::changed);
}

void ImportForm::setFiles(const std::filesystem::path& source, const std::filesystem::path& checkpoint)
{
    if (!source.empty())
        m_source->setText(fromPath(source));
    if (!checkpoint.empty())
        m_checkpoint->setText(fromPath(checkpoint));
}

QString ImportForm::hint() const
{
    if (m_source->text().isEmpty())
        return tr("Choose what to import: a folder, an archive or a video.");
    return m_output->text().isEmpty() ? tr("Choose a name for the avatar.") : QString();
}

std::filesystem::path ImportForm::output() const
{
    return m_output->path();
}

void ImportForm::start(OperationModel& model, bool overwrite) const
{
    ImportRequest request;
    request.source = m_source->path();
    request.output = m_output->path();
    request.checkpoint = m_checkpoint->path();
    request.audioEncoder = m_audioEncoder->path();
    request.features = m_features->path();
    request.manifest = m_manifest->path();
    request.mode = m_mode->currentData().toString().toStdString();
    request.allowTorchScript = m_consent->isChecked();
    request.startSeconds = m_part->startSeconds();
    request.seconds = m_part->seconds();
    request.face = m_part->face();
    request.title = m_about.title->text().trimmed().toStdString();
    request.attribution = m_about.attribution->text().trimmed().toStdString();
    request.licence = m_about.licence->text().trimmed().toStdString();
    request.overwrite = overwrite;
    model.start(request);
}

QWidget* ImportForm::makeNetwork(Dialogs& dialogs)
{
    const auto field = [&dialogs](const QString& what, const QString& hint) {
        auto* line = new PathField(PathKind::File, what, hint, dialogs);
        line->setPlaceholder(tr("looked for in the source"));
        return line;
    };
    m_checkpoint = field(tr("Network"), tr("Weights of the network, e.g. a .pth or .safetensors file"));
    m_audioEncoder = field(tr("Audio encoder"), tr("Weights of an AVE network's audio encoder"));
    m_features = field(tr("Features"), tr("HuBERT or WeNet features of the source's sound, as .npy"));
    m_manifest = field(tr("Manifest"), tr("JSON that declares what a TorchScript network takes"));
    m_mode = new QComboBox;
    m_mode->setAccessibleName(tr("Listens to"));
    m_mode->setToolTip(tr("What the network listens to, where its weights do not tell"));
    m_mode->addItem(tr("told by the source"), QString());
    const std::pair<const char*, QString> modes[] = {
        {"ave", tr("AVE")}, {"hubert", tr("HuBERT")}, {"wenet", tr("WeNet")}, {"mel", tr("mel spectrogram")}};
    for (const auto& [name, text] : modes)
        m_mode->addItem(text, QString::fromLatin1(name));
    m_consent = new QCheckBox(tr("Run the code of a TorchScript network"));
    m_consent->setAccessibleName(tr("Run the code of a TorchScript network"));
    m_consent->setToolTip(tr("Its code can do whatever you can: allow it only if you trust where it comes from"));

    auto* group = new QGroupBox(tr("Network"));
    QFormLayout* form = makeForm(group);
    form->addRow(tr("&Network"), m_checkpoint);
    form->addRow(tr("A&udio encoder"), m_audioEncoder);
    form->addRow(tr("F&eatures"), m_features);
    form->addRow(tr("&Manifest"), m_manifest);
    form->addRow(tr("Liste&ns to"), m_mode);
    form->addRow(m_consent);
    return group;
}

QWidget* ImportForm::makePart(OperationModel& model)
{
    auto* group = new QGroupBox(tr("Part of a video"));
    auto* column = new QVBoxLayout(group);
    m_part = new VideoPart(model);
    column->addWidget(m_part);
    return group;
}

} // namespace lipsync::ui
