// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/chart.h"

#include <cstdint>
#include <optional>
#include <vector>

class QCPBars;

namespace lipsync::ui {

/// How many batches of each size were computed in the span.
class BatchChart final : public Chart {
    Q_OBJECT

public:
    BatchChart(const StatisticsHistory& history, ChartSpan& span, QWidget* parent = nullptr);

protected:
    void fill() override;
    void fillTexts() override;
    void applyTheme(const ThemeTokens& tokens) override;
    void readAt(std::optional<double> x) override;
    void step(int steps) override;
    std::optional<double> readX() const override;

private:
    std::uint64_t allBatches() const;

    QCPBars* m_bars; ///< the plot's
    std::vector<std::uint64_t> m_batches; ///< by size
    std::optional<int> m_readSize;
};

} // namespace lipsync::ui
