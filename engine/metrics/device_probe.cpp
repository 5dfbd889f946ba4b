// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/device_probe.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <numeric>
#include <thread>
#include <utility>

#include <fmt/format.h>

namespace lipsync::metrics {

namespace {

constexpr double kMebi = 1024.0 * 1024.0;
constexpr std::size_t kNvmlTextSize = 96; ///< NVML_DEVICE_NAME_V2_BUFFER_SIZE and NVML_DEVICE_UUID_V2_BUFFER_SIZE
constexpr unsigned int kMostGpus = 64; ///< more are not believed

std::string describeProcessor()
{
    const auto text = readProc("/proc/cpuinfo");
    const std::string product = text ? wordsOf(*text, "model name").value_or("processor") : "processor";
    const unsigned cores = std::max(std::thread::hardware_concurrency(), 1U);
    return fmt::format("{}, {} {}", product, cores, cores == 1 ? "core" : "cores");
}

} // namespace

std::optional<std::string> DeviceProbeOptions::visibleDevicesOfEnvironment()
{
    const char* value = std::getenv("CUDA_VISIBLE_DEVICES");
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

std::vector<std::size_t> visibleGpus(std::string_view visibleDevices, const std::vector<std::string>& uuids)
{
    std::vector<std::size_t> gpus;
    while (!visibleDevices.empty()) {
        const auto comma = std::min(visibleDevices.find(','), visibleDevices.size());
        const std::string_view entry = visibleDevices.substr(0, comma);
        visibleDevices.remove_prefix(std::min(comma + 1, visibleDevices.size()));
        std::size_t gpu = uuids.size();
        const auto [end, error] = std::from_chars(entry.data(), entry.data() + entry.size(), gpu);
        if (error != std::errc{} || end != entry.data() + entry.size()) {
            const auto named = std::find_if(uuids.begin(), uuids.end(), [&](const std::string& uuid) {
                return !entry.empty() && uuid.starts_with(entry);
            });
            gpu = static_cast<std::size_t>(named - uuids.begin());
        }
        if (gpu >= uuids.size())
            break;
        gpus.push_back(gpu);
    }
    return gpus;
}

DeviceProbe::DeviceProbe(const DeviceProbeOptions& options)
    : m_processor(describeProcessor())
{
    if (const auto text = readProc("/proc/stat"))
        m_lastTicks = parseProcessorTicks(*text).value_or(ProcessorTicks{});
    auto nvml = options.loader();
    if (!nvml) {
        m_note = nvml.error().text();
        return;
    }
    if (const int result = (*nvml)->init(); result != kNvmlSuccess) {
        m_note =
            fmt::format("NVIDIA's driver does not answer: {}. Check that it is loaded.", (*nvml)->errorString(result));
        return;
    }
    m_nvml = std::move(*nvml);
    findGpus(options.visibleDevices);
}

DeviceProbe::~DeviceProbe()
{
    if (m_nvml)
        m_nvml->shutdown();
}

void DeviceProbe::findGpus(const std::optional<std::string>& visibleDevices)
{
    unsigned int count = 0;
    if (const int result = m_nvml->deviceCount(&count); result != kNvmlSuccess) {
        m_note = fmt::format("NVIDIA's driver does not list its GPUs: {}.", nvmlWords(result));
        return;
    }
    std::vector<Gpu> all;
    std::vector<std::string> uuids;
    for (unsigned int index = 0; index < std::min(count, kMostGpus); ++index) {
        auto gpu = openGpu(index);
        if (!gpu)
            m_note = gpu.error().message;
        all.push_back(gpu ? std::move(*gpu) : Gpu{nullptr, gpu.error().message, {}});
        uuids.push_back(all.back().uuid);
    }
    std::vector<std::size_t> visible(all.size());
    std::iota(visible.begin(), visible.end(), std::size_t{0});
    if (visibleDevices)
        visible = visibleGpus(*visibleDevices, uuids);
    for (const std::size_t gpu : visible)
        m_gpus.push_back(all[gpu]);
    if (!m_gpus.empty())
        m_note.clear();
    else if (m_note.empty())
        m_note = all.empty() ? "NVIDIA's driver sees no GPU." : "CUDA_VISIBLE_DEVICES hides all GPUs.";
}

Result<DeviceProbe::Gpu> DeviceProbe::openGpu(unsigned int index) const
{
    Gpu gpu;
    if (const int result = m_nvml->deviceByIndex(index, &gpu.device); result != kNvmlSuccess)
        return failure(ErrorCode::Resource,
                       fmt::format("NVIDIA's GPU {} cannot be asked: {}.", index, nvmlWords(result)));
    const auto text = [&](auto function, std::string instead) {
        std::array<char, kNvmlTextSize> buffer{};
        if (function(gpu.device, buffer.data(), static_cast<unsigned int>(buffer.size())) != kNvmlSuccess)
            return instead;
        buffer.back() = '\0';
        return std::string(buffer.data());
    };
    gpu.product = text(m_nvml->deviceName, "NVIDIA GPU");
    gpu.uuid = text(m_nvml->deviceUuid, {});
    return gpu;
}

std::string DeviceProbe::nvmlWords(int result) const
{
    const char* words = m_nvml->errorString(result);
    return words == nullptr ? fmt::format("NVML error {}", result) : std::string(words);
}

std::vector<DeviceStatus> DeviceProbe::sample()
{
    std::vector<DeviceStatus> devices{sampleProcessor()};
    for (std::size_t number = 0; number < m_gpus.size(); ++number)
        devices.push_back(sampleGpu(number));
    return devices;
}

DeviceStatus DeviceProbe::sampleProcessor()
{
    DeviceStatus status;
    status.name = "cpu";
    status.description = m_processor;
    if (const auto text = readProc("/proc/meminfo")) {
        const auto total = bytesOf(*text, "MemTotal").value_or(0);
        const auto available = std::min(bytesOf(*text, "MemAvailable").value_or(total), total);
        status.memoryTotalMb = static_cast<double>(total) / kMebi;
        status.memoryUsedMb = static_cast<double>(total - available) / kMebi;
    }
    const auto text = readProc("/proc/stat");
    const auto ticks = text ? parseProcessorTicks(*text) : std::nullopt;
    if (ticks && ticks->total > m_lastTicks.total) {
        const auto busy = ticks->busy - std::min(m_lastTicks.busy, ticks->busy);
        const double share = static_cast<double>(busy) / static_cast<double>(ticks->total - m_lastTicks.total);
        m_processorUse = std::clamp(share, 0.0, 1.0);
        m_lastTicks = *ticks;
    }
    status.utilisation = m_processorUse;
    return status;
}

DeviceStatus DeviceProbe::sampleGpu(std::size_t number) const
{
    const Gpu& gpu = m_gpus[number];
    DeviceStatus status;
    status.name = fmt::format("cuda:{}", number);
    status.description = gpu.product;
    if (gpu.device == nullptr)
        return status;
    NvmlUtilization rates;
    if (m_nvml->utilization(gpu.device, &rates) == kNvmlSuccess)
        status.utilisation = std::min(rates.gpu / 100.0, 1.0);
    NvmlMemory memory;
    if (const int result = m_nvml->memory(gpu.device, &memory); result == kNvmlSuccess) {
        status.memoryUsedMb = static_cast<double>(memory.used) / kMebi;
        status.memoryTotalMb = static_cast<double>(memory.total) / kMebi;
    } else {
        status.description += fmt::format(" ({})", nvmlWords(result));
    }
    return status;
}

} // namespace lipsync::metrics
