// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/settings_model.h"

#include <algorithm>
#include <utility>

#include <QSettings>

namespace lipsync::ui {

void SettingsModel::add(const SettingSpec& spec)
{
    const auto isSame = [&](const SettingSpec& other) { return other.id == spec.id; };
    Q_ASSERT(spec.read && spec.write && std::none_of(m_specs.begin(), m_specs.end(), isSame));
    const int row = rowCount();
    beginInsertRows({}, row, row);
    m_specs.push_back(spec);
    endInsertRows();
}

int SettingsModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_specs.size());
}

QVariant SettingsModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const SettingSpec& setting = spec(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return setting.title;
    case Qt::ToolTipRole:
    case HintRole:
        return setting.hint;
    case PageRole:
        return setting.page;
    case ValueRole:
        return setting.read();
    default:
        return {};
    }
}

bool SettingsModel::setData(const QModelIndex& index, const QVariant& value, int role)
{
    if (role != ValueRole || !index.isValid())
        return false;
    const SettingSpec& setting = spec(index.row());
    QVariant wished = value;
    if (setting.kind == SettingKind::Choice) {
        const auto isWished = [&](const SettingChoice& choice) { return choice.value == value; };
        if (std::none_of(setting.choices.begin(), setting.choices.end(), isWished))
            return false;
    } else if (setting.kind == SettingKind::Number) {
        bool isNumber = false;
        const int number = value.toInt(&isNumber);
        if (!isNumber)
            return false;
        wished = std::clamp(number, setting.least, setting.most);
    } else {
        wished = value.toBool();
    }
    if (setting.read() != wished)
        setting.write(wished);
    Q_EMIT dataChanged(index, index, {ValueRole});
    return true;
}

QStringList SettingsModel::pages() const
{
    QStringList pages;
    for (const SettingSpec& setting : m_specs)
        if (!pages.contains(setting.page))
            pages << setting.page;
    return pages;
}

bool SettingsModel::matches(int row, const QString& words) const
{
    const SettingSpec& setting = spec(row);
    QString text = setting.page + u' ' + setting.title + u' ' + setting.hint;
    for (const SettingChoice& choice : setting.choices)
        text += u' ' + choice.text;
    const QStringList wanted = words.split(u' ', Qt::SkipEmptyParts);
    return std::all_of(wanted.begin(), wanted.end(),
                       [&](const QString& word) { return text.contains(word, Qt::CaseInsensitive); });
}

void SettingsModel::refresh(const QString& id)
{
    for (int row = 0; row < rowCount(); ++row)
        if (spec(row).id == id)
            Q_EMIT dataChanged(index(row), index(row), {ValueRole});
}

SettingSpec keptIn(QSettings& settings, SettingSpec spec, const QVariant& first)
{
    QString key = spec.id;
    key.replace(u'.', u'/');
    const int least = spec.least, most = spec.most;
    const SettingKind kind = spec.kind;
    spec.read = [&settings, key, first, kind, least, most]() -> QVariant {
        const QVariant kept = settings.value(key, first);
        if (kind == SettingKind::Switch)
            return kept.toBool();
        if (kind == SettingKind::Number)
            return std::clamp(kept.toInt(), least, most);
        return kept;
    };
    spec.write = [&settings, key](const QVariant& value) { settings.setValue(key, value); };
    return spec;
}

} // namespace lipsync::ui
