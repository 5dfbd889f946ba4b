// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/shortcuts_editor.h"

#include "ui/actions/action_registry.h"
#include "ui/actions/command_text.h"
#include "ui/settings/shortcut_choice.h"

#include <QAction>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeySequenceEdit>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>

namespace lipsync::ui {
namespace {

QPushButton* makeButton(const char* objectName, const QString& text, const QString& toolTip)
{
    auto* button = new QPushButton(text);
    button->setObjectName(QString::fromLatin1(objectName));
    button->setAccessibleName(text);
    button->setToolTip(toolTip);
    button->setAutoDefault(false);
    button->setFocusPolicy(Qt::TabFocus);
    return button;
}

} // namespace

ShortcutsEditor::ShortcutsEditor(ActionRegistry& registry, ShortcutChoice& choice, QWidget* parent)
    : QWidget(parent)
    , m_registry(registry)
    , m_choice(choice)
    , m_model(registry, choice)
    , m_filter(new QLineEdit)
    , m_table(new QTableView)
    , m_keys(new QKeySequenceEdit)
    , m_assign(makeButton("assignShortcut", tr("Assign"), tr("Make these keys the shortcut of the chosen command")))
    , m_clear(makeButton("clearShortcut", tr("No shortcut"), tr("Take the shortcut from the chosen command")))
    , m_reset(makeButton("resetShortcut", tr("Reset"), tr("Give the chosen command its first shortcut again")))
    , m_resetAll(makeButton("resetShortcuts", tr("Reset all"), tr("Give every command its first shortcut again")))
    , m_sentence(new QLabel)
{
    setAccessibleName(tr("Shortcuts"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    addList(*column);
    addFields(*column);

    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &ShortcutsEditor::follow);
    connect(m_keys, &QKeySequenceEdit::keySequenceChanged, this, &ShortcutsEditor::showKeys);
    // Before what follows disables the button that was pressed: its neighbour must not get the next key.
    for (QPushButton* button : {m_assign, m_clear, m_reset, m_resetAll})
        connect(button, &QPushButton::clicked, m_table, [this] { m_table->setFocus(); });
    connect(m_assign, &QPushButton::clicked, this, &ShortcutsEditor::assign);
    connect(m_clear, &QPushButton::clicked, this, [this] { m_choice.clear(chosen()); });
    connect(m_reset, &QPushButton::clicked, this, [this] { m_choice.reset(chosen()); });
    connect(m_resetAll, &QPushButton::clicked, &choice, &ShortcutChoice::resetAll);
    connect(&choice, &ShortcutChoice::changed, this, &ShortcutsEditor::follow);
    m_table->setCurrentIndex(m_found.index(0, 0));
    follow();
}

void ShortcutsEditor::setFilter(const QString& words)
{
    m_filter->setText(words);
}

void ShortcutsEditor::addList(QVBoxLayout& column)
{
    m_found.setSourceModel(&m_model);
    m_found.setFilterRole(ShortcutsModel::SearchRole);
    m_found.setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_filter->setObjectName(QStringLiteral("shortcutFilter"));
    m_filter->setPlaceholderText(tr("Find a command or keys"));
    m_filter->setAccessibleName(tr("Find a command or keys"));
    m_filter->setToolTip(tr("Part of a command's name, of what it does or of its shortcut"));
    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString& words) {
        m_found.setFilterFixedString(words.trimmed());
        if (!m_table->currentIndex().isValid())
            m_table->setCurrentIndex(m_found.index(0, 0));
        follow();
    });
    m_table->setObjectName(QStringLiteral("shortcutTable"));
    m_table->setAccessibleName(tr("Commands and their shortcuts"));
    m_table->setToolTip(tr("Choose a command to change its shortcut below"));
    m_table->setModel(&m_found);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setTabKeyNavigation(false);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeading | Qt::AlignVCenter);
    m_table->horizontalHeader()->setSectionResizeMode(ShortcutsModel::Command, QHeaderView::Stretch);
    m_table->horizontalHeader()->setSectionResizeMode(ShortcutsModel::Menu, QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setSectionResizeMode(ShortcutsModel::Shortcut, QHeaderView::ResizeToContents);
    column.addWidget(m_filter);
    column.addWidget(m_table, 1);
}

void ShortcutsEditor::addFields(QVBoxLayout& column)
{
    m_keys->setObjectName(QStringLiteral("shortcutKeys"));
    m_keys->setAccessibleName(tr("New shortcut"));
    m_keys->setToolTip(tr("Press the keys that the chosen command shall have"));
    m_keys->setFocusPolicy(Qt::StrongFocus);
    // The field inside takes the focus for it.
    for (auto* field : m_keys->findChildren<QLineEdit*>()) {
        field->setAccessibleName(m_keys->accessibleName());
        field->setToolTip(m_keys->toolTip());
        field->setPlaceholderText(tr("Press the new keys"));
    }
    m_sentence->setObjectName(QStringLiteral("muted"));
    m_sentence->setWordWrap(true);
    m_sentence->setTextFormat(Qt::PlainText);
    m_sentence->setAccessibleName(tr("About the new shortcut"));
    auto* fields = new QHBoxLayout;
    fields->addWidget(m_keys, 1);
    fields->addWidget(m_assign);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_clear);
    buttons->addWidget(m_reset);
    buttons->addStretch(1);
    buttons->addWidget(m_resetAll);
    column.addLayout(fields);
    column.addWidget(m_sentence);
    column.addLayout(buttons);
}

QString ShortcutsEditor::chosen() const
{
    return m_table->currentIndex().data(ShortcutsModel::IdRole).toString();
}

void ShortcutsEditor::follow()
{
    m_keys->clear();
    showKeys();
}

void ShortcutsEditor::showKeys()
{
    const QString id = chosen();
    const bool hasChosen = !id.isEmpty();
    const QKeySequence keys = m_keys->keySequence();
    m_keys->setEnabled(hasChosen);
    m_clear->setEnabled(hasChosen && !m_registry.action(id)->shortcuts().isEmpty());
    m_reset->setEnabled(hasChosen && m_choice.isChanged(id));
    m_resetAll->setEnabled(m_choice.isAnyChanged());
    m_assign->setText(tr("Assign"));
    m_assign->setEnabled(hasChosen && ShortcutChoice::refusal(keys).isEmpty());
    if (!hasChosen) {
        m_sentence->setText(tr("No command fits."));
        return;
    }
    const QString name = commandText(*m_registry.action(id));
    const QString holder = keys.isEmpty() ? QString() : m_choice.holderOf(keys, id);
    if (keys.isEmpty()) {
        m_sentence->setText(tr("Press the new keys for “%1”.").arg(name));
    } else if (!m_assign->isEnabled()) {
        m_sentence->setText(ShortcutChoice::refusal(keys));
    } else if (!holder.isEmpty()) {
        m_assign->setText(tr("Take over"));
        m_sentence->setText(tr("“%1” has these keys now and would lose them to “%2”.")
                                .arg(commandText(*m_registry.action(holder)), name));
    } else {
        m_sentence->setText(tr("These keys are free for “%1”.").arg(name));
    }
    m_assign->setAccessibleName(m_assign->text());
}

void ShortcutsEditor::assign()
{
    m_choice.assign(chosen(), m_keys->keySequence());
}

} // namespace lipsync::ui
