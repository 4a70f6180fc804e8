#include "event_writer.hpp"

#include "../headers_json.hpp"

namespace inbox::sqlite {

receipt event_writer::write(const event& x) {
  receipt result;
  result.id = x.id;
  auto unrouted = routes_of(x.type).empty();
  auto headers = headers_to_json(x.headers);
  if (sql_.insert_event.execute(x.id, x.type, now_, unrouted, x.date,
                                x.ordering_key, headers, x.payload, x.cause)
      > 0) {
    result.handlers = fan_out(db_.last_insert_id(), x.ordering_key, x.type);
    result.result = unrouted ? write_result::unrouted : write_result::stored;
    return result;
  }
  // The first write decides what the event is, not this one.
  auto row = sql_.find_written.run(x.id);
  row.next();
  auto seq = row.integer(0);
  result.handlers = fan_out(seq, row.maybe_text(2), std::string{row.text(1)});
  if (result.handlers > 0)
    result.result = write_result::stored;
  if (result.handlers > 0 && row.integer(3) != 0)
    sql_.mark_routed.execute(seq);
  return result;
}

uint32_t event_writer::fan_out(event_seq seq,
                               const std::optional<std::string>& ordering_key,
                               const std::string& event_type) {
  uint32_t result = 0;
  for (auto route : routes_of(event_type))
    result += sql_.insert_delivery.execute(seq, route, ordering_key, now_);
  return result;
}

const std::vector<route_id>&
event_writer::routes_of(const std::string& event_type) {
  auto i = routes_.find(event_type);
  if (i != routes_.end())
    return i->second;
  std::vector<route_id> found;
  auto rows = sql_.active_routes.run(event_type);
  while (rows.next())
    found.push_back(rows.route(0));
  return routes_.emplace(event_type, std::move(found)).first->second;
}

} // namespace inbox::sqlite
