#include "sqlite_store.hpp"

#include "event_writer.hpp"
#include "failure.hpp"
#include "transaction.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace inbox::sqlite {

namespace {

/// An event that waits for routes, as far as its deliveries need it.
struct kept_event {
  std::string type;
  std::optional<std::string> ordering_key;
};

/// Returns the id that is the statement's answer about a route, if any.
std::optional<route_id> route_of(statement& about, const add_route& x) {
  auto row = about.run(x.event_type, x.handler_key);
  if (!row.next())
    return std::nullopt;
  return row.route(0);
}

} // namespace

caf::expected<added_route> sqlite_store::add(const add_route& x) {
  return guarded([&] {
    // Does not wait for a writer where the route is there already.
    if (auto there = route_of(sql_.find_route, x))
      return added_route{*there};
    auto work = transaction::to_write(*db_);
    added_route result{route_of(sql_.insert_route, x).value()};
    work.commit();
    return result;
  });
}

caf::expected<void> sqlite_store::remove(const remove_route& x) {
  auto done = guarded([&] {
    auto work = transaction::to_write(*db_);
    sql_.deactivate_route.execute(x.event_type, x.handler_key);
    work.commit();
    return true;
  });
  if (!done)
    return std::move(done.error());
  return caf::expected<void>{};
}

bool sqlite_store::may_route(const std::vector<route_demand>& to) {
  return std::any_of(to.begin(), to.end(), [this](const route_demand& x) {
    auto type = sql_.active_type_of_route.run(x.route);
    return type.next() && sql_.unrouted_events.run(type.text(0), 1).next();
  });
}

caf::expected<routed_events> sqlite_store::route(const route_events& x) {
  return guarded([&] {
    auto work = transaction::to_write(*db_);
    event_writer writer{*db_, sql_, now_()};
    std::set<std::string> types;
    for (auto id : x.routes) {
      auto row = sql_.active_type_of_route.run(id);
      if (row.next())
        types.emplace(row.text(0));
    }
    // Oldest first over all types.
    std::map<event_seq, kept_event> events;
    for (auto& type : types) {
      auto rows = sql_.unrouted_events.run(type, x.limit);
      while (rows.next())
        events.emplace(rows.integer(0), kept_event{type, rows.maybe_text(1)});
    }
    routed_events result;
    for (auto& [seq, event] : events) {
      if (result.events == x.limit)
        break;
      writer.fan_out(seq, event.ordering_key, event.type);
      sql_.mark_routed.execute(seq);
      ++result.events;
    }
    work.commit();
    return result;
  });
}

} // namespace inbox::sqlite
