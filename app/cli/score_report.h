// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "scoring/score_report.h"

#include <string>

#include <nlohmann/json.hpp>

namespace lipsync::cli {

/// A score for a person: a table of figures with what each means, and notes.
std::string scoreText(const scoring::ScoreReport& report, const std::string& name);

/// The same for programs; figures that could not be had are null. Keys: frames, first_frame, fps, frames_with_face,
/// landmarks ("package", "tracker" or null), reference_offset, likeness, likeness_of_template, likeness_with_truth, gain_mouth_db, copying_mouth_db,
/// voice, voice_of_truth, mean_opening, jitter, jitter_of_truth, lse_d, lse_c, sync_offset_frames, sync_frames, sync_reach, sync_crop,
/// verdicts[], notes[].
nlohmann::ordered_json scoreJson(const scoring::ScoreReport& report);

} // namespace lipsync::cli
