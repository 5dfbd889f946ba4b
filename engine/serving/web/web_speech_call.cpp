// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/web/web_speech_call.h"

#include "serving/web/web_speech_messages.h"

namespace lipsync::serving {

namespace {

WebClose closeOf(FaultKind fault)
{
    switch (fault) {
    case FaultKind::Overloaded:
    case FaultKind::NotReady:
    case FaultKind::TooLate:
        return WebClose::TryLater;
    case FaultKind::Draining:
        return WebClose::Leaving;
    case FaultKind::Cancelled:
    case FaultKind::Failed:
        return WebClose::Failed;
    case FaultKind::BadRequest:
    case FaultKind::NotFound:
    case FaultKind::NoToken:
    case FaultKind::Forbidden:
        break;
    }
    return WebClose::NotAllowed;
}

} // namespace

void WebSpeechCall::take(WebMessage message)
{
    ticket().record().bytesIn += message.bytes.size();
    const auto answered = answer(std::move(message));
    if (answered)
        return;
    if (m_session)
        m_session->close();
    end(answered);
}

bool WebSpeechCall::wantsMore() const
{
    const bool isRead = unwritten() < static_cast<std::size_t>(parts().limits.mostStreamed);
    return isRead && (!m_session || m_session->wantsSound());
}

Answer<void> WebSpeechCall::answer(WebMessage message)
{
    auto request = parseWebSpeechRequest(std::move(message));
    if (!request)
        return fault(FaultKind::BadRequest, request.error());
    if (request->ask == WebSpeechAsk::Open)
        return open(request->options);
    if (!m_session)
        return fault(FaultKind::BadRequest, "A session is opened before anything is said.");
    switch (request->ask) {
    case WebSpeechAsk::Sound:
        return m_session->take(request->sound);
    case WebSpeechAsk::Interrupt:
        if (const auto utterance = m_session->interrupt())
            send(interruptedMessage(*utterance));
        break;
    case WebSpeechAsk::Finish:
        m_session->finish();
        break;
    case WebSpeechAsk::Open:
        break;
    }
    return {};
}

Answer<void> WebSpeechCall::open(const SpeakingOptions& options)
{
    if (m_session)
        return fault(FaultKind::BadRequest, "The session is open already.");
    auto session = SpeakingSession::open(parts(), strand(), options, ticket().record(),
                                         std::static_pointer_cast<WebSpeechCall>(shared_from_this()));
    if (!session)
        return tl::unexpected(session.error());
    m_session = std::move(*session);
    send(openedMessage(*m_session));
    return {};
}

void WebSpeechCall::proceed()
{
    if (m_session)
        m_session->proceed();
}

void WebSpeechCall::drain()
{
    if (m_session)
        m_session->drain();
}

void WebSpeechCall::abandon()
{
    if (m_session)
        m_session->close();
}

void WebSpeechCall::show(SessionFrame frame)
{
    send(spokenFrameMessage(frame));
}

void WebSpeechCall::end(const Answer<void>& how)
{
    if (!isOpen())
        return;
    send(how ? finishedMessage() : speechFaultMessage(how.error()));
    if (how)
        endWhenWritten(WebClose::Done, {});
    else
        endWhenWritten(closeOf(how.error().kind), how.error().kind);
}

} // namespace lipsync::serving
