// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QString>

class QLabel;
class QToolButton;

namespace lipsync::ui {

/// A line of news or failure inside the window, instead of a box in the way. Hidden until there is something to say.
class Banner final : public QFrame {
    Q_OBJECT

public:
    enum class Severity { Notice, Failure };

    explicit Banner(QWidget* parent = nullptr);

    void say(Severity severity, const QString& sentence);
    void dismiss();
    /// Dismisses this sentence, which is true no more; another one stays.
    void withdraw(const QString& sentence);
    QString sentence() const;
    Severity severity() const { return m_severity; }

private:
    Severity m_severity = Severity::Notice;
    QLabel* m_sentence;
    QToolButton* m_dismiss;
};

} // namespace lipsync::ui
