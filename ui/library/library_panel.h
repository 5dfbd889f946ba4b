// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QVBoxLayout;

namespace lipsync::ui {

class ActionRegistry;
class LibraryModel;
class WaveformStrip;

/// The avatar and the voice on the desk, with what a person wants to know of them.
class LibraryPanel final : public QWidget {
    Q_OBJECT

public:
    LibraryPanel(const LibraryModel& model, const ActionRegistry& actions, QWidget* parent = nullptr);

private:
    QWidget* makeAvatarCard(const ActionRegistry& actions);
    QWidget* makeVoiceCard(const ActionRegistry& actions);
    void showAvatar();
    void showVoice();

    const LibraryModel& m_model;
    QLabel* m_thumbnail;
    QLabel* m_avatarTitle;
    QLabel* m_avatarFacts;
    QLabel* m_voiceTitle;
    QLabel* m_voiceFacts;
    WaveformStrip* m_waveform;
};

} // namespace lipsync::ui
