// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a fuzz target without libFuzzer: over every file of a corpus folder and over seeded mutations of each.
// A crash, a sanitizer's finding or an abort() of the target is the failure; what it was fed is said beforehand.
// LIPSYNC_TEST_SECONDS makes it go on with other seeds for so long.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr int kMutationsOfEachFile = 1500;
constexpr int kLargestNumberOfEdits = 6;
constexpr int kLargestEdit = 16; ///< bytes

Bytes readBytes(const std::filesystem::path& file)
{
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// One edit of the kinds that parsers fall over: flipped bits, extreme bytes, cuts, repeats, insertions.
void mutateOnce(Bytes& bytes, std::mt19937& random)
{
    const auto position = [&] { return static_cast<std::ptrdiff_t>(random() % (bytes.size() + 1)); };
    constexpr std::uint8_t kExtremes[] = {0x00, 0x01, 0x7F, 0x80, 0xFF, '0', '9', '-', '"', '[', '{', '}', ',', '.'};
    if (bytes.empty()) {
        bytes.push_back(static_cast<std::uint8_t>(random()));
        return;
    }
    switch (random() % 6) {
    case 0:
        bytes[random() % bytes.size()] ^= static_cast<std::uint8_t>(1u << (random() % 8));
        break;
    case 1:
        bytes[random() % bytes.size()] = kExtremes[random() % std::size(kExtremes)];
        break;
    case 2:
        bytes.resize(random() % bytes.size());
        break;
    case 3: {
        const auto from = position();
        const auto end = std::min<std::ptrdiff_t>(from + 1 + random() % kLargestEdit, std::ssize(bytes));
        bytes.erase(bytes.begin() + from, bytes.begin() + std::max(from, end));
        break;
    }
    case 4: {
        const auto from = position();
        const auto end = std::min<std::ptrdiff_t>(from + 1 + random() % kLargestEdit, std::ssize(bytes));
        const Bytes piece(bytes.begin() + from, bytes.begin() + std::max(from, end));
        bytes.insert(bytes.begin() + position(), piece.begin(), piece.end());
        break;
    }
    default:
        bytes.insert(bytes.begin() + position(), 1 + random() % kLargestEdit,
                     kExtremes[random() % std::size(kExtremes)]);
    }
}

/// The file as it is, then mutations of it; the round chooses them.
void replay(const std::filesystem::path& file, std::uint32_t round)
{
    const Bytes original = readBytes(file);
    std::printf("%s: %zu bytes and %d mutations, round %u\n", file.filename().c_str(), original.size(),
                kMutationsOfEachFile, round);
    std::fflush(stdout);
    LLVMFuzzerTestOneInput(original.data(), original.size());
    std::mt19937 random(static_cast<std::uint32_t>(original.size()) + round);
    for (int i = 0; i < kMutationsOfEachFile; ++i) {
        Bytes mutated = original;
        for (int edits = 1 + static_cast<int>(random() % kLargestNumberOfEdits); edits > 0; --edits)
            mutateOnce(mutated, random);
        LLVMFuzzerTestOneInput(mutated.data(), mutated.size());
    }
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 2) {
        std::fprintf(stderr, "usage: %s CORPUS_FOLDER\n", argv[0]);
        return 2;
    }
    std::vector<std::filesystem::path> files;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(argv[1], none))
        files.push_back(entry.path());
    if (files.empty()) {
        std::fprintf(stderr, "The corpus folder %s is empty or missing.\n", argv[1]);
        return 1;
    }
    std::ranges::sort(files); // the same order everywhere, so that a seed names one input

    const char* seconds = std::getenv("LIPSYNC_TEST_SECONDS");
    const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds ? std::atof(seconds) : 0);
    std::uint32_t round = 0;
    do {
        for (const auto& file : files)
            replay(file, round);
        ++round;
    } while (std::chrono::steady_clock::now() < end);
    return 0;
}
