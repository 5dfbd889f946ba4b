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

/// What an action is, before it does anything.
struct ActionSpec {
    QString id; ///< "room.verb", never shown
    QString text; ///< with its mnemonic
    QString toolTip; ///< what it does; the shortcut is appended
    QList<QKeySequence> shortcuts;
    QString icon; ///< file name in resources/icons without ".svg", or empty
    bool checkable = false;
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

    /// Adds the actions to a menu or toolbar in this order; an empty id stands for a separator.
    void fill(QWidget& menuOrBar, const QStringList& ids) const;

    /// Changes what an action shows, e.g. play to pause.
    void setIcon(const QString& id, const QString& icon);
    /// Colours all icons for a theme.
    void tint(const ThemeTokens& tokens);

private:
    void paint(const QString& id);

    std::map<QString, QAction*> m_actions; ///< children of this
    std::map<QString, QString> m_icons;
    QStringList m_order;
    std::shared_ptr<const ThemeTokens> m_tokens;
};

} // namespace lipsync::ui
