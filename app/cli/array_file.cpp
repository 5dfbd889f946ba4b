// SPDX-License-Identifier: GPL-3.0-or-later
#include "array_file.h"

#include "base/file_system.h"
#include "base/npy.h"
#include "output.h"

#include <array>
#include <fstream>
#include <string_view>

#include <fmt/ranges.h>

namespace lipsync::cli {

namespace {

namespace fs = std::filesystem;

bool beginsAsArray(const fs::path& file)
{
    constexpr std::string_view kMagic("\x93NUMPY", 6); // numpy.lib.format
    std::array<char, kMagic.size()> first{};
    std::ifstream stream(file, std::ios::binary);
    return stream.read(first.data(), first.size()) && std::string_view(first.data(), first.size()) == kMagic;
}

} // namespace

bool isArrayFile(const fs::path& file)
{
    return file.extension() == ".npy" || beginsAsArray(file);
}

Status checkArrayOutput(const fs::path& output, std::initializer_list<fs::path> inputs)
{
    if (auto kept = checkKeepsInputs(output, inputs); !kept)
        return kept;
    std::error_code error;
    if (fs::exists(fs::symlink_status(output, error)) &&
        !(fs::is_regular_file(output, error) && beginsAsArray(output))) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("'{}' exists and is no .npy array, so it is not replaced. Choose another name.",
                                   output.string()));
    }
    const fs::path folder = output.has_parent_path() ? output.parent_path() : fs::path(".");
    if (!fs::is_directory(folder, error)) {
        return failure(ErrorCode::Resource,
                       fmt::format("'{}' cannot be created: there is no folder '{}'. Create it first.", output.string(),
                                   folder.string()));
    }
    return {};
}

Status writeArray(const fs::path& file, std::span<const std::size_t> shape, std::span<const float> values)
{
    if (auto written = writeNpy(file, shape, values); !written)
        return written;
    return printText(fmt::format("{}: float32 [{}]\n", file.string(), fmt::join(shape, ", ")));
}

} // namespace lipsync::cli
