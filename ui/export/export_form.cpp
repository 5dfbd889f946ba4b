// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/export/export_form.h"

#include "ui/actions/action_registry.h"
#include "ui/dialogs/dialogs.h"
#include "ui/export/export_actions.h"
#include "ui/export/export_draft.h"
#include "ui/forms/form_parts.h"

#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QStandardItemModel>

namespace lipsync::ui {
namespace {

constexpr int kWorstQuality = 51;
constexpr int kUsualLetters = 64; // of the form's width: most names of files are seen whole
constexpr int kShortestField = 8; // letters of a format that are seen at least

QLabel* makeCaption(const QString& text, QWidget* of)
{
    auto* label = new QLabel(text);
    label->setObjectName(QStringLiteral("muted"));
    label->setBuddy(of);
    return label;
}

} // namespace

ExportForm::ExportForm(ExportDraft& draft, ActionRegistry& actions, Dialogs& dialogs, QWidget* parent)
    : QWidget(parent)
    , m_draft(draft)
    , m_dialogs(dialogs)
    , m_format(new QComboBox)
    , m_problems(makeSentence("muted", tr("Formats that cannot be written here")))
    , m_output(new QLineEdit)
    , m_browse(new QPushButton(tr("Browse…")))
    , m_quality(new QSpinBox)
    , m_hint(makeSentence("muted", tr("What the export lacks")))
    , m_refusal(makeSentence("failure", tr("Why the export was not taken into the queue")))
{
    setAccessibleName(tr("Next export"));
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(6);
    grid->setColumnStretch(1, 1);
    addFormat(*grid);
    addOutput(*grid);
    addQuality(*grid);
    addButtons(*grid, actions);
    grid->setRowStretch(grid->rowCount(), 1);
    m_refusal->hide();
    connect(&draft, &ExportDraft::changed, this, &ExportForm::follow);
    follow();
}

QSize ExportForm::sizeHint() const
{
    return QWidget::sizeHint().expandedTo({kUsualLetters * fontMetrics().averageCharWidth(), 0});
}

void ExportForm::showRefusal(const QString& reason)
{
    say(*m_refusal, reason);
}

void ExportForm::addFormat(QGridLayout& grid)
{
    m_format->setObjectName(QStringLiteral("exportFormat"));
    m_format->setAccessibleName(tr("Export format"));
    m_format->setToolTip(tr("What the export writes"));
    m_format->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_format->setMinimumContentsLength(kShortestField);
    QStringList problems;
    for (const ExportFormatInfo& format : m_draft.formats()) {
        const QString name = QString::fromStdString(format.name);
        const QString problem = QString::fromStdString(format.problem);
        m_format->addItem(problem.isEmpty() ? name : tr("%1 (not on this machine)").arg(name),
                          static_cast<int>(format.format));
        if (problem.isEmpty())
            continue;
        const int row = m_format->count() - 1;
        m_format->setItemData(row, problem, Qt::ToolTipRole);
        qobject_cast<QStandardItemModel*>(m_format->model())->item(row)->setEnabled(false);
        problems << problem;
    }
    say(*m_problems, problems.join(QLatin1Char('\n')));
    connect(m_format, &QComboBox::currentIndexChanged, this,
            [this] { m_draft.setFormat(static_cast<ExportFormat>(m_format->currentData().toInt())); });
    grid.addWidget(makeCaption(tr("&Format"), m_format), 0, 0);
    grid.addWidget(m_format, 0, 1);
    grid.addWidget(m_problems, 1, 0, 1, 2);
}

void ExportForm::addOutput(QGridLayout& grid)
{
    m_output->setObjectName(QStringLiteral("exportOutput"));
    m_output->setAccessibleName(tr("Export to"));
    m_output->setToolTip(tr("File or folder that the export writes"));
    m_output->setPlaceholderText(tr("Choose where to write to"));
    m_browse->setObjectName(QStringLiteral("exportBrowse"));
    m_browse->setAccessibleName(tr("Browse for the output"));
    m_browse->setToolTip(tr("Choose the output in a dialog"));
    connect(m_output, &QLineEdit::textEdited, &m_draft, &ExportDraft::setOutput);
    connect(m_browse, &QPushButton::clicked, this, &ExportForm::browse);
    auto* row = new QHBoxLayout;
    row->setSpacing(4);
    row->addWidget(m_output, 1);
    row->addWidget(m_browse);
    grid.addWidget(makeCaption(tr("&Output"), m_output), 2, 0);
    grid.addLayout(row, 2, 1);
}

void ExportForm::addQuality(QGridLayout& grid)
{
    m_quality->setObjectName(QStringLiteral("exportQuality"));
    m_quality->setRange(0, kWorstQuality);
    m_quality->setSuffix(tr(" CRF"));
    m_quality->setAccessibleName(tr("Quality"));
    m_quality->setAccessibleDescription(tr("Constant rate factor: 0 is best and largest, 51 is worst and smallest"));
    m_quality->setToolTip(
        tr("Constant rate factor of the video: 0 is best and largest, 51 is worst and smallest; 18 looks like the "
           "original"));
    connect(m_quality, &QSpinBox::valueChanged, &m_draft, &ExportDraft::setQuality);
    grid.addWidget(makeCaption(tr("&Quality"), m_quality), 3, 0);
    grid.addWidget(m_quality, 3, 1, Qt::AlignLeading);
}

void ExportForm::addButtons(QGridLayout& grid, ActionRegistry& actions)
{
    QPushButton* now = makeActionButton(actions.action(QString::fromLatin1(action_id::kExportNow)));
    now->setObjectName(QStringLiteral("primary"));
    QPushButton* later = makeActionButton(actions.action(QString::fromLatin1(action_id::kAddExport)));
    later->setObjectName(QStringLiteral("exportCancel")); // as high as the primary one beside it
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(now, 1);
    row->addWidget(later, 1);
    grid.addLayout(row, 4, 0, 1, 2);
    grid.addWidget(m_hint, 5, 0, 1, 2);
    grid.addWidget(m_refusal, 6, 0, 1, 2);
}

void ExportForm::browse()
{
    const auto chosen = [this](const QString& name) { m_draft.setOutput(name); };
    if (m_draft.isFolder()) {
        m_dialogs.chooseFolder(this, tr("Export pictures to"), m_draft.output(), chosen);
        return;
    }
    for (const ExportFormatInfo& format : m_draft.formats()) {
        if (format.format != m_draft.format())
            continue;
        const QString filter =
            QStringLiteral("%1 (*%2)")
                .arg(QString::fromStdString(format.name).section(u'(', 0, 0), QString::fromStdString(format.extension));
        m_dialogs.chooseNewFile(this, tr("Export to"), m_draft.output(), filter, chosen);
    }
}

void ExportForm::follow()
{
    if (m_output->text() != m_draft.output())
        m_output->setText(m_draft.output());
    const QSignalBlocker quietFormat(m_format), quietQuality(m_quality);
    m_format->setCurrentIndex(m_format->findData(static_cast<int>(m_draft.format())));
    m_quality->setValue(m_draft.quality());
    m_quality->setEnabled(m_draft.hasQuality());
    say(*m_hint, m_draft.hint());
}

} // namespace lipsync::ui
