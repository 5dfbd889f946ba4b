// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace lipsync::serving {

/// What a token allows.
enum class Right {
    Use, ///< everything but the next
    Manage, ///< loading and unloading avatars, too
};

/// The tokens of clients. Immutable; any thread.
class TokenList {
public:
    /// Nobody needs one.
    TokenList() = default;
    /// A file with one token a line, "use" behind those that may not load and unload avatars; '#' begins a comment.
    /// Resource when somebody else than its owner may read or write it, InvalidInput when it has no token, or one of
    /// fewer than 16 characters.
    static Result<TokenList> read(const std::filesystem::path& file);
    /// One that allows everything.
    static TokenList of(const std::string& token);

    bool isEmpty() const { return m_tokens.empty(); }

    enum class Verdict { Allowed, Unknown, Forbidden };
    /// Takes the same time wherever a token first differs and whichever it is.
    Verdict check(std::string_view shown, Right wanted) const;

private:
    struct Token {
        std::string secret;
        Right right = Right::Manage;
    };
    std::vector<Token> m_tokens;
};

} // namespace lipsync::serving
