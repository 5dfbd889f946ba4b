// SPDX-License-Identifier: GPL-3.0-or-later
#include "export_journal.h"

#include "avatar/json_object.h"
#include "base/file_system.h"

#include <array>
#include <cerrno>
#include <cmath>
#include <set>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace lipsync {

namespace {

using Json = nlohmann::json;
using avatar::JsonObject;

constexpr const char* kName = "The journal of the exports";
constexpr int kSchemaVersion = 1;
constexpr int kMaxDepth = 8;
constexpr std::size_t kLongestPath = 4096, kLongestMessage = 4096;
constexpr std::int64_t kLargestNumber = std::int64_t{1} << 53; ///< that every JSON reader keeps exactly
constexpr int kWorstQuality = 51;

template <typename Value> using Names = std::vector<std::pair<Value, const char*>>;

const Names<ExportJobState>& stateNames()
{
    static const Names<ExportJobState> names{
        {ExportJobState::Waiting, "waiting"},     {ExportJobState::Running, "running"},
        {ExportJobState::Paused, "paused"},       {ExportJobState::Done, "done"},
        {ExportJobState::Cancelled, "cancelled"}, {ExportJobState::Failed, "failed"}};
    return names;
}

const Names<ExportFormat>& formatNames()
{
    static const Names<ExportFormat> names{{ExportFormat::Mp4, "mp4"},
                                           {ExportFormat::WebM, "webm"},
                                           {ExportFormat::ProRes, "prores"},
                                           {ExportFormat::PngSequence, "png"}};
    return names;
}

const Names<PasteStyle>& pasteNames()
{
    static const Names<PasteStyle> names{{PasteStyle::Feathered, "feathered"}, {PasteStyle::Exact, "exact"}};
    return names;
}

template <typename Value> const char* nameOf(const Names<Value>& names, Value value)
{
    for (const auto& [known, name] : names)
        if (known == value)
            return name;
    return names.front().second;
}

template <typename Value> Value named(JsonObject& object, const char* key, const Names<Value>& names)
{
    const auto text = object.text(key, kLongestPath);
    for (const auto& [value, name] : names)
        if (text == name)
            return value;
    object.refuse(key, "names nothing that is known");
    return names.front().first;
}

std::int64_t wholeNumber(JsonObject& object, const char* key)
{
    const auto& value = object.value();
    const auto found = value.is_object() ? value.find(key) : value.end();
    const auto number =
        value.is_object() && found != value.end() ? avatar::wholeNumber(*found) : std::optional<std::int64_t>();
    if (number && *number >= 0 && *number <= kLargestNumber)
        return *number;
    object.refuse(key, "must be a whole number from 0 on");
    return 0;
}

double realNumber(JsonObject& object, const char* key)
{
    const auto& value = object.value();
    const auto found = value.is_object() ? value.find(key) : value.end();
    if (value.is_object() && found != value.end() && found->is_number()) {
        const double number = found->get<double>();
        if (std::isfinite(number) && number >= 0)
            return number;
    }
    object.refuse(key, "must be a number from 0 on");
    return 0;
}

bool yesOrNo(JsonObject& object, const char* key)
{
    const auto& value = object.value();
    const auto found = value.is_object() ? value.find(key) : value.end();
    if (value.is_object() && found != value.end() && found->is_boolean())
        return found->get<bool>();
    object.refuse(key, "must be true or false");
    return false;
}

ExportRequest requestOf(JsonObject& object)
{
    ExportRequest request;
    request.avatar = object.text("avatar", kLongestPath);
    request.voice = object.text("voice", kLongestPath);
    request.features = object.text("features", kLongestPath);
    request.output = object.text("output", kLongestPath);
    request.format = named(object, "format", formatNames());
    request.overwrite = yesOrNo(object, "overwrite");
    request.paste = named(object, "paste", pasteNames());
    request.markSynthetic = yesOrNo(object, "mark_synthetic");
    request.quality = object.number("quality", 0, kWorstQuality);
    if (request.output.empty() || request.avatar.empty() || request.voice.empty())
        object.refuse("output", "must have a name, as avatar and voice must");
    return request;
}

Result<ExportJob> jobOf(const Json& entry)
{
    JsonObject object(entry, kName);
    ExportJob job;
    job.id = static_cast<std::uint64_t>(wholeNumber(object, "id"));
    job.request = requestOf(object);
    job.state = named(object, "state", stateNames());
    job.progress.framesDone = wholeNumber(object, "frames_done");
    job.progress.frames = wholeNumber(object, "frames");
    job.elapsedSeconds = realNumber(object, "elapsed_seconds");
    job.message = object.text("message", kLongestMessage);
    job.outputBytes = static_cast<std::uint64_t>(wholeNumber(object, "output_bytes"));
    job.isWanted = entry.is_object() && entry.contains("wanted") && yesOrNo(object, "wanted"); // early ones lack it
    if (object.error())
        return tl::unexpected<Error>(*object.error());
    return job;
}

/// The beginning of a text that is not longer than a journal accepts, cut where a character ends.
std::string shortened(const std::string& text)
{
    if (text.size() <= kLongestMessage)
        return text;
    auto end = kLongestMessage;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
        --end;
    return text.substr(0, end);
}

nlohmann::ordered_json toObject(const ExportJob& job)
{
    const auto& request = job.request;
    return {{"id", job.id},
            {"state", nameOf(stateNames(), job.state)},
            {"wanted", job.isWanted},
            {"avatar", request.avatar.string()},
            {"voice", request.voice.string()},
            {"features", request.features.string()},
            {"output", request.output.string()},
            {"format", nameOf(formatNames(), request.format)},
            {"overwrite", request.overwrite},
            {"paste", nameOf(pasteNames(), request.paste)},
            {"mark_synthetic", request.markSynthetic},
            {"quality", request.quality},
            {"frames_done", job.progress.framesDone},
            {"frames", job.progress.frames},
            {"elapsed_seconds", job.elapsedSeconds},
            {"message", shortened(job.message)},
            {"output_bytes", job.outputBytes}};
}

} // namespace

Result<ExportJournal> parseJournal(std::string_view json)
{
    const auto parsed = avatar::parseJson(json, kName, kMaxJournalBytes, kMaxDepth);
    if (!parsed)
        return failure(parsed);
    JsonObject file(*parsed, kName);
    const auto version = wholeNumber(file, "schema_version");
    if (!file.error() && version > kSchemaVersion)
        return failure(ErrorCode::Usage, fmt::format("{} was written by a newer LipSync Studio.", kName));
    ExportJournal journal;
    journal.lastId = static_cast<std::uint64_t>(wholeNumber(file, "last_id"));
    journal.isRunning = yesOrNo(file, "running");
    if (file.error())
        return tl::unexpected<Error>(*file.error());
    const auto list = parsed->find("jobs");
    if (list == parsed->end() || !list->is_array() || list->size() > kMaxExportJobs)
        return failure(ErrorCode::InvalidInput,
                       fmt::format("{}: jobs must be a list of at most {}.", kName, kMaxExportJobs));
    std::set<std::uint64_t> ids;
    for (const auto& entry : *list) {
        auto job = jobOf(entry);
        if (!job)
            return failure(job);
        if (job->id < 1 || job->id > journal.lastId || !ids.insert(job->id).second)
            return failure(ErrorCode::InvalidInput, fmt::format("{}: the job {} is there twice.", kName, job->id));
        journal.jobs.push_back(std::move(*job));
    }
    return journal;
}

std::string toJson(const ExportJournal& journal)
{
    auto list = nlohmann::ordered_json::array();
    for (const auto& job : journal.jobs)
        list.push_back(toObject(job));
    constexpr int kIndent = 2;
    const nlohmann::ordered_json file{{"schema_version", kSchemaVersion},
                                      {"last_id", journal.lastId},
                                      {"running", journal.isRunning},
                                      {"jobs", list}};
    return file.dump(kIndent, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

bool canBeKept(const std::filesystem::path& path)
{
    const auto& name = path.native();
    const auto text =
        nlohmann::ordered_json(name).dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    const auto back = Json::parse(text, nullptr, false);
    return name.size() <= kLongestPath && back.is_string() && back.get<std::string>() == name;
}

Result<ExportJournal> readJournal(const std::filesystem::path& file)
{
    std::error_code ignored;
    if (std::filesystem::symlink_status(file, ignored).type() == std::filesystem::file_type::not_found)
        return ExportJournal();
    const auto bytes = readFile(file, kMaxJournalBytes);
    if (!bytes)
        return failure(bytes);
    return parseJournal({bytes->data(), bytes->size()});
}

Result<JournalLock> JournalLock::take(const std::filesystem::path& journal)
{
    std::error_code problem;
    if (journal.has_parent_path())
        std::filesystem::create_directories(journal.parent_path(), problem);
    auto name = journal;
    name += ".lock";
    const int descriptor = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0644);
    if (descriptor < 0) {
        const int number = errno;
        return failure(
            ErrorCode::Resource,
            fmt::format("The journal {} cannot be kept. Check that its folder is writable.", journal.string()),
            std::generic_category().message(number));
    }
    JournalLock lock(descriptor);
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0)
        return failure(
            ErrorCode::Resource,
            fmt::format("Another LipSync Studio works on the exports in {}. Close it first.", journal.string()));
    return lock;
}

JournalLock::~JournalLock()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
}

JournalLock::JournalLock(JournalLock&& other) noexcept
    : m_descriptor(std::exchange(other.m_descriptor, -1))
{
}

} // namespace lipsync
