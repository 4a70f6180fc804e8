#include "read_event.hpp"

#include "headers.hpp"

namespace inbox::postgres {

event read_event(rows& from, int row, int first) {
  event result;
  result.id = from.get<uuid>(row, first);
  result.type = from.get<std::string>(row, first + 1);
  result.payload = payload{from.get<std::string>(row, first + 2)};
  result.date = from.get_optional<timestamp>(row, first + 3);
  result.ordering_key = from.get_optional<std::string>(row, first + 4);
  if (!from.null(row, first + 5)
      && !from_jsonb(from.raw(row, first + 5), result.headers))
    from.mark_malformed();
  return result;
}

} // namespace inbox::postgres
