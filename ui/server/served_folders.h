// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QWidget>

class QListWidget;
class QPushButton;

namespace lipsync::ui {

class Dialogs;

/// The folders of avatars that are served beside the library's: a list with buttons that add and remove.
class ServedFolders final : public QWidget {
    Q_OBJECT

public:
    explicit ServedFolders(Dialogs& dialogs, QWidget* parent = nullptr);

    QStringList folders() const;
    /// Does not count as edited.
    void setFolders(const QStringList& folders);

Q_SIGNALS:
    void edited(); ///< by the person

protected:
    void changeEvent(QEvent* event) override;

private:
    void add(const QString& folder);
    void remove();
    void follow();

    Dialogs& m_dialogs;
    QListWidget* m_list;
    QPushButton* m_remove;
};

} // namespace lipsync::ui
