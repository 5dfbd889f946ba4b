// SPDX-License-Identifier: GPL-3.0-or-later
// What people drop in place of a checkpoint, told by how the file begins.
#include "nn/checkpoint/checkpoint_formats.h"

#include <algorithm>
#include <cctype>

namespace lipsync::nn {

namespace {

using namespace std::string_view_literals;

struct Sign {
    std::size_t offset;
    std::string_view mark, says;
};

constexpr std::string_view kUnpack = "it is a compressed archive: unpack it first";
constexpr std::string_view kPicture = "it is a picture";
constexpr std::string_view kVideo = "it is a video or sound";
constexpr std::string_view kOldTar =
    "it is of PyTorch before 0.4 (a tar archive). Load and save it once with a PyTorch of this decade";

constexpr Sign kSigns[] = {
    {0, "version https://git-lfs"sv, "it is a Git LFS pointer and not the file itself: run 'git lfs pull'"},
    {0, "\x89HDF\r\n\x1a\n"sv, "it is an HDF5 file (Keras or MATLAB); weights of PyTorch are needed"},
    {0, "\x93NUMPY"sv, "it is a NumPy array (.npy)"},
    {0, "GGUF"sv, "it is a GGUF language model"},
    {4, "TFL3"sv, "it is a TensorFlow Lite model; weights of PyTorch are needed"},
    {0, "\x1f\x8b"sv, kUnpack},
    {0, "BZh"sv, kUnpack},
    {0,
     "\xfd"
     "7zXZ\0"sv,
     kUnpack},
    {0, "\x28\xb5\x2f\xfd"sv, kUnpack},
    {0, "7z\xbc\xaf\x27\x1c"sv, kUnpack},
    {0, "Rar!"sv, kUnpack},
    {0, "PK\x05\x06"sv, "it is an empty zip archive"},
    {0, "\x89PNG"sv, kPicture},
    {0, "\xff\xd8\xff"sv, kPicture},
    {4, "ftyp"sv, kVideo},
    {0, "RIFF"sv, kVideo},
    {0, "\x1a\x45\xdf\xa3"sv, kVideo},
    {0, "OggS"sv, kVideo},
    {0, "%PDF"sv, "it is a PDF document"},
    {0,
     "\x7f"
     "ELF"sv,
     "it is a program"},
    {0, "MZ"sv, "it is a program"},
};

constexpr std::string_view kPageSigns[] = {"<!doctype html", "<html", "<head", "<?xml", "<error"};

bool isPrintable(char byte)
{
    const auto code = static_cast<unsigned char>(byte);
    return code >= 0x20 || byte == '\n' || byte == '\r' || byte == '\t';
}

/// The first words of a text, in lower case.
std::string beginningOf(std::string_view text)
{
    constexpr std::size_t kWords = 64;
    constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
    if (text.starts_with(kByteOrderMark))
        text.remove_prefix(kByteOrderMark.size());
    const auto begin = text.find_first_not_of(" \t\r\n");
    std::string words(text.substr(begin == std::string_view::npos ? text.size() : begin, kWords));
    std::ranges::transform(words, words.begin(), [](unsigned char letter) { return std::tolower(letter); });
    return words;
}

bool isTar(std::string_view bytes)
{
    constexpr std::size_t kTarMark = 257;
    return bytes.size() > kTarMark && bytes.substr(kTarMark).starts_with("ustar");
}

/// A protocol buffer whose first two fields are a small version and the name of a program.
bool isOnnx(std::string_view bytes)
{
    constexpr char kVersionField = 0x08, kProducerField = 0x12;
    constexpr int kNewestVersion = 64;
    return bytes.size() > 8 && bytes[0] == kVersionField && bytes[1] > 0 && bytes[1] < kNewestVersion &&
        bytes[2] == kProducerField && bytes[3] > 0 && std::isalpha(static_cast<unsigned char>(bytes[4])) != 0;
}

std::string describeText(std::string_view bytes)
{
    const auto words = beginningOf(bytes);
    const auto begins = [&](std::string_view mark) { return words.starts_with(mark); };
    if (std::ranges::any_of(kPageSigns, begins))
        return "it is a web page that was saved under this name: download the file itself, perhaps after logging in";
    if (begins("{") || begins("["))
        return "it is a JSON text and not the weights themselves";
    const auto line = bytes.substr(0, std::min(bytes.find_first_of("\r\n"), std::size_t{60}));
    return fmt::format("it is a text, which begins with '{}'", line);
}

} // namespace

std::string describeOtherFile(std::span<const char> file)
{
    const std::string_view bytes(file.data(), file.size());
    if (bytes.empty())
        return "it is empty: the copy or download failed";
    for (const auto& [offset, mark, says] : kSigns) {
        if (bytes.size() >= offset && bytes.substr(offset).starts_with(mark))
            return std::string(says);
    }
    if (isTar(bytes)) {
        // The old format begins with one of its four members.
        for (const std::string_view member : {"sys_info", "pickle", "tensors", "storages"}) {
            if (bytes.starts_with(member))
                return std::string(kOldTar);
        }
        return "it is a tar archive: unpack it first";
    }
    if (isOnnx(bytes))
        return "it is an ONNX model; the weights of PyTorch that it was made from are needed";
    constexpr std::size_t kLooked = 512;
    const auto beginning = bytes.substr(0, kLooked);
    if (std::ranges::all_of(beginning, isPrintable))
        return describeText(bytes);
    if (std::ranges::all_of(beginning, [](char byte) { return byte == 0; }))
        return "it begins with nothing but zeros: the copy or download failed";
    if (bytes[0] == '\x80' && bytes.size() > 1 && bytes[1] >= 2 && bytes[1] <= 5)
        return "it is a Python pickle, but not one that PyTorch wrote: save the network's state_dict() with "
               "torch.save()";
    return "it is neither a safetensors file nor a PyTorch checkpoint";
}

} // namespace lipsync::nn
