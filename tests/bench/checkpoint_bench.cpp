// SPDX-License-Identifier: GPL-3.0-or-later
// From a checkpoint of 50 MB to a network that is ready, beside what reading the file and copying it once take.
#include "nn/checkpoint/checkpoint.h"
#include "nn/formula_weights.h"
#include "nn/generator.h"
#include "support/checkpoint_writer.h"

#include "base/file_system.h"

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstring>
#include <filesystem>

#include <unistd.h>

namespace {

using namespace lipsync;
using namespace lipsync::nn;
namespace fs = std::filesystem;

double milliseconds(std::chrono::steady_clock::duration duration)
{
    return std::chrono::duration<double, std::milli>(duration).count();
}

/// The 328 network with formula weights, as torch.save() writes it; removed with its owner.
class CheckpointFile {
public:
    CheckpointFile()
        : m_file(fs::temp_directory_path() / ("lipsync-bench-" + std::to_string(::getpid()) + ".pth"))
    {
        const auto tensors = test::fileTensors(formulaWeights({GeneratorKind::SyncTalk2D328, AudioMode::Ave, 32}));
        m_written = writeFile(m_file, test::zipCheckpoint(tensors)).has_value();
    }
    CheckpointFile(const CheckpointFile&) = delete;
    CheckpointFile& operator=(const CheckpointFile&) = delete;
    ~CheckpointFile()
    {
        std::error_code ignored;
        fs::remove(m_file, ignored);
    }
    const fs::path& file() const { return m_file; }
    bool written() const { return m_written; }

private:
    const fs::path m_file;
    bool m_written = false;
};

/// Reads the file and copies what was read once; nothing of it is kept.
bool readAndCopy(const fs::path& file)
{
    const auto read = readFile(file, kMaxWeightFileBytes);
    if (!read)
        return false;
    const std::unique_ptr<char[]> copy(new char[read->size()]);
    std::memcpy(copy.get(), read->data(), read->size());
    benchmark::DoNotOptimize(copy.get());
    benchmark::ClobberMemory();
    return true;
}

/// Both by turns, so that whatever else the machine does meets both. Time: that of the network. `ratio`: the bar is 1.5.
void checkpointToNetwork(benchmark::State& state)
{
    const CheckpointFile checkpoint;
    if (!checkpoint.written())
        return state.SkipWithError("the checkpoint could not be written");
    double network = 0, copying = 0;
    for ([[maybe_unused]] auto _ : state) {
        const auto begin = std::chrono::steady_clock::now();
        if (!readAndCopy(checkpoint.file()))
            return state.SkipWithError("the checkpoint could not be read");
        const auto copied = std::chrono::steady_clock::now();
        const auto read = readCheckpoint(checkpoint.file());
        if (!read)
            return state.SkipWithError(read.error().message.c_str());
        const auto spec = detectGenerator(read->weights, AudioMode::Ave);
        const auto generator = Generator::create(read->weights, spec.value());
        const auto ready = std::chrono::steady_clock::now();
        if (!generator)
            return state.SkipWithError(generator.error().message.c_str());
        copying += milliseconds(copied - begin);
        network += milliseconds(ready - copied);
        state.SetIterationTime(milliseconds(ready - copied) / 1000);
    }
    const auto rounds = static_cast<double>(state.iterations());
    state.counters["network_ms"] = network / rounds;
    state.counters["read_and_copy_ms"] = copying / rounds;
    state.counters["ratio"] = network / copying;
    state.counters["megabytes"] = static_cast<double>(fs::file_size(checkpoint.file())) / 1e6;
}

BENCHMARK(checkpointToNetwork)->UseManualTime()->Unit(benchmark::kMillisecond)->MinTime(1);

} // namespace
