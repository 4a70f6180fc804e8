#pragma once

#include "../../messages/wake.hpp"

#include <string>
#include <string_view>

namespace inbox::postgres {

/// The statement that tells others on a store's channel. Argument: the text.
constexpr auto notify_text = "select pg_notify('{p}_wake', $1)";

/// Writes a hint as the text of a notification, which has less than 8,000
/// bytes: an array of event types in JSON. Empty for any type, and for types
/// that are too long together.
[[nodiscard]] std::string write_wake_up(const wake_up& x);

/// Reverses `write_wake_up`. Anybody in the database may notify: what is not
/// such an array is a hint for any type.
[[nodiscard]] wake_up read_wake_up(std::string_view text);

} // namespace inbox::postgres
