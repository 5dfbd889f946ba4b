// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>

#include <QKeySequence>
#include <QList>
#include <QObject>
#include <QString>
#include <QStringList>

class QAction;
class QWidget;

namespace lipsync::ui {

struct ThemeTokens;

/// The menu an action stands in; its place there is the order in which actions are added.
enum class MenuName { None, File, Edit, View, Avatar, Playback, Engine, Export, Server, Help };

/// What an action is, before it does anything.
struct ActionSpec {
    QString id; ///< "room.verb", never shown
    QString text; ///< with its mnemonic
    QString toolTip; ///< what it does; the shortcut is appended
    QList<QKeySequence> shortcuts;
    QString icon; ///< file name in resources/icons without ".svg", or empty
    bool checkable = false;
    MenuName menu = MenuName::None;
    bool startsGroup = false; ///< a line before it in its menu
};

/// Every command of the window by its id. Menus, toolbars and buttons are made from it, so that a command has one
/// name, one shortcut and one state everywhere.
class ActionRegistry final : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    /// An id is added once.
    QAction* add(const ActionSpec& spec);
    /// The id must have been added.
    QAction* action(const QString& id) const;
    QStringList ids() const;
    MenuName menuOf(const QString& id) const;
    /// Of one menu, in order, with an empty id for a separator.
    QStringList idsOf(MenuName menu) const;

    /// Adds the actions to a menu or toolbar in this order; an empty id stands for a separator.
    void fill(QWidget& menuOrBar, const QStringList& ids) const;

    /// The shortcuts that an action was added with, and others in their place; its tooltip follows.
    QList<QKeySequence> firstShortcuts(const QString& id) const;
    void setShortcuts(const QString& id, const QList<QKeySequence>& shortcuts);

    /// Changes what an action shows, e.g. play to pause.
    void setIcon(const QString& id, const QString& icon);
    /// Colours all icons for a theme.
    void tint(const ThemeTokens& tokens);

Q_SIGNALS:
    void added(const QString& id);
    void shortcutsChanged(const QString& id);

private:
    void paint(const QString& id);

    std::map<QString, QAction*> m_actions; ///< children of this
    std::map<QString, QString> m_icons;
    std::map<QString, QList<QKeySequence>> m_firstShortcuts;
    QStringList m_order;
    std::map<MenuName, QStringList> m_menus;
    std::shared_ptr<const ThemeTokens> m_tokens;
};

} // namespace lipsync::ui
