// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <filesystem>
#include <string>
#include <vector>

#include <QString>
#include <QStringList>
#include <QTemporaryDir>

namespace lipsync::test {

/// A folder with a small avatar, whatever inputs a test writes there, and an empty folder for outputs.
class Workplace {
public:
    /// Makes the avatar; what went wrong, or nothing.
    Status prepare();

    std::filesystem::path file(const std::string& name) const { return m_root / name; }
    std::filesystem::path avatar() const { return m_root / "test.avatar"; }
    std::filesystem::path output(const std::string& name) const { return m_root / "out" / name; }

    /// Names in the output folder.
    std::vector<std::string> outputs() const;
    void clearOutputs() const;

    /// Writes `seconds` of a voice-like sweep as 16 kHz mono WAV.
    std::filesystem::path writeVoice(const std::string& name, double seconds) const;
    /// Writes so many zero samples as 16 kHz mono WAV.
    std::filesystem::path writeSilence(const std::string& name, std::size_t samples) const;
    /// Writes an MP4 of two seconds with pictures and sound.
    Status writeTalkingVideo(const std::string& name) const;

    /// "render --avatar A --voice V --out O", to which a test adds.
    QStringList renderArguments(const std::filesystem::path& voice, const std::filesystem::path& output) const;

private:
    QTemporaryDir m_temporary;
    std::filesystem::path m_root;
};

QString text(const std::filesystem::path& path);

} // namespace lipsync::test
