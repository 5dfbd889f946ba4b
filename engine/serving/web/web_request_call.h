// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "serving/mouth_stream.h"
#include "serving/web/web_call.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lipsync::serving {

/// "/ws": answers the seed system's messages in their order; mouths go through the workers as those of gRPC calls do.
/// Whoever asks for nothing gets the statistics now and then.
class WebRequestCall final : public WebCall {
public:
    static constexpr const char* kMethod = "GET /ws";

    explicit WebRequestCall(WebCallParts parts)
        : WebCall(std::move(parts), kMethod)
    {
    }

private:
    /// A request on its way.
    struct Slot {
        WebRequest request; ///< without its sound
        std::shared_ptr<const ServedAvatar> avatar;
        TimePoint began, prepared;
        std::size_t bytes = 0; ///< taken from the gate's bound
        std::optional<WebMessage> answer;
    };

    /// Sound that came last, and what was heard in it.
    struct Heard {
        std::shared_ptr<const ServedAvatar> avatar;
        std::string sound;
        std::vector<float> window;
    };

    void take(WebMessage message) override;
    bool wantsMore() const override;
    bool isBusy() const override { return !m_slots.empty(); }
    void rest() override;
    void abandon() override;

    Answer<void> answer(WebRequest request, std::int64_t number, Slot& slot);
    Answer<void> askForMouth(WebRequest request, std::int64_t number, Slot& slot);
    Answer<MouthWish> wishFor(const std::shared_ptr<const ServedAvatar>& avatar, const WebRequest& request,
                              std::int64_t number);
    Answer<WebMessage> videoFrame(const WebRequest& request) const;
    Answer<std::shared_ptr<MouthStream>> streamOf(const std::shared_ptr<const ServedAvatar>& avatar);
    void forgetUnusedStreams();
    void answered(const MouthAnswer& answer);
    void settle();

    // On the strand.
    std::map<std::int64_t, Slot> m_slots; ///< in the order of the requests
    std::int64_t m_next = 0;
    std::map<const ServedAvatar*, std::shared_ptr<MouthStream>> m_streams;
    Heard m_heard;
};

} // namespace lipsync::serving
