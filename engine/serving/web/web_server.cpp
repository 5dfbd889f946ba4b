// SPDX-License-Identifier: GPL-3.0-or-later
#include "serving/web/web_server.h"

#include "base/thread_name.h"
#include "serving/listening.h"
#include "serving/web/web_connections.h"

#include <thread>
#include <utility>

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

namespace lipsync::serving {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using asio::ip::tcp;

constexpr int kSendBufferBytes = 512 << 10; ///< of the kernel, for one connection
constexpr auto kAcceptPause = std::chrono::milliseconds(100); ///< when there are no descriptors left

/// How long the kernel tries to hand over what it took from us. While its buffer has room, no write waits for a caller who
/// does not read, so that the gate could not tell.
void setHandOverPatience(tcp::socket& socket, Duration patience)
{
    const auto milliseconds =
        static_cast<unsigned>(std::chrono::duration_cast<std::chrono::milliseconds>(patience).count());
    setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof milliseconds);
}

Result<std::unique_ptr<asio::ssl::context>> contextOf(const TlsKeys& keys)
{
    auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
    try {
        context->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                             asio::ssl::context::no_tlsv1_1);
        context->use_certificate_chain(asio::buffer(keys.certificates));
        context->use_private_key(asio::buffer(keys.key), asio::ssl::context::pem);
        if (keys.isMutual()) {
            context->add_certificate_authority(asio::buffer(keys.clientAuthorities));
            context->set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
            constexpr unsigned char kSessions[] = "lipsync"; // without a name, OpenSSL refuses to resume them
            SSL_CTX_set_session_id_context(context->native_handle(), kSessions, sizeof kSessions - 1);
        }
    } catch (const boost::system::system_error& error) {
        return failure(ErrorCode::Resource, "The certificates for browsers, or their key, cannot be used",
                       error.what());
    }
    return context;
}

} // namespace

class WebServer::Impl {
public:
    Impl(const ServingParts& parts, WebOptions options, WebRules rules, std::unique_ptr<asio::ssl::context> tls)
        : m_connections{parts, std::move(options), std::move(rules), std::move(tls)}
    {
    }
    ~Impl() { stop(); }

    Status listen();
    const std::string& address() const { return m_address; }
    void leave() { m_connections.isLeaving = true; }

private:
    error_code bind(const std::string& host, const std::string& port);
    void acceptNext();
    void tickLater();
    void stop();
    void dropAll(bool alsoLeaving);

    WebConnections m_connections;
    asio::io_context m_io{1};
    tcp::acceptor m_acceptor{m_io};
    asio::steady_timer m_pause{m_io}, m_ticks{m_io}, m_farewells{m_io};
    std::string m_address;
    std::jthread m_thread; ///< last: it uses all of the above
};

Status WebServer::Impl::listen()
{
    const auto& listen = m_connections.options.listen;
    const auto colon = listen.rfind(':');
    auto host = listen.substr(0, colon);
    const auto shown = host;
    if (host.size() > 2 && host.front() == '[' && host.back() == ']')
        host = host.substr(1, host.size() - 2);
    if (colon == std::string::npos || bind(host, listen.substr(colon + 1)))
        return failure(ErrorCode::Resource, whyNotListening(listen));
    error_code unknown;
    m_address = fmt::format("{}:{}", shown, m_acceptor.local_endpoint(unknown).port());
    acceptNext();
    tickLater();
    m_thread = std::jthread([this] {
        setThreadName("web");
        m_io.run();
    });
    return {};
}

error_code WebServer::Impl::bind(const std::string& host, const std::string& port)
{
    error_code failed;
    const auto found = tcp::resolver(m_io).resolve(host, port, tcp::resolver::passive, failed);
    if (failed)
        return failed;
    const auto endpoint = found.begin()->endpoint();
    m_acceptor.open(endpoint.protocol(), failed);
    if (!failed)
        m_acceptor.set_option(asio::socket_base::reuse_address(true), failed);
    if (!failed)
        m_acceptor.bind(endpoint, failed);
    if (!failed)
        m_acceptor.listen(asio::socket_base::max_listen_connections, failed);
    return failed;
}

void WebServer::Impl::acceptNext()
{
    m_acceptor.async_accept([this](error_code failed, tcp::socket socket) {
        if (m_connections.isStopping)
            return;
        if (failed) {
            m_pause.expires_after(kAcceptPause);
            return m_pause.async_wait([this](error_code cancelled) {
                if (!cancelled)
                    acceptNext();
            });
        }
        if (m_connections.open.size() < m_connections.options.mostConnections) {
            error_code ignored;
            socket.set_option(tcp::no_delay(true), ignored);
            socket.set_option(asio::socket_base::send_buffer_size(kSendBufferBytes), ignored);
            setHandOverPatience(socket, m_connections.parts.gate.limits().writePatience);
            beginConnection(m_connections, std::move(socket));
        }
        acceptNext();
    });
}

void WebServer::Impl::tickLater()
{
    m_ticks.expires_after(m_connections.options.statisticsInterval);
    m_ticks.async_wait([this](error_code cancelled) {
        if (cancelled)
            return;
        for (auto* connection : m_connections.open)
            connection->tick();
        tickLater();
    });
}

void WebServer::Impl::dropAll(bool alsoLeaving)
{
    for (auto* connection : m_connections.open) {
        if (alsoLeaving || !connection->isLeaving())
            connection->drop();
    }
}

/// The thread ends when it has nothing to do any more.
void WebServer::Impl::stop()
{
    if (!m_thread.joinable())
        return;
    asio::post(m_io, [this] {
        m_connections.isStopping = true;
        error_code ignored;
        m_acceptor.close(ignored);
        m_pause.cancel();
        m_ticks.cancel();
        dropAll(false);
        if (m_connections.open.empty())
            return;
        m_connections.emptied = [this] { m_farewells.cancel(); };
        m_farewells.expires_after(kFarewellPatience);
        m_farewells.async_wait([this](error_code cancelled) {
            if (!cancelled)
                dropAll(true);
        });
    });
    m_thread.join();
}

Result<std::unique_ptr<WebServer>> WebServer::start(const ServingParts& parts, WebOptions options,
                                                    const std::optional<TlsKeys>& keys)
{
    const bool isOpen = parts.tokens.isEmpty() && !(keys && keys->isMutual());
    if (!isLoopback(options.listen) && isOpen)
        return failure(ErrorCode::Usage,
                       fmt::format("'{}' would be open to browsers of the network: give a token file or demand "
                                   "certificates of the clients, or listen on 127.0.0.1.",
                                   options.listen));
    std::unique_ptr<asio::ssl::context> tls;
    if (keys) {
        auto made = contextOf(*keys);
        if (!made)
            return failure(made);
        tls = std::move(*made);
    }
    WebRules rules{options.origins, isOpen};
    auto impl = std::make_unique<Impl>(parts, std::move(options), std::move(rules), std::move(tls));
    if (auto listening = impl->listen(); !listening)
        return failure(listening);
    return std::unique_ptr<WebServer>(new WebServer(std::move(impl)));
}

WebServer::WebServer(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}

WebServer::~WebServer() = default;

const std::string& WebServer::address() const
{
    return m_impl->address();
}

void WebServer::leave()
{
    m_impl->leave();
}

} // namespace lipsync::serving
