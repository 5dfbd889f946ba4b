// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QSlider>

namespace lipsync::ui {

/// The time line: a slider over all frames that shows the voice's loudness and jumps to where it is pressed.
class ScrubSlider final : public QSlider {
    Q_OBJECT

public:
    explicit ScrubSlider(QWidget* parent = nullptr);

    void setPeaks(std::vector<float> peaks);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;

private:
    double playedPart() const;
    void follow(const QMouseEvent& event);

    std::vector<float> m_peaks;
};

} // namespace lipsync::ui
