// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include <filesystem>
#include <memory>
#include <optional>

#include <QObject>
#include <QString>

namespace lipsync::ui {

class EngineBridge;

/// What is on the desk: one avatar and one voice. Opens them through the bridge; as soon as there are both, a preview
/// of them. A file that cannot be used is told by refused() and changes nothing.
class LibraryModel final : public QObject {
    Q_OBJECT

public:
    explicit LibraryModel(EngineBridge& bridge, QObject* parent = nullptr);

    void openAvatar(const std::filesystem::path& folder);
    void openVoice(const std::filesystem::path& file);
    void open(const std::filesystem::path& avatar, const std::filesystem::path& voice);

    const std::optional<AvatarInfo>& avatar() const { return m_avatar; }
    const std::optional<VoiceInfo>& voice() const { return m_voice; }
    /// Samples of the voice; null until a preview is open.
    const std::shared_ptr<const VoiceSound>& sound() const { return m_sound; }
    bool isOpening() const { return m_isOpening; }

Q_SIGNALS:
    void avatarChanged();
    void voiceChanged();
    void openingChanged(bool isOpening);
    void refused(const QString& reason);

private:
    void adopt(const PreviewInfo& info);
    void adoptAvatar(const AvatarInfo& avatar);
    void adoptVoice(const VoiceInfo& voice);
    void refuse(const Error& error);
    void refusePreview(const Error& error);
    void previewWhenComplete();
    void setOpening(bool isOpening);

    EngineBridge& m_bridge;
    std::optional<AvatarInfo> m_avatar;
    std::optional<VoiceInfo> m_voice;
    std::shared_ptr<const VoiceSound> m_sound;
    std::optional<std::filesystem::path> m_wantedAvatar; ///< asked for, not yet open
    std::optional<std::filesystem::path> m_wantedVoice;
    bool m_isOpening = false;
};

} // namespace lipsync::ui
