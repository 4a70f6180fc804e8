#include "read_delivery.hpp"

#include "../progress.hpp"

namespace inbox::postgres {

void read_taken(rows& from, int row, route_types& types,
                std::vector<taken_delivery>& to) {
  taken_delivery each;
  each.lease.route = from.get<int32_t>(row, 1);
  each.lease.token = from.get<int64_t>(row, 2);
  each.attempt = static_cast<uint32_t>(from.get<int32_t>(row, 3));
  each.exhausted = from.get<bool>(row, 5);
  each.lease.ordered = from.get<bool>(row, 6);
  each.perilous = from.get<bool>(row, 7);
  each.due = from.get<timestamp>(row, 9);
  // What has no route any more has a type that no route has.
  each.type = &types
                 .emplace(each.lease.route,
                          from.get_optional<std::string>(row, 10).value_or(""))
                 .first->second;
  for (auto seq : from.get<std::vector<int64_t>>(row, 0)) {
    each.lease.seq = seq;
    to.push_back(each);
  }
}

delivery_info read_delivery(rows& from, int row) {
  delivery_info result;
  result.handler_key = from.get<std::string>(row, 8);
  result.attempts = static_cast<uint32_t>(from.get<int16_t>(row, 10));
  result.due = from.get<timestamp>(row, 11);
  result.lease_owner = from.get_optional<uuid>(row, 12);
  result.lease_until = from.get_optional<timestamp>(row, 13);
  result.lease_token = from.get<int64_t>(row, 14);
  result.finished = from.get_optional<timestamp>(row, 15);
  result.message = from.get_optional<std::string>(row, 16).value_or("");
  result.status = status_of(static_cast<progress>(from.get<int16_t>(row, 9)),
                            result.lease_owner.has_value());
  return result;
}

} // namespace inbox::postgres
