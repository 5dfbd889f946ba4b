// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <initializer_list>

#include <QWidget>

class QAction;
class QHBoxLayout;
class QLabel;
class QListView;
class QVBoxLayout;

namespace lipsync::ui {

class ActionRegistry;
class LibraryListModel;
class LibraryModel;

/// The library: avatars above, voices below. Enter or a double click puts one on the desk. Connects the commands of
/// addLibraryActions(), which must have been added beside those of addStudioActions() and addOperationActions().
class LibraryListsPanel final : public QWidget {
    Q_OBJECT

public:
    LibraryListsPanel(LibraryModel& desk, LibraryListModel& avatars, LibraryListModel& voices, ActionRegistry& actions,
                      QWidget* parent = nullptr);

    /// The halves that take files of their kind.
    QWidget& avatarHalf() { return *m_avatars.half; }
    QWidget& voiceHalf() { return *m_voices.half; }
    /// The chosen avatar's row in its list; −1 without one.
    int avatarRow() const;

    bool eventFilter(QObject* watched, QEvent* event) override;

Q_SIGNALS:
    /// The avatar that is chosen in the list changed; empty without one.
    void avatarChosen(const std::filesystem::path& avatar);

private:
    /// One of the two lists with what belongs to it.
    struct Half {
        LibraryListModel& model;
        QWidget* half;
        QListView* list;
        QLabel* empty;
        QLabel* detail;
    };

    static Half makeHalf(LibraryListModel& model);
    void buildHalf(Half& half, const QString& title, std::initializer_list<const char*> ways,
                   std::initializer_list<const char*> commands);
    void buildAvatars();
    void buildVoices();
    QHBoxLayout* makeButtons(std::initializer_list<const char*> ids);
    void connectCommands();
    void on(const char* id, const std::function<void()>& run);
    void use(const Half& half);
    void showFolder(const Half& half);
    void follow(const Half& half);
    QAction* action(const char* id) const;

    LibraryModel& m_desk;
    ActionRegistry& m_actions;
    Half m_avatars;
    Half m_voices;
};

} // namespace lipsync::ui
