// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/avatar_shelf.h"

#include "avatar/avatar_manifest.h"
#include "base/thread_name.h"

#include <algorithm>
#include <array>

namespace lipsync::serving {

namespace {

namespace fs = std::filesystem;

constexpr const char* kAvatarSuffix = ".avatar";
constexpr std::size_t kMostNameBytes = 255;
constexpr std::size_t kMostPathBytes = 4096;
constexpr std::size_t kMostWanted = 64;

bool isAvatar(const fs::path& folder)
{
    std::error_code ignored;
    return fs::is_regular_file(folder / avatar::kManifestFile, ignored);
}

std::string nameOf(const fs::path& folder)
{
    const auto name = folder.filename();
    return name.extension() == kAvatarSuffix ? name.stem().string() : name.string();
}

bool isPlainName(const std::string& name)
{
    return !name.empty() && name.size() <= kMostNameBytes && name != "." && name != ".." &&
        name.find('/') == std::string::npos && name.find('\0') == std::string::npos;
}

Fault unknown(const std::string& name)
{
    return {FaultKind::NotFound, fmt::format("There is no avatar '{}' in the server's libraries.", name)};
}

Fault stopping()
{
    return {FaultKind::Draining, "The server is stopping and loads no more avatars."};
}

} // namespace

std::string_view toString(AvatarState state)
{
    constexpr std::array<std::string_view, 4> names{"unloaded", "loading", "ready", "failed"};
    return names[static_cast<std::size_t>(state)];
}

Result<std::unique_ptr<AvatarShelf>> AvatarShelf::create(session::FrameService& service, const ShelfOptions& options)
{
    auto canonical = options;
    for (auto& library : canonical.libraries) {
        std::error_code problem;
        const auto real = fs::canonical(library, problem);
        if (problem || !fs::is_directory(real))
            return failure(ErrorCode::InvalidInput,
                           fmt::format("The library {} is not a folder that can be read.", library.string()),
                           problem ? problem.message() : "");
        library = real;
    }
    return std::unique_ptr<AvatarShelf>(new AvatarShelf(service, std::move(canonical)));
}

AvatarShelf::AvatarShelf(session::FrameService& service, ShelfOptions options)
    : m_service(service)
    , m_options(std::move(options))
    , m_thread([this](const std::stop_token& stop) { run(stop); })
{
}

AvatarShelf::~AvatarShelf()
{
    stop();
}

bool AvatarShelf::isInside(const fs::path& folder) const
{
    return std::ranges::any_of(m_options.libraries, [&](const fs::path& library) {
        return std::mismatch(library.begin(), library.end(), folder.begin(), folder.end()).first == library.end();
    });
}

std::map<std::string, fs::path> AvatarShelf::scan() const
{
    std::map<std::string, fs::path> found;
    const auto add = [&](const fs::path& folder) {
        std::error_code problem;
        const auto real = fs::canonical(folder, problem); // a link may lead out of the library
        if (!problem && isInside(real) && isAvatar(real))
            found.emplace(nameOf(folder), real);
    };
    for (const auto& library : m_options.libraries) {
        add(library);
        std::error_code ignored;
        for (const auto& entry : fs::directory_iterator(library, ignored)) {
            if (entry.is_directory(ignored))
                add(entry.path());
        }
    }
    return found;
}

std::vector<ShelfEntry> AvatarShelf::list() const
{
    std::map<std::string, ShelfEntry> entries;
    for (const auto& [name, folder] : scan())
        entries[name] = {name, folder, AvatarState::Unloaded, {}, 0};
    {
        std::lock_guard lock(m_mutex);
        for (const auto& [name, place] : m_places)
            entries[name] = {name, place.folder, place.state, place.reason,
                             place.avatar ? place.avatar->counters.succeeded.count.load() : 0};
    }
    std::vector<ShelfEntry> list;
    for (auto& [name, entry] : entries)
        list.push_back(std::move(entry));
    return list;
}

AvatarShelf::Loaded AvatarShelf::find(const std::string& name) const
{
    {
        std::lock_guard lock(m_mutex);
        const auto place = m_places.find(name);
        if (place != m_places.end()) {
            switch (place->second.state) {
            case AvatarState::Ready:
                return place->second.avatar;
            case AvatarState::Loading:
                return fault(FaultKind::NotReady, fmt::format("The avatar '{}' is being loaded.", name));
            case AvatarState::Failed:
                return fault(FaultKind::NotReady,
                             fmt::format("The avatar '{}' could not be loaded: {}", name, place->second.reason));
            case AvatarState::Unloaded:
                break;
            }
        }
    }
    if (isPlainName(name) && scan().contains(name))
        return fault(FaultKind::NotFound, fmt::format("The avatar '{}' is not loaded.", name));
    return tl::unexpected(unknown(name));
}

std::vector<std::shared_ptr<const ServedAvatar>> AvatarShelf::loaded() const
{
    std::lock_guard lock(m_mutex);
    std::vector<std::shared_ptr<const ServedAvatar>> loaded;
    for (const auto& [name, place] : m_places) {
        if (place.state == AvatarState::Ready)
            loaded.push_back(place.avatar);
    }
    return loaded;
}

Answer<fs::path> AvatarShelf::folderOf(const std::string& name, const std::string& folder) const
{
    if (!isPlainName(name))
        return fault(FaultKind::BadRequest, "An avatar is asked for by its name, not by a path.");
    if (folder.empty()) {
        const auto known = scan();
        const auto found = known.find(name);
        if (found == known.end())
            return tl::unexpected(unknown(name));
        return found->second;
    }
    if (folder.size() > kMostPathBytes || folder.find('\0') != std::string::npos)
        return fault(FaultKind::BadRequest, "This is no path of a folder.");
    for (const auto& library : m_options.libraries) {
        std::error_code problem;
        const auto real = fs::canonical(library / folder, problem); // an absolute folder stands for itself
        if (!problem && isInside(real) && isAvatar(real))
            return real;
    }
    // The same words whether something is there or not: clients learn nothing of other folders.
    return fault(FaultKind::Forbidden,
                 "The folder is no avatar inside the server's libraries. Packages of other tools are brought there "
                 "with 'lipsync import'.");
}

void AvatarShelf::load(const std::string& name, const std::string& folder, std::function<void(Loaded)> done)
{
    const auto real = folderOf(name, folder);
    if (!real)
        return done(tl::unexpected(real.error()));
    std::optional<Loaded> answer;
    {
        std::lock_guard lock(m_mutex);
        const auto known = m_places.find(name);
        const bool isThere = known != m_places.end() && known->second.state != AvatarState::Failed;
        if (m_isStopped) {
            answer = tl::unexpected(stopping());
        } else if (isThere && known->second.folder != *real) {
            answer = fault(FaultKind::BadRequest,
                           fmt::format("Another folder is loaded as '{}' already; unload it first.", name));
        } else if (isThere && known->second.state == AvatarState::Ready) {
            answer = known->second.avatar;
        } else if (isThere) {
            known->second.waiting.push_back(std::move(done));
        } else if (presentAvatars() >= m_options.mostLoaded || m_wanted.size() >= kMostWanted) {
            answer = fault(FaultKind::Overloaded,
                           fmt::format("{} avatars are loaded, and no more may be; unload one.", presentAvatars()));
        } else {
            if (m_places.size() >= 2 * m_options.mostLoaded) // names that failed are not remembered for ever
                std::erase_if(m_places, [](const auto& each) { return each.second.state == AvatarState::Failed; });
            auto& place = m_places[name];
            place = {AvatarState::Loading, *real, {}, {}, {}};
            place.waiting.push_back(std::move(done));
            m_wanted.push_back(name);
        }
    }
    if (answer)
        return done(std::move(*answer));
    m_changed.notify_all();
}

/// Needs the lock.
std::size_t AvatarShelf::presentAvatars() const
{
    return static_cast<std::size_t>(
        std::ranges::count_if(m_places, [](const auto& each) { return each.second.state != AvatarState::Failed; }));
}

Answer<void> AvatarShelf::unload(const std::string& name)
{
    std::shared_ptr<const ServedAvatar> leaving; // let go of without the lock
    std::lock_guard lock(m_mutex);
    const auto place = m_places.find(name);
    if (place == m_places.end() || place->second.state == AvatarState::Loading)
        return fault(FaultKind::NotFound, fmt::format("The avatar '{}' is not loaded.", name));
    leaving = std::move(place->second.avatar);
    m_places.erase(place);
    return {};
}

void AvatarShelf::whenLoaded(std::function<void()> loaded)
{
    std::lock_guard lock(m_telling);
    m_loaded = std::move(loaded);
}

void AvatarShelf::stop()
{
    std::vector<std::function<void(Loaded)>> waiting;
    {
        std::lock_guard lock(m_mutex);
        m_isStopped = true;
        m_wanted.clear();
        for (auto& [name, place] : m_places) {
            for (auto& done : place.waiting)
                waiting.push_back(std::move(done));
            place.waiting.clear();
        }
    }
    m_thread.request_stop();
    for (const auto& done : waiting)
        done(tl::unexpected(stopping()));
}

AvatarShelf::Loaded AvatarShelf::open(const std::string& name, const fs::path& folder,
                                      const std::stop_token& stop) const
{
    const SteadyClock clock;
    const auto began = clock.now();
    auto opened = m_service.openAvatar(folder);
    if (!opened)
        return tl::unexpected(faultOf(opened.error()));
    auto sound = OwnSound::open((*opened)->frames());
    if (!sound)
        return tl::unexpected(faultOf(sound.error()));
    if (auto ready = m_service.waitUntilReady(**opened, stop); !ready)
        return tl::unexpected(faultOf(ready.error()));
    auto served = std::make_shared<ServedAvatar>();
    served->name = name;
    served->avatar = std::move(*opened);
    served->sound = std::move(*sound);
    served->loadMs = milliseconds(clock.now() - began);
    return served;
}

void AvatarShelf::run(const std::stop_token& stop)
{
    setThreadName("avatars");
    while (true) {
        std::string name;
        fs::path folder;
        {
            std::unique_lock lock(m_mutex);
            if (!m_changed.wait(lock, stop, [&] { return !m_wanted.empty(); }))
                return;
            name = std::move(m_wanted.front());
            m_wanted.pop_front();
            folder = m_places[name].folder;
        }
        auto loaded = open(name, folder, stop);
        std::vector<std::function<void(Loaded)>> waiting;
        {
            std::lock_guard lock(m_mutex);
            auto& place = m_places[name];
            waiting.swap(place.waiting);
            place.state = loaded ? AvatarState::Ready : AvatarState::Failed;
            if (loaded)
                place.avatar = *loaded;
            else
                place.reason = loaded.error().sentence;
        }
        {
            std::lock_guard lock(m_telling);
            if (m_loaded)
                m_loaded();
        }
        for (const auto& done : waiting)
            done(loaded);
    }
}

} // namespace lipsync::serving
