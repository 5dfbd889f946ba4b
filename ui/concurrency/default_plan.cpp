// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/concurrency/default_plan.h"

#include <cmath>

#include <QJsonArray>
#include <QJsonDocument>
#include <QSettings>

namespace lipsync::ui {
namespace {

const auto kSetting = QStringLiteral("engine/plan");
constexpr qsizetype kMostBytes = 64 * 1024; // of the setting
constexpr qsizetype kMostEntries = 64; // of a list
constexpr qsizetype kLongestName = 1024;

QString text(std::string_view view)
{
    return QString::fromLatin1(view.data(), static_cast<qsizetype>(view.size()));
}

/// Takes values out of an object and remembers whether all could be used.
class Reader {
public:
    explicit Reader(const QJsonObject& object)
        : m_object(object)
    {
    }
    void number(const char* key, int& value)
    {
        take(key, [&](const QJsonValue& json) { return whole(json, value); });
    }
    void figure(const char* key, double& value)
    {
        take(key, [&](const QJsonValue& json) {
            value = json.toDouble();
            return json.isDouble();
        });
    }
    template <typename Value, typename Parse> void choice(const char* key, Value& value, Parse parse)
    {
        take(key, [&](const QJsonValue& json) {
            const auto found = parse(json.toString().toStdString());
            value = found.value_or(value);
            return found.has_value();
        });
    }
    template <typename Take> void take(const char* key, Take take)
    {
        const auto found = m_object.constFind(QLatin1String(key));
        if (found != m_object.constEnd())
            m_isSound = take(*found) && m_isSound;
    }
    static bool whole(const QJsonValue& json, int& value)
    {
        constexpr double kMost = 1e6;
        const double number = json.toDouble(-1);
        if (!json.isDouble() || !(number >= 0 && number <= kMost) || number != std::floor(number))
            return false;
        value = static_cast<int>(number);
        return true;
    }
    bool isSound() const { return m_isSound; }

private:
    const QJsonObject& m_object;
    bool m_isSound = true;
};

bool readDevices(const QJsonValue& json, std::vector<DevicePlan>& devices)
{
    const QJsonArray list = json.toArray();
    devices.clear();
    for (const QJsonValue& entry : list) {
        DevicePlan device;
        const QString name = entry[QLatin1String("device")].toString();
        device.device = name.toStdString();
        if (name.size() > kLongestName || !Reader::whole(entry[QLatin1String("workers")], device.workers))
            return false;
        devices.push_back(std::move(device));
    }
    return list.size() <= kMostEntries;
}

bool readSizes(const QJsonValue& json, std::vector<int>& sizes)
{
    const QJsonArray list = json.toArray();
    sizes.clear();
    for (const QJsonValue& entry : list) {
        if (!Reader::whole(entry, sizes.emplace_back()))
            return false;
    }
    return list.size() <= kMostEntries;
}

} // namespace

QJsonObject toJson(const ConcurrencyPlan& plan)
{
    QJsonArray devices, sizes;
    for (const DevicePlan& device : plan.devices)
        devices.append(QJsonObject{{QStringLiteral("device"), QString::fromStdString(device.device)},
                                   {QStringLiteral("workers"), device.workers}});
    for (const int size : plan.batchSizes)
        sizes.append(size);
    return {{QStringLiteral("devices"), devices},
            {QStringLiteral("isolation"), text(toString(plan.isolation))},
            {QStringLiteral("threads_per_worker"), plan.threadsPerWorker},
            {QStringLiteral("batch_sizes"), sizes},
            {QStringLiteral("max_wait_ms"), plan.maxWaitMs},
            {QStringLiteral("precision"), text(toString(plan.arithmetic))},
            {QStringLiteral("balance"), text(toString(plan.balance))},
            {QStringLiteral("shares"),
             QJsonObject{{QStringLiteral("preview"), plan.shares.preview},
                         {QStringLiteral("live"), plan.shares.live},
                         {QStringLiteral("export"), plan.shares.bulk}}}};
}

std::optional<ConcurrencyPlan> planOf(const QJsonObject& object)
{
    ConcurrencyPlan plan;
    Reader reader(object);
    reader.take("devices", [&](const QJsonValue& json) { return readDevices(json, plan.devices); });
    reader.take("batch_sizes", [&](const QJsonValue& json) { return readSizes(json, plan.batchSizes); });
    reader.choice("isolation", plan.isolation, parseIsolation);
    reader.choice("precision", plan.arithmetic, parseArithmetic);
    reader.choice("balance", plan.balance, parseBalance);
    reader.number("threads_per_worker", plan.threadsPerWorker);
    reader.figure("max_wait_ms", plan.maxWaitMs);
    const QJsonObject ofClasses = object[QLatin1String("shares")].toObject();
    Reader shares(ofClasses);
    shares.number("preview", plan.shares.preview);
    shares.number("live", plan.shares.live);
    shares.number("export", plan.shares.bulk);
    if (!reader.isSound() || !shares.isSound() || !checkPlan(plan))
        return {};
    return plan;
}

std::optional<ConcurrencyPlan> defaultPlanOf(const QSettings& settings)
{
    const QByteArray saved = settings.value(kSetting).toByteArray();
    if (saved.isEmpty() || saved.size() > kMostBytes)
        return {};
    const QJsonDocument document = QJsonDocument::fromJson(saved);
    return document.isObject() ? planOf(document.object()) : std::nullopt;
}

void saveDefaultPlan(QSettings& settings, const ConcurrencyPlan& plan)
{
    settings.setValue(kSetting, QJsonDocument(toJson(plan)).toJson(QJsonDocument::Compact));
}

} // namespace lipsync::ui
