// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"
#include "ui/engine_bridge/measurement_bridge.h"

#include <filesystem>
#include <optional>
#include <vector>

#include <QAbstractTableModel>
#include <QString>

namespace lipsync::ui {

/// The ways to serve many requests, measured here under the same load, as a table: a way a row.
class ComparisonModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Strategy, FramesPerSecond, P50, P99, MeanBatch, DeviceUse, Memory, Settings, kColumns };
    enum Role {
        FractionRole = Qt::UserRole, ///< 0 to 1 of the column's largest figure; nothing without a figure
        BestRole, ///< whether it is the best of its column
    };

    /// Bridge must outlive the model.
    explicit ComparisonModel(MeasurementBridge& bridge, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

    /// Another avatar begins with an empty table.
    void setAvatar(const std::filesystem::path& avatar);
    bool hasAvatar() const { return !m_avatar.empty(); }
    void setSecondsEach(double seconds) { m_secondsEach = seconds; }
    double secondsEach() const { return m_secondsEach; }
    /// Requests under way; 0: enough to keep the workers of each busy.
    void setConcurrency(int requests) { m_concurrency = requests; }
    int concurrency() const { return m_concurrency; }

    void start();
    void cancel();
    bool canStart() const;
    bool isRunning() const { return m_bridge.running() == Measurement::Comparison; }
    double progress() const { return m_progress; }
    const QString& doing() const { return m_doing; }

    /// The settings of a row; nothing where the machine cannot show it.
    std::optional<ConcurrencyPlan> plan(int row) const;
    /// What the figures say, in a sentence; empty before they are there.
    QString summary() const;
    const QString& message() const { return m_message; }
    bool hasFailed() const { return m_hasFailed; }

Q_SIGNALS:
    void changed();

private:
    void take(const std::vector<StrategyFigures>& figures);
    void tell(const QString& message, bool isFailure);
    std::optional<double> figure(const StrategyFigures& row, int column) const;
    std::optional<double> best(int column) const;
    QString text(const StrategyFigures& row, int column) const;

    MeasurementBridge& m_bridge;
    std::filesystem::path m_avatar;
    double m_secondsEach = 6;
    int m_concurrency = 0;
    std::vector<StrategyFigures> m_rows;
    double m_progress = 0;
    QString m_doing;
    QString m_message;
    bool m_hasFailed = false;
};

/// A way to serve by the engine's name, for a person.
QString strategyText(const std::string& strategy);

} // namespace lipsync::ui
