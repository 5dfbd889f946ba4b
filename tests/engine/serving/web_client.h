// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace lipsync::test {

/// What a server said to an HTTP request; status 0 when it said nothing.
struct HttpAnswer {
    int status = 0;
    std::map<std::string, std::string> headers{}; ///< by names in lower case
    std::string body{};
};
HttpAnswer askHttp(const std::string& address, const std::string& method, const std::string& target,
                   const std::map<std::string, std::string>& headers = {});
/// Sends these bytes as they are and reads to the end.
std::string talkRaw(const std::string& address, std::string_view bytes);

/// An encrypted connection to "HOST:PORT" of this machine, with bytes as they are.
class TlsTalk {
public:
    /// Trusts who signed `authority` (a PEM file); shows CERTIFICATE.pem with CERTIFICATE.key unless it is empty.
    TlsTalk(const std::string& address, const std::filesystem::path& authority,
            const std::filesystem::path& certificate);
    ~TlsTalk();

    void send(std::string_view bytes);
    /// All that comes up to these words or the end.
    std::string hearUntil(std::string_view words);

private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

/// A WebSocket to "HOST:PORT" of this machine. Waits for ever where nothing comes; the test's time limit is the end.
class WebClient {
public:
    struct Options {
        std::string target = "/ws";
        std::map<std::string, std::string> headers{}; ///< of the handshake
        int receiveBufferBytes = 0; ///< of the kernel; 0: its own choice
    };
    struct Message {
        bool isBinary = false;
        std::string bytes;
    };

    explicit WebClient(const std::string& address)
        : WebClient(address, Options{})
    {
    }
    WebClient(const std::string& address, const Options& options);
    ~WebClient();

    bool isOpen() const;
    /// HTTP status of a handshake that was refused.
    int refusal() const;
    bool sendText(std::string_view text);
    bool sendBinary(std::string_view bytes);
    /// Bytes of the protocol below.
    bool sendRaw(std::string_view bytes);
    /// Nothing when the connection has ended; see closeCode().
    std::optional<Message> receive();
    /// The next message that is no pushed statistics.
    std::optional<Message> receiveAnswer();
    /// Of RFC 6455; 0 when the other side gave none.
    int closeCode() const;
    void close();

private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace lipsync::test
