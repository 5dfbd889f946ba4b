// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/library/library_list_model.h"

#include "ui/engine_bridge/library_bridge.h"
#include "ui/engine_bridge/qt_conversion.h"

#include <algorithm>
#include <utility>

#include <QLocale>
#include <QSettings>

namespace lipsync::ui {
namespace {

constexpr int kMostEntries = 500; // a list nobody reads to its end; the oldest goes

QString settingOf(LibraryKind kind)
{
    return kind == LibraryKind::Avatars ? QStringLiteral("library/avatars") : QStringLiteral("library/voices");
}

QString spoken(QStringList parts)
{
    parts.removeAll(QString());
    return parts.join(QStringLiteral(", "));
}

bool hasBeenRead(EntryState state)
{
    return state != EntryState::Reading && state != EntryState::Unreadable;
}

} // namespace

LibraryListModel::LibraryListModel(LibraryKind kind, LibraryBridge& bridge, QSettings& settings, QObject* parent)
    : QAbstractListModel(parent)
    , m_kind(kind)
    , m_bridge(bridge)
    , m_settings(settings)
{
    if (kind == LibraryKind::Avatars)
        connectAvatars();
    else
        connectVoices();
    restore();
}

int LibraryListModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_entries.size());
}

QVariant LibraryListModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Entry& entry = m_entries[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
    case TitleRole:
        return title(entry);
    case Qt::ToolTipRole:
        return fromPath(entry.path);
    case Qt::AccessibleTextRole:
        return spoken({title(entry), facts(entry), stateText(entry)});
    case FactsRole:
        return facts(entry);
    case StateTextRole:
        return stateText(entry);
    case DetailRole:
        return detail(entry);
    case ThumbnailRole:
        return entry.thumbnail;
    case PeaksRole:
        return QVariant::fromValue(entry.peaks);
    case PathRole:
        return fromPath(entry.path);
    case IsOnDeskRole:
        return entry.path == m_onDesk;
    case HasFailedRole:
        return entry.state == EntryState::Unreadable || entry.state == EntryState::Damaged;
    default:
        return {};
    }
}

int LibraryListModel::add(const std::filesystem::path& path)
{
    int row = rowOf(path);
    if (row >= 0) {
        change(path, [](Entry& entry) { entry.state = EntryState::Reading; });
    } else {
        if (rowCount() >= kMostEntries)
            remove(m_entries.front().path == m_onDesk ? 1 : 0);
        row = rowCount();
        beginInsertRows({}, row, row);
        Entry entry;
        entry.path = path;
        m_entries.push_back(std::move(entry));
        endInsertRows();
        save();
    }
    read(m_entries[static_cast<std::size_t>(row)]);
    return row;
}

void LibraryListModel::remove(int row)
{
    if (row < 0 || row >= rowCount())
        return;
    beginRemoveRows({}, row, row);
    m_entries.erase(m_entries.begin() + row);
    endRemoveRows();
    save();
}

void LibraryListModel::check(int row)
{
    if (m_kind != LibraryKind::Avatars || row < 0 || row >= rowCount() || !hasBeenRead(state(row)) ||
        state(row) == EntryState::Checking)
        return;
    change(path(row), [](Entry& entry) { entry.state = EntryState::Checking; });
    m_bridge.verifyAvatar(path(row));
}

void LibraryListModel::setOnDesk(const std::filesystem::path& path)
{
    const auto before = std::exchange(m_onDesk, path);
    change(before, [](Entry&) {});
    if (rowOf(path) < 0)
        add(path);
    else
        change(path, [](Entry&) {});
}

int LibraryListModel::rowOf(const std::filesystem::path& path) const
{
    const auto found =
        std::find_if(m_entries.begin(), m_entries.end(), [&path](const Entry& entry) { return entry.path == path; });
    return found == m_entries.end() ? -1 : static_cast<int>(found - m_entries.begin());
}

std::filesystem::path LibraryListModel::path(int row) const
{
    return row >= 0 && row < rowCount() ? m_entries[static_cast<std::size_t>(row)].path : std::filesystem::path();
}

EntryState LibraryListModel::state(int row) const
{
    return row >= 0 && row < rowCount() ? m_entries[static_cast<std::size_t>(row)].state : EntryState::Unreadable;
}

bool LibraryListModel::isUsable(int row) const
{
    return hasBeenRead(state(row)) &&
        (m_kind == LibraryKind::Voices || m_entries[static_cast<std::size_t>(row)].avatar.isTrained);
}

void LibraryListModel::connectAvatars()
{
    connect(&m_bridge, &LibraryBridge::avatarRead, this,
            [this](const std::filesystem::path& folder, const AvatarInfo& avatar, const QImage& thumbnail) {
                change(folder, [&](Entry& entry) {
                    entry.state = EntryState::Ready;
                    entry.avatar = avatar;
                    entry.bytes = avatar.bytes;
                    entry.thumbnail = thumbnail;
                });
            });
    connect(&m_bridge, &LibraryBridge::avatarUnreadable, this,
            [this](const std::filesystem::path& folder, const QString& reason) {
                change(folder, [&](Entry& entry) {
                    entry.state = EntryState::Unreadable;
                    entry.problem = reason;
                });
            });
    connect(&m_bridge, &LibraryBridge::avatarVerified, this,
            [this](const std::filesystem::path& folder, const QString& fault) {
                change(folder, [&](Entry& entry) {
                    if (entry.state != EntryState::Checking) // read anew meanwhile
                        return;
                    entry.state = fault.isEmpty() ? EntryState::Intact : EntryState::Damaged;
                    entry.problem = fault;
                });
            });
}

void LibraryListModel::connectVoices()
{
    connect(&m_bridge, &LibraryBridge::voiceRead, this,
            [this](const std::filesystem::path& file, const VoiceInfo& voice, quint64 bytes,
                   const std::vector<float>& peaks) {
                change(file, [&](Entry& entry) {
                    entry.state = EntryState::Ready;
                    entry.voice = voice;
                    entry.bytes = bytes;
                    entry.peaks = peaks;
                });
            });
    connect(&m_bridge, &LibraryBridge::voiceUnreadable, this,
            [this](const std::filesystem::path& file, const QString& reason) {
                change(file, [&](Entry& entry) {
                    entry.state = EntryState::Unreadable;
                    entry.problem = reason;
                });
            });
}

void LibraryListModel::restore()
{
    for (const QString& name : m_settings.value(settingOf(m_kind)).toStringList().mid(0, kMostEntries)) {
        if (name.isEmpty() || rowOf(toPath(name)) >= 0)
            continue;
        Entry entry;
        entry.path = toPath(name);
        read(entry);
        m_entries.push_back(std::move(entry));
    }
}

void LibraryListModel::save()
{
    QStringList names;
    for (const Entry& entry : m_entries)
        names.append(fromPath(entry.path));
    m_settings.setValue(settingOf(m_kind), names);
}

void LibraryListModel::read(const Entry& entry)
{
    if (m_kind == LibraryKind::Avatars)
        m_bridge.readAvatar(entry.path);
    else
        m_bridge.readVoice(entry.path);
}

template <typename Change> void LibraryListModel::change(const std::filesystem::path& path, Change change)
{
    const int row = rowOf(path);
    if (row < 0)
        return;
    change(m_entries[static_cast<std::size_t>(row)]);
    Q_EMIT dataChanged(index(row), index(row));
}

QString LibraryListModel::title(const Entry& entry) const
{
    if (!entry.avatar.title.empty())
        return QString::fromStdString(entry.avatar.title);
    return fromPath(m_kind == LibraryKind::Avatars ? entry.path.stem() : entry.path.filename());
}

QString LibraryListModel::facts(const Entry& entry) const
{
    if (!hasBeenRead(entry.state))
        return {};
    const QLocale locale;
    const QString bytes = locale.formattedDataSize(static_cast<qint64>(entry.bytes), 1);
    return m_kind == LibraryKind::Avatars
        ? tr("%1 × %2 · %3").arg(entry.avatar.width).arg(entry.avatar.height).arg(bytes)
        : tr("%1 s · %2").arg(locale.toString(entry.voice.seconds, 'f', 1), bytes);
}

QString LibraryListModel::stateText(const Entry& entry) const
{
    switch (entry.state) {
    case EntryState::Reading:
        return tr("Reading…");
    case EntryState::Unreadable:
        return tr("Cannot be used");
    case EntryState::Checking:
        return tr("Checking…");
    case EntryState::Damaged:
        return tr("Damaged");
    case EntryState::Ready:
    case EntryState::Intact:
        break;
    }
    const bool isIntact = entry.state == EntryState::Intact;
    if (m_kind == LibraryKind::Avatars && !entry.avatar.isTrained)
        return isIntact ? tr("Whole, not trained yet") : tr("Not trained yet");
    if (entry.path == m_onDesk)
        return isIntact ? tr("On the desk, whole") : tr("On the desk");
    return isIntact ? tr("Whole") : QString();
}

QString LibraryListModel::detail(const Entry& entry) const
{
    QStringList lines;
    if (!entry.problem.isEmpty() && (entry.state == EntryState::Unreadable || entry.state == EntryState::Damaged))
        lines << entry.problem;
    if (!hasBeenRead(entry.state))
        return lines.join(u'\n');
    const QLocale locale;
    if (m_kind == LibraryKind::Voices) {
        const QString channels = entry.voice.channels == 1 ? tr("mono")
            : entry.voice.channels == 2                    ? tr("stereo")
                                                           : tr("%1 channels").arg(entry.voice.channels);
        lines << tr("%1 kHz, %2").arg(locale.toString(entry.voice.sampleRate / 1000.0, 'g', 4), channels);
        return lines.join(u'\n');
    }
    const AvatarInfo& avatar = entry.avatar;
    lines
        << tr("Loop of %1 frames at %2 fps").arg(avatar.templateFrames).arg(locale.toString(avatar.frameRate, 'g', 4));
    if (!avatar.isTrained)
        lines << tr("It was prepared and has to be trained before it can speak.");
    else if (!avatar.speaksAnyVoice)
        lines << tr("It speaks only voices whose features were computed by another tool.");
    for (const std::string& fact : {avatar.network, avatar.attribution, avatar.licence})
        if (!fact.empty())
            lines << QString::fromStdString(fact);
    return lines.join(u'\n');
}

} // namespace lipsync::ui
