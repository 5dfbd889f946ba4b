// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/device_probe.h"
#include "metrics/proc_text.h"
#include "metrics/process_probe.h"

#include <QProcess>
#include <QtTest>

#include <cstring>
#include <limits>
#include <thread>
#include <vector>

#include <unistd.h>

using namespace lipsync;
using namespace lipsync::metrics;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t kMebi = std::uint64_t{1} << 20;
constexpr std::uint64_t kCountingError = kMebi; ///< the kernel counts pages in steps, a core at a time
constexpr int kUnknownError = 999; ///< NVML_ERROR_UNKNOWN
constexpr int kNotSupported = 3; ///< NVML_ERROR_NOT_SUPPORTED

struct FakeGpu {
    std::string name, uuid;
    NvmlUtilization rates;
    NvmlMemory memory;
    int opens = kNvmlSuccess, tellsRates = kNvmlSuccess, tellsMemory = kNvmlSuccess;
};

/// A driver as NVML shows it; its entry points, being plain C functions, find it here.
struct FakeDriver {
    std::vector<FakeGpu> gpus;
    int starts = kNvmlSuccess, counts = kNvmlSuccess;
    int inits = 0, shutdowns = 0;
};
FakeDriver* fakeDriver = nullptr;

FakeGpu& gpuOf(NvmlDevice device)
{
    return *static_cast<FakeGpu*>(device);
}

int copyText(const std::string& text, char* buffer, unsigned int length)
{
    std::strncpy(buffer, text.c_str(), length);
    return kNvmlSuccess;
}

NvmlFunctions fakeFunctions()
{
    NvmlFunctions nvml;
    nvml.init = [] { return ++fakeDriver->inits, fakeDriver->starts; };
    nvml.shutdown = [] { return ++fakeDriver->shutdowns, kNvmlSuccess; };
    nvml.errorString = [](int result) { return result == kNotSupported ? "Not Supported" : "GPU is lost"; };
    nvml.deviceCount = [](unsigned int* count) {
        *count = static_cast<unsigned int>(fakeDriver->gpus.size());
        return fakeDriver->counts;
    };
    nvml.deviceByIndex = [](unsigned int index, NvmlDevice* device) {
        *device = &fakeDriver->gpus.at(index);
        return fakeDriver->gpus[index].opens;
    };
    nvml.deviceName = [](NvmlDevice device, char* name, unsigned int length) {
        return copyText(gpuOf(device).name, name, length);
    };
    nvml.deviceUuid = [](NvmlDevice device, char* uuid, unsigned int length) {
        return copyText(gpuOf(device).uuid, uuid, length);
    };
    nvml.utilization = [](NvmlDevice device, NvmlUtilization* rates) {
        *rates = gpuOf(device).rates;
        return gpuOf(device).tellsRates;
    };
    nvml.memory = [](NvmlDevice device, NvmlMemory* memory) {
        *memory = gpuOf(device).memory;
        return gpuOf(device).tellsMemory;
    };
    return nvml;
}

DeviceProbeOptions fakeOptions(std::optional<std::string> visibleDevices = std::nullopt)
{
    return {[]() -> Result<std::shared_ptr<const NvmlFunctions>> {
                return std::make_shared<const NvmlFunctions>(fakeFunctions());
            },
            std::move(visibleDevices)};
}

/// Keeps a core busy until this process has used that much more processor time.
ProcessSample afterWork(const ProcessSample& before, Duration work)
{
    ProcessSample sample = before;
    while (sample.processorTime - before.processorTime < work)
        sample = sampleProcess({});
    return sample;
}

} // namespace

class ProbeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void memoryOfThisProcessGrowsWithIt();
    void processorTimeOfThisProcessIsSeen();
    void aChildIsSeenUntilItEnds();
    void processorTimeOfAChildIsKeptAfterItsEnd();
    void processesThatAreNotThereAreNothing();
    void sharesStayBetweenNothingAndAll();
    void textsOfProcAreRead();
    void brokenTextsOfProcAreNothing();
    void theProcessorIsADevice();
    void noDriverIsNoError();
    void theDriverIsOpenedOrItsAbsenceExplained();
    void gpusAreSampled();
    void aGpuThatFailsSaysSo();
    void aDriverThatDoesNotStartIsExplained();
    void aDriverThatDoesNotCountIsExplained();
    void visibleDevicesChooseAndOrder();
    void hiddenGpusAreExplained();

private:
    FakeDriver m_driver;
};

void ProbeTest::init()
{
    m_driver = {};
    m_driver.gpus = {{"NVIDIA Little", "GPU-aaaa", {50, 10}, {8000 * kMebi, 6000 * kMebi, 2000 * kMebi}},
                     {"NVIDIA Large", "GPU-bbbb", {100, 80}, {80000 * kMebi, 0, 80000 * kMebi}}};
    fakeDriver = &m_driver;
}

void ProbeTest::cleanup()
{
    fakeDriver = nullptr;
}

void ProbeTest::memoryOfThisProcessGrowsWithIt()
{
    const ProcessSample before = sampleProcess({});
    QVERIFY(before.residentBytes > kMebi);
    QVERIFY(before.peakBytes + kCountingError >= before.residentBytes);
    std::vector<char> block(64 * kMebi, 1);
    const ProcessSample during = sampleProcess({});
    QVERIFY(block[kMebi] == 1);
    QVERIFY(during.residentBytes >= before.residentBytes + 60 * kMebi);
    QVERIFY(during.peakBytes + kCountingError >= during.residentBytes);
    std::vector<char>().swap(block);
    const ProcessSample after = sampleProcess({});
    QVERIFY(after.peakBytes + kCountingError >= during.residentBytes);
    const ProcessStatus status = processStatus(before, after);
    QCOMPARE(status.residentMb, static_cast<double>(after.residentBytes) / kMebi);
    QCOMPARE(status.childrenMb, 0.0);
}

void ProbeTest::processorTimeOfThisProcessIsSeen()
{
    const ProcessSample before = sampleProcess({});
    const ProcessSample after = afterWork(before, 30ms);
    const ProcessStatus status = processStatus(before, after);
    QVERIFY(status.processorShare > 0);
    QVERIFY(status.processorShare <= 1);
}

void ProbeTest::aChildIsSeenUntilItEnds()
{
    QProcess child;
    child.start("cat", {}); // waits for its input
    QVERIFY(child.waitForStarted());
    const int id = static_cast<int>(child.processId());
    const std::vector<int> children{id};
    // Its size is read through its memory map, which exec makes anew.
    QTRY_VERIFY(proportionalSetSize(id).value_or(0) > 0);
    const ProcessSample alive = sampleProcess(children);
    QVERIFY(alive.childrenBytes > 0);
    QVERIFY(alive.childrenBytes < 100 * kMebi);
    QVERIFY(processStatus(alive, alive).childrenMb > 0);
    child.closeWriteChannel();
    QVERIFY(child.waitForFinished());
    QVERIFY(!proportionalSetSize(id).has_value());
    QCOMPARE(sampleProcess(children).childrenBytes, std::uint64_t{0});
}

void ProbeTest::processorTimeOfAChildIsKeptAfterItsEnd()
{
    QProcess child;
    child.start("sh", {"-c", "while :; do :; done"});
    QVERIFY(child.waitForStarted());
    const std::vector<int> children{static_cast<int>(child.processId())};
    const ProcessSample before = sampleProcess(children);
    const auto used = [&] { return sampleProcess(children).childrenProcessorTime - before.childrenProcessorTime; };
    QTRY_VERIFY_WITH_TIMEOUT(used() >= 50ms, 30000);
    QVERIFY(processStatus(before, sampleProcess(children)).processorShare > 0);
    child.kill();
    QVERIFY(child.waitForFinished());
    QVERIFY(used() >= 40ms); // /proc counts in hundredths of a second
}

void ProbeTest::processesThatAreNotThereAreNothing()
{
    const std::vector<int> children{-1, 0, std::numeric_limits<int>::max()};
    for (const int id : children)
        QVERIFY(!proportionalSetSize(id).has_value());
    const ProcessSample sample = sampleProcess(children);
    QCOMPARE(sample.childrenBytes, std::uint64_t{0});
    QVERIFY(proportionalSetSize(::getpid()).value_or(0) > 0);
}

void ProbeTest::sharesStayBetweenNothingAndAll()
{
    ProcessSample earlier, later;
    QCOMPARE(processStatus(earlier, later).processorShare, 0.0);
    later.time = earlier.time + 1s;
    later.processorTime = 1000s;
    QCOMPARE(processStatus(earlier, later).processorShare, 1.0);
    later.processorTime = 500ms * std::thread::hardware_concurrency();
    QCOMPARE(processStatus(earlier, later).processorShare, 0.5);
    earlier.childrenProcessorTime = 5s; // of a child that is no longer asked for
    QCOMPARE(processStatus(earlier, later).processorShare, 0.5);
}

void ProbeTest::textsOfProcAreRead()
{
    const std::string status = "Name:\tVmRSS\nVmRSSx:\t 1 kB\nVmRSS:\t    2048 kB\nmodel name\t: Fast 1\n";
    QCOMPARE(bytesOf(status, "VmRSS").value(), 2 * kMebi);
    QCOMPARE(wordsOf(status, "model name").value(), std::string("Fast 1"));
    const auto ticks = parseProcessorTicks("cpu  10 1 20 100 5 2 3 4 50 6\ncpu0 1 1 1 1 1 1 1 1 1 1\n");
    QVERIFY(ticks.has_value());
    QCOMPARE(ticks->busy, std::uint64_t{40});
    QCOMPARE(ticks->total, std::uint64_t{145});
    const std::string process = "12 (a (b) c) S 1 12 12 0 -1 4194304 100 0 0 0 150 50 0 0 20 0 1 0 5 6 7";
    const auto time = parseProcessorTime(process);
    QVERIFY(time == std::chrono::duration_cast<Duration>(200s) / ::sysconf(_SC_CLK_TCK));
    QVERIFY(readProc("/proc/self/status").value_or("").find("VmRSS") != std::string::npos);
}

void ProbeTest::brokenTextsOfProcAreNothing()
{
    for (const char* text : {"", "VmRSS", "VmRSS:", "VmRSS: kB", "VmRSS: 5", "VmRSS: -5 kB", "VmRSS: 5 MB",
                             "VmRSS: 99999999999999999999 kB", "VmRSS: 18446744073709551615 kB", "VmRSS: 5x kB"})
        QVERIFY2(!bytesOf(text, "VmRSS").has_value(), text);
    for (const char* text : {"", "cpu", "cpu 1 2 3", "cpu0 1 2 3 4 5 6 7 8", "cpu a b c d e f g h"})
        QVERIFY2(!parseProcessorTicks(text).has_value(), text);
    for (const char* text : {"", "12 (a", "12 (a) S 1 2 3", "12 (a) S 1 2 3 4 5 6 7 8 9 10 x y"})
        QVERIFY2(!parseProcessorTime(text).has_value(), text);
    QVERIFY(!readProc("/proc/no-such-file").has_value());
    QVERIFY(!readProc("/proc").has_value());
}

void ProbeTest::theProcessorIsADevice()
{
    DeviceProbe probe({[]() -> Result<std::shared_ptr<const NvmlFunctions>> {
                           return failure(ErrorCode::Resource, "No driver here.");
                       },
                       std::nullopt});
    std::vector<DeviceStatus> devices;
    const auto isMeasured = [&] {
        devices = probe.sample();
        return devices.front().utilisation.has_value();
    };
    QTRY_VERIFY(isMeasured());
    QCOMPARE(devices.size(), std::size_t{1});
    const DeviceStatus& processor = devices.front();
    QCOMPARE(processor.name, std::string("cpu"));
    QVERIFY(*processor.utilisation >= 0 && *processor.utilisation <= 1);
    QVERIFY(processor.memoryTotalMb > processor.memoryUsedMb && processor.memoryUsedMb > 0);
    QVERIFY(QString::fromStdString(processor.description).contains("core"));
}

void ProbeTest::noDriverIsNoError()
{
    DeviceProbe probe({[]() -> Result<std::shared_ptr<const NvmlFunctions>> {
                           return failure(ErrorCode::Resource, "No driver here.", "not found");
                       },
                       std::nullopt});
    QCOMPARE(probe.sample().size(), std::size_t{1});
    QVERIFY(QString::fromStdString(probe.note()).startsWith("No driver here."));
}

void ProbeTest::theDriverIsOpenedOrItsAbsenceExplained()
{
    const auto nvml = loadNvml();
    if (nvml) {
        QVERIFY((*nvml)->init != nullptr && (*nvml)->memory != nullptr);
    } else {
        QCOMPARE(nvml.error().code, ErrorCode::Resource);
        QVERIFY(QString::fromStdString(nvml.error().message).contains("libnvidia-ml.so.1"));
    }
    DeviceProbe probe;
    QVERIFY(probe.note().empty() == (probe.sample().size() > 1));
}

void ProbeTest::gpusAreSampled()
{
    {
        DeviceProbe probe(fakeOptions());
        QCOMPARE(probe.note(), std::string());
        auto devices = probe.sample();
        QCOMPARE(devices.size(), std::size_t{3});
        QCOMPARE(devices[1].name, std::string("cuda:0"));
        QCOMPARE(devices[1].description, std::string("NVIDIA Little"));
        QCOMPARE(devices[1].utilisation.value(), 0.5);
        QCOMPARE(devices[1].memoryUsedMb, 2000.0);
        QCOMPARE(devices[1].memoryTotalMb, 8000.0);
        QCOMPARE(devices[2].name, std::string("cuda:1"));
        QCOMPARE(devices[2].utilisation.value(), 1.0);
        m_driver.gpus[0].rates.gpu = 75;
        QCOMPARE(probe.sample()[1].utilisation.value(), 0.75);
    }
    QCOMPARE(m_driver.inits, 1);
    QCOMPARE(m_driver.shutdowns, 1);
}

void ProbeTest::aGpuThatFailsSaysSo()
{
    DeviceProbe probe(fakeOptions());
    m_driver.gpus[0].tellsRates = kNotSupported;
    m_driver.gpus[1].tellsRates = m_driver.gpus[1].tellsMemory = kUnknownError;
    const auto devices = probe.sample();
    QVERIFY(!devices[1].utilisation.has_value());
    QCOMPARE(devices[1].memoryTotalMb, 8000.0);
    QCOMPARE(devices[1].description, std::string("NVIDIA Little"));
    QVERIFY(!devices[2].utilisation.has_value());
    QCOMPARE(devices[2].description, std::string("NVIDIA Large (GPU is lost)"));
    QCOMPARE(devices[2].memoryTotalMb, 0.0);

    m_driver.gpus[0].opens = kUnknownError;
    DeviceProbe second(fakeOptions());
    const auto rest = second.sample();
    QCOMPARE(rest.size(), std::size_t{3}); // numbers stay: cuda:1 is still the second
    QVERIFY(QString::fromStdString(rest[1].description).contains("GPU is lost"));
    QCOMPARE(rest[2].name, std::string("cuda:1"));
}

void ProbeTest::aDriverThatDoesNotStartIsExplained()
{
    m_driver.starts = kUnknownError;
    {
        DeviceProbe probe(fakeOptions());
        QCOMPARE(probe.sample().size(), std::size_t{1});
        QVERIFY(QString::fromStdString(probe.note()).contains("GPU is lost"));
    }
    QCOMPARE(m_driver.shutdowns, 0);
}

void ProbeTest::aDriverThatDoesNotCountIsExplained()
{
    m_driver.counts = kUnknownError;
    DeviceProbe probe(fakeOptions());
    QCOMPARE(probe.sample().size(), std::size_t{1});
    QVERIFY(QString::fromStdString(probe.note()).contains("does not list its GPUs"));
    m_driver.counts = kNvmlSuccess;
    m_driver.gpus.clear();
    QCOMPARE(DeviceProbe(fakeOptions()).note(), std::string("NVIDIA's driver sees no GPU."));
}

void ProbeTest::visibleDevicesChooseAndOrder()
{
    DeviceProbe probe(fakeOptions("1,0"));
    const auto devices = probe.sample();
    QCOMPARE(devices[1].description, std::string("NVIDIA Large"));
    QCOMPARE(devices[1].name, std::string("cuda:0"));
    QCOMPARE(devices[2].description, std::string("NVIDIA Little"));

    const std::vector<std::string> uuids{"GPU-aaaa", "GPU-bbbb", "GPU-cccc"};
    using Indices = std::vector<std::size_t>;
    QVERIFY((visibleGpus("2", uuids) == Indices{2}));
    QVERIFY((visibleGpus("GPU-b,GPU-aaaa", uuids) == Indices{1, 0}));
    QVERIFY((visibleGpus("0,-1,2", uuids) == Indices{0}));
    QVERIFY((visibleGpus("7,0", uuids) == Indices{}));
    QVERIFY((visibleGpus("1,,0", uuids) == Indices{1}));
    QVERIFY((visibleGpus("", uuids) == Indices{}));
}

void ProbeTest::hiddenGpusAreExplained()
{
    DeviceProbe probe(fakeOptions(""));
    QCOMPARE(probe.sample().size(), std::size_t{1});
    QCOMPARE(probe.note(), std::string("CUDA_VISIBLE_DEVICES hides all GPUs."));
}

QTEST_GUILESS_MAIN(ProbeTest)
#include "probe_test.moc"
