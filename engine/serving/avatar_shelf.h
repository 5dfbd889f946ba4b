// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "serving/fault.h"
#include "serving/frame_counters.h"
#include "serving/own_sound.h"
#include "session/frame_service.h"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace lipsync::serving {

/// An avatar that frames can be asked of. Immutable but for its counters; whoever holds it keeps it loaded.
struct ServedAvatar {
    std::string name;
    std::shared_ptr<session::OpenAvatar> avatar;
    std::shared_ptr<const OwnSound> sound; ///< null where the package has none
    double loadMs = 0;
    mutable FrameCounters counters{};

    const avatar::AvatarManifest& manifest() const { return avatar->package().manifest(); }
    int frameCount() const { return manifest().frameCount; }
};

enum class AvatarState : std::uint8_t { Unloaded, Loading, Ready, Failed };
/// "unloaded", "loading", "ready", "failed".
std::string_view toString(AvatarState state);

/// An avatar of the libraries, whether it is loaded or not.
struct ShelfEntry {
    std::string name;
    std::filesystem::path folder;
    AvatarState state = AvatarState::Unloaded;
    std::string reason; ///< why it failed
    std::uint64_t frames = 0; ///< made since it was loaded
};

struct ShelfOptions {
    std::vector<std::filesystem::path> libraries; ///< each an avatar itself or a folder of avatars
    std::size_t mostLoaded = 32; ///< avatars at a time
};

/// The avatars of the library folders by name, which is that of the folder without ".avatar". Nothing outside of the
/// libraries is ever opened, whatever name or path a client gives. A thread "avatars" loads them, one after the other.
/// Any thread may call anything.
class AvatarShelf {
public:
    using Loaded = Answer<std::shared_ptr<const ServedAvatar>>;

    /// InvalidInput when a library is no folder. The service must outlive the shelf, and all avatars of it.
    static Result<std::unique_ptr<AvatarShelf>> create(session::FrameService& service, const ShelfOptions& options);
    ~AvatarShelf();

    /// Looks into the folders again.
    std::vector<ShelfEntry> list() const;
    /// The avatar, when it is loaded; NotReady while it loads or after that failed, NotFound otherwise.
    Loaded find(const std::string& name) const;
    std::vector<std::shared_ptr<const ServedAvatar>> loaded() const;

    /// Loads an avatar and waits for a worker that has its network. `folder`, relative to a library or absolute, may
    /// say where it is; otherwise its name does. `done` is called once, perhaps at once. Forbidden for what lies
    /// outside of the libraries.
    void load(const std::string& name, const std::string& folder, std::function<void(Loaded)> done);
    /// NotFound when it is not loaded. Calls that have begun keep it until they end.
    Answer<void> unload(const std::string& name);

    /// Calls `loaded` after each load, before those who asked for it hear of it; null ends that, and waits for a call
    /// that is being made. It must not call back into this function.
    void whenLoaded(std::function<void()> loaded);

    /// Whoever waits for a load hears Draining, and no further one begins.
    void stop();

private:
    struct Place {
        AvatarState state = AvatarState::Unloaded;
        std::filesystem::path folder;
        std::string reason;
        std::shared_ptr<const ServedAvatar> avatar;
        std::vector<std::function<void(Loaded)>> waiting;
    };

    AvatarShelf(session::FrameService& service, ShelfOptions options);
    Answer<std::filesystem::path> folderOf(const std::string& name, const std::string& folder) const;
    std::size_t presentAvatars() const;
    bool isInside(const std::filesystem::path& folder) const;
    std::map<std::string, std::filesystem::path> scan() const;
    void run(const std::stop_token& stop);
    Loaded open(const std::string& name, const std::filesystem::path& folder, const std::stop_token& stop) const;

    session::FrameService& m_service;
    const ShelfOptions m_options; ///< with canonical libraries
    mutable std::mutex m_mutex; ///< of everything below
    std::condition_variable_any m_changed;
    std::map<std::string, Place> m_places; ///< loaded, loading or failed
    std::deque<std::string> m_wanted; ///< to be loaded
    bool m_isStopped = false;
    std::mutex m_telling; ///< of the next one, also while it is called
    std::function<void()> m_loaded;
    std::jthread m_thread; ///< last: it uses all of the above
};

} // namespace lipsync::serving
