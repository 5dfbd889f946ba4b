// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/shortcut_choice.h"

#include "ui/actions/action_registry.h"

#include <algorithm>
#include <optional>

#include <QAction>
#include <QSettings>

namespace lipsync::ui {
namespace {

const auto kGroup = QStringLiteral("shortcuts/");

QStringList toWords(const QList<QKeySequence>& keys)
{
    QStringList words;
    for (const QKeySequence& one : keys)
        words << one.toString(QKeySequence::PortableText);
    return words;
}

// What was saved for a command: nothing when it was left as it is. Words that are no keys are left out.
std::optional<QList<QKeySequence>> saved(const QSettings& settings, const QString& id)
{
    if (!settings.contains(kGroup + id))
        return {};
    QList<QKeySequence> keys;
    for (const QString& word : settings.value(kGroup + id).toStringList()) {
        const QKeySequence one = QKeySequence::fromString(word, QKeySequence::PortableText);
        if (!one.isEmpty() && ShortcutChoice::refusal(one).isEmpty())
            keys << one;
    }
    return keys;
}

// Whether keys are the same or the beginning of each other, so that the second could never be typed.
bool collide(const QKeySequence& one, const QKeySequence& other)
{
    return one.matches(other) != QKeySequence::NoMatch || other.matches(one) != QKeySequence::NoMatch;
}

bool collideAny(const QList<QKeySequence>& several, const QKeySequence& keys)
{
    return std::any_of(several.begin(), several.end(), [&](const QKeySequence& one) { return collide(one, keys); });
}

} // namespace

ShortcutChoice::ShortcutChoice(ActionRegistry& registry, QSettings& settings, QObject* parent)
    : QObject(parent)
    , m_registry(registry)
    , m_settings(settings)
{
    for (const QString& id : registry.ids())
        apply(id);
    connect(&registry, &ActionRegistry::added, this, &ShortcutChoice::apply);
}

QString ShortcutChoice::refusal(const QKeySequence& keys)
{
    if (keys.isEmpty())
        return tr("Press the keys of the shortcut first.");
    for (int at = 0; at < keys.count(); ++at) {
        const Qt::Key key = keys[static_cast<uint>(at)].key();
        if (key == Qt::Key_unknown)
            return tr("These keys cannot be a shortcut: choose others.");
        const auto others = keys[static_cast<uint>(at)].keyboardModifiers() & ~Qt::ShiftModifier;
        const bool movesAround = key == Qt::Key_Tab || key == Qt::Key_Backtab || key == Qt::Key_Escape ||
            key == Qt::Key_Return || key == Qt::Key_Enter;
        if (movesAround && !others)
            return tr("%1 moves between controls or answers questions: add Ctrl or Alt.")
                .arg(keys.toString(QKeySequence::NativeText));
    }
    return {};
}

QString ShortcutChoice::holderOf(const QKeySequence& keys, const QString& exceptId) const
{
    for (const QString& id : m_registry.ids())
        if (id != exceptId && collideAny(m_registry.action(id)->shortcuts(), keys))
            return id;
    return {};
}

void ShortcutChoice::assign(const QString& id, const QKeySequence& keys)
{
    if (!refusal(keys).isEmpty())
        return;
    takeFromOthers({keys}, id);
    store(id, {keys});
    Q_EMIT changed();
}

void ShortcutChoice::clear(const QString& id)
{
    store(id, {});
    Q_EMIT changed();
}

void ShortcutChoice::reset(const QString& id)
{
    const auto first = m_registry.firstShortcuts(id);
    takeFromOthers(first, id);
    store(id, first);
    Q_EMIT changed();
}

void ShortcutChoice::resetAll()
{
    m_settings.remove(kGroup.chopped(1));
    for (const QString& id : m_registry.ids())
        m_registry.setShortcuts(id, m_registry.firstShortcuts(id));
    Q_EMIT changed();
}

bool ShortcutChoice::isChanged(const QString& id) const
{
    return m_registry.action(id)->shortcuts() != m_registry.firstShortcuts(id);
}

bool ShortcutChoice::isAnyChanged() const
{
    const QStringList ids = m_registry.ids();
    return std::any_of(ids.begin(), ids.end(), [this](const QString& id) { return isChanged(id); });
}

void ShortcutChoice::apply(const QString& id)
{
    if (const auto keys = saved(m_settings, id)) {
        m_registry.setShortcuts(id, *keys);
        return;
    }
    // A person's choice is older than a command that comes with the same keys, and wins.
    QList<QKeySequence> free = m_registry.firstShortcuts(id);
    m_settings.beginGroup(kGroup.chopped(1));
    const QStringList chosen = m_settings.allKeys();
    m_settings.endGroup();
    for (const QString& other : chosen) {
        if (other == id)
            continue;
        const auto keys = saved(m_settings, other).value_or(QList<QKeySequence>());
        free.removeIf([&](const QKeySequence& one) { return collideAny(keys, one); });
    }
    if (free != m_registry.action(id)->shortcuts())
        m_registry.setShortcuts(id, free);
}

void ShortcutChoice::store(const QString& id, const QList<QKeySequence>& keys)
{
    if (keys == m_registry.firstShortcuts(id))
        m_settings.remove(kGroup + id);
    else
        m_settings.setValue(kGroup + id, toWords(keys));
    m_registry.setShortcuts(id, keys);
}

void ShortcutChoice::takeFromOthers(const QList<QKeySequence>& keys, const QString& id)
{
    for (const QString& other : m_registry.ids()) {
        if (other == id)
            continue;
        QList<QKeySequence> left = m_registry.action(other)->shortcuts();
        if (left.removeIf([&](const QKeySequence& one) { return collideAny(keys, one); }) > 0)
            store(other, left);
    }
}

} // namespace lipsync::ui
