// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/teardown.hpp>

namespace lipsync::serving {

/// A TCP connection, encrypted where the server has a certificate: a stream as Asio and Beast want it, so that what reads
/// and writes does not care. Only web_connections.cpp includes this. One thread.
class WebStream {
public:
    using next_layer_type = boost::beast::tcp_stream;
    using executor_type = next_layer_type::executor_type;
    using Tls = boost::asio::ssl::stream<next_layer_type&>;

    /// `tls` is null without a certificate, and must outlive the stream.
    WebStream(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context* tls)
        : m_tcp(std::make_unique<next_layer_type>(std::move(socket)))
        , m_tls(tls ? std::make_unique<Tls>(*m_tcp, *tls) : nullptr)
    {
    }

    executor_type get_executor() noexcept { return m_tcp->get_executor(); }
    next_layer_type& next_layer() noexcept { return *m_tcp; }
    const next_layer_type& next_layer() const noexcept { return *m_tcp; }

    /// Calls `ready(error_code)`, later, once the connection is encrypted, if it is to be.
    template <typename Handler> void async_begin(Handler&& ready)
    {
        if (m_tls)
            m_tls->async_handshake(boost::asio::ssl::stream_base::server, std::forward<Handler>(ready));
        else
            boost::asio::post(get_executor(),
                              [ready = std::forward<Handler>(ready)]() mutable { ready(boost::system::error_code()); });
    }
    /// Calls `ended(error_code)`, later, once the other side can tell that nothing follows.
    template <typename Handler> void async_end(Handler&& ended)
    {
        if (m_tls)
            return m_tls->async_shutdown(std::forward<Handler>(ended));
        boost::system::error_code failed;
        m_tcp->socket().shutdown(boost::asio::ip::tcp::socket::shutdown_send, failed);
        boost::asio::post(get_executor(), [ended = std::forward<Handler>(ended), failed]() mutable { ended(failed); });
    }

    template <typename Buffers, typename Handler> auto async_read_some(const Buffers& buffers, Handler&& handler)
    {
        if (m_tls)
            return m_tls->async_read_some(buffers, std::forward<Handler>(handler));
        return m_tcp->async_read_some(buffers, std::forward<Handler>(handler));
    }
    template <typename Buffers, typename Handler> auto async_write_some(const Buffers& buffers, Handler&& handler)
    {
        if (m_tls)
            return m_tls->async_write_some(buffers, std::forward<Handler>(handler));
        return m_tcp->async_write_some(buffers, std::forward<Handler>(handler));
    }

    /// How Beast ends a WebSocket's connection; found by its arguments.
    template <typename Handler>
    friend void async_teardown(boost::beast::role_type role, WebStream& stream, Handler&& handler)
    {
        if (stream.m_tls)
            boost::beast::async_teardown(role, *stream.m_tls, std::forward<Handler>(handler));
        else
            boost::beast::websocket::async_teardown(role, stream.m_tcp->socket(), std::forward<Handler>(handler));
    }
    friend void teardown(boost::beast::role_type role, WebStream& stream, boost::system::error_code& failed)
    {
        boost::beast::websocket::teardown(role, stream.m_tcp->socket(), failed);
    }

private:
    std::unique_ptr<next_layer_type> m_tcp; ///< where it lies does not change when the stream is moved
    std::unique_ptr<Tls> m_tls; ///< over it, or null
};

} // namespace lipsync::serving
