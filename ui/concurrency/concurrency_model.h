// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"
#include "ui/concurrency/plan_presets.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <QObject>
#include <QString>

class QSettings;

namespace lipsync::ui {

class PoolBridge;

/// A device as the dock offers it.
struct PlanDevice {
    std::string name;
    QString description;
    QString executor; ///< what computes there in the draft's arithmetic; empty when that is not known
    int workers = 0; ///< in the draft; 0: not taken
    int mostWorkers = 1;
    double memoryUsedMb = 0, memoryTotalMb = 0; ///< 0: not known
    std::optional<double> utilisation; ///< 0 to 1
};

/// What the plan may be at most, over the devices that the draft takes.
struct DraftLimits {
    int threads = 1; ///< of a worker
    bool hasThreads = true; ///< false where no worker is on the processor
    int batch = PlanLimits::kLargestBatch;
    std::vector<Arithmetic> arithmetics{Arithmetic::Fp32}; ///< that all of them compute
};

/// The plan as a person edits it, beside the plan in force. An untouched draft follows the plan in force.
class ConcurrencyModel final : public QObject {
    Q_OBJECT

public:
    /// Bridge and settings must outlive the model.
    ConcurrencyModel(PoolBridge& bridge, QSettings& settings, QObject* parent = nullptr);

    const ConcurrencyPlan& plan() const; ///< in force
    const ConcurrencyPlan& draft() const { return m_draft; }
    /// For what edits all of it: presets, undo, a cell of the tuning map. A draft may lack devices.
    void setDraft(const ConcurrencyPlan& draft);

    void setWorkers(const std::string& device, int workers); ///< 0 leaves the device
    void setIsolation(Isolation isolation);
    void setThreads(int threads);
    void setLargestBatch(int largest);
    void setWait(double milliseconds);
    void setArithmetic(Arithmetic arithmetic);
    void setBalance(Balance balance);
    void setShares(const ClassShares& shares);

    const std::vector<PlanDevice>& devices() const { return m_devices; }
    DraftLimits limits() const;

    const std::vector<PlanPreset>& presets() const { return m_presets; }
    /// The preset that the draft is; nothing for settings of a person's own.
    std::optional<PresetName> preset() const;
    /// Makes the draft that preset; priorities stay.
    void usePreset(PresetName name);

    bool isChanged() const;
    bool isApplying() const;
    /// Why the draft cannot be applied; empty when it can.
    QString problem() const;
    /// Why the engine did not apply the last plan; empty when it did, or once the draft is another.
    const QString& refusal() const { return m_refusal; }
    bool canApply() const { return isChanged() && !isApplying() && problem().isEmpty(); }
    /// Changes the running workers; applied() follows, or refusal() says why not.
    void apply();
    /// The same with another plan, which becomes the draft; its priorities are those in force.
    void apply(const ConcurrencyPlan& plan);
    void revert();
    /// The studio starts with the draft from now on.
    void saveAsDefault();

    /// Whose tuned plan is a preset.
    void setAvatar(const std::filesystem::path& avatar);
    void setStatistics(const lipsync::StatsSnapshot& snapshot);

Q_SIGNALS:
    void changed(); ///< draft, plan in force, devices, presets
    void figuresChanged(); ///< memory and use of devices
    void applied();
    void savedAsDefault();

private:
    void edit(const ConcurrencyPlan& draft);
    void follow();
    void listDevices();
    void listPresets();

    PoolBridge& m_bridge;
    QSettings& m_settings;
    ConcurrencyPlan m_draft;
    ConcurrencyPlan m_lastPlan; ///< in force when the draft was last compared with it
    std::vector<PlanDevice> m_devices;
    std::vector<PlanPreset> m_presets;
    std::optional<ConcurrencyPlan> m_tuned;
    QString m_refusal;
};

} // namespace lipsync::ui
