// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lipsync {

/// Largest journal, and most jobs in it, that are accepted.
inline constexpr std::size_t kMaxJournalBytes = std::size_t{64} << 20;
inline constexpr std::size_t kMaxExportJobs = 2000;

/// What an export queue keeps.
struct ExportJournal {
    std::uint64_t lastId = 0; ///< the largest that was ever given
    bool isRunning = false;
    std::vector<ExportJob> jobs; ///< in their order of work
};

/// Reads the text of a journal. InvalidInput names what cannot be used; Usage when a newer program wrote it. Unknown
/// keys are ignored.
Result<ExportJournal> parseJournal(std::string_view json);
/// The text of a journal; parseJournal() gives the same back. Speed and time left are not kept.
std::string toJson(const ExportJournal& journal);

/// Whether a name can be kept in a journal, whose text is UTF-8.
bool canBeKept(const std::filesystem::path& path);

/// Reads a journal from its file; an empty one when there is none. InvalidInput when it is damaged, Usage when a newer
/// program wrote it, Resource when it cannot be read.
Result<ExportJournal> readJournal(const std::filesystem::path& file);

/// Keeps a journal for one queue, other processes included, for as long as it lives.
class JournalLock {
public:
    /// Resource when another queue has the journal, or its folder cannot be written.
    static Result<JournalLock> take(const std::filesystem::path& journal);

    ~JournalLock();
    JournalLock(JournalLock&& other) noexcept;
    JournalLock(const JournalLock&) = delete;
    JournalLock& operator=(const JournalLock&) = delete;

private:
    explicit JournalLock(int descriptor)
        : m_descriptor(descriptor)
    {
    }
    int m_descriptor;
};

} // namespace lipsync
