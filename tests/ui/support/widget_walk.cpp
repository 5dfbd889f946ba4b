// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/support/widget_walk.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractScrollArea>
#include <QAbstractSlider>
#include <QAbstractSpinBox>
#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QDockWidget>
#include <QGroupBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QProgressBar>
#include <QPushButton>
#include <QRadioButton>
#include <QScrollBar>
#include <QTabBar>
#include <QToolButton>

namespace lipsync::test {
namespace {

QString nameOf(const QWidget* widget)
{
    QString path;
    for (const QWidget* place = widget; place && !place->isWindow(); place = place->parentWidget())
        if (!place->objectName().isEmpty() && !place->objectName().startsWith(QLatin1String("qt_")))
            path = path.isEmpty() ? place->objectName() : place->objectName() + u'/' + path;
    QString text;
    if (const auto* button = qobject_cast<const QAbstractButton*>(widget))
        text = button->text();
    return QStringLiteral("%1 '%2' %3").arg(QLatin1String(widget->metaObject()->className()), path, text);
}

bool hasAncestor(const QWidget* widget, bool (*isOne)(const QWidget*))
{
    for (const QWidget* place = widget->parentWidget(); place; place = place->parentWidget())
        if (isOne(place))
            return true;
    return false;
}

// A list in a combo box, the field in a spin box, the buttons of a tab bar or a dock: Qt names them, or they are
// reached through what they belong to.
bool isPartOfQt(const QWidget* widget)
{
    const QString type = QString::fromLatin1(widget->metaObject()->className());
    if (widget->objectName().startsWith(QLatin1String("qt_")) || qobject_cast<const QScrollBar*>(widget) ||
        qobject_cast<const QHeaderView*>(widget) || type.startsWith(QLatin1String("QComboBoxPrivate")) ||
        type == QLatin1String("QTableCornerButton") || type == QLatin1String("QDockWidgetTitleButton") ||
        type == QLatin1String("QMenuBarExtension") || type == QLatin1String("QToolBarExtension"))
        return true;
    return hasAncestor(widget, [](const QWidget* place) {
        return qobject_cast<const QComboBox*>(place) || qobject_cast<const QAbstractSpinBox*>(place) ||
            qobject_cast<const QTabBar*>(place) || qobject_cast<const QMenu*>(place) ||
            qobject_cast<const QLineEdit*>(place) || qobject_cast<const QMenuBar*>(place);
    });
}

bool isControl(const QWidget* widget)
{
    if (qobject_cast<const QMenu*>(widget) || qobject_cast<const QMenuBar*>(widget) ||
        qobject_cast<const QTabBar*>(widget))
        return false;
    return qobject_cast<const QAbstractButton*>(widget) || qobject_cast<const QAbstractSlider*>(widget) ||
        qobject_cast<const QLineEdit*>(widget) || qobject_cast<const QComboBox*>(widget) ||
        qobject_cast<const QAbstractSpinBox*>(widget) || qobject_cast<const QProgressBar*>(widget) ||
        qobject_cast<const QAbstractItemView*>(widget) || (widget->focusPolicy() & Qt::TabFocus);
}

} // namespace

QList<QWidget*> controlsOf(const QWidget& root)
{
    QList<QWidget*> controls;
    for (QWidget* widget : root.findChildren<QWidget*>())
        if (isControl(widget) && !isPartOfQt(widget))
            controls.append(widget);
    return controls;
}

QStringList accessibilityFaults(const QWidget& root)
{
    QStringList faults;
    for (const QWidget* control : controlsOf(root)) {
        if (control->accessibleName().isEmpty())
            faults << nameOf(control) + QStringLiteral(" has no accessible name");
        if (control->toolTip().isEmpty())
            faults << nameOf(control) + QStringLiteral(" has no tooltip");
        if (!qobject_cast<const QProgressBar*>(control) && !(control->focusPolicy() & Qt::TabFocus))
            faults << nameOf(control) + QStringLiteral(" cannot be tabbed to");
    }
    return faults;
}

QStringList cutTexts(const QWidget& root)
{
    constexpr int kTolerance = 1; // rounding of text widths
    QStringList faults;
    for (const QWidget* widget : root.findChildren<QWidget*>()) {
        if (!widget->isVisibleTo(&root) || isPartOfQt(widget))
            continue;
        QSize wanted;
        if (const auto* label = qobject_cast<const QLabel*>(widget)) {
            if (label->text().isEmpty())
                continue;
            wanted = label->wordWrap() ? QSize(0, label->heightForWidth(label->width())) : label->sizeHint();
        } else if (qobject_cast<const QPushButton*>(widget) || qobject_cast<const QCheckBox*>(widget) ||
                   qobject_cast<const QRadioButton*>(widget)) {
            wanted = widget->sizeHint();
        } else {
            continue;
        }
        if (widget->width() + kTolerance < wanted.width() || widget->height() + kTolerance < wanted.height())
            faults << QStringLiteral("%1 is %2 × %3 and wants %4 × %5: %6")
                          .arg(nameOf(widget))
                          .arg(widget->width())
                          .arg(widget->height())
                          .arg(wanted.width())
                          .arg(wanted.height())
                          .arg(widget->property("text").toString());
    }
    return faults;
}

QStringList textsOf(const QWidget& root)
{
    QStringList texts;
    for (const QWidget* widget : root.findChildren<QWidget*>()) {
        if (isPartOfQt(widget))
            continue;
        texts << widget->toolTip() << widget->accessibleName() << widget->accessibleDescription()
              << widget->statusTip();
        if (const auto* label = qobject_cast<const QLabel*>(widget))
            texts << label->text();
        else if (const auto* button = qobject_cast<const QAbstractButton*>(widget))
            texts << button->text();
        else if (const auto* group = qobject_cast<const QGroupBox*>(widget))
            texts << group->title();
        else if (const auto* field = qobject_cast<const QLineEdit*>(widget))
            texts << field->placeholderText();
        else if (const auto* dock = qobject_cast<const QDockWidget*>(widget))
            texts << dock->windowTitle();
        else if (const auto* choice = qobject_cast<const QComboBox*>(widget))
            for (int item = 0; item < choice->count(); ++item)
                texts << choice->itemText(item);
    }
    for (const QAction* action : root.findChildren<QAction*>())
        if (!action->isSeparator())
            texts << action->text() << action->toolTip() << action->statusTip();
    texts.removeAll(QString());
    texts.removeDuplicates();
    return texts;
}

} // namespace lipsync::test
