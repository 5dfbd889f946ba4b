// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/library/library_model.h"

#include "ui/engine_bridge/engine_bridge.h"
#include "ui/engine_bridge/qt_conversion.h"

#include <utility>

namespace lipsync::ui {

LibraryModel::LibraryModel(EngineBridge& bridge, QObject* parent)
    : QObject(parent)
    , m_bridge(bridge)
{
    connect(&bridge, &EngineBridge::previewReady, this, &LibraryModel::adopt);
    connect(&bridge, &EngineBridge::avatarDescribed, this, &LibraryModel::adoptAvatar);
    connect(&bridge, &EngineBridge::voiceDescribed, this, &LibraryModel::adoptVoice);
    connect(&bridge, &EngineBridge::previewRefused, this, &LibraryModel::refusePreview);
    connect(&bridge, &EngineBridge::avatarRefused, this, &LibraryModel::refuse);
    connect(&bridge, &EngineBridge::voiceRefused, this, &LibraryModel::refuse);
}

void LibraryModel::openAvatar(const std::filesystem::path& folder)
{
    m_wantedAvatar = folder;
    setOpening(true);
    if (m_voice || m_wantedVoice)
        previewWhenComplete();
    else
        m_bridge.describeAvatar(folder);
}

void LibraryModel::openVoice(const std::filesystem::path& file)
{
    m_wantedVoice = file;
    setOpening(true);
    if (m_avatar || m_wantedAvatar)
        previewWhenComplete();
    else
        m_bridge.describeVoice(file);
}

void LibraryModel::open(const std::filesystem::path& avatar, const std::filesystem::path& voice)
{
    m_wantedAvatar = avatar;
    m_wantedVoice = voice;
    setOpening(true);
    previewWhenComplete();
}

void LibraryModel::adopt(const PreviewInfo& info)
{
    m_wantedAvatar.reset();
    m_wantedVoice.reset();
    m_avatar = info.avatar;
    m_voice = info.voice;
    m_sound = info.sound;
    setOpening(false);
    Q_EMIT avatarChanged();
    Q_EMIT voiceChanged();
}

void LibraryModel::adoptAvatar(const AvatarInfo& avatar)
{
    m_wantedAvatar.reset();
    m_avatar = avatar;
    setOpening(false);
    Q_EMIT avatarChanged();
}

void LibraryModel::adoptVoice(const VoiceInfo& voice)
{
    m_wantedVoice.reset();
    m_voice = voice;
    setOpening(false);
    Q_EMIT voiceChanged();
}

void LibraryModel::refuse(const Error& error)
{
    m_wantedAvatar.reset();
    m_wantedVoice.reset();
    setOpening(false);
    Q_EMIT refused(toText(error));
}

void LibraryModel::refusePreview(const Error& error)
{
    const auto avatar = m_wantedAvatar;
    const auto voice = m_wantedVoice;
    refuse(error);
    // Of two that were opened together one may be good.
    if (avatar && !m_avatar)
        m_bridge.describeAvatar(*avatar);
    if (voice && !m_voice)
        m_bridge.describeVoice(*voice);
}

void LibraryModel::previewWhenComplete()
{
    m_bridge.openPreview(m_wantedAvatar ? *m_wantedAvatar : m_avatar->folder,
                         m_wantedVoice ? *m_wantedVoice : m_voice->file);
}

void LibraryModel::setOpening(bool isOpening)
{
    if (std::exchange(m_isOpening, isOpening) != isOpening)
        Q_EMIT openingChanged(isOpening);
}

} // namespace lipsync::ui
