// SPDX-License-Identifier: GPL-3.0-or-later
#include "importing/network_files.h"

#include "avatar/network_json.h"
#include "base/file_system.h"
#include "importing/archive.h"
#include "nn/checkpoint/checkpoint.h"
#include "nn/checkpoint/torchscript.h"
#include "nn/script_agreement.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>
#include <system_error>

namespace lipsync::importing {
namespace fs = std::filesystem;

namespace {

constexpr std::array<std::string_view, 5> kWeightEndings{".pth", ".pt", ".ckpt", ".safetensors", ".bin"};
constexpr const char* kEncoderFiles[] = {"audio_visual_encoder.pth", "audio_encoder.pth"}; // section 1.8
constexpr const char* kScriptMember = "constants.pkl"; // which TorchScript archives alone have
constexpr const char* kKnownCheckpoints[] = {"best_trainloss.pth", "model_best.pth", "99.pth"}; // section 2.2
constexpr const char* kCheckpointFolders[] = {"checkpoint", "checkpoints", "models", "."};
constexpr std::size_t kMostListed = 100'000; // entries of a folder that are looked at
constexpr std::size_t kMaxManifestBytes = std::size_t{64} << 10;

bool isFile(const fs::path& path)
{
    std::error_code ignored;
    return fs::is_regular_file(path, ignored);
}

bool isFolder(const fs::path& path)
{
    std::error_code ignored;
    return fs::is_directory(path, ignored);
}

bool isEncoderName(const fs::path& file)
{
    return std::any_of(std::begin(kEncoderFiles), std::end(kEncoderFiles),
                       [&](const char* name) { return file.filename() == name; });
}

std::optional<std::uint64_t> numberOf(const fs::path& file)
{
    const std::string stem = file.stem().string();
    std::uint64_t number = 0;
    const auto [end, problem] = std::from_chars(stem.data(), stem.data() + stem.size(), number);
    return problem == std::errc() && end == stem.data() + stem.size() ? std::optional(number) : std::nullopt;
}

std::vector<fs::path> weightFiles(const fs::path& folder)
{
    std::vector<fs::path> files;
    std::error_code error;
    std::size_t seen = 0;
    for (fs::directory_iterator entry(folder, error); !error && entry != fs::directory_iterator() && seen < kMostListed;
         entry.increment(error), ++seen) {
        const auto& path = entry->path();
        const bool isWeights =
            std::find(kWeightEndings.begin(), kWeightEndings.end(), path.extension().string()) != kWeightEndings.end();
        if (isWeights && isFile(path) && !isEncoderName(path))
            files.push_back(path);
    }
    std::sort(files.begin(), files.end());
    return files;
}

/// Folders in which the networks of a source are usually kept.
std::vector<fs::path> checkpointFolders(const Source& source)
{
    std::vector<fs::path> folders;
    if (source.kind == SourceKind::Video)
        return folders;
    for (const char* name : kCheckpointFolders)
        folders.push_back(source.root / name);
    // SyncTalk_2D keeps dataset/NAME and checkpoint/NAME side by side.
    const auto root = fs::absolute(source.root).lexically_normal();
    const auto name = root.has_filename() ? root.filename() : root.parent_path().filename();
    const auto beside = (root.has_filename() ? root.parent_path() : root.parent_path().parent_path()).parent_path();
    folders.push_back(beside / "checkpoint" / name);
    return folders;
}

Result<fs::path> findCheckpoint(const Source& source, const NetworkOptions& options)
{
    if (!options.checkpoint.empty()) {
        if (!isFolder(options.checkpoint))
            return options.checkpoint;
        if (auto best = bestCheckpoint(options.checkpoint))
            return std::move(*best);
        return failure(
            ErrorCode::InvalidInput,
            fmt::format("The folder {} has no checkpoint that could be meant: none with a number for a name, "
                        "and not exactly one weights file. Name the file.",
                        options.checkpoint.string()));
    }
    for (const auto& folder : checkpointFolders(source)) {
        if (auto best = bestCheckpoint(folder))
            return std::move(*best);
    }
    if (source.kind == SourceKind::Video)
        return failure(
            ErrorCode::InvalidInput,
            fmt::format("{} is a video without a network. Make an avatar of it with 'lipsync prepare {}', or "
                        "name a network that was trained before with --checkpoint.",
                        source.root.string(), source.root.string()));
    return failure(
        ErrorCode::InvalidInput,
        fmt::format("{} holds no network (checkpoint/ or models/ with .pth files). Name its checkpoint file or "
                    "folder with --checkpoint.",
                    source.root.string()));
}

/// The encoder the operator names, or one by its usual names near the source or the checkpoint.
fs::path findEncoder(const Source& source, const fs::path& checkpoint, const NetworkOptions& options)
{
    if (!options.audioEncoder.empty())
        return options.audioEncoder;
    auto folders = checkpointFolders(source);
    folders.push_back(checkpoint.parent_path());
    for (const auto& folder : folders)
        for (const char* name : kEncoderFiles)
            if (isFile(folder / name))
                return folder / name;
    return {};
}

Status readEncoder(const Source& source, const NetworkOptions& options, NetworkFiles& network)
{
    const auto file = findEncoder(source, network.checkpoint, options);
    if (file.empty())
        return failure(ErrorCode::Usage,
                       fmt::format("The network {} listens to features of an AVE audio encoder, which is a file of its "
                                   "own. Name it with --audio-encoder: SyncTalk_2D has it as model/checkpoints/{} or "
                                   "data_utils/ave/checkpoints/{}.",
                                   network.checkpoint.string(), kEncoderFiles[0], kEncoderFiles[1]));
    auto read = nn::readCheckpoint(file);
    if (!read)
        return failure(read);
    if (!nn::isAudioEncoder(read->weights))
        return failure(ErrorCode::InvalidInput,
                       fmt::format("{} is no AVE audio encoder. SyncTalk_2D has it as {} or {}; the one inside of a "
                                   "Wav2Lip checkpoint has other weights and does not fit.",
                                   file.string(), kEncoderFiles[0], kEncoderFiles[1]));
    network.audioEncoderFile = file;
    network.audioEncoder = std::move(read->weights);
    return {};
}

/// The JSON that declares a TorchScript network.
fs::path declarationOf(const fs::path& checkpoint, const NetworkOptions& options)
{
    return options.manifest.empty() ? fs::path(checkpoint).replace_extension(".json") : options.manifest;
}

/// A TorchScript network and the JSON that declares it.
Status readScript(const NetworkOptions& options, NetworkFiles& network)
{
    const auto manifest = declarationOf(network.checkpoint, options);
    if (!isFile(manifest))
        return failure(
            ErrorCode::Usage,
            fmt::format("{} is a TorchScript network: what it takes has to be declared in a JSON file with "
                        "\"kind\": \"torchscript\", \"audio_mode\" and \"custom\". Put it beside it as {} or name "
                        "it with --manifest.",
                        network.checkpoint.string(), manifest.filename().string()));
    const auto text = readFile(manifest, kMaxManifestBytes);
    if (!text)
        return failure(text);
    const auto spec = avatar::parseNetwork({text->data(), text->size()}, manifest.string());
    if (!spec)
        return failure(spec);
    if (spec->kind != nn::GeneratorKind::TorchScript)
        return failure(ErrorCode::InvalidInput,
                       fmt::format("{} declares a {} network, but {} is a TorchScript archive.", manifest.string(),
                                   nn::toString(spec->kind), network.checkpoint.string()));
    const auto opened = nn::openTorchScript(
        network.checkpoint,
        {.pictureSize = spec->pictureSize(), .audioShape = spec->audioShape(), .soundFirst = spec->custom->soundFirst},
        options.allowTorchScript ? nn::ScriptConsent::Given : nn::ScriptConsent::Missing);
    if (!opened)
        return failure(opened);
    // The agreement is to this very file: rendering asks for it.
    if (auto kept = nn::agreeToScript(network.checkpoint); !kept)
        return kept;
    network.spec = *spec;
    network.torchScript = network.checkpoint;
    return {};
}

/// What the network listens to as far as anything but its weights tells: the operator, the source, or what was named
/// that only one kind of network needs.
std::optional<nn::AudioMode> hintedMode(const Source& source, const NetworkOptions& options)
{
    if (options.mode)
        return options.mode;
    if (!options.audioEncoder.empty())
        return nn::AudioMode::Ave;
    if (!options.features.empty())
        return nn::AudioMode::Hubert; // wenet's weights tell by themselves
    if (const auto mode = source.mode())
        return mode;
    return source.kind == SourceKind::OlderPackage ? std::optional(nn::AudioMode::Ave) : std::nullopt;
}

Status readWeights(const Source& source, const NetworkOptions& options, NetworkFiles& network)
{
    auto read = nn::readCheckpoint(network.checkpoint);
    if (!read)
        return failure(read);
    const auto mode = hintedMode(source, options);
    auto spec = nn::detectGenerator(read->weights, mode);
    if (!spec && !options.mode && mode) // a hint counts less than the weights
        spec = nn::detectGenerator(read->weights);
    if (!spec)
        return failure(spec.error().code, fmt::format("{}: {}", network.checkpoint.string(), spec.error().message),
                       spec.error().cause);
    network.spec = std::move(*spec);
    network.generator = std::move(read->weights);
    return {};
}

fs::path findFeatures(const Source& source, const NetworkOptions& options, nn::AudioMode mode)
{
    if (!options.features.empty())
        return options.features;
    const auto found = source.features.find(mode);
    return found == source.features.end() ? fs::path() : found->second;
}

/// The table as rows of `size` numbers: the tools write a row as one or several vectors, hubert also two rows a frame.
bool reshapeRows(NpyArray& table, std::size_t size)
{
    if (table.shape.empty() || size == 0 || table.values.empty() || table.values.size() % size != 0)
        return false;
    const std::size_t rowSize = table.values.size() / std::max<std::size_t>(1, table.shape[0]);
    if (rowSize != size && (rowSize * 2 != size || table.shape[0] % 2 != 0))
        return false;
    table.shape = {table.values.size() / size, size};
    return std::all_of(table.values.begin(), table.values.end(), [](float value) { return std::isfinite(value); });
}

void cutRows(NpyArray& table, std::size_t first, std::size_t count)
{
    const std::size_t size = table.shape[1];
    const std::size_t from = std::min(first, table.shape[0]);
    const std::size_t rows = std::min(count, table.shape[0] - from);
    table.values.erase(table.values.begin(), table.values.begin() + static_cast<std::ptrdiff_t>(from * size));
    table.values.resize(rows * size);
    table.values.shrink_to_fit();
    table.shape[0] = rows;
}

} // namespace

std::optional<fs::path> bestCheckpoint(const fs::path& folder)
{
    const auto files = weightFiles(folder);
    for (const char* name : kKnownCheckpoints)
        if (const auto file = folder / name; isFile(file) && !numberOf(file))
            return file;
    std::optional<fs::path> best;
    for (const auto& file : files)
        if (const auto number = numberOf(file); number && (!best || *number > *numberOf(*best)))
            best = file;
    if (!best && files.size() == 1)
        best = files.front();
    return best;
}

Result<NetworkFiles> readNetworkFiles(const Source& source, const NetworkOptions& options)
{
    NetworkFiles network;
    auto file = findCheckpoint(source, options);
    if (!file)
        return failure(file);
    network.checkpoint = std::move(*file);
    const bool isScript = isZip(network.checkpoint) && zipHolds(network.checkpoint, kScriptMember);
    auto read = isScript && isFile(declarationOf(network.checkpoint, options)) ? readScript(options, network)
                                                                               : readWeights(source, options, network);
    // Of a known network the parameters are enough, and its code need not run.
    if (!read && isScript && read.error().code == ErrorCode::InvalidInput)
        read = readScript(options, network);
    if (!read)
        return failure(read);
    if (network.spec.mode == nn::AudioMode::Ave) {
        if (auto encoder = readEncoder(source, options, network); !encoder)
            return failure(encoder);
    }
    return network;
}

Result<NpyArray> readFeatures(const Source& source, const NetworkOptions& options, const nn::GeneratorSpec& network,
                              FrameRange range, double sourceRate, std::vector<std::string>& warnings)
{
    const bool isPrecomputed = network.mode == nn::AudioMode::Hubert || network.mode == nn::AudioMode::Wenet;
    if (!isPrecomputed) {
        if (options.features.empty())
            return NpyArray{};
        return failure(ErrorCode::Usage,
                       fmt::format("A network of the mode {} makes its features itself; leave --features out.",
                                   nn::toString(network.mode)));
    }
    const auto file = findFeatures(source, options, network.mode);
    if (file.empty())
        return NpyArray{};
    const auto profile = network.profile();
    auto table = readNpy(file);
    if (!table)
        return failure(table);
    if (!reshapeRows(*table, profile.featureSize())) {
        const auto why = fmt::format("{} does not hold rows of {} finite numbers, as {} hears them.", file.string(),
                                     profile.featureSize(), network.name());
        if (!options.features.empty())
            return failure(ErrorCode::InvalidInput, why);
        warnings.push_back(why + " It is left out.");
        return NpyArray{};
    }
    const double scale = profile.frameRate / sourceRate;
    cutRows(*table, static_cast<std::size_t>(std::lround(range.first * scale)),
            static_cast<std::size_t>(std::lround(range.count() * scale)));
    if (table->shape[0] == 0)
        return NpyArray{};
    return std::move(*table);
}

} // namespace lipsync::importing
