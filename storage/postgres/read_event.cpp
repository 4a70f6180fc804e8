#include "read_event.hpp"

#include "../headers_json.hpp"

namespace inbox::postgres {

event read_event(rows& from, int row, int first, payload_blocks& payloads) {
  event result;
  result.id = from.get<uuid>(row, first);
  result.type = from.get<std::string>(row, first + 1);
  result.payload = payloads.copy(from.get<std::string_view>(row, first + 2));
  result.date = from.get_optional<timestamp>(row, first + 3);
  result.ordering_key = from.get_optional<std::string>(row, first + 4);
  if (auto headers = from.get_optional<json>(row, first + 5))
    result.headers = headers_from_json(headers->value);
  result.cause = from.get_optional<uuid>(row, first + 6);
  return result;
}

} // namespace inbox::postgres
