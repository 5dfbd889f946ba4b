// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/operations/operation_dialog.h"

#include "ui/dialogs/dialogs.h"
#include "ui/engine_bridge/qt_conversion.h"
#include "ui/forms/form_area.h"
#include "ui/forms/form_parts.h"
#include "ui/operations/operation_form.h"
#include "ui/operations/operation_model.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

namespace lipsync::ui {
namespace {

constexpr int kBarSteps = 1000;
constexpr int kPictureHeight = 180;
constexpr QSize kUsualSize{560, 640};

} // namespace

OperationDialog::OperationDialog(OperationForm* form, OperationModel& model, const OperationWords& words,
                                 Dialogs& dialogs, QWidget* parent)
    : QDialog(parent)
    , m_form(*form)
    , m_model(model)
    , m_dialogs(dialogs)
    , m_progress(new QWidget)
    , m_status(makeSentence("muted", tr("State of the work")))
    , m_failure(makeSentence("failure", tr("Why the work failed")))
    , m_bar(new QProgressBar)
    , m_detail(makeSentence("muted", tr("Details of the work")))
    , m_picture(new QLabel)
    , m_hint(makeSentence("muted", tr("What is missing")))
    , m_start(new QPushButton(words.start))
    , m_cancel(new QPushButton(tr("Cancel")))
    , m_next(new QPushButton(words.next))
{
    setWindowTitle(words.title);
    setAccessibleName(words.title);
    setModal(false);
    form->setObjectName(QStringLiteral("dockContent"));
    auto* column = new QVBoxLayout(this);
    column->addWidget(new FormArea(form), 1);
    buildProgress();
    column->addWidget(m_progress);
    buildButtons(*column, words);
    resize(kUsualSize);
    connect(form, &OperationForm::changed, this, &OperationDialog::follow);
    connect(&model, &OperationModel::changed, this, &OperationDialog::follow);
    connect(&model, &OperationModel::pictureChanged, this, &OperationDialog::showPicture);
    follow();
    showPicture();
}

void OperationDialog::open()
{
    m_model.reset();
    show();
    raise();
    activateWindow();
}

void OperationDialog::buildProgress()
{
    m_bar->setRange(0, kBarSteps);
    m_bar->setTextVisible(false);
    m_bar->setAccessibleName(tr("Progress"));
    m_bar->setToolTip(tr("Part of the work that is done"));
    m_picture->setAlignment(Qt::AlignCenter);
    m_picture->setAccessibleName(tr("Newest picture of the work"));
    auto* column = new QVBoxLayout(m_progress);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_picture);
    column->addWidget(m_status);
    column->addWidget(m_failure);
    column->addWidget(m_bar);
    column->addWidget(m_detail);
}

void OperationDialog::buildButtons(QVBoxLayout& column, const OperationWords& words)
{
    m_start->setObjectName(QStringLiteral("primary"));
    m_start->setAccessibleName(words.start);
    m_start->setToolTip(tr("Start the work; the studio can be used meanwhile"));
    m_cancel->setObjectName(QStringLiteral("operationCancel"));
    m_cancel->setAccessibleName(tr("Cancel the work"));
    m_cancel->setToolTip(tr("Stop the work; a training can be taken up again later"));
    m_next->setObjectName(QStringLiteral("operationNext"));
    m_next->setAccessibleName(words.next);
    m_next->setToolTip(words.nextToolTip);
    auto* closing = new QPushButton(tr("Close"));
    closing->setAccessibleName(tr("Close this window"));
    closing->setToolTip(tr("Close this window; work that was started goes on"));
    auto* row = new QHBoxLayout;
    row->addStretch(1);
    for (QPushButton* button : {m_start, m_cancel, m_next, closing}) {
        button->setAutoDefault(false);
        row->addWidget(button);
    }
    column.addWidget(m_hint);
    column.addLayout(row);
    connect(m_start, &QPushButton::clicked, this, &OperationDialog::start);
    connect(m_cancel, &QPushButton::clicked, &m_model, &OperationModel::cancel);
    connect(m_next, &QPushButton::clicked, this, [this] { Q_EMIT nextWanted(m_model.report().avatar); });
    connect(closing, &QPushButton::clicked, this, &QDialog::close);
}

void OperationDialog::start()
{
    if (m_model.isRunning() || !m_form.hint().isEmpty())
        return;
    const QString output = fromPath(m_form.output());
    if (output.isEmpty() || !QFileInfo::exists(output)) {
        m_form.start(m_model, false);
        return;
    }
    m_dialogs.confirm(this, tr("Replace the avatar?"), tr("%1 exists already.").arg(output), tr("Replace"),
                      [this] { m_form.start(m_model, true); });
}

void OperationDialog::follow()
{
    const OperationState state = m_model.state();
    const bool isRunning = m_model.isRunning();
    const bool hasFailed = state == OperationState::Failed;
    m_form.setEnabled(!isRunning);
    m_start->setVisible(!isRunning);
    m_start->setEnabled(m_form.hint().isEmpty());
    m_cancel->setVisible(isRunning);
    m_cancel->setEnabled(state == OperationState::Running);
    m_next->setVisible(state == OperationState::Done);
    m_hint->setText(m_form.hint());
    m_hint->setVisible(!isRunning && !m_form.hint().isEmpty());
    m_progress->setVisible(state != OperationState::Idle);
    m_status->setText(hasFailed ? QString() : m_model.statusText());
    m_status->setVisible(!hasFailed);
    m_failure->setText(hasFailed ? m_model.statusText() : QString());
    m_failure->setVisible(hasFailed);
    m_bar->setVisible(isRunning);
    m_bar->setValue(static_cast<int>(m_model.fraction() * kBarSteps));
    say(*m_detail, m_model.detailText());
}

void OperationDialog::showPicture()
{
    const QImage& picture = m_model.picture();
    m_picture->setVisible(!picture.isNull());
    if (!picture.isNull())
        m_picture->setPixmap(QPixmap::fromImage(
            picture.scaled({width(), kPictureHeight}, Qt::KeepAspectRatio, Qt::SmoothTransformation)));
}

void OperationDialog::resizeEvent(QResizeEvent* event)
{
    QDialog::resizeEvent(event);
    showPicture();
}

} // namespace lipsync::ui
