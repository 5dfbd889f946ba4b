// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/mouth_batch.h"

namespace lipsync::serving {

std::shared_ptr<MouthBatch> MouthBatch::create(session::FrameService& service, std::shared_ptr<Strand> strand,
                                               const std::shared_ptr<const ServedAvatar>& avatar,
                                               const MouthOptions& options, MouthBatchEvents events)
{
    std::shared_ptr<MouthBatch> batch(new MouthBatch());
    batch->m_strand = std::move(strand);
    batch->m_events = std::move(events);
    batch->m_stream =
        std::make_unique<MouthStream>(service, avatar, options, [weak = std::weak_ptr(batch)](MouthAnswer answer) {
            const auto self = weak.lock();
            if (!self)
                return;
            auto kept = std::make_shared<MouthAnswer>(std::move(answer));
            self->m_strand->post([self, kept] { self->receive(std::move(*kept)); });
        });
    return batch;
}

void MouthBatch::run(std::vector<MouthWish> wishes, std::optional<TimePoint> deadline)
{
    const auto self = shared_from_this(); // its owner may let go of it at the end
    m_isRunning = true;
    for (auto& wish : wishes) {
        const auto number = wish.number;
        if (m_isCancelled) {
            m_events.refused(number, {FaultKind::Cancelled, "The call was cancelled."});
            continue;
        }
        if (auto accepted = m_stream->submit(std::move(wish), deadline); !accepted)
            m_events.refused(number, accepted.error());
        else
            ++m_outstanding;
    }
    m_isRunning = false;
    endIfComplete();
}

void MouthBatch::cancel()
{
    m_isCancelled = true;
    m_stream->cancel();
}

void MouthBatch::receive(MouthAnswer answer)
{
    --m_outstanding;
    m_events.answered(std::move(answer));
    endIfComplete();
}

void MouthBatch::endIfComplete()
{
    if (m_isRunning || m_outstanding > 0)
        return;
    const auto done = std::move(m_events.done);
    if (done)
        done();
    m_events = {}; // whoever it belongs to holds it, and is held by these
}

} // namespace lipsync::serving
