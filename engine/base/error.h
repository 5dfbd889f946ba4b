// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <utility>

#include <fmt/format.h>
#include <tl/expected.hpp>

namespace lipsync {

/// What kind of failure an Error is; a program's exit status follows from it (see exitStatus()).
enum class ErrorCode {
    Usage, ///< the caller asked for something that makes no sense
    InvalidInput, ///< a file or stream cannot be used as what it was given for
    Resource, ///< memory, disk, device or permission failed
    Interrupted, ///< the operator stopped it
    Internal, ///< a bug of ours or of a library
};

/// A failure in one sentence that a person can act on, and the library's own words where there are any.
struct Error {
    ErrorCode code = ErrorCode::Internal;
    std::string message; ///< says what failed, on what, and what to do
    std::string cause; ///< a library's own message, or empty

    /// The message followed by the cause in brackets, for a terminal or a log.
    std::string text() const;
};

/// A value, or the Error that kept us from having it. Every room's boundary speaks in these.
template <typename T> using Result = tl::expected<T, Error>;
using Status = Result<void>;

/// An Error ready to be returned from a function that returns a Result.
inline tl::unexpected<Error> failure(ErrorCode code, std::string message, std::string cause = {})
{
    return tl::unexpected<Error>(Error{code, std::move(message), std::move(cause)});
}

/// Passes the Error of another Result on.
template <typename T> tl::unexpected<Error> failure(const Result<T>& failed)
{
    return tl::unexpected<Error>(failed.error());
}

/// Process exit status of a failure: 2 usage, 3 input cannot be used, 4 resource or bug, 130 interrupted.
int exitStatus(ErrorCode code);

} // namespace lipsync
