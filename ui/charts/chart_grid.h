// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QScrollArea>

namespace lipsync::ui {

class Chart;

/// Charts beside and below one another, in as many columns as give them a good shape; scrolls where they do not fit.
class ChartGrid final : public QScrollArea {
    Q_OBJECT

public:
    explicit ChartGrid(QWidget* parent = nullptr);

    void add(Chart* chart);
    const QList<Chart*>& charts() const { return m_charts; }
    /// All charts in a size of their own, whatever the panel's, as a picture with `scale` times as many pixels.
    QImage picture(double scale) const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    int bestColumns(const QSize& room, const QSize& least) const;
    void arrange();

    QList<Chart*> m_charts;
};

} // namespace lipsync::ui
