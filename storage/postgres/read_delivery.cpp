#include "read_delivery.hpp"

#include "../progress.hpp"

namespace inbox::postgres {

lease read_lease(rows& from, int row) {
  lease result;
  result.seq = from.get<int64_t>(row, 0);
  result.route = from.get<int32_t>(row, 1);
  result.token = from.get<int64_t>(row, 2);
  result.ordered = from.get<bool>(row, 6);
  return result;
}

claimed_delivery read_claimed(rows& from, int row) {
  claimed_delivery result;
  result.lease = read_lease(from, row);
  result.attempt = static_cast<uint32_t>(from.get<int32_t>(row, 3));
  result.perilous = from.get<bool>(row, 7);
  return result;
}

delivery_info read_delivery(rows& from, int row) {
  delivery_info result;
  result.handler_key = from.get<std::string>(row, 7);
  result.attempts = static_cast<uint32_t>(from.get<int16_t>(row, 9));
  result.due = from.get<timestamp>(row, 10);
  result.lease_owner = from.get_optional<uuid>(row, 11);
  result.lease_until = from.get_optional<timestamp>(row, 12);
  result.lease_token = from.get<int64_t>(row, 13);
  result.finished = from.get_optional<timestamp>(row, 14);
  result.message = from.get_optional<std::string>(row, 15).value_or("");
  result.status = status_of(static_cast<progress>(from.get<int16_t>(row, 8)),
                            result.lease_owner.has_value());
  return result;
}

} // namespace inbox::postgres
