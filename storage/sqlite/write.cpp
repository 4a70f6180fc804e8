#include "sqlite_store.hpp"

#include "failure.hpp"
#include "transaction.hpp"

#include "../headers_json.hpp"

#include <map>

namespace inbox::sqlite {

caf::expected<written_events>
sqlite_store::write(const std::vector<event>& events) {
  if (events.empty())
    return written_events{};
  return guarded([&] {
    auto work = transaction::to_write(*db_);
    auto now = now_();
    // Routes may change until the lock is there, but not from then on.
    std::map<std::string, std::vector<route_id>> routes;
    auto cached_routes = [&](const std::string& type) -> auto& {
      auto i = routes.find(type);
      return i != routes.end()
               ? i->second
               : routes.emplace(type, routes_of(type)).first->second;
    };
    written_events result;
    result.receipts.reserve(events.size());
    for (auto& x : events) {
      auto& receipt = result.receipts.emplace_back();
      receipt.id = x.id;
      auto& targets = cached_routes(x.type);
      auto headers = headers_to_json(x.headers);
      if (sql_.insert_event.execute(x.id, x.type, now, targets.empty(), x.date,
                                    x.ordering_key, headers, x.payload)
          > 0) {
        receipt.handlers = fan_out(db_->last_insert_id(), x.ordering_key,
                                   targets, now);
        receipt.result = targets.empty() ? write_result::unrouted
                                         : write_result::stored;
        continue;
      }
      // The first write decides what the event is, not this one.
      auto row = sql_.find_written.run(x.id);
      row.next();
      auto seq = row.integer(0);
      receipt.handlers = fan_out(seq, row.maybe_text(2),
                                 cached_routes(std::string{row.text(1)}), now);
      if (receipt.handlers > 0)
        receipt.result = write_result::stored;
      if (receipt.handlers > 0 && row.integer(3) != 0)
        sql_.mark_routed.execute(seq);
    }
    work.commit();
    return result;
  });
}

std::vector<route_id> sqlite_store::routes_of(const std::string& event_type) {
  std::vector<route_id> result;
  auto rows = sql_.active_routes.run(event_type);
  while (rows.next())
    result.push_back(rows.route(0));
  return result;
}

uint32_t sqlite_store::fan_out(event_seq seq,
                               const std::optional<std::string>& ordering_key,
                               const std::vector<route_id>& routes,
                               timestamp now) {
  uint32_t result = 0;
  for (auto route : routes)
    result += sql_.insert_delivery.execute(seq, route, ordering_key, now);
  return result;
}

} // namespace inbox::sqlite
