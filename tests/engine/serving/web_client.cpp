// SPDX-License-Identifier: GPL-3.0-or-later
#include "web_client.h"

#include <algorithm>
#include <cctype>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/beast/websocket/stream.hpp>

namespace lipsync::test {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using asio::ip::tcp;
using boost::system::error_code;

tcp::endpoint endpointOf(const std::string& address)
{
    const auto port = static_cast<unsigned short>(std::stoi(address.substr(address.rfind(':') + 1)));
    return {asio::ip::address_v4::loopback(), port};
}

std::string textOf(boost::beast::string_view view)
{
    return {view.data(), view.size()};
}

} // namespace

HttpAnswer askHttp(const std::string& address, const std::string& method, const std::string& target,
                   const std::map<std::string, std::string>& headers)
{
    asio::io_context io;
    tcp::socket socket(io);
    error_code failed;
    HttpAnswer answer;
    socket.connect(endpointOf(address), failed);
    http::request<http::string_body> request;
    request.method_string(method);
    request.target(target);
    request.version(11);
    request.set(http::field::host, address);
    for (const auto& [name, value] : headers)
        request.set(name, value);
    if (!failed)
        http::write(socket, request, failed);
    beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.skip(method == "HEAD");
    if (!failed)
        http::read(socket, buffer, parser, failed);
    if (failed)
        return answer;
    answer.status = static_cast<int>(parser.get().result_int());
    for (const auto& field : parser.get()) {
        auto name = textOf(field.name_string());
        std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
        answer.headers[name] = textOf(field.value());
    }
    answer.body = parser.get().body();
    return answer;
}

std::string talkRaw(const std::string& address, std::string_view bytes)
{
    asio::io_context io;
    tcp::socket socket(io);
    error_code failed;
    socket.connect(endpointOf(address), failed);
    asio::write(socket, asio::buffer(bytes), failed);
    std::string heard;
    for (char part[4096]; !failed;)
        heard.append(part, socket.read_some(asio::buffer(part), failed));
    return heard;
}

class TlsTalk::Impl {
public:
    asio::io_context io;
    asio::ssl::context tls{asio::ssl::context::tls_client};
    std::optional<asio::ssl::stream<tcp::socket>> socket;
    error_code failed;
};

TlsTalk::TlsTalk(const std::string& address, const std::filesystem::path& authority,
                 const std::filesystem::path& certificate)
    : m_impl(std::make_unique<Impl>())
{
    auto& [io, tls, socket, failed] = *m_impl;
    tls.load_verify_file(authority.string());
    tls.set_verify_mode(asio::ssl::verify_peer);
    if (!certificate.empty()) {
        tls.use_certificate_file(certificate.string() + ".pem", asio::ssl::context::pem);
        tls.use_private_key_file(certificate.string() + ".key", asio::ssl::context::pem);
    }
    socket.emplace(io, tls);
    socket->next_layer().connect(endpointOf(address), failed);
    if (!failed)
        socket->handshake(asio::ssl::stream_base::client, failed);
}

TlsTalk::~TlsTalk() = default;

void TlsTalk::send(std::string_view bytes)
{
    if (!m_impl->failed)
        asio::write(*m_impl->socket, asio::buffer(bytes), m_impl->failed);
}

std::string TlsTalk::hearUntil(std::string_view words)
{
    std::string heard;
    for (char part[4096]; !m_impl->failed && heard.find(words) == std::string::npos;)
        heard.append(part, m_impl->socket->read_some(asio::buffer(part), m_impl->failed));
    return heard;
}

class WebClient::Impl {
public:
    asio::io_context io;
    websocket::stream<tcp::socket> socket{io};
    bool isOpen = false;
    int refusal = 0;
};

WebClient::WebClient(const std::string& address, const Options& options)
    : m_impl(std::make_unique<Impl>())
{
    error_code failed;
    auto& lowest = m_impl->socket.next_layer();
    lowest.open(tcp::v4());
    if (options.receiveBufferBytes > 0)
        lowest.set_option(asio::socket_base::receive_buffer_size(options.receiveBufferBytes));
    lowest.connect(endpointOf(address), failed);
    m_impl->socket.read_message_max(std::size_t{64} << 20);
    m_impl->socket.set_option(websocket::stream_base::decorator([&](websocket::request_type& request) {
        for (const auto& [name, value] : options.headers)
            request.set(name, value);
    }));
    if (!failed)
        m_impl->socket.handshake(address, options.target, failed);
    m_impl->isOpen = !failed;
    if (failed == websocket::error::upgrade_declined) { // it keeps the answer for itself
        auto again = options.headers;
        again.insert({{"Connection", "Upgrade"},
                      {"Upgrade", "websocket"},
                      {"Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA=="},
                      {"Sec-WebSocket-Version", "13"}});
        m_impl->refusal = askHttp(address, "GET", options.target, again).status;
    }
}

WebClient::~WebClient() = default;

bool WebClient::isOpen() const
{
    return m_impl->isOpen;
}

int WebClient::refusal() const
{
    return m_impl->refusal;
}

bool WebClient::sendText(std::string_view text)
{
    error_code failed;
    m_impl->socket.text(true);
    m_impl->socket.write(asio::buffer(text), failed);
    return !failed;
}

bool WebClient::sendBinary(std::string_view bytes)
{
    error_code failed;
    m_impl->socket.binary(true);
    m_impl->socket.write(asio::buffer(bytes), failed);
    return !failed;
}

bool WebClient::sendRaw(std::string_view bytes)
{
    error_code failed;
    asio::write(m_impl->socket.next_layer(), asio::buffer(bytes), failed);
    return !failed;
}

std::optional<WebClient::Message> WebClient::receive()
{
    error_code failed;
    beast::flat_buffer buffer;
    m_impl->socket.read(buffer, failed);
    if (failed) {
        m_impl->isOpen = false;
        return {};
    }
    return Message{m_impl->socket.got_binary(), beast::buffers_to_string(buffer.data())};
}

std::optional<WebClient::Message> WebClient::receiveAnswer()
{
    auto message = receive();
    while (message && !message->isBinary && message->bytes.find("\"type\":\"stats\"") != std::string::npos)
        message = receive();
    return message;
}

int WebClient::closeCode() const
{
    return m_impl->socket.reason().code;
}

void WebClient::close()
{
    error_code ignored;
    m_impl->socket.close(websocket::close_code::normal, ignored);
    m_impl->isOpen = false;
}

} // namespace lipsync::test
