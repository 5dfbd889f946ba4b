// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include <filesystem>
#include <vector>

#include <QAbstractListModel>
#include <QImage>
#include <QString>

class QSettings;

namespace lipsync::ui {

class LibraryBridge;

enum class LibraryKind { Avatars, Voices };

/// How an avatar or voice of the library is.
enum class EntryState {
    Reading,
    Ready,
    Unreadable, ///< says why
    Checking,
    Intact, ///< checked to the last byte
    Damaged, ///< says where
};

/// The avatars or the voices that a person works with: remembered in the settings, read in the background. Nothing is
/// ever deleted from disk.
class LibraryListModel final : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role {
        TitleRole = Qt::UserRole,
        FactsRole, ///< a line: size of picture or length, bytes
        StateTextRole, ///< a word or two; empty for what is just there
        DetailRole, ///< all that is known, in lines
        ThumbnailRole, ///< QImage of an avatar
        PeaksRole, ///< std::vector<float> of a voice
        PathRole, ///< QString
        IsOnDeskRole,
        HasFailedRole, ///< StateTextRole says what is wrong
    };

    /// Reads the list that was saved last. Bridge and settings must outlive it.
    LibraryListModel(LibraryKind kind, LibraryBridge& bridge, QSettings& settings, QObject* parent = nullptr);

    LibraryKind kind() const { return m_kind; }
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

    /// Puts a file or folder at the end, or reads it again where it is listed; its row.
    int add(const std::filesystem::path& path);
    /// Takes it from the list; the file stays.
    void remove(int row);
    /// Reads all of an avatar and says whether it is whole.
    void check(int row);
    /// Marks what is on the desk, which is added where it is not listed.
    void setOnDesk(const std::filesystem::path& path);

    int rowOf(const std::filesystem::path& path) const;
    std::filesystem::path path(int row) const;
    EntryState state(int row) const;
    /// Whether it can be put on the desk: it was read, and can speak.
    bool isUsable(int row) const;

private:
    struct Entry {
        std::filesystem::path path;
        EntryState state = EntryState::Reading;
        QString problem; ///< of one that is unreadable or damaged
        AvatarInfo avatar; ///< of an avatar that was read
        VoiceInfo voice; ///< of a voice that was read
        quint64 bytes = 0;
        QImage thumbnail;
        std::vector<float> peaks;
    };

    void connectAvatars();
    void connectVoices();
    void restore();
    void save();
    void read(const Entry& entry);
    /// Changes the entry of a path, if it is still listed.
    template <typename Change> void change(const std::filesystem::path& path, Change change);
    QString title(const Entry& entry) const;
    QString facts(const Entry& entry) const;
    QString stateText(const Entry& entry) const;
    QString detail(const Entry& entry) const;

    LibraryKind m_kind;
    LibraryBridge& m_bridge;
    QSettings& m_settings;
    std::vector<Entry> m_entries;
    std::filesystem::path m_onDesk;
};

} // namespace lipsync::ui
