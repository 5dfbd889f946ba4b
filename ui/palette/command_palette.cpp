// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/palette/command_palette.h"

#include "ui/palette/command_delegate.h"

#include <algorithm>

#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QVBoxLayout>

namespace lipsync::ui {
namespace {

constexpr int kMargin = 8;
constexpr int kWidestInLetters = 64;
constexpr int kRowsShown = 12;

} // namespace

CommandPalette::CommandPalette(ActionRegistry& registry, QWidget* parent)
    : QDialog(parent, Qt::Dialog | Qt::FramelessWindowHint)
    , m_model(registry)
    , m_query(new QLineEdit)
    , m_commands(new QListView)
    , m_nothing(new QLabel(tr("No command fits. Try fewer letters.")))
{
    setObjectName(QStringLiteral("commandPalette"));
    setWindowTitle(tr("Command palette"));
    setAccessibleName(tr("Command palette"));
    m_query->setObjectName(QStringLiteral("paletteQuery"));
    m_query->setPlaceholderText(tr("Type a command"));
    m_query->setAccessibleName(tr("Command"));
    m_query->setAccessibleDescription(tr("Type a few letters, choose with the arrow keys and press Enter"));
    m_query->setToolTip(tr("Letters of a command's name, its menu or what it does"));
    m_query->setClearButtonEnabled(false);
    m_query->installEventFilter(this);
    m_commands->setObjectName(QStringLiteral("paletteCommands"));
    m_commands->setAccessibleName(tr("Commands that fit"));
    m_commands->setToolTip(tr("Press Enter or click to run a command"));
    m_commands->setModel(&m_model);
    m_commands->setItemDelegate(new CommandDelegate(m_commands));
    m_commands->setUniformItemSizes(true);
    m_commands->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_nothing->setObjectName(QStringLiteral("muted"));
    m_nothing->setAccessibleName(m_nothing->text());
    m_nothing->setWordWrap(true);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    column->setSpacing(kMargin);
    column->addWidget(m_query);
    column->addWidget(m_nothing);
    column->addWidget(m_commands, 1);

    connect(m_query, &QLineEdit::textChanged, this, &CommandPalette::search);
    connect(m_query, &QLineEdit::returnPressed, this, [this] { run(m_commands->currentIndex()); });
    connect(m_commands, &QListView::clicked, this, &CommandPalette::run);
    connect(m_commands, &QListView::activated, this, &CommandPalette::run);
    search({});
}

void CommandPalette::open()
{
    m_query->clear();
    search({});
    const QWidget& window = *parentWidget()->window();
    const int row = std::max(m_commands->sizeHintForRow(0), fontMetrics().height());
    const int width = std::min(fontMetrics().averageCharWidth() * kWidestInLetters, window.width() - 4 * kMargin);
    const int height = std::min(m_query->sizeHint().height() + row * kRowsShown + 4 * kMargin, window.height() * 3 / 4);
    resize(width, height);
    move(window.mapToGlobal(QPoint((window.width() - width) / 2, window.height() / 10)));
    show();
    raise();
    activateWindow();
    m_query->setFocus();
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event)
{
    // The arrow keys choose in the list while the focus stays in the field.
    if (watched == m_query && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Up || key == Qt::Key_Down || key == Qt::Key_PageUp || key == Qt::Key_PageDown) {
            const int step = key == Qt::Key_PageUp || key == Qt::Key_PageDown ? kRowsShown - 1 : 1;
            const int direction = key == Qt::Key_Up || key == Qt::Key_PageUp ? -1 : 1;
            const int wished = m_commands->currentIndex().row() + direction * step;
            m_commands->setCurrentIndex(m_model.index(std::clamp(wished, 0, std::max(0, m_model.rowCount() - 1))));
            return true;
        }
    }
    return QDialog::eventFilter(watched, event);
}

void CommandPalette::changeEvent(QEvent* event)
{
    QDialog::changeEvent(event);
    if (event->type() == QEvent::ActivationChange && isVisible() && !isActiveWindow())
        hide();
}

void CommandPalette::search(const QString& query)
{
    m_model.setQuery(query);
    m_commands->setCurrentIndex(m_model.index(0));
    m_nothing->setVisible(m_model.rowCount() == 0);
}

void CommandPalette::run(const QModelIndex& index)
{
    if (isVisible() && m_model.trigger(index.row())) // a click may also count as an activation
        hide();
}

} // namespace lipsync::ui
