// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/export/export_panel.h"

#include "ui/dialogs/dialogs.h"
#include "ui/export/export_model.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace lipsync::ui {
namespace {

constexpr int kProgressSteps = 1000;

QLabel* makeCaption(const QString& text, QWidget* of)
{
    auto* label = new QLabel(text);
    label->setObjectName(QStringLiteral("muted"));
    label->setBuddy(of);
    return label;
}

} // namespace

ExportPanel::ExportPanel(ExportModel& model, Dialogs& dialogs, QWidget* parent)
    : QWidget(parent)
    , m_model(model)
    , m_dialogs(dialogs)
    , m_kind(new QComboBox)
    , m_output(new QLineEdit)
    , m_browse(new QPushButton(tr("Browse…")))
    , m_start(new QPushButton(tr("Start export")))
    , m_cancel(new QPushButton(tr("Cancel")))
    , m_progress(new QProgressBar)
    , m_status(new QLabel)
    , m_failure(new QLabel)
{
    setObjectName(QStringLiteral("dockContent"));
    setAttribute(Qt::WA_StyledBackground);
    setAccessibleName(tr("Export"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 4, 12, 12);
    column->setSpacing(6);
    addFormat(*column);
    addOutput(*column);
    addProgress(*column);
    column->addStretch(1);

    connect(m_kind, &QComboBox::currentIndexChanged, this,
            [this] { m_model.setKind(m_kind->currentData().value<ExportKind>()); });
    connect(m_output, &QLineEdit::textEdited, &model, &ExportModel::setOutput);
    connect(m_browse, &QPushButton::clicked, this, &ExportPanel::browse);
    connect(m_start, &QPushButton::clicked, this, &ExportPanel::start);
    connect(m_cancel, &QPushButton::clicked, &model, &ExportModel::cancel);
    connect(&model, &ExportModel::changed, this, &ExportPanel::follow);
    follow();
}

void ExportPanel::start()
{
    if (!m_model.canStart())
        return;
    if (!m_model.wouldOverwrite()) {
        m_model.start(false);
        return;
    }
    m_dialogs.confirm(this, tr("Replace what is there?"), tr("%1 exists already.").arg(m_model.output()), tr("Replace"),
                      [this] { m_model.start(true); });
}

void ExportPanel::addFormat(QVBoxLayout& column)
{
    m_kind->setObjectName(QStringLiteral("exportKind"));
    m_kind->addItem(tr("Video: MP4, H.264 and AAC"), QVariant::fromValue(ExportKind::Video));
    m_kind->addItem(tr("Pictures: PNG sequence"), QVariant::fromValue(ExportKind::PictureSequence));
    m_kind->setAccessibleName(tr("Export format"));
    m_kind->setToolTip(tr("One video with sound, or a folder with one picture a frame"));
    m_kind->setMinimumContentsLength(12);
    m_kind->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    column.addWidget(makeCaption(tr("&Format"), m_kind));
    column.addWidget(m_kind);
    column.addSpacing(6);
}

void ExportPanel::addOutput(QVBoxLayout& column)
{
    m_output->setObjectName(QStringLiteral("exportOutput"));
    m_output->setAccessibleName(tr("Output file"));
    m_output->setToolTip(tr("File (or folder of pictures) that the export writes"));
    m_output->setPlaceholderText(tr("Choose where to write to"));
    m_browse->setObjectName(QStringLiteral("exportBrowse"));
    m_browse->setAccessibleName(tr("Browse for the output file"));
    m_browse->setToolTip(tr("Choose the output in a dialog"));
    auto* row = new QHBoxLayout;
    row->setSpacing(4);
    row->addWidget(m_output, 1);
    row->addWidget(m_browse);
    column.addWidget(makeCaption(tr("&Output"), m_output));
    column.addLayout(row);
    column.addSpacing(10);
}

void ExportPanel::addProgress(QVBoxLayout& column)
{
    m_start->setObjectName(QStringLiteral("primary"));
    m_start->setAccessibleName(tr("Start export"));
    m_start->setToolTip(tr("Write the video"));
    m_cancel->setObjectName(QStringLiteral("exportCancel"));
    m_cancel->setAccessibleName(tr("Cancel export"));
    m_cancel->setToolTip(tr("Stop the export and leave nothing behind"));
    m_progress->setObjectName(QStringLiteral("exportProgress"));
    m_progress->setRange(0, kProgressSteps);
    m_progress->setTextVisible(false);
    m_progress->setAccessibleName(tr("Export progress"));
    m_progress->setToolTip(tr("Part of the frames that is written"));
    m_status->setObjectName(QStringLiteral("muted"));
    m_failure->setObjectName(QStringLiteral("failure"));
    for (QLabel* label : {m_status, m_failure}) {
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        label->setAccessibleName(tr("Export status"));
    }
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(m_start, 1);
    row->addWidget(m_cancel);
    column.addLayout(row);
    column.addSpacing(6);
    column.addWidget(m_progress);
    column.addWidget(m_status);
    column.addWidget(m_failure);
}

void ExportPanel::browse()
{
    const auto chosen = [this](const QString& name) { m_model.setOutput(name); };
    if (m_model.kind() == ExportKind::Video)
        m_dialogs.chooseNewFile(this, tr("Export to"), m_model.output(), tr("MP4 video (*.mp4)"), chosen);
    else
        m_dialogs.chooseFolder(this, tr("Export pictures to"), m_model.output(), chosen);
}

void ExportPanel::follow()
{
    if (m_output->text() != m_model.output())
        m_output->setText(m_model.output());
    {
        const QSignalBlocker quiet(m_kind);
        m_kind->setCurrentIndex(m_kind->findData(QVariant::fromValue(m_model.kind())));
    }
    const bool isRunning = m_model.isRunning();
    for (QWidget* widget : std::initializer_list<QWidget*>{m_kind, m_output, m_browse})
        widget->setEnabled(!isRunning);
    m_start->setEnabled(m_model.canStart());
    m_cancel->setEnabled(m_model.state() == ExportState::Running);
    m_progress->setVisible(isRunning || m_model.state() == ExportState::Done);
    m_progress->setValue(static_cast<int>(m_model.fraction() * kProgressSteps));
    const bool hasFailed = m_model.state() == ExportState::Failed;
    m_status->setVisible(!hasFailed);
    m_failure->setVisible(hasFailed);
    (hasFailed ? m_failure : m_status)->setText(m_model.statusText());
}

} // namespace lipsync::ui
