#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace inbox {

/// Returns an event's headers as a JSON object, or nothing if there are none.
[[nodiscard]] std::optional<std::string>
headers_to_json(const std::map<std::string, std::string>& headers);

/// Reverses `headers_to_json`. What is not an object of texts was not written
/// by this library: it is left out, since an unreadable header must not stop
/// all deliveries behind it.
[[nodiscard]] std::map<std::string, std::string>
headers_from_json(std::string_view json);

} // namespace inbox
