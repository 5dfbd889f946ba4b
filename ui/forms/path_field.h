// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include <QString>
#include <QWidget>

class QLineEdit;
class QPushButton;

namespace lipsync::ui {

class Dialogs;

/// What a path field is for.
enum class PathKind {
    File, ///< that is there
    Folder, ///< that is there
    FileOrFolder, ///< that is there
    NewFolder, ///< to be made
};

/// A line for the name of a file or folder, with buttons that choose it in a dialog.
class PathField final : public QWidget {
    Q_OBJECT

public:
    /// `what` names it, e.g. "Video"; `hint` says what it is.
    PathField(PathKind kind, const QString& what, const QString& hint, Dialogs& dialogs, QWidget* parent = nullptr);

    QString text() const;
    /// As the engine takes it; empty without a text.
    std::filesystem::path path() const;
    /// Does not count as edited.
    void setText(const QString& name);
    void setPlaceholder(const QString& text);
    /// For the file dialog, e.g. "Networks (*.pth)".
    void setFilter(const QString& filter) { m_filter = filter; }

Q_SIGNALS:
    void changed(); ///< however
    void edited(); ///< by the person

private:
    void addButton(const QString& text, const QString& name, bool choosesFolder);
    void browse(bool choosesFolder);
    void take(const QString& name);

    PathKind m_kind;
    QString m_what;
    QString m_filter;
    Dialogs& m_dialogs;
    QLineEdit* m_line;
};

} // namespace lipsync::ui
