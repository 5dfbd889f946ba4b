// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/server/served_folders.h"

#include "ui/dialogs/dialogs.h"
#include "ui/forms/side_by_side.h"

#include <algorithm>

#include <QDir>
#include <QEvent>
#include <QListWidget>
#include <QPushButton>
#include <QVBoxLayout>

namespace lipsync::ui {
namespace {

constexpr int kSeenRows = 3; // of the list without scrolling
constexpr int kGap = 6;

} // namespace

ServedFolders::ServedFolders(Dialogs& dialogs, QWidget* parent)
    : QWidget(parent)
    , m_dialogs(dialogs)
    , m_list(new QListWidget)
    , m_remove(new QPushButton(tr("Remove")))
{
    m_list->setObjectName(QStringLiteral("servedFolders"));
    m_list->setAccessibleName(tr("Served folders"));
    m_list->setToolTip(tr("Folders whose avatars are served beside those of the library"));
    m_list->setTextElideMode(Qt::ElideMiddle);
    m_list->setTabKeyNavigation(false);
    auto* button = new QPushButton(tr("Add Folder…"));
    button->setObjectName(QStringLiteral("addServedFolder"));
    button->setAccessibleName(tr("Add a folder of avatars"));
    button->setToolTip(tr("Serve the avatars of a folder, too"));
    m_remove->setObjectName(QStringLiteral("removeServedFolder"));
    m_remove->setAccessibleName(tr("Remove the chosen folder"));
    m_remove->setToolTip(tr("Serve the avatars of the chosen folder no more; the folder stays"));
    setFocusProxy(button);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(kGap);
    column->addWidget(m_list);
    column->addWidget(new SideBySide({button, m_remove}, nullptr, kGap));
    connect(button, &QPushButton::clicked, this, [this] {
        m_dialogs.chooseFolder(this, tr("Folder of avatars"), folders().isEmpty() ? QString() : folders().constLast(),
                               [this](const QString& folder) { add(folder); });
    });
    connect(m_remove, &QPushButton::clicked, this, &ServedFolders::remove);
    connect(m_list, &QListWidget::currentRowChanged, this, &ServedFolders::follow);
    follow();
}

QStringList ServedFolders::folders() const
{
    QStringList all;
    for (int row = 0; row < m_list->count(); ++row)
        all << m_list->item(row)->data(Qt::UserRole).toString();
    return all;
}

void ServedFolders::setFolders(const QStringList& folders)
{
    if (folders == this->folders())
        return;
    m_list->clear();
    for (const QString& folder : folders) {
        auto* item = new QListWidgetItem(QDir::toNativeSeparators(folder), m_list);
        item->setData(Qt::UserRole, folder);
        item->setToolTip(item->text().toHtmlEscaped());
    }
    follow();
}

void ServedFolders::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        follow();
}

void ServedFolders::add(const QString& folder)
{
    if (folders().contains(folder))
        return;
    setFolders(folders() << folder);
    Q_EMIT edited();
}

void ServedFolders::remove()
{
    QStringList left = folders();
    if (m_list->currentRow() < 0)
        return;
    left.removeAt(m_list->currentRow());
    setFolders(left);
    Q_EMIT edited();
}

void ServedFolders::follow()
{
    m_list->setVisible(m_list->count() > 0);
    m_remove->setVisible(m_list->count() > 0);
    m_remove->setEnabled(m_list->currentRow() >= 0);
    constexpr int kRowPadding = 8;
    const int rows = std::clamp(m_list->count(), 1, kSeenRows);
    m_list->setFixedHeight(rows * (m_list->fontMetrics().height() + kRowPadding) + kRowPadding);
}

} // namespace lipsync::ui
