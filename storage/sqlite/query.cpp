#include "sqlite_store.hpp"

#include "failure.hpp"
#include "transaction.hpp"

#include "../progress.hpp"

namespace inbox::sqlite {

namespace {

delivery_info info_of(const query& row) {
  auto leased = !row.is_null(4);
  delivery_info result;
  result.handler_key = row.text(0);
  result.status = status_of(static_cast<progress>(row.integer(1)), leased);
  result.attempts = row.count(2);
  result.due = row.time(3);
  if (leased) {
    result.lease_owner = row.id(4);
    result.lease_until = row.time(5);
  }
  result.lease_token = row.integer(6);
  result.finished = row.maybe_time(7);
  result.message = row.text(8);
  return result;
}

route_summary summary_of(const query& row) {
  auto count = [&row](int i) { return static_cast<uint64_t>(row.integer(i)); };
  route_summary result;
  result.event_type = row.text(0);
  result.handler_key = row.text(1);
  result.pending = count(2);
  result.in_progress = count(3);
  result.failed = count(4);
  result.done = count(5);
  result.dead = count(6);
  return result;
}

} // namespace

caf::expected<event_record> sqlite_store::find(const find_event& x) {
  return guarded([&] {
    auto look = transaction::to_read(*db_);
    event_record result;
    auto found = sql_.find_event.run(x.id);
    if (!found.next())
      return result;
    auto seq = found.integer(0);
    result.written = found.time(1);
    payload_blocks payloads;
    result.event = load(seq, payloads);
    auto rows = sql_.find_deliveries.run(seq);
    while (rows.next())
      result.deliveries.push_back(info_of(rows));
    return result;
  });
}

caf::expected<store_summary> sqlite_store::summarize() {
  return guarded([&] {
    auto look = transaction::to_read(*db_);
    store_summary result;
    auto routes = sql_.count_deliveries.run();
    while (routes.next())
      result.routes.push_back(summary_of(routes));
    auto unrouted = sql_.count_unrouted.run();
    while (unrouted.next())
      result.unrouted.push_back({std::string{unrouted.text(0)},
                                 static_cast<uint64_t>(unrouted.integer(1))});
    return result;
  });
}

} // namespace inbox::sqlite
