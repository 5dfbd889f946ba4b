// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/chart_span.h"
#include "ui/files/file_saver.h"
#include "ui/theme/theme_tokens.h"

#include <QWidget>

class QLabel;

namespace lipsync::ui {

class ActionRegistry;
class ChartGrid;
class Dialogs;
class StatisticsBridge;
class StatisticsHistory;
class TimeChart;

/// Frames/s, latency, queue depth, batch sizes, use and memory of the devices, over time. Draws ten times a second
/// while it can be seen, and nothing otherwise.
class ChartsPanel final : public QWidget {
    Q_OBJECT

public:
    ChartsPanel(StatisticsBridge& bridge, StatisticsHistory& history, ActionRegistry& actions, Dialogs& dialogs,
                QWidget* parent = nullptr);
    ~ChartsPanel() override;

    void setTheme(const ThemeTokens& tokens);
    ChartSpan& span() { return m_span; }
    ChartGrid& grid() { return *m_grid; }

Q_SIGNALS:
    void noticed(const QString& sentence); ///< a piece of news for the banner
    void failed(const QString& sentence);

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    void addCharts();
    void connectActions();
    void refresh();
    void followDevices();
    void saveCsv();
    void savePng();

    StatisticsBridge& m_bridge;
    StatisticsHistory& m_history;
    ActionRegistry& m_actions;
    Dialogs& m_dialogs;
    ChartSpan m_span;
    FileSaver m_saver;
    ChartGrid* m_grid;
    TimeChart* m_use = nullptr;
    TimeChart* m_memory = nullptr;
    QStringList m_devices; ///< that have lines
};

} // namespace lipsync::ui
