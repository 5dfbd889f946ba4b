// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/library/library_panel.h"

#include "ui/actions/action_registry.h"
#include "ui/actions/studio_actions.h"
#include "ui/engine_bridge/qt_conversion.h"
#include "ui/library/library_model.h"
#include "ui/waveform/waveform_peaks.h"
#include "ui/waveform/waveform_strip.h"

#include <QAction>
#include <QFileInfo>
#include <QFrame>
#include <QLabel>
#include <QLocale>
#include <QPixmap>
#include <QToolButton>
#include <QVBoxLayout>

namespace lipsync::ui {
namespace {

constexpr int kThumbnailSide = 168;
constexpr int kPeaks = 400;
constexpr QSize kIconSize{22, 16}; // wider than the drawing: the text keeps a distance

QLabel* makeLabel(const QString& objectName)
{
    auto* label = new QLabel;
    label->setObjectName(objectName);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

QToolButton* makeButton(QAction* action)
{
    auto* button = new QToolButton;
    button->setDefaultAction(action);
    button->setObjectName(QStringLiteral("cardButton"));
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setIconSize(kIconSize);
    button->setFocusPolicy(Qt::StrongFocus);
    button->setAccessibleName(action->iconText());
    button->setAccessibleDescription(action->statusTip());
    button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    return button;
}

QVBoxLayout* makeCard(QFrame*& card)
{
    card = new QFrame;
    card->setObjectName(QStringLiteral("card"));
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(12, 12, 12, 12);
    column->setSpacing(8);
    return column;
}

} // namespace

LibraryPanel::LibraryPanel(const LibraryModel& model, const ActionRegistry& actions, QWidget* parent)
    : QWidget(parent)
    , m_model(model)
    , m_thumbnail(new QLabel)
    , m_avatarTitle(makeLabel(QStringLiteral("title")))
    , m_avatarFacts(makeLabel(QStringLiteral("muted")))
    , m_voiceTitle(makeLabel(QStringLiteral("title")))
    , m_voiceFacts(makeLabel(QStringLiteral("muted")))
    , m_waveform(new WaveformStrip)
{
    setObjectName(QStringLiteral("dockContent"));
    setAttribute(Qt::WA_StyledBackground);
    setAccessibleName(tr("Library"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 4, 12, 12);
    column->setSpacing(12);
    column->addWidget(makeAvatarCard(actions));
    column->addWidget(makeVoiceCard(actions));
    column->addStretch(1);
    showAvatar();
    showVoice();
    connect(&model, &LibraryModel::avatarChanged, this, &LibraryPanel::showAvatar);
    connect(&model, &LibraryModel::voiceChanged, this, &LibraryPanel::showVoice);
}

QWidget* LibraryPanel::makeAvatarCard(const ActionRegistry& actions)
{
    QFrame* card = nullptr;
    QVBoxLayout* column = makeCard(card);
    m_thumbnail->setAlignment(Qt::AlignCenter);
    m_thumbnail->setAccessibleName(tr("Avatar thumbnail"));
    m_avatarTitle->setAccessibleName(tr("Avatar"));
    m_avatarFacts->setAccessibleName(tr("Facts about the avatar"));
    column->addWidget(m_thumbnail);
    column->addWidget(m_avatarTitle);
    column->addWidget(m_avatarFacts);
    column->addWidget(makeButton(actions.action(QString::fromLatin1(action_id::kOpenAvatar))));
    return card;
}

QWidget* LibraryPanel::makeVoiceCard(const ActionRegistry& actions)
{
    QFrame* card = nullptr;
    QVBoxLayout* column = makeCard(card);
    m_waveform->setAccessibleName(tr("Loudness of the voice over time"));
    m_voiceTitle->setAccessibleName(tr("Voice"));
    m_voiceFacts->setAccessibleName(tr("Facts about the voice"));
    column->addWidget(m_waveform);
    column->addWidget(m_voiceTitle);
    column->addWidget(m_voiceFacts);
    column->addWidget(makeButton(actions.action(QString::fromLatin1(action_id::kOpenVoice))));
    return card;
}

void LibraryPanel::showAvatar()
{
    const std::optional<AvatarInfo>& avatar = m_model.avatar();
    m_thumbnail->setVisible(avatar.has_value());
    if (!avatar) {
        m_avatarTitle->setText(tr("No avatar"));
        m_avatarFacts->setText(tr("Drop a folder NAME.avatar here."));
        return;
    }
    const QPixmap picture(fromPath(avatar->thumbnail));
    m_thumbnail->setVisible(!picture.isNull());
    if (!picture.isNull())
        m_thumbnail->setPixmap(
            picture.scaled(kThumbnailSide, kThumbnailSide, Qt::KeepAspectRatio, Qt::SmoothTransformation));
    m_avatarTitle->setText(QString::fromStdString(avatar->title.empty() ? avatar->name : avatar->title));
    QStringList facts;
    facts << tr("%1 × %2 · %3 fps")
                 .arg(avatar->width)
                 .arg(avatar->height)
                 .arg(locale().toString(avatar->frameRate, 'g', 4));
    facts << tr("Loop of %1 frames").arg(avatar->templateFrames);
    for (const std::string& fact : {avatar->network, avatar->attribution, avatar->licence})
        if (!fact.empty())
            facts << QString::fromStdString(fact);
    m_avatarFacts->setText(facts.join(QLatin1Char('\n')));
}

void LibraryPanel::showVoice()
{
    const std::optional<VoiceInfo>& voice = m_model.voice();
    m_waveform->setVisible(m_model.sound() != nullptr);
    if (!voice) {
        m_voiceTitle->setText(tr("No voice"));
        m_voiceFacts->setText(tr("Drop a sound file here, such as WAV, FLAC or MP3."));
        return;
    }
    if (m_model.sound())
        m_waveform->setPeaks(waveformPeaks(*m_model.sound(), kPeaks));
    m_voiceTitle->setText(QFileInfo(fromPath(voice->file)).fileName());
    const QString channels = voice->channels == 1 ? tr("mono")
        : voice->channels == 2                    ? tr("stereo")
                                                  : tr("%1 channels").arg(voice->channels);
    m_voiceFacts->setText(tr("%1 s · %2 kHz · %3")
                              .arg(locale().toString(voice->seconds, 'f', 1),
                                   locale().toString(voice->sampleRate / 1000.0, 'g', 4), channels));
}

} // namespace lipsync::ui
