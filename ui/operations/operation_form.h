// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include <QString>
#include <QWidget>

class QFormLayout;
class QLineEdit;

namespace lipsync::ui {

class OperationModel;
class PathField;

/// What a person says before an operation starts.
class OperationForm : public QWidget {
    Q_OBJECT

public:
    using QWidget::QWidget;

    /// What is missing, in a sentence; empty when it can start.
    virtual QString hint() const = 0;
    /// What will be made; empty where nothing new is.
    virtual std::filesystem::path output() const { return {}; }
    virtual void start(OperationModel& model, bool overwrite) const = 0;

Q_SIGNALS:
    void changed();

protected:
    /// Title, attribution and licence of an avatar.
    struct AboutFields {
        QLineEdit* title;
        QLineEdit* attribution;
        QLineEdit* licence;
    };

    /// Puts the fields into a form.
    static AboutFields addAbout(QFormLayout& form);
    /// A form of labels above or beside fields, whatever there is room for.
    static QFormLayout* makeForm(QWidget* place);
    /// Lets `output` name an avatar beside what `source` names, until a person names another.
    void suggestOutput(PathField& source, PathField& output);

private:
    bool m_isOutputChosen = false;
};

} // namespace lipsync::ui
