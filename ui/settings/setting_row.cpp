// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/setting_row.h"

#include "ui/settings/settings_model.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QVBoxLayout>
#include <QWheelEvent>

namespace lipsync::ui {
namespace {

/// The wheel scrolls the page and does not change what lies under the pointer by chance.
template <typename Control> class Calm final : public Control {
public:
    using Control::Control;

protected:
    void wheelEvent(QWheelEvent* event) override { event->ignore(); }
};

} // namespace

SettingRow::SettingRow(SettingsModel& model, int row, QWidget* parent)
    : QWidget(parent)
    , m_model(model)
    , m_index(model.index(row))
{
    const SettingSpec& spec = model.spec(row);
    setObjectName(spec.id);
    makeControl();
    control()->setAccessibleName(spec.title);
    control()->setAccessibleDescription(spec.hint);
    control()->setToolTip(spec.hint);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 12);
    column->setSpacing(4);
    if (!m_switch) {
        auto* title = new QLabel(spec.title);
        title->setBuddy(control());
        column->addWidget(title);
    }
    column->addWidget(control(), 0, Qt::AlignLeading);
    auto* hint = new QLabel(spec.hint);
    hint->setObjectName(QStringLiteral("muted"));
    hint->setWordWrap(true);
    column->addWidget(hint);

    connect(&model, &QAbstractItemModel::dataChanged, this, [this](const QModelIndex& first, const QModelIndex& last) {
        if (first.row() <= this->row() && this->row() <= last.row())
            follow();
    });
    follow();
}

QWidget* SettingRow::control() const
{
    if (m_choice)
        return m_choice;
    return m_number ? static_cast<QWidget*>(m_number) : m_switch;
}

void SettingRow::makeControl()
{
    const SettingSpec& spec = m_model.spec(row());
    switch (spec.kind) {
    case SettingKind::Choice:
        m_choice = new Calm<QComboBox>;
        for (const SettingChoice& choice : spec.choices)
            m_choice->addItem(choice.text, choice.value);
        connect(m_choice, &QComboBox::currentIndexChanged, this, [this] { set(m_choice->currentData()); });
        break;
    case SettingKind::Number:
        m_number = new Calm<QSpinBox>;
        m_number->setRange(spec.least, spec.most);
        m_number->setSingleStep(spec.step);
        m_number->setSuffix(spec.suffix);
        m_number->setKeyboardTracking(false);
        connect(m_number, &QSpinBox::valueChanged, this, [this](int value) { set(value); });
        break;
    case SettingKind::Switch:
        m_switch = new QCheckBox(spec.title);
        connect(m_switch, &QCheckBox::toggled, this, [this](bool isOn) { set(isOn); });
        break;
    }
}

void SettingRow::follow()
{
    const QSignalBlocker quiet(control());
    const QVariant value = m_model.data(m_index, SettingsModel::ValueRole);
    if (m_choice)
        m_choice->setCurrentIndex(m_choice->findData(value));
    else if (m_number)
        m_number->setValue(value.toInt());
    else
        m_switch->setChecked(value.toBool());
}

void SettingRow::set(const QVariant& value)
{
    m_model.setData(m_index, value, SettingsModel::ValueRole);
}

} // namespace lipsync::ui
