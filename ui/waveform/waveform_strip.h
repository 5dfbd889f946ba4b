// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QWidget>

namespace lipsync::ui {

/// A voice's loudness over time as a picture.
class WaveformStrip final : public QWidget {
    Q_OBJECT

public:
    explicit WaveformStrip(QWidget* parent = nullptr);

    /// Peaks from waveformPeaks(); none draws an empty strip.
    void setPeaks(std::vector<float> peaks);

    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::vector<float> m_peaks;
};

} // namespace lipsync::ui
