// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/settings_dialog.h"

#include "ui/settings/setting_row.h"
#include "ui/settings/settings_model.h"
#include "ui/settings/shortcuts_editor.h"

#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QScreen>
#include <QScrollArea>
#include <QStackedWidget>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

namespace lipsync::ui {
namespace {

constexpr int kFirstLetters = 116, kFirstLines = 34; // the dialog grows with its text
constexpr int kMargin = 12;
constexpr int kShareOfPages = 1, kShareOfSettings = 3; // of the width

/// Gives the pages room.
class PageDelegate final : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        return QStyledItemDelegate::sizeHint(option, index).expandedTo({0, option.fontMetrics.height() + kMargin});
    }
};

} // namespace

SettingsDialog::SettingsDialog(SettingsModel& model, ActionRegistry& registry, ShortcutChoice& shortcuts,
                               QWidget* parent)
    : QDialog(parent)
    , m_model(model)
    , m_search(new QLineEdit)
    , m_pages(new QListWidget)
    , m_stack(new QStackedWidget)
    , m_nothing(new QLabel(tr("No setting has these words.")))
    , m_shortcuts(new ShortcutsEditor(registry, shortcuts))
{
    setObjectName(QStringLiteral("settingsDialog"));
    setWindowTitle(tr("Settings"));
    setAccessibleName(tr("Settings"));
    m_search->setObjectName(QStringLiteral("settingsSearch"));
    m_search->setPlaceholderText(tr("Find a setting or a command"));
    m_search->setAccessibleName(tr("Find a setting or a command"));
    m_search->setToolTip(tr("Any word of a setting, of what it does or of its choices, or of a command"));
    m_pages->setObjectName(QStringLiteral("settingsPages"));
    m_pages->setAccessibleName(tr("Pages of settings"));
    m_pages->setToolTip(tr("Choose which settings are shown"));
    m_pages->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_pages->setItemDelegate(new PageDelegate(m_pages));
    m_nothing->setObjectName(QStringLiteral("muted"));
    m_nothing->setWordWrap(true);
    m_nothing->hide();

    for (const QString& page : model.pages())
        addPage(page, makePage(page));
    addPage(tr("Shortcuts"), m_shortcuts);
    connect(m_pages, &QListWidget::currentRowChanged, m_stack, &QStackedWidget::setCurrentIndex);
    connect(m_search, &QLineEdit::textChanged, this, &SettingsDialog::search);
    m_pages->setCurrentRow(0);

    auto* buttons = new QDialogButtonBox;
    QPushButton* close = buttons->addButton(tr("Close"), QDialogButtonBox::RejectRole);
    close->setAccessibleName(tr("Close the settings"));
    close->setToolTip(tr("Close the settings; changes are in force already"));
    close->setAutoDefault(false);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);

    auto* centre = new QHBoxLayout;
    centre->setSpacing(kMargin);
    centre->addWidget(m_pages, kShareOfPages);
    centre->addWidget(m_stack, kShareOfSettings);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    column->setSpacing(kMargin);
    column->addWidget(m_search);
    column->addWidget(m_nothing);
    column->addLayout(centre, 1);
    column->addWidget(buttons);
    resize(QSize(fontMetrics().averageCharWidth() * kFirstLetters, fontMetrics().height() * kFirstLines)
               .boundedTo(screen()->availableSize()));
    m_search->setFocus();
}

void SettingsDialog::showShortcuts()
{
    m_search->clear();
    m_pages->setCurrentRow(m_pages->count() - 1);
    show();
    raise();
    activateWindow();
}

void SettingsDialog::addPage(const QString& title, QWidget* page)
{
    auto* item = new QListWidgetItem(title, m_pages);
    item->setToolTip(title);
    m_stack->addWidget(page);
}

QWidget* SettingsDialog::makePage(const QString& title)
{
    auto* content = new QWidget;
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, kMargin, 0);
    for (int row = 0; row < m_model.rowCount(); ++row) {
        if (m_model.spec(row).page != title)
            continue;
        m_rows.append(new SettingRow(m_model, row));
        column->addWidget(m_rows.last());
    }
    column->addStretch(1);
    auto* area = new QScrollArea;
    area->setWidgetResizable(true);
    area->setFocusPolicy(Qt::NoFocus); // its controls scroll it
    area->setAccessibleName(title);
    area->setWidget(content);
    content->setAutoFillBackground(false); // stands on the dialog
    area->viewport()->setAutoFillBackground(false);
    return area;
}

void SettingsDialog::search(const QString& words)
{
    QList<bool> hasHits(m_pages->count(), false);
    const QStringList pages = m_model.pages();
    for (SettingRow* row : m_rows) {
        const bool isHit = m_model.matches(row->row(), words);
        row->setVisible(isHit);
        if (isHit)
            hasHits[pages.indexOf(m_model.spec(row->row()).page)] = true;
    }
    m_shortcuts->setFilter(words);
    hasHits.last() = m_shortcuts->hasCommands();
    for (int page = 0; page < m_pages->count(); ++page)
        m_pages->item(page)->setHidden(!hasHits[page]);
    const auto first = hasHits.indexOf(true);
    m_nothing->setVisible(first < 0);
    m_stack->setVisible(first >= 0);
    if (first >= 0 && !hasHits[m_pages->currentRow()])
        m_pages->setCurrentRow(static_cast<int>(first));
}

} // namespace lipsync::ui
