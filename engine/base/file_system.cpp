// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/file_system.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <system_error>

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lipsync {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 20;

std::string systemWords(int number)
{
    return std::generic_category().message(number);
}

/// An open file of the operating system, closed with its owner.
class Descriptor {
public:
    explicit Descriptor(int number)
        : m_number(number)
    {
    }
    Descriptor(Descriptor&& other) noexcept
        : m_number(std::exchange(other.m_number, -1))
    {
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    Descriptor& operator=(Descriptor&&) = delete;
    ~Descriptor()
    {
        if (m_number >= 0)
            ::close(m_number);
    }
    int number() const { return m_number; }

private:
    int m_number;
};

struct OpenedFile {
    Descriptor descriptor;
    std::uintmax_t bytes;
};

/// Opens a regular file for reading; without waiting, so that a named pipe is refused instead of hanging.
Result<OpenedFile> openForReading(const fs::path& file)
{
    Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (descriptor.number() < 0) {
        const int number = errno;
        if (number == ENOENT || number == ENOTDIR)
            return failure(ErrorCode::InvalidInput,
                           fmt::format("There is no file {}. Check its name and folder.", file.string()));
        return failure(ErrorCode::Resource,
                       fmt::format("The file {} cannot be opened. Check its permissions.", file.string()),
                       systemWords(number));
    }
    struct stat about { };
    if (::fstat(descriptor.number(), &about) != 0)
        return failure(ErrorCode::Resource, fmt::format("The file {} cannot be examined.", file.string()),
                       systemWords(errno));
    if (!S_ISREG(about.st_mode))
        return failure(ErrorCode::InvalidInput,
                       fmt::format("{} is a {}, not a file. Name a file.", file.string(),
                                   S_ISDIR(about.st_mode) ? "folder" : "device or pipe"));
    return OpenedFile{std::move(descriptor), static_cast<std::uintmax_t>(about.st_size)};
}

/// Reads up to `size` bytes; fewer only at the end of the file.
Result<std::size_t> readPiece(const Descriptor& descriptor, char* buffer, std::size_t size, const fs::path& file)
{
    std::size_t done = 0;
    while (done < size) {
        const ssize_t got = ::read(descriptor.number(), buffer + done, std::min(size - done, kPieceBytes));
        if (got == 0)
            break;
        if (got < 0) {
            if (errno == EINTR)
                continue;
            return failure(ErrorCode::Resource, fmt::format("Reading {} failed. Check the disk.", file.string()),
                           systemWords(errno));
        }
        done += static_cast<std::size_t>(got);
    }
    return done;
}

/// Forces a file or folder to the disk; the system's error number, or 0. A file system that cannot is no failure.
int synchronise(const fs::path& path)
{
    const Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (descriptor.number() < 0)
        return errno;
    if (::fsync(descriptor.number()) != 0 && errno != EINVAL && errno != EROFS)
        return errno;
    return 0;
}

/// Removes the unfinished file unless it was put in place.
class Unfinished {
public:
    explicit Unfinished(fs::path file)
        : m_file(std::move(file))
    {
    }
    Unfinished(const Unfinished&) = delete;
    Unfinished& operator=(const Unfinished&) = delete;
    ~Unfinished()
    {
        std::error_code ignored;
        if (!m_kept)
            fs::remove(m_file, ignored);
    }
    const fs::path& file() const { return m_file; }
    void keep() { m_kept = true; }

private:
    const fs::path m_file;
    bool m_kept = false;
};

Status checkTarget(const fs::path& file)
{
    std::error_code error;
    const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
    if (!fs::is_directory(folder, error))
        return failure(ErrorCode::Resource,
                       fmt::format("{} cannot be written: there is no folder {}. Make the folder or choose another.",
                                   file.string(), folder.string()));
    if (!file.has_filename() || fs::is_directory(file, error))
        return failure(ErrorCode::Resource,
                       fmt::format("{} cannot be written: it is a folder. Choose another name.", file.string()));
    return {};
}

bool holds(const std::filesystem::path& input, const std::filesystem::path& output)
{
    std::error_code error;
    if (std::filesystem::equivalent(input, output, error))
        return true;
    if (!std::filesystem::is_directory(input, error))
        return false;
    const auto folder = std::filesystem::canonical(input, error);
    const auto file = std::filesystem::weakly_canonical(output, error);
    return !error && std::mismatch(folder.begin(), folder.end(), file.begin(), file.end()).first == folder.end();
}

} // namespace

Result<std::vector<char>> readFile(const fs::path& file, std::size_t limit)
{
    auto opened = openForReading(file);
    if (!opened)
        return failure(opened);
    std::vector<char> content;
    if (opened->bytes <= limit) {
        // One byte more than expected shows whether the file grew in the meantime.
        content.resize(static_cast<std::size_t>(opened->bytes) + 1);
        const auto got = readPiece(opened->descriptor, content.data(), content.size(), file);
        if (!got)
            return failure(got);
        if (*got <= opened->bytes) {
            content.resize(*got);
            return content;
        }
    }
    return failure(ErrorCode::InvalidInput,
                   fmt::format("The file {} is larger than the {} bytes allowed here. Check that it is the right one.",
                               file.string(), limit));
}

Status writeWhole(const fs::path& file, const std::function<Status(const fs::path&)>& write)
{
    if (auto target = checkTarget(file); !target)
        return target;
    Unfinished unfinished(fs::path(file).concat(".part"));
    if (auto written = write(unfinished.file()); !written)
        return written;
    if (const int number = synchronise(unfinished.file()); number != 0)
        return failure(ErrorCode::Resource,
                       fmt::format("{} could not be written to the disk. Check its free space.", file.string()),
                       systemWords(number));
    std::error_code error;
    fs::rename(unfinished.file(), file, error);
    if (error)
        return failure(ErrorCode::Resource,
                       fmt::format("{} could not be put in place. Check the folder's permissions.", file.string()),
                       error.message());
    unfinished.keep();
    // The content is safe already; that the name outlives a power cut is worth trying, not failing for.
    synchronise(file.has_parent_path() ? file.parent_path() : fs::path("."));
    return {};
}

Status writeFile(const fs::path& file, std::string_view bytes)
{
    return writeWhole(file, [&](const fs::path& part) -> Status {
        errno = 0;
        std::ofstream stream(part, std::ios::binary | std::ios::trunc);
        stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        stream.close();
        if (!stream)
            return failure(ErrorCode::Resource,
                           fmt::format("{} could not be written. Check free space and permissions.", file.string()),
                           systemWords(errno));
        return {};
    });
}

std::filesystem::path configurationFile(std::string_view name)
{
    const auto path = std::filesystem::path("lipsync-studio") / name;
    if (const char* configuration = std::getenv("XDG_CONFIG_HOME"); configuration && *configuration == '/')
        return configuration / path;
    if (const char* home = std::getenv("HOME"); home && *home == '/')
        return std::filesystem::path(home) / ".config" / path;
    return {};
}

Result<std::string> sha256(const fs::path& file)
{
    const auto opened = openForReading(file);
    if (!opened)
        return failure(opened);
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> digest(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    if (!digest || EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr) != 1)
        return failure(ErrorCode::Internal, "SHA-256 is not available. Check the installation of OpenSSL.");
    std::vector<char> buffer(kPieceBytes);
    for (;;) {
        const auto got = readPiece(opened->descriptor, buffer.data(), buffer.size(), file);
        if (!got)
            return failure(got);
        EVP_DigestUpdate(digest.get(), buffer.data(), *got);
        if (*got < buffer.size())
            break;
    }
    std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
    unsigned int length = 0;
    if (EVP_DigestFinal_ex(digest.get(), sum.data(), &length) != 1)
        return failure(ErrorCode::Internal, fmt::format("The SHA-256 of {} could not be computed.", file.string()));
    std::string digits;
    for (unsigned int i = 0; i < length; ++i)
        digits += fmt::format("{:02x}", sum[i]);
    return digits;
}

Status checkKeepsInputs(const std::filesystem::path& output, std::initializer_list<std::filesystem::path> inputs)
{
    if (output.empty())
        return failure(ErrorCode::Usage, "The name of the output is empty. Name a file to write.");
    std::filesystem::path unfinished = output;
    unfinished += ".part";
    for (const auto& input : inputs) {
        if (input.empty() || (!holds(input, output) && !holds(input, unfinished)))
            continue;
        return failure(ErrorCode::Usage,
                       fmt::format("Writing '{}' would damage the input '{}'. Choose another output.", output.string(),
                                   input.string()));
    }
    return {};
}

} // namespace lipsync
