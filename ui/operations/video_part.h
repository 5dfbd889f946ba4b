// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include <filesystem>
#include <optional>

#include <QTimer>
#include <QWidget>

class QDoubleSpinBox;

namespace lipsync::ui {

class FaceChooser;
class OperationModel;

/// Which part of a video is taken, and whose face in it.
class VideoPart final : public QWidget {
    Q_OBJECT

public:
    explicit VideoPart(OperationModel& model, QWidget* parent = nullptr);

    /// The video, or what may be one; its first frame is read in the background.
    void setVideo(const std::filesystem::path& video);

    double startSeconds() const;
    std::optional<double> seconds() const; ///< nothing: to the end
    std::optional<FaceArea> face() const;

private:
    void wantFrame();

    OperationModel& m_model;
    std::filesystem::path m_video;
    QDoubleSpinBox* m_start;
    QDoubleSpinBox* m_seconds;
    FaceChooser* m_face;
    QTimer m_patience; ///< names are typed letter by letter
};

} // namespace lipsync::ui
