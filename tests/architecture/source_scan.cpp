// SPDX-License-Identifier: GPL-3.0-or-later
#include "architecture/source_scan.h"

#include "architecture/source_text.h"

#include <algorithm>
#include <map>
#include <optional>
#include <regex>
#include <set>

namespace lipsync::architecture {

namespace {

namespace fs = std::filesystem;

constexpr const char* kLicenceLine = "// SPDX-License-Identifier: GPL-3.0-or-later";

bool contains(const std::vector<std::string>& list, const std::string& item)
{
    return std::ranges::find(list, item) != list.end();
}

bool isHeader(const std::string& file)
{
    return file.ends_with(".h") || file.ends_with(".hpp");
}

/// Whether `file` is `path` or lies under it.
bool liesIn(const std::string& file, const std::string& path)
{
    return file == path || file.starts_with(path + "/");
}

class Scan {
public:
    Scan(const fs::path& root, const Rules& rules)
        : m_root(root)
        , m_rules(rules)
    {
        readFiles();
    }

    std::vector<Violation> run()
    {
        for (const auto& [file, source] : m_files) {
            checkStyle(file, source);
            if (const Room* room = roomOf(file))
                checkIncludes(file, source, *room);
        }
        std::ranges::sort(m_violations, {}, [](const Violation& v) { return std::tie(v.file, v.line, v.rule); });
        return std::move(m_violations);
    }

private:
    void readFiles()
    {
        for (const auto& folder : m_rules.styledFolders) {
            std::error_code none;
            for (const auto& entry : fs::recursive_directory_iterator(m_root / folder, none)) {
                const auto extension = entry.path().extension();
                if (entry.is_regular_file() && (extension == ".cpp" || extension == ".h" || extension == ".hpp"))
                    m_files.emplace(fs::relative(entry.path(), m_root).generic_string(), readSource(entry.path()));
            }
        }
    }

    void report(const std::string& file, int line, std::string rule)
    {
        m_violations.push_back({file, line, std::move(rule)});
    }

    void checkStyle(const std::string& file, const SourceText& source)
    {
        static const std::regex qtKeyword(R"(\b((signals|slots)\s*:|emit\s+[A-Za-z_]|(foreach|forever)\s*[({]))");
        if (source.lines.empty() || source.lines.front() != kLicenceLine)
            report(file, 1, std::string("the first line is not '") + kLicenceLine + "'");
        const auto isPragma = [](const std::string& line) { return line == "#pragma once"; };
        if (isHeader(file) && std::ranges::none_of(source.lines, isPragma))
            report(file, 1, "the header has no #pragma once");
        for (std::size_t i = 0; i < source.code.size(); ++i) {
            if (std::regex_search(source.code[i], qtKeyword))
                report(file, static_cast<int>(i) + 1, "a Qt keyword; write Q_SIGNALS, Q_SLOTS, Q_EMIT or a plain loop");
        }
    }

    const Room* roomOf(const std::string& file) const
    {
        const Room* best = nullptr;
        for (const auto& room : m_rules.rooms) {
            if (liesIn(file, room.path) && (!best || room.path.size() > best->path.size()))
                best = &room;
        }
        return best;
    }

    /// The library a header belongs to; empty for standard and system headers, "?" for one the table does not have.
    std::string libraryOf(const std::string& header) const
    {
        static const std::regex system(R"([a-z0-9_]+|[a-z0-9_]+\.h|(sys|arpa|netinet|linux)/[a-z0-9_]+\.h)");
        for (const auto& library : m_rules.libraries) {
            for (const auto& pattern : library.headers) {
                if (std::regex_search(header, std::regex(pattern), std::regex_constants::match_continuous))
                    return library.name;
            }
        }
        return std::regex_match(header, system) ? "" : "?";
    }

    /// The project's file that a quoted include means.
    std::optional<std::string> resolve(const std::string& file, const std::string& include) const
    {
        std::vector<fs::path> folders{fs::path(file).parent_path()};
        for (const auto& includeRoot : m_rules.includeRoots)
            folders.emplace_back(includeRoot);
        for (const auto& folder : folders) {
            const auto path = (folder / include).lexically_normal().generic_string();
            if (m_files.contains(path))
                return path;
        }
        return {};
    }

    void checkIncludes(const std::string& file, const SourceText& source, const Room& room)
    {
        for (const auto& include : source.includes) {
            if (include.quoted)
                checkProjectInclude(file, include, room);
            else
                checkLibraryInclude(file, include, room);
        }
    }

    void checkLibraryInclude(const std::string& file, const Include& include, const Room& room)
    {
        const auto library = libraryOf(include.path);
        if (library == "?")
            report(file, include.line, "<" + include.path + "> is of a library that the table does not know");
        else if (!library.empty() && !contains(room.libraries, library))
            report(file, include.line, room.path + " must not include " + library + " (<" + include.path + ">)");
    }

    void checkProjectInclude(const std::string& file, const Include& include, const Room& room)
    {
        const auto included = resolve(file, include.path);
        if (!included) {
            report(file, include.line, "\"" + include.path + "\" is no header of the project");
            return;
        }
        const Room* other = roomOf(*included);
        if (!other) {
            report(file, include.line, *included + " is not in a room that may be included");
            return;
        }
        if (other != &room && !contains(room.mayInclude, other->path)) {
            report(file, include.line, room.path + " must not include " + other->path + " (\"" + include.path + "\")");
            return;
        }
        for (const auto& library : reach(*included)) {
            if (contains(room.mustNotReach, library))
                report(file, include.line,
                       room.path + " must not reach " + library + " through \"" + include.path + "\"");
        }
    }

    /// Libraries that a file brings in, itself or through project headers.
    const std::set<std::string>& reach(const std::string& file)
    {
        if (const auto known = m_reach.find(file); known != m_reach.end())
            return known->second;
        m_reach[file] = {}; // ends a circle of includes
        std::set<std::string> libraries;
        for (const auto& include : m_files.at(file).includes) {
            if (!include.quoted) {
                libraries.insert(libraryOf(include.path));
            } else if (const auto included = resolve(file, include.path)) {
                const auto further = reach(*included);
                libraries.insert(further.begin(), further.end());
            }
        }
        return m_reach[file] = std::move(libraries);
    }

    fs::path m_root;
    const Rules& m_rules;
    std::map<std::string, SourceText> m_files; // by path from the root
    std::map<std::string, std::set<std::string>> m_reach;
    std::vector<Violation> m_violations;
};

} // namespace

std::vector<Violation> scanSources(const std::filesystem::path& root, const Rules& rules)
{
    return Scan(root, rules).run();
}

} // namespace lipsync::architecture
