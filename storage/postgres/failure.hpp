#pragma once

#include <caf/error.hpp>
#include <libpq-fe.h>

#include <string>
#include <string_view>

namespace inbox {

enum class errc : uint8_t;

} // namespace inbox

namespace inbox::postgres {

/// Returns what to do about an SQLSTATE.
[[nodiscard]] errc class_of(std::string_view state) noexcept;

/// Tells whether a statement of the application is refused for itself, and not
/// for the state that the server or the connection is in.
[[nodiscard]] bool blames_statement(std::string_view state) noexcept;

/// Tells whether a state speaks of others that were in the way at the same
/// time: a deadlock, a lock, an older snapshot.
[[nodiscard]] bool blames_others(std::string_view state) noexcept;

/// Tells whether a state speaks about the credentials or the database's name:
/// mistakes in the URL, not in the server.
[[nodiscard]] bool blames_url(std::string_view state) noexcept;

/// Returns the SQLSTATE of a failed result, empty if the server did not make
/// it: the connection broke.
[[nodiscard]] std::string state_of(const PGresult* x);

/// Returns the state and the primary message of a failed result. Details are
/// left out, since the server quotes data in them.
[[nodiscard]] std::string text_of(const PGresult* x);

/// Makes an error of a failed result, with that text.
[[nodiscard]] caf::error error_of(const PGresult* x);

/// Returns the first line of a message without the line's end.
[[nodiscard]] std::string first_line(std::string_view message);

} // namespace inbox::postgres
