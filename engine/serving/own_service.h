// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "serving/serving_parts.h"

#include <lipsync.grpc.pb.h>

namespace lipsync::serving {

/// The studio's own protocol: speaking sessions, avatars, statistics.
class OwnService final : public ::lipsync::v1::LipSync::CallbackService {
public:
    explicit OwnService(const ServingParts& parts)
        : m_parts(parts)
    {
    }

private:
    using Context = grpc::CallbackServerContext;
    using Unary = grpc::ServerUnaryReactor;

    grpc::ServerBidiReactor<::lipsync::v1::SpeakRequest, ::lipsync::v1::SpeakResponse>*
    Speak(Context* context) override;
    Unary* ListAvatars(Context* context, const ::lipsync::v1::ListAvatarsRequest* request,
                       ::lipsync::v1::ListAvatarsResponse* response) override;
    Unary* LoadAvatar(Context* context, const ::lipsync::v1::LoadAvatarRequest* request,
                      ::lipsync::v1::LoadAvatarResponse* response) override;
    Unary* UnloadAvatar(Context* context, const ::lipsync::v1::UnloadAvatarRequest* request,
                        ::lipsync::v1::UnloadAvatarResponse* response) override;
    Unary* GetStatistics(Context* context, const ::lipsync::v1::GetStatisticsRequest* request,
                         ::lipsync::v1::GetStatisticsResponse* response) override;

    const ServingParts& m_parts;
};

} // namespace lipsync::serving
