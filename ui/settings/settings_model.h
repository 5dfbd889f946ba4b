// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <vector>

#include <QAbstractListModel>
#include <QList>
#include <QString>
#include <QStringList>
#include <QVariant>

class QSettings;

namespace lipsync::ui {

enum class SettingKind {
    Choice, ///< one of several values
    Number,
    Switch, ///< on or off
};

/// One of the values of a choice.
struct SettingChoice {
    QVariant value;
    QString text;
};

/// What a setting is, how it is looked up and changed. Changes are in force at once unless the hint says otherwise.
struct SettingSpec {
    QString id; ///< "room.name", never shown
    QString page; ///< title of the page it stands on
    QString title;
    QString hint; ///< its effect, in a sentence
    SettingKind kind = SettingKind::Switch;
    QList<SettingChoice> choices{}; ///< of a choice
    int least = 0, most = 0, step = 1; ///< of a number
    QString suffix{}; ///< its unit
    std::function<QVariant()> read{};
    std::function<void(const QVariant& value)> write{};
};

/// Every setting of the studio, in the order of its pages.
class SettingsModel final : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role { HintRole = Qt::UserRole, PageRole, ValueRole };

    using QAbstractListModel::QAbstractListModel;

    /// An id is added once.
    void add(const SettingSpec& spec);

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    /// With ValueRole: refuses what is not one of the choices; a number is brought into its limits.
    bool setData(const QModelIndex& index, const QVariant& value, int role = ValueRole) override;

    const SettingSpec& spec(int row) const { return m_specs[static_cast<std::size_t>(row)]; }
    QStringList pages() const;
    /// Whether every one of the words is in the setting's page, title, hint or choices.
    bool matches(int row, const QString& words) const;
    /// A setting was changed elsewhere, e.g. by a command.
    void refresh(const QString& id);

private:
    std::vector<SettingSpec> m_specs;
};

/// `spec` as one that is kept in the settings under its id and read by whoever needs it; `first` until it is changed.
/// The settings must outlive the model.
SettingSpec keptIn(QSettings& settings, SettingSpec spec, const QVariant& first);

} // namespace lipsync::ui
