// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QKeySequence>
#include <QList>
#include <QObject>
#include <QString>

class QSettings;

namespace lipsync::ui {

class ActionRegistry;

/// The shortcuts a person has chosen: applies them to the registry, also to commands that are added later, and
/// remembers them. No two commands ever share one: a chosen shortcut is taken from the command that was made with it.
/// Registry and settings must outlive it.
class ShortcutChoice final : public QObject {
    Q_OBJECT

public:
    ShortcutChoice(ActionRegistry& registry, QSettings& settings, QObject* parent = nullptr);

    /// Why the keys cannot be a shortcut at all, in a sentence; empty when they can.
    static QString refusal(const QKeySequence& keys);
    /// The other command that the keys belong to, or that could not be told apart from it; empty: none.
    QString holderOf(const QKeySequence& keys, const QString& exceptId) const;

    /// Makes the keys the only shortcut of a command and takes them from the one that has them. Refused keys change
    /// nothing.
    void assign(const QString& id, const QKeySequence& keys);
    void clear(const QString& id);
    /// Gives a command its first shortcuts again, and takes them from those that have them.
    void reset(const QString& id);
    void resetAll();
    bool isChanged(const QString& id) const;
    bool isAnyChanged() const;

Q_SIGNALS:
    void changed();

private:
    void apply(const QString& id);
    void store(const QString& id, const QList<QKeySequence>& keys);
    void takeFromOthers(const QList<QKeySequence>& keys, const QString& id);

    ActionRegistry& m_registry;
    QSettings& m_settings;
};

} // namespace lipsync::ui
