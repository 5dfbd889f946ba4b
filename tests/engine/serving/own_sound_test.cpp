// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/own_sound.h"

#include "session/speech_session.h"

#include "engine/media/sample_media.h"
#include "support/test_avatar.h"

#include <QTemporaryDir>
#include <QTest>

using namespace lipsync;

namespace {

constexpr int kFeatureRows = 25; ///< of a second

nn::GeneratorSpec networkOf(nn::GeneratorKind kind, nn::AudioMode mode)
{
    return {kind, mode, 4};
}

} // namespace

class OwnSoundTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void windowsAreThoseOfTheSpeech_data()
    {
        QTest::addColumn<nn::GeneratorSpec>("network");
        QTest::newRow("ave") << networkOf(nn::GeneratorKind::SyncTalk2D160, nn::AudioMode::Ave);
        QTest::newRow("hubert") << networkOf(nn::GeneratorKind::Ultralight160, nn::AudioMode::Hubert);
        QTest::newRow("mel") << networkOf(nn::GeneratorKind::Wav2Lip96, nn::AudioMode::Mel);
    }

    void windowsAreThoseOfTheSpeech()
    {
        QFETCH(nn::GeneratorSpec, network);
        const auto frames = framesOf(network);
        const auto& package = frames->package();
        const auto own = serving::OwnSound::open(frames);
        QVERIFY2(own.has_value(), own ? "" : own.error().text().c_str());

        const auto speech = session::SpeechSession::create(frames, 1, package.features().value()).value();
        session::pushWhole(*speech, m_sound, {});
        QVERIFY((*own)->frames() > 10);
        QVERIFY(speech->isReady((*own)->frames() - 1) && !speech->isReady((*own)->frames()));
        for (std::int64_t frame = 0; frame < (*own)->frames(); ++frame)
            QVERIFY(std::ranges::equal((*own)->window(frame), speech->window(frame, {}).value()));
        QVERIFY(std::ranges::equal((*own)->window(1'000'000), (*own)->window((*own)->frames() - 1)));
    }

    void aWindowOutlivesTheSound()
    {
        auto own = serving::OwnSound::open(framesOf(networkOf(nn::GeneratorKind::SyncTalk2D160, nn::AudioMode::Ave)));
        const auto window = (*own)->window(3);
        const std::vector<float> before(window.begin(), window.end());
        *own = nullptr;
        QVERIFY(std::ranges::equal(window, before));
    }

    void anAvatarWithoutSoundHasNone()
    {
        const auto folder = std::filesystem::path(m_temporary.path().toStdString()) / "silent.avatar";
        QVERIFY(test::makeTestAvatar(folder).has_value());
        const auto frames = avatar::TemplateFrames::open(avatar::AvatarPackage::open(folder).value()).value();
        const auto own = serving::OwnSound::open(frames);
        QVERIFY(own.has_value() && *own == nullptr);
    }

private:
    std::shared_ptr<avatar::TemplateFrames> framesOf(const nn::GeneratorSpec& network)
    {
        const auto folder = std::filesystem::path(m_temporary.path().toStdString());
        test::TestAvatarOptions options;
        options.network = network;
        options.sound = folder / "voice.wav";
        media::sample::writeWav(options.sound, 16000, 1, std::span<const float>(m_sound));
        if (network.mode == nn::AudioMode::Hubert) {
            options.features = {{kFeatureRows, 2, 1024}, std::vector<float>(std::size_t{kFeatureRows} * 2048)};
            for (std::size_t i = 0; i < options.features.values.size(); ++i)
                options.features.values[i] = static_cast<float>(i % 4099);
        }
        const auto avatar = folder / (network.name() + ".avatar");
        if (!test::makeTestAvatar(avatar, options))
            return nullptr;
        return avatar::TemplateFrames::open(avatar::AvatarPackage::open(avatar).value()).value();
    }

    QTemporaryDir m_temporary;
    const std::vector<float> m_sound = media::sample::chirp(16000, 16000, 1.0, 3000);
};

QTEST_GUILESS_MAIN(OwnSoundTest)
#include "own_sound_test.moc"
