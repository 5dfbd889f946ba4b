// SPDX-License-Identifier: GPL-3.0-or-later
// The only file of the engine that includes Boost.Beast, which takes long to compile; web_stream.h is a part of it.
#include "serving/web/web_connections.h"

#include "serving/web/web_health.h"
#include "serving/web/web_page.h"
#include "serving/web/web_request_call.h"
#include "serving/web/web_speech_call.h"
#include "serving/web/web_stream.h"

#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/beast/websocket/stream.hpp>

namespace lipsync::serving {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using boost::system::error_code;
using asio::ip::tcp;

constexpr std::uint32_t kMostHeaderBytes = 8192;
constexpr const char* kPageMethod = "GET /";
constexpr const char* kContentPolicy =
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src 'self' blob: data:; "
    "media-src blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

std::string peerOf(const tcp::socket& socket)
{
    error_code unknown;
    const auto peer = socket.remote_endpoint(unknown);
    if (unknown)
        return "unknown";
    const auto address = peer.address().to_string(unknown);
    return peer.address().is_v4() ? fmt::format("ipv4:{}:{}", address, peer.port())
                                  : fmt::format("ipv6:[{}]:{}", address, peer.port());
}

websocket::close_code codeOf(WebClose why)
{
    switch (why) {
    case WebClose::Done:
        return websocket::close_code::normal;
    case WebClose::Failed:
        return websocket::close_code::internal_error;
    case WebClose::Idle:
    case WebClose::Leaving:
        return websocket::close_code::going_away;
    case WebClose::NotAllowed:
        return websocket::close_code::policy_error;
    case WebClose::TryLater:
        break;
    }
    return websocket::close_code::try_again_later;
}

http::status statusOf(const Fault& fault)
{
    switch (fault.kind) {
    case FaultKind::NoToken:
        return http::status::unauthorized;
    case FaultKind::Forbidden:
        return http::status::forbidden;
    default:
        return http::status::service_unavailable;
    }
}

/// A WebSocket.
class SocketConnection final : public WebConnection, public std::enable_shared_from_this<SocketConnection> {
public:
    SocketConnection(WebConnections& shared, WebStream stream, std::shared_ptr<WebCall> call)
        : m_shared(shared)
        , m_socket(std::move(stream))
        , m_call(std::move(call))
    {
        m_shared.add(this);
    }
    ~SocketConnection() override
    {
        over({});
        m_shared.remove(this);
    }

    void accept(const http::request<http::empty_body>& request);
    void drop() override
    {
        beast::get_lowest_layer(m_socket).close();
        // Later, since whoever calls goes through all connections. There may be nothing under way that would end.
        asio::post(m_socket.get_executor(), [self = shared_from_this()] { self->over({}); });
    }
    bool isLeaving() const override { return m_farewell.has_value(); }
    void tick() override
    {
        if (m_call)
            m_call->tick();
    }

private:
    /// What the call holds, which may live longer. Any thread.
    class Link final : public WebLink {
    public:
        explicit Link(SocketConnection& connection)
            : m_connection(&connection)
        {
        }

        void send(WebMessage message) override
        {
            post([message = std::move(message)](SocketConnection& connection) mutable {
                connection.m_outgoing.push_back(std::move(message));
                connection.writeNext();
            });
        }
        void readMore(std::size_t mostBytes) override
        {
            post([mostBytes](SocketConnection& connection) { connection.read(mostBytes); });
        }
        void close(WebClose why) override
        {
            post([why](SocketConnection& connection) { connection.close(why); });
        }
        void drop() override
        {
            post([](SocketConnection& connection) { connection.drop(); });
        }
        void detach()
        {
            std::lock_guard lock(m_mutex);
            m_connection = nullptr;
        }

    private:
        template <typename Task> void post(Task task)
        {
            std::lock_guard lock(m_mutex);
            // While it is attached its thread runs, which does the task and lets go of the connection.
            if (m_connection)
                asio::post(
                    m_connection->m_socket.get_executor(),
                    [self = m_connection->shared_from_this(), task = std::move(task)]() mutable { task(*self); });
        }

        std::mutex m_mutex; ///< of the next one
        SocketConnection* m_connection;
    };

    void read(std::size_t mostBytes);
    void writeNext();
    void close(WebClose why);
    void sayFarewell();
    void over(std::optional<FaultKind> fault);

    WebConnections& m_shared;
    websocket::stream<WebStream, false> m_socket;
    std::shared_ptr<WebCall> m_call; ///< null after the end
    std::shared_ptr<Link> m_link;
    beast::flat_buffer m_incoming;
    std::deque<WebMessage> m_outgoing; ///< the first is being written
    bool m_isWriting = false;
    std::optional<WebClose> m_farewell;
    std::shared_ptr<SocketConnection> m_self; ///< until it is over
};

void SocketConnection::accept(const http::request<http::empty_body>& request)
{
    websocket::stream_base::timeout timeout{};
    timeout.handshake_timeout = m_shared.options.requestPatience;
    timeout.idle_timeout = websocket::stream_base::none(); // the call watches that, as the gate does
    m_socket.set_option(timeout);
    m_self = shared_from_this();
    m_link = std::make_shared<Link>(*this);
    m_socket.async_accept(request, [self = shared_from_this()](error_code failed) {
        if (failed)
            self->over(FaultKind::BadRequest);
        else
            self->m_call->start(self->m_link);
    });
}

void SocketConnection::read(std::size_t mostBytes)
{
    m_incoming.clear();
    m_socket.read_message_max(mostBytes);
    m_socket.async_read(m_incoming, [self = shared_from_this()](error_code failed, std::size_t) {
        if (!failed) {
            if (self->m_call)
                self->m_call->received(
                    {beast::buffers_to_string(self->m_incoming.data()), self->m_socket.got_binary()});
            return;
        }
        const bool isTheirFault =
            failed != websocket::error::closed && failed.category() == error_code(websocket::error::closed).category();
        self->over(isTheirFault ? std::optional(FaultKind::BadRequest) : std::nullopt);
    });
}

void SocketConnection::writeNext()
{
    if (m_isWriting || !m_call)
        return;
    if (m_outgoing.empty())
        return sayFarewell();
    m_isWriting = true;
    m_socket.binary(m_outgoing.front().isBinary);
    m_socket.async_write(asio::buffer(m_outgoing.front().bytes),
                         [self = shared_from_this()](error_code failed, std::size_t) {
                             self->m_isWriting = false;
                             if (failed)
                                 return self->over({});
                             if (self->m_call)
                                 self->m_call->written(self->m_outgoing.front().bytes.size());
                             self->m_outgoing.pop_front();
                             self->writeNext();
                         });
}

void SocketConnection::close(WebClose why)
{
    if (std::exchange(m_farewell, why))
        return;
    writeNext();
}

/// When it is time, and all that was to be said is.
void SocketConnection::sayFarewell()
{
    if (m_farewell)
        m_socket.async_close(codeOf(*m_farewell), [self = shared_from_this()](error_code) { self->over({}); });
}

void SocketConnection::over(std::optional<FaultKind> fault)
{
    if (m_link)
        m_link->detach();
    if (const auto call = std::exchange(m_call, nullptr))
        call->ended(fault);
    beast::get_lowest_layer(m_socket).close(); // what else is under way ends, too
    const auto self = std::move(m_self); // which ends here, or with the last of it
}

/// One HTTP request; becomes a WebSocket or ends with its answer.
class RequestConnection final : public WebConnection, public std::enable_shared_from_this<RequestConnection> {
public:
    RequestConnection(WebConnections& shared, tcp::socket socket)
        : m_shared(shared)
        , m_peer(peerOf(socket))
        , m_stream(std::move(socket), shared.tls.get())
    {
        m_shared.add(this);
    }
    ~RequestConnection() override { m_shared.remove(this); }

    void begin();
    void drop() override { m_stream.next_layer().close(); }

private:
    void read();
    void handle();
    void openSocket(const WebVisit& visit, WebPlace place);
    void refuseSocket(const Fault& fault, const char* method);
    void answer(http::status status, std::string text, const char* type = "text/plain; charset=utf-8");
    void readRest();

    WebConnections& m_shared;
    const std::string m_peer;
    WebStream m_stream;
    beast::flat_buffer m_buffer;
    http::request_parser<http::empty_body> m_parser;
    http::response<http::string_body> m_response;
    std::size_t m_rest = 0; ///< bytes behind the request
};

void RequestConnection::begin()
{
    m_stream.next_layer().expires_after(m_shared.options.requestPatience);
    m_stream.async_begin([self = shared_from_this()](error_code failed) {
        if (!failed && !self->m_shared.isStopping)
            self->read();
    });
}

void RequestConnection::read()
{
    m_parser.header_limit(kMostHeaderBytes);
    http::async_read(m_stream, m_buffer, m_parser, [self = shared_from_this()](error_code failed, std::size_t) {
        if (self->m_shared.isStopping)
            return;
        if (!failed)
            return self->handle();
        if (failed.category() == error_code(http::error::bad_method).category() &&
            failed != http::error::end_of_stream && failed != http::error::partial_message)
            self->answer(http::status::bad_request, "This is no request that is answered here.\n");
    });
}

void RequestConnection::handle()
{
    const auto& request = m_parser.get();
    const auto text = [](auto view) { return std::string(view.data(), view.size()); };
    const auto header = [&](auto name) { return text(request[name]); };
    const WebVisit visit{text(request.target()), header(http::field::host), header(http::field::origin),
                         header(http::field::authorization), header("lipsync-token")};
    const auto place = placeOf(visit.target);
    if (place == WebPlace::Nowhere)
        return answer(http::status::not_found, "There are /, /ws, /speak and /health.\n");
    if (request.method() != http::verb::get && request.method() != http::verb::head)
        return answer(http::status::method_not_allowed, "Only GET is answered here.\n");
    if (place == WebPlace::Requests || place == WebPlace::Speech)
        return openSocket(visit, place);
    if (place == WebPlace::Health) {
        auto health =
            webHealth(m_shared.parts.service.pool().snapshot(), m_shared.isLeaving || m_shared.parts.gate.isClosed());
        return answer(health.isHealthy ? http::status::ok : http::status::service_unavailable, std::move(health.text),
                      "application/json");
    }
    const auto ticket = m_shared.parts.gate.admit(kPageMethod, m_peer);
    if (!ticket)
        return answer(http::status::service_unavailable, ticket.error().sentence + "\n");
    (*ticket)->record().bytesOut = webPage().size();
    (*ticket)->end({});
    answer(http::status::ok, std::string(webPage()), "text/html; charset=utf-8");
}

void RequestConnection::openSocket(const WebVisit& visit, WebPlace place)
{
    auto& gate = m_shared.parts.gate;
    const auto* const method = place == WebPlace::Speech ? WebSpeechCall::kMethod : WebRequestCall::kMethod;
    if (!websocket::is_upgrade(m_parser.get()))
        return answer(http::status::upgrade_required, "Here is a WebSocket.\n");
    if (const auto allowed = checkVisit(visit, m_shared.rules); !allowed)
        return refuseSocket(allowed.error(), method);
    const auto token = shownToken(visit);
    if (!token.empty() && m_shared.parts.tokens.check(token, Right::Use) != TokenList::Verdict::Allowed)
        return refuseSocket({FaultKind::NoToken, "The token is missing or wrong."}, method);
    std::shared_ptr<CallTicket> ticket;
    if (!token.empty() || m_shared.parts.tokens.isEmpty()) {
        auto admitted = gate.admit(method, m_peer);
        if (!admitted) // and counted
            return answer(statusOf(admitted.error()), admitted.error().sentence + "\n");
        ticket = std::move(*admitted);
    } else if (gate.isClosed()) {
        return refuseSocket({FaultKind::Draining, "The server is stopping and takes no new calls."}, method);
    }
    m_stream.next_layer().expires_never();
    WebCallParts parts{m_shared.parts, m_shared.counters, m_shared.options.calls, std::move(ticket), m_peer};
    std::shared_ptr<WebCall> call;
    if (place == WebPlace::Speech)
        call = std::make_shared<WebSpeechCall>(std::move(parts));
    else
        call = std::make_shared<WebRequestCall>(std::move(parts));
    std::make_shared<SocketConnection>(m_shared, std::move(m_stream), std::move(call))->accept(m_parser.get());
}

void RequestConnection::refuseSocket(const Fault& fault, const char* method)
{
    m_shared.parts.gate.refuse(method, m_peer, fault.kind);
    answer(statusOf(fault), fault.sentence + "\n");
}

void RequestConnection::answer(http::status status, std::string text, const char* type)
{
    constexpr unsigned kHttp11 = 11;
    m_response = http::response<http::string_body>(status, kHttp11);
    m_response.keep_alive(false);
    m_response.set(http::field::content_type, type);
    m_response.set(http::field::cache_control, "no-store");
    m_response.set("Referrer-Policy", "no-referrer");
    m_response.set("X-Content-Type-Options", "nosniff");
    m_response.set("Content-Security-Policy", kContentPolicy);
    if (status == http::status::service_unavailable)
        m_response.set(http::field::retry_after, "1");
    m_response.content_length(text.size());
    if (m_parser.get().method() != http::verb::head)
        m_response.body() = std::move(text);
    m_stream.next_layer().expires_after(m_shared.options.requestPatience);
    http::async_write(m_stream, m_response, [self = shared_from_this()](error_code, std::size_t) {
        self->m_stream.next_layer().expires_after(kFarewellPatience);
        self->m_stream.async_end([self](error_code) { self->readRest(); });
    });
}

/// What else was sent is read for a while: closed before, the connection would be reset and the answer be lost.
void RequestConnection::readRest()
{
    constexpr std::size_t kPart = 4096, kMost = std::size_t{1} << 20;
    m_buffer.clear();
    m_stream.async_read_some(m_buffer.prepare(kPart),
                             [self = shared_from_this()](error_code failed, std::size_t bytes) {
                                 self->m_rest += bytes;
                                 if (!failed && self->m_rest < kMost)
                                     self->readRest();
                             });
}

} // namespace

void beginConnection(WebConnections& connections, tcp::socket socket)
{
    std::make_shared<RequestConnection>(connections, std::move(socket))->begin();
}

} // namespace lipsync::serving
