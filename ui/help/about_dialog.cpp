// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/help/about_dialog.h"

#include <QCoreApplication>
#include <QDialogButtonBox>
#include <QFile>
#include <QFontDatabase>
#include <QHeaderView>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScreen>
#include <QTabWidget>
#include <QTableView>
#include <QVBoxLayout>

namespace lipsync::ui {
namespace {

constexpr int kFirstLetters = 88, kFirstLines = 30; // the dialog grows with its text
constexpr int kMargin = 12;

QLabel* makeParagraph(const QString& text)
{
    auto* label = new QLabel(text);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

} // namespace

AboutDialog::AboutDialog(QWidget* parent)
    : QDialog(parent)
{
    setObjectName(QStringLiteral("aboutDialog"));
    setWindowTitle(tr("About LipSync Studio"));
    setAccessibleName(windowTitle());
    auto* pages = new QTabWidget;
    pages->setObjectName(QStringLiteral("aboutPages"));
    pages->setAccessibleName(tr("About the studio"));
    pages->setToolTip(tr("What the studio is, what it stands on, and its licence"));
    pages->addTab(makeFirstPage(), tr("&Studio"));
    pages->addTab(makeLibraries(), tr("&Libraries"));
    pages->addTab(makeLicence(), tr("L&icence"));
    auto* buttons = new QDialogButtonBox;
    QPushButton* close = buttons->addButton(tr("Close"), QDialogButtonBox::RejectRole);
    close->setAccessibleName(tr("Close"));
    close->setToolTip(tr("Close this window"));
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    column->setSpacing(kMargin);
    column->addWidget(pages, 1);
    column->addWidget(buttons);
    resize(QSize(fontMetrics().averageCharWidth() * kFirstLetters, fontMetrics().height() * kFirstLines)
               .boundedTo(screen()->availableSize()));
}

QWidget* AboutDialog::makeFirstPage()
{
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    column->setSpacing(kMargin);
    auto* title = makeParagraph(tr("LipSync Studio %1").arg(QCoreApplication::applicationVersion()));
    title->setObjectName(QStringLiteral("title"));
    column->addWidget(title);
    column->addWidget(makeParagraph(tr("Real-time lip-sync of video avatars.")));
    column->addWidget(makeParagraph(tr("Free software: you may use, study, share and change it under the GNU General "
                                       "Public License, version 3 or later. There is no warranty.")));
    column->addWidget(makeParagraph(tr("What it makes is synthetic media and says so in its metadata. Show people only "
                                       "with their consent.")));
    column->addStretch(1);
    return page;
}

QWidget* AboutDialog::makeLibraries()
{
    auto* table = new QTableView;
    table->setObjectName(QStringLiteral("libraries"));
    table->setAccessibleName(tr("Libraries and their licences"));
    table->setToolTip(tr("What the studio stands on, with thanks"));
    table->setModel(&m_licences);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setTabKeyNavigation(false);
    table->setShowGrid(false);
    table->verticalHeader()->hide();
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeading | Qt::AlignVCenter);
    table->horizontalHeader()->setSectionResizeMode(LicencesModel::Library, QHeaderView::ResizeToContents);
    table->horizontalHeader()->setSectionResizeMode(LicencesModel::Purpose, QHeaderView::Stretch);
    table->horizontalHeader()->setSectionResizeMode(LicencesModel::Licence, QHeaderView::ResizeToContents);
    return table;
}

QWidget* AboutDialog::makeLicence()
{
    auto* text = new QPlainTextEdit;
    text->setObjectName(QStringLiteral("licenceText"));
    text->setReadOnly(true);
    text->setTabChangesFocus(true);
    text->setAccessibleName(tr("GNU General Public License"));
    text->setToolTip(tr("The licence of the studio, in its own words"));
    text->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    QFile licence(QStringLiteral(":/licence/LICENSE"));
    if (licence.open(QIODevice::ReadOnly))
        text->setPlainText(QString::fromUtf8(licence.readAll()));
    return text;
}

} // namespace lipsync::ui
