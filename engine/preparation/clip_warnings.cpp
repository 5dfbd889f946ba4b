// SPDX-License-Identifier: GPL-3.0-or-later
#include "preparation/clip_analysis.h"

#include <cmath>

#include <fmt/format.h>

namespace lipsync::preparation {

namespace {

constexpr std::size_t kNamedRanges = 4;
constexpr double kShortSeconds = 30.0;
constexpr double kMuchTracked = 0.2; ///< of the frames
constexpr double kMuchTurned = 0.1;
constexpr double kMuchBlurred = 0.05;
constexpr double kSmallFace = 0.7; ///< of the network's picture: ear to ear, in pixels
constexpr double kSoft = 60.0; ///< sharpness: below, even the best frame is out of focus or was enlarged
constexpr double kDark = 50.0, kBright = 205.0, kFlat = 16.0, kClipped = 0.08, kFlicker = 2.0; ///< grey levels
constexpr double kQuietDb = -38.0, kClippedSound = 0.001, kFewWords = 0.25;
constexpr double kPushedMuch = 0.02; ///< of the frames

class WarningWriter {
public:
    WarningWriter(const QualityReport& report, const nn::GeneratorSpec& network)
        : m_report(report)
        , m_pictureSide(network.pictureSize())
    {
    }

    std::vector<std::string> write()
    {
        aboutFaces();
        aboutScenes();
        aboutPictures();
        aboutLight();
        aboutSound();
        aboutLength();
        return std::move(m_warnings);
    }

private:
    template <typename... Parts> void say(fmt::format_string<Parts...> sentence, Parts&&... parts)
    {
        m_warnings.push_back(fmt::format(sentence, std::forward<Parts>(parts)...));
    }

    std::string clock(std::size_t frame) const
    {
        const int tenths = static_cast<int>(std::lround(10.0 * static_cast<double>(frame) / m_report.frameRate));
        return fmt::format("{}:{:02}.{}", tenths / 600, tenths / 10 % 60, tenths % 10);
    }

    static std::size_t framesIn(const std::vector<FrameRange>& ranges)
    {
        std::size_t count = 0;
        for (const auto& range : ranges)
            count += range.count();
        return count;
    }

    /// "frames 3–7 (0:00.1), 20 (0:00.8) and 2 more places".
    std::string placesOf(const std::vector<FrameRange>& ranges) const
    {
        std::string text = "frames ";
        for (std::size_t i = 0; i < ranges.size() && i < kNamedRanges; ++i) {
            text += i > 0 ? ", " : "";
            text += ranges[i].count() > 1 ? fmt::format("{}–{}", ranges[i].first, ranges[i].last)
                                          : fmt::format("{}", ranges[i].first);
            text += fmt::format(" ({})", clock(ranges[i].first));
        }
        if (ranges.size() > kNamedRanges)
            text += fmt::format(" and {} more places", ranges.size() - kNamedRanges);
        return text;
    }

    bool isMuch(const std::vector<FrameRange>& ranges, double share) const
    {
        return static_cast<double>(framesIn(ranges)) > share * static_cast<double>(m_report.framesWithFace);
    }

    void aboutFaces()
    {
        if (!m_report.lost.empty()) {
            say("{} of {} frames show no face that can be trusted: {}. Leave them out with --start and --seconds, or "
                "record again: a mouth pasted there would hang in the air.",
                framesIn(m_report.lost), m_report.frames, placesOf(m_report.lost));
        }
        if (!m_report.mouthCovered.empty()) {
            say("Something seems to cover the mouth in {} frames: {}. Training would learn it.",
                framesIn(m_report.mouthCovered), placesOf(m_report.mouthCovered));
        }
        if (isMuch(m_report.tracked, kMuchTracked)) {
            say("In {} frames no detector sees the face, which was followed from the frames around: {}. Look at their "
                "pictures (--pictures) before you train.",
                framesIn(m_report.tracked), placesOf(m_report.tracked));
        }
        if (isMuch(m_report.turned, kMuchTurned)) {
            say("The head is turned far in {} frames: {}. Mouths are good where it looks into the camera, within 25 "
                "degrees.",
                framesIn(m_report.turned), placesOf(m_report.turned));
        }
    }

    void aboutScenes()
    {
        for (const std::size_t frame : m_report.elsewhere) {
            say("From frame {} ({}) the face is in another place than before: make sure that it is the same person, or "
                "name it with --face x,y,w,h.",
                frame, clock(frame));
        }
        if (!m_report.cuts.empty()) {
            say("The picture jumps {} time(s), first at frame {} ({}). A template should be one take; choose it with "
                "--start and --seconds.",
                m_report.cuts.size(), m_report.cuts.front(), clock(m_report.cuts.front()));
        }
        if (m_report.otherFaces > 0) {
            say("{} more face(s) are to be seen; one was followed. Choose another with --face 2 or --face x,y,w,h.",
                m_report.otherFaces);
        }
    }

    void aboutPictures()
    {
        if (m_report.faceWidth.median < kSmallFace * m_pictureSide) {
            say("The face is only {:.0f} pixels wide, and the network's picture is {}: mouths will be no sharper than "
                "the video. Film closer or larger.",
                m_report.faceWidth.median, m_pictureSide);
        }
        if (isMuch(m_report.cropPushed, kPushedMuch)) {
            say("The face leaves the picture in {} frames: {}. Its square was pushed inside.",
                framesIn(m_report.cropPushed), placesOf(m_report.cropPushed));
        }
        if (m_report.sharpness.most < kSoft)
            say("The face is out of focus, or the video was enlarged: its sharpest frame is soft.");
        else if (isMuch(m_report.blurred, kMuchBlurred)) {
            say("The face is blurred in {} frames: {}. More light, or a calmer head, keeps it sharp.",
                framesIn(m_report.blurred), placesOf(m_report.blurred));
        }
    }

    void aboutLight()
    {
        if (m_report.brightness.median < kDark)
            say("The face is dark: {:.0f} of 255. Give it more light.", m_report.brightness.median);
        if (m_report.brightness.median > kBright)
            say("The face is too bright: {:.0f} of 255. Close the aperture.", m_report.brightness.median);
        if (m_report.contrast.median < kFlat)
            say("The face has hardly any contrast: its light is flat or foggy.");
        if (m_report.clippedShare > kClipped) {
            say("{:.0f} % of the face is quite black or quite white, with nothing to be seen in it.",
                100 * m_report.clippedShare);
        }
        if (m_report.flicker > kFlicker)
            say("The light flickers by {:.1f} levels from frame to frame: a lamp or automatic exposure.",
                m_report.flicker);
    }

    void aboutSound()
    {
        const auto& sound = m_report.sound;
        if (!sound.isPresent)
            return say("The video has no sound: it can be a template, but nothing can be learned from it.");
        if (sound.loudness < kQuietDb)
            say("The sound is very quiet ({:.0f} dB): the networks hear little of it.", sound.loudness);
        else if (sound.heardShare < kFewWords)
            say("Only {:.0f} % of the clip has sound to learn from.", 100 * sound.heardShare);
        if (sound.clippedShare > kClippedSound)
            say("The sound is overdriven in {:.1f} % of its samples.", 100 * sound.clippedShare);
    }

    void aboutLength()
    {
        const double seconds = static_cast<double>(m_report.frames) / m_report.frameRate;
        if (seconds < kShortSeconds) {
            say("The clip is {:.1f} s long: enough to try things, too short to learn a convincing mouth from. Record "
                "some minutes of speech.",
                seconds);
        }
    }

    const QualityReport& m_report;
    const int m_pictureSide;
    std::vector<std::string> m_warnings;
};

} // namespace

std::vector<std::string> warningsOf(const QualityReport& report, const nn::GeneratorSpec& network)
{
    return WarningWriter(report, network).write();
}

} // namespace lipsync::preparation
