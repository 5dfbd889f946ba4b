// SPDX-License-Identifier: GPL-3.0-or-later
// Every network that is known, from the avatar's folder to the pictures: what is written must be what the network makes
// of the crop, the mask, the order of its halves and the sound, each computed here a second time in the plainest way.

#include "render/render_job.h"

#include "audio/feature_track.h"
#include "base/npy.h"
#include "engine/media/sample_media.h"
#include "media/audio_decoder.h"
#include "nn/audio_encoder.h"
#include "nn/formula_weights.h"
#include "nn/reference_forward.h"
#include "nn/script_agreement.h"
#include "support/script_archive.h"
#include "support/test_avatar.h"

#include <cmath>

#include <QTemporaryDir>
#include <QTest>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

using namespace lipsync;
namespace fs = std::filesystem;

namespace {

constexpr int kWidth = 4;
constexpr int kSamples = 16000; ///< a second
constexpr double kColumnsPerSecond = 80;

int interpolationOf(nn::CropResize resize)
{
    switch (resize) {
    case nn::CropResize::Cubic:
        return cv::INTER_CUBIC;
    case nn::CropResize::Area:
        return cv::INTER_AREA;
    case nn::CropResize::Linear:
        break;
    }
    return cv::INTER_LINEAR;
}

/// Section 1.13, step by step as the originals walk.
std::vector<int> templateFrames(nn::LoopRule rule, int count, std::size_t frames)
{
    std::vector<int> walk;
    int index = 0, step = 0;
    for (int n = 0; walk.size() < frames; ++n) {
        if (rule == nn::LoopRule::PingPong) {
            if (index > count - 2)
                step = -1;
            if (index < 1)
                step = 1;
            index += step;
            walk.push_back(index);
        } else if (rule == nn::LoopRule::Mirror) {
            walk.push_back(n / count % 2 == 0 ? n % count : count - 1 - n % count);
        } else {
            walk.push_back(n % count);
        }
    }
    return walk;
}

/// Windows of a table row by row: `rows` around the frame's own, zeros outside.
std::vector<std::vector<float>> tableWindows(const std::vector<float>& table, std::size_t rowSize, int rows)
{
    const int count = static_cast<int>(table.size() / rowSize);
    std::vector<std::vector<float>> windows;
    for (int frame = 0; frame < count; ++frame) {
        auto& window = windows.emplace_back();
        for (int row = frame - rows / 2; row < frame + rows / 2; ++row) {
            for (std::size_t i = 0; i < rowSize; ++i)
                window.push_back(row < 0 || row >= count ? 0.0f : table[static_cast<std::size_t>(row) * rowSize + i]);
        }
    }
    return windows;
}

/// Section 3.5: Wav2Lip's loop as it is written there.
std::vector<std::vector<float>> melWindows(const std::vector<float>& sound, double framesPerSecond)
{
    const auto mel = audio::melSpectrogram(sound, audio::StftPadding::Reflect);
    const auto columns = mel.size() / audio::kMelBandCount;
    std::vector<std::vector<float>> windows;
    for (int frame = 0;; ++frame) {
        auto start = static_cast<std::size_t>(frame * (kColumnsPerSecond / framesPerSecond));
        const bool last = start + 16 > columns;
        if (last)
            start = columns - 16;
        auto& window = windows.emplace_back();
        for (std::size_t band = 0; band < audio::kMelBandCount; ++band) {
            for (std::size_t column = start; column < start + 16; ++column)
                window.push_back(mel[column * audio::kMelBandCount + band]);
        }
        if (last)
            return windows;
    }
}

std::vector<std::vector<float>> aveWindows(const std::vector<float>& sound)
{
    auto encoder = nn::AudioEncoder::create(nn::formulaAudioEncoderWeights(), {nn::Precision::Fp32, 1}).value();
    audio::FeatureTrack track(audio::featureEncoder(*encoder));
    if (!track.push(sound) || !track.finish())
        return {};
    std::vector<float> table;
    for (std::size_t row = 0; row < track.featureRows(); ++row) {
        const auto feature = track.feature(row);
        table.insert(table.end(), feature.begin(), feature.end());
    }
    return tableWindows(table, audio::kFeatureSize, audio::kFeatureWindowRows);
}

/// The crop as the network sees it: 6 × S × S in [0,1].
nn::Tensor networkInput(const cv::Mat& crop, const nn::NetworkProfile& profile)
{
    const auto side = static_cast<std::size_t>(profile.pictureSize);
    const bool maskedFirst = profile.order == nn::PictureOrder::MaskedFirst;
    const cv::Rect mask(profile.mask[0], profile.mask[1], profile.mask[2], profile.mask[3]);
    nn::Tensor input{{1, 6, side, side}, {}};
    for (int channel = 0; channel < 6; ++channel) {
        const bool masked = (channel < 3) == maskedFirst;
        for (int y = 0; y < profile.pictureSize; ++y) {
            for (int x = 0; x < profile.pictureSize; ++x) {
                const auto& pixel = crop.at<cv::Vec3b>(y + profile.cropBorder, x + profile.cropBorder);
                const bool hidden = masked && mask.contains({x, y});
                input.values.push_back(hidden ? 0.0f : static_cast<float>(pixel[channel % 3]) / 255.0f);
            }
        }
    }
    return input;
}

} // namespace

class EveryNetworkTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(qputenv("XDG_CONFIG_HOME", m_temporary.path().toUtf8()));
        m_folder = m_temporary.path().toStdString();
        const auto sound = media::sample::chirp(16000, kSamples, 2.0, 4000);
        media::sample::writeWav(m_folder / "voice.wav", 16000, 1, std::span<const float>(sound));
        m_speech = media::decodeSpeech(m_folder / "voice.wav").value().samples;
        session::FrameServiceOptions options;
        options.plan.devices = {{"cpu", 1}};
        options.plan.batchSizes = {1, 4};
        options.plan.arithmetic = Arithmetic::Fp32;
        auto service = session::FrameService::create(options);
        QVERIFY(service.has_value());
        m_service = std::move(*service);
    }

    void aVoiceBecomesTheNetworksPictures_data()
    {
        QTest::addColumn<int>("index");
        int index = 0;
        for (const auto& spec : nn::knownGenerators())
            QTest::newRow(spec.name().c_str()) << index++;
    }

    void aVoiceBecomesTheNetworksPictures()
    {
        QFETCH(int, index);
        auto spec = nn::knownGenerators()[static_cast<std::size_t>(index)];
        const auto networkName = spec.name();
        spec.width = kWidth;
        const auto weights = nn::formulaWeights(spec);
        checkRender(spec, [&](const nn::Tensor& picture, const std::vector<float>& window) {
            const auto [channels, height, columns] = spec.audioShape();
            const nn::Tensor sound{{1, std::size_t(channels), std::size_t(height), std::size_t(columns)}, window};
            return nn::referenceForward(networkName, &weights, picture, sound).value().values;
        });
    }

    void aTorchScriptIsRunOnceItsOperatorAgrees_data()
    {
        QTest::addColumn<bool>("soundFirst");
        QTest::newRow("pictures first") << false;
        QTest::newRow("sound first") << true;
    }

    void aTorchScriptIsRunOnceItsOperatorAgrees()
    {
        QFETCH(bool, soundFirst);
        m_archive = m_folder / (soundFirst ? "sound-first.pt" : "pictures-first.pt");
        test::writeScriptArchive(m_archive, soundFirst);
        nn::CustomGeometry geometry;
        geometry.pictureSize = 48;
        geometry.cropBorder = 2;
        geometry.mask = {4, 20, 40, 24};
        geometry.audioShape = {1, 80, 16};
        geometry.soundFirst = soundFirst;
        const nn::GeneratorSpec spec{nn::GeneratorKind::TorchScript, nn::AudioMode::Mel, 32, geometry};
        const auto folder = makeAvatar(spec);
        const auto refused = renderOf(folder, spec, avatar::PasteMode::Exact);
        QVERIFY(!refused.has_value());
        QVERIFY2(refused.error().text().find("did not agree") != std::string::npos, refused.error().text().c_str());

        QVERIFY(nn::agreeToScript(m_archive).has_value());
        QVERIFY(nn::isScriptAgreed(folder / "generator.pt").value());
        checkRender(spec, [](const nn::Tensor& picture, const std::vector<float>&) {
            std::vector<float> half(picture.values.begin() + static_cast<std::ptrdiff_t>(picture.values.size() / 2),
                                    picture.values.end());
            for (auto& value : half)
                value *= 0.5f;
            return half;
        });
    }

    void featuresAreAskedForAndChecked()
    {
        const nn::GeneratorSpec spec{nn::GeneratorKind::Ultralight160, nn::AudioMode::Hubert, kWidth};
        const auto folder = makeAvatar(spec);
        const auto messageOf = [&](const fs::path& features) {
            render::RenderRequest request = requestFor(folder, spec, avatar::PasteMode::Exact);
            request.features = features;
            const auto report = render::render(*m_service, request, [](const auto&) {}, {});
            return report ? QString() : QString::fromStdString(report.error().text());
        };
        QVERIFY(messageOf({}).contains("--features"));
        const auto write = [&](const char* name, std::vector<std::size_t> shape) {
            std::size_t count = 1;
            for (const auto side : shape)
                count *= side;
            const std::vector<float> values(count, 0.5f);
            return writeNpy(m_folder / name, shape, std::span<const float>(values)).has_value();
        };
        QVERIFY(write("other.npy", {25, 512, 3}));
        QVERIFY2(messageOf(m_folder / "other.npy").contains("2048"), qPrintable(messageOf(m_folder / "other.npy")));
        QVERIFY(write("long.npy", {125, 2, 1024}));
        QVERIFY2(messageOf(m_folder / "long.npy").contains("5.0 s"), qPrintable(messageOf(m_folder / "long.npy")));
        QVERIFY(write("halves.npy", {51, 1024})); // fifty a second, one too many
        QCOMPARE(messageOf(m_folder / "halves.npy"), QString());
    }

private:
    fs::path makeAvatar(const nn::GeneratorSpec& spec)
    {
        const auto profile = spec.profile();
        test::TestAvatarOptions options;
        options.network = spec;
        options.frameCount = 5;
        options.loop = profile.loop;
        options.frameRate = static_cast<int>(profile.frameRate);
        options.cropHeight = profile.squareCrop ? 0 : 50;
        options.torchScript = m_archive;
        const auto folder = m_folder / "network.avatar";
        const auto made = test::makeTestAvatar(folder, options);
        if (!made)
            qFatal("%s", made.error().text().c_str());
        return folder;
    }

    render::RenderRequest requestFor(const fs::path& folder, const nn::GeneratorSpec& spec, avatar::PasteMode paste)
    {
        render::RenderRequest request;
        request.avatar = folder;
        request.voice = m_folder / "voice.wav";
        if (spec.mode == nn::AudioMode::Hubert || spec.mode == nn::AudioMode::Wenet)
            request.features = m_folder / "features.npy";
        request.output = m_folder / (paste == avatar::PasteMode::Exact ? "exact" : "feathered");
        request.pictureSequence = true;
        request.overwrite = true;
        request.paste = paste;
        return request;
    }

    Result<render::RenderReport> renderOf(const fs::path& folder, const nn::GeneratorSpec& spec,
                                          avatar::PasteMode paste)
    {
        const auto request = requestFor(folder, spec, paste);
        std::error_code ignored;
        fs::remove_all(request.output, ignored);
        return render::render(*m_service, request, [](const auto&) {}, {});
    }

    std::vector<std::vector<float>> windowsFor(const nn::GeneratorSpec& spec)
    {
        const auto profile = spec.profile();
        if (spec.mode == nn::AudioMode::Mel)
            return melWindows(m_speech, profile.frameRate);
        if (spec.mode == nn::AudioMode::Ave)
            return aveWindows(m_speech);
        const auto rows = static_cast<std::size_t>(profile.frameRate); // of one second
        const auto table = nn::formulaFeatures(rows * profile.featureSize());
        const std::vector<std::size_t> shape{rows, 2, profile.featureSize() / 2};
        if (!writeNpy(m_folder / "features.npy", shape, std::span<const float>(table)))
            return {};
        return tableWindows(table, profile.featureSize(), profile.featureRows);
    }

    template <typename Forward> void checkRender(const nn::GeneratorSpec& spec, const Forward& forward)
    {
        const auto profile = spec.profile();
        const auto folder = makeAvatar(spec);
        const auto windows = windowsFor(spec);
        const auto exact = renderOf(folder, spec, avatar::PasteMode::Exact);
        QVERIFY2(exact.has_value(), exact ? "" : exact.error().text().c_str());
        QCOMPARE(exact->frames, static_cast<std::int64_t>(windows.size()));
        const auto feathered = renderOf(folder, spec, avatar::PasteMode::Feathered);
        QVERIFY2(feathered.has_value(), feathered ? "" : feathered.error().text().c_str());

        const auto package = avatar::AvatarPackage::open(folder).value();
        const auto frames = avatar::TemplateFrames::open(package).value();
        const auto walk = templateFrames(profile.loop, package->manifest().frameCount, windows.size());
        for (const std::size_t number : {std::size_t{0}, windows.size() / 2, windows.size() - 1}) {
            const auto frame = frames->frame(walk[number]).value();
            const auto expected = expectedPicture(*frame, profile, windows[number], forward);
            const auto name = fmt::format("frame-{:06}.png", number);
            const auto written = cv::imread((m_folder / "exact" / name).string());
            QCOMPARE(written.size(), expected.size());
            // Batches compute in another order than one by one: here and there a byte is truncated the other way.
            QVERIFY2(cv::norm(written, expected, cv::NORM_INF) <= 2,
                     fmt::format("frame {}: {}", number, cv::norm(written, expected, cv::NORM_INF)).c_str());
            checkFeathered(cv::imread((m_folder / "feathered" / name).string()), *frame, profile);
        }
    }

    /// Section 1.12 (3.5 for Wav2Lip): the picture in its border, back at the rectangle's size, over the frame.
    template <typename Forward>
    static cv::Mat expectedPicture(const avatar::TemplateFrame& frame, const nn::NetworkProfile& profile,
                                   const std::vector<float>& window, const Forward& forward)
    {
        const int side = profile.pictureSize, border = profile.cropBorder;
        cv::Mat crop;
        cv::resize(frame.picture(frame.rectangle.rect()), crop, {side + 2 * border, side + 2 * border}, 0, 0,
                   interpolationOf(profile.cropResize));
        const auto numbers = forward(networkInput(crop, profile), window);
        const auto plane = static_cast<std::size_t>(side) * side;
        for (int y = 0; y < side; ++y) {
            for (int x = 0; x < side; ++x) {
                for (int c = 0; c < 3; ++c)
                    crop.at<cv::Vec3b>(y + border, x + border)[c] = static_cast<std::uint8_t>(
                        numbers[static_cast<std::size_t>(c) * plane + static_cast<std::size_t>(y) * side + x] * 255.0f);
            }
        }
        cv::Mat whole = frame.picture.clone();
        auto target = whole(frame.rectangle.rect());
        cv::resize(crop, target, target.size(), 0, 0,
                   profile.cropResize == nn::CropResize::Cubic ? cv::INTER_CUBIC : cv::INTER_LINEAR);
        return whole;
    }

    /// The soft paste changes pixels under the mask, and none elsewhere.
    static void checkFeathered(const cv::Mat& written, const avatar::TemplateFrame& frame,
                               const nn::NetworkProfile& profile)
    {
        const auto rectangle = frame.rectangle.rect();
        const double scaleX = static_cast<double>(rectangle.width) / profile.cropSize();
        const double scaleY = static_cast<double>(rectangle.height) / profile.cropSize();
        const auto [x, y, width, height] = profile.mask;
        const int left = static_cast<int>(std::floor((x + profile.cropBorder) * scaleX));
        const int top = static_cast<int>(std::floor((y + profile.cropBorder) * scaleY));
        const int right = static_cast<int>(std::ceil((x + profile.cropBorder + width) * scaleX));
        const int bottom = static_cast<int>(std::ceil((y + profile.cropBorder + height) * scaleY));
        const cv::Rect mask(rectangle.x + left, rectangle.y + top, right - left, bottom - top);
        cv::Mat difference;
        cv::absdiff(written, frame.picture, difference);
        QVERIFY(cv::norm(difference(mask), cv::NORM_INF) > 0);
        difference(mask).setTo(0);
        QCOMPARE(cv::norm(difference, cv::NORM_INF), 0.0);
    }

    QTemporaryDir m_temporary;
    fs::path m_folder, m_archive;
    std::vector<float> m_speech;
    std::unique_ptr<session::FrameService> m_service;
};

QTEST_GUILESS_MAIN(EveryNetworkTest)
#include "every_network_test.moc"
