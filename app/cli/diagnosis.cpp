// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnosis.h"

#include "avatar/avatar_package.h"
#include "demo_avatar.h"
#include "media/video_writer.h"
#include "media/media_version.h"
#include "nn/formula_weights.h"
#include "nn/generator.h"
#include "nn/torch_runtime.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include <opencv2/core/utility.hpp>
#include <unistd.h>

namespace lipsync::cli {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// A folder of our own for trying encoders, removed with everything in it.
class TrialFolder {
public:
    TrialFolder()
    {
        std::error_code error;
        auto pattern = (fs::temp_directory_path(error) / "lipsync-doctor-XXXXXX").string();
        if (!error && mkdtemp(pattern.data()) != nullptr)
            m_folder = pattern;
    }
    ~TrialFolder()
    {
        std::error_code ignored;
        if (!m_folder.empty())
            fs::remove_all(m_folder, ignored);
    }
    TrialFolder(const TrialFolder&) = delete;
    TrialFolder& operator=(const TrialFolder&) = delete;

    const fs::path& path() const { return m_folder; } ///< empty when there is no room for it

private:
    fs::path m_folder;
};

/// Writes a moment of video, with sound or without: whether an encoder works is known only by using it.
Status tryEncoding(const fs::path& folder, bool withSound)
{
    constexpr int kSide = 64, kRate = 16000, kFramesPerSecond = 25;
    media::VideoOptions options;
    options.width = options.height = kSide;
    options.overwrite = true;
    if (withSound)
        options.audioSampleRate = kRate;
    auto writer = media::VideoWriter::create(folder / "trial.mp4", options);
    if (!writer)
        return failure(writer);
    if (auto written = (*writer)->write(cv::Mat::zeros(kSide, kSide, CV_8UC3)); !written)
        return written;
    if (withSound) {
        if (auto written = (*writer)->writeAudio(std::vector<float>(kRate / kFramesPerSecond)); !written)
            return written;
    }
    return (*writer)->finish();
}

Json checkCodecs(std::vector<Lack>& lacks)
{
    constexpr const char* kRemedy = "sudo apt-get install --reinstall libavcodec59 libx264-164";
    const TrialFolder folder;
    if (folder.path().empty()) {
        lacks.push_back({"No folder for temporary files can be written, so encoders could not be tried.",
                         "make room in /tmp, or set TMPDIR to a folder that is writable", false});
        return {{"libx264", nullptr}, {"aac", nullptr}};
    }
    const auto video = tryEncoding(folder.path(), false);
    const auto sound = video ? tryEncoding(folder.path(), true) : video;
    if (!video)
        lacks.push_back({fmt::format("H.264 video cannot be written: {}", video.error().text()), kRemedy, true});
    else if (!sound)
        lacks.push_back({fmt::format("AAC sound cannot be written: {}", sound.error().text()), kRemedy, true});
    return {{"libx264", video.has_value()}, {"aac", video ? Json(sound.has_value()) : Json(nullptr)}};
}

/// Which BLAS LibTorch was given, told by the libraries this process has mapped. Debian's alternatives are folders
/// of one library each; PyTorch's own builds carry theirs inside. The reference stands first: beside it OpenBLAS may
/// still be mapped for others.
std::string loadedBlas()
{
    constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kVariants{
        {{"/blas/libblas.so", "reference"},
         {"openblas-openmp", "OpenBLAS (openmp)"},
         {"openblas-pthread", "OpenBLAS (pthread)"},
         {"openblas-serial", "OpenBLAS (serial)"},
         {"openblas", "OpenBLAS"},
         {"libmkl", "MKL"}}};
    std::ifstream stream("/proc/self/maps");
    const std::string maps{std::istreambuf_iterator<char>(stream), {}};
    for (const auto& [sign, name] : kVariants) {
        if (maps.find(sign) != std::string::npos)
            return std::string(name);
    }
    return "inside LibTorch";
}

Json checkLibraries(std::vector<Lack>& lacks)
{
    const auto blas = loadedBlas();
    if (blas == "reference") {
        lacks.push_back({"LibTorch computes with the reference BLAS, which is many times slower than OpenBLAS.",
                         "sudo apt-get install libopenblas0-openmp", false});
    }
    return {{"libtorch", nn::torchVersion()},
            {"libtorch_kernels", nn::processorCapability()},
            {"blas", blas},
            {"opencv", cv::getVersionString()},
            {"ffmpeg", media::ffmpegVersion()}};
}

/// The first value of `key` in a file of "key : value" lines; empty when there is none.
std::string procValue(const char* file, std::string_view key)
{
    std::ifstream stream(file);
    for (std::string line; std::getline(stream, line);) {
        const auto colon = line.find(':');
        if (!line.starts_with(key) || colon == std::string::npos)
            continue;
        const auto begin = line.find_first_not_of(" \t", colon + 1);
        return begin == std::string::npos ? std::string() : line.substr(begin);
    }
    return {};
}

long memoryMb(std::string_view key)
{
    long kibibytes = 0;
    std::istringstream(procValue("/proc/meminfo", key)) >> kibibytes;
    return std::lround(static_cast<double>(kibibytes) * 1024 / 1e6);
}

/// Those features of the processor that decide how fast a network is.
Json processorFeatures()
{
    constexpr std::array<std::string_view, 7> kTelling{"avx2",        "fma",      "avx512f", "avx512_vnni",
                                                       "avx512_bf16", "amx_bf16", "asimd"};
    auto words = procValue("/proc/cpuinfo", "flags");
    if (words.empty())
        words = procValue("/proc/cpuinfo", "Features");
    Json found = Json::array();
    std::istringstream stream(words);
    for (std::string word; stream >> word;) {
        if (std::find(kTelling.begin(), kTelling.end(), word) != kTelling.end())
            found.push_back(word);
    }
    return found;
}

/// What computes SyncTalk_2D's networks on the processor; nothing in a precision that it does not have.
Json executor(nn::Precision precision)
{
    nn::RunOptions options;
    options.precision = precision;
    if (nn::usablePrecision(precision, nn::Device{}) != precision)
        return nullptr;
    return nn::describeExecutor({nn::GeneratorKind::SyncTalk2D328, nn::AudioMode::Ave}, options);
}

Json checkDevices(std::vector<Lack>& lacks)
{
    const bool cuda = nn::cudaAvailable();
    std::error_code ignored;
    if (!cuda && fs::exists("/proc/driver/nvidia/version", ignored)) {
        lacks.push_back({"There is an NVIDIA GPU, but this build's LibTorch cannot use it.",
                         "packaging/run --torch cuda doctor", false});
    }
    return {{"processor", procValue("/proc/cpuinfo", "model name")},
            {"cores", std::thread::hardware_concurrency()},
            {"features", processorFeatures()},
            {"fast_bf16", nn::fastBf16Available()},
            {"executors", {{"fp32", executor(nn::Precision::Fp32)}, {"bf16", executor(nn::Precision::Bf16)}}},
            {"memory_mb", memoryMb("MemTotal")},
            {"free_memory_mb", memoryMb("MemAvailable")},
            {"cuda", cuda}};
}

/// Milliseconds a frame takes in a generator of half the original's width; the best of three after one to warm up.
Result<double> tryNetwork()
{
    using Clock = std::chrono::steady_clock;
    constexpr int kRuns = 4;
    const nn::GeneratorSpec spec{nn::GeneratorKind::SyncTalk2D160, nn::AudioMode::Ave, 16};
    auto generator = nn::Generator::create(nn::formulaWeights(spec), spec);
    if (!generator)
        return failure(generator);
    const std::vector<std::uint8_t> pictures(spec.pictureBytes());
    const std::vector<float> windows(spec.audioElements());
    std::vector<std::uint8_t> output(spec.pictureBytes());
    double best = 0;
    for (int run = 0; run < kRuns; ++run) {
        const auto started = Clock::now();
        if (auto done = (*generator)->run(pictures, windows, 1, output); !done)
            return failure(done);
        const double milliseconds = std::chrono::duration<double, std::milli>(Clock::now() - started).count();
        best = run <= 1 ? milliseconds : std::min(best, milliseconds);
    }
    return best;
}

Json checkNetwork(std::vector<Lack>& lacks)
{
    constexpr double kTenths = 10;
    const auto milliseconds = tryNetwork();
    if (milliseconds)
        return std::round(*milliseconds * kTenths) / kTenths;
    lacks.push_back({fmt::format("Networks cannot be run: {}", milliseconds.error().text()),
                     "sudo apt-get install --reinstall libtorch-dev libopenblas0-openmp", true});
    return nullptr;
}

Json checkDemo(std::vector<Lack>& lacks)
{
    constexpr const char* kRemedy = "git checkout -- resources/avatars";
    const auto folder = demoAvatar();
    if (folder.empty()) {
        lacks.push_back({"The demo avatar is not there; avatars of your own are not affected.", kRemedy, false});
        return nullptr;
    }
    if (const auto package = avatar::AvatarPackage::open(folder); !package)
        lacks.push_back({package.error().text(), kRemedy, false});
    return folder.string();
}

} // namespace

bool Diagnosis::canRender() const
{
    return std::none_of(lacks.begin(), lacks.end(), [](const Lack& lack) { return lack.stopsRendering; });
}

Diagnosis diagnose()
{
    Diagnosis found;
    auto& facts = found.facts;
    auto& lacks = found.lacks;
    facts["version"] = LIPSYNC_VERSION;
    facts["libraries"] = checkLibraries(lacks);
    facts["devices"] = checkDevices(lacks);
    facts["codecs"] = checkCodecs(lacks);
    facts["network_ms_per_frame"] = checkNetwork(lacks);
    facts["demo_avatar"] = checkDemo(lacks);
    facts["can_make_demos"] = LIPSYNC_HAS_ESPEAK != 0;
    if (LIPSYNC_HAS_ESPEAK == 0) {
        lacks.push_back({"This build cannot make demo avatars: espeak-ng was not there when it was configured.",
                         "sudo apt-get install libespeak-ng-dev, then build again", false});
    }
    std::stable_partition(lacks.begin(), lacks.end(), [](const Lack& lack) { return lack.stopsRendering; });
    return found;
}

} // namespace lipsync::cli
