#pragma once

#include <map>
#include <string>
#include <string_view>

namespace inbox::postgres {

using header_map = std::map<std::string, std::string>;

/// Returns an event's headers as a JSON object, for a `jsonb`: people read and
/// query them.
[[nodiscard]] std::string to_json(const header_map& headers);

/// Reads the binary form of a `jsonb`. Values that somebody else made something
/// other than a text come as their JSON; false if it is no object.
[[nodiscard]] bool from_jsonb(std::string_view in, header_map& headers);

} // namespace inbox::postgres
