#include "sqlite_store.hpp"

#include "failure.hpp"
#include "transaction.hpp"

#include "../burial.hpp"
#include "../byte_budget.hpp"
#include "../headers_json.hpp"
#include "../micros.hpp"
#include "../perilous.hpp"
#include "../rooms.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <queue>
#include <set>
#include <tuple>
#include <utility>

namespace inbox::sqlite {

/// What a claim knows of a delivery before it takes it.
struct sqlite_store::candidate {
  lease held; // as it will be
  int64_t due = 0;
  uint32_t attempts = 0;
  /// Why its last attempt failed; empty if that never ended.
  std::optional<std::string> message;
  std::optional<std::string> ordering_key;
  bool perilous = false;
  /// Whether one of its route that comes before it is left where it is.
  bool passes_one_by = false;
};

caf::expected<claimed_deliveries>
sqlite_store::claim(const claim_deliveries& x) {
  auto wanted = std::any_of(x.demand.begin(), x.demand.end(),
                            [](auto& entry) { return entry.room > 0; });
  if (!wanted || x.limit == 0)
    return claimed_deliveries{};
  return guarded([&] {
    auto work = transaction::to_write(*db_);
    auto now = now_();
    claimed_deliveries result;
    result.may_route = x.look_first && may_route(x.demand);
    // The deliveries of one event stand together: they share its payload.
    event content;
    payload_blocks payloads;
    std::optional<event_seq> loaded;
    byte_budget bytes{x.max_bytes};
    auto marks = marks_.take(now);
    for (auto& row : select(x, marks, now)) {
      if (std::exchange(loaded, row.held.seq) != row.held.seq)
        content = load(row.held.seq, payloads);
      if (row.attempts >= x.max_attempts) {
        result.buried.push_back(bury(row, content, x, now));
      } else if (bytes.take(content.payload.size())) {
        result.claimed.push_back(take(row, content, x, now));
      } else {
        result.more = true;
        break;
      }
      if (!row.passes_one_by)
        marks[row.held.route] = {row.due, row.held.seq};
    }
    work.commit();
    marks_.set(std::move(marks), now, x.lease_duration);
    return result;
  });
}

/// Merges the routes' due deliveries, of which each comes in its order.
std::vector<sqlite_store::candidate>
sqlite_store::select(const claim_deliveries& x,
                     const claim_marks::by_route& marks, timestamp now) {
  auto demand = rooms_of(x.demand);
  while (select_due_.size() < demand.size())
    select_due_.emplace_back(*db_, sql_.select_due);
  struct cursor {
    query rows;
    route_id route;
    uint32_t room;
  };
  std::vector<cursor> cursors;
  // By due time, event and route; then the cursor's position.
  using key = std::tuple<int64_t, event_seq, route_id, size_t>;
  std::priority_queue<key, std::vector<key>, std::greater<>> queue;
  auto advance = [&](size_t i) {
    auto& [rows, route, room] = cursors[i];
    if (room > 0 && rows.next()) {
      --room;
      queue.emplace(rows.integer(0), rows.integer(1), route, i);
    }
  };
  for (auto [route, room] : demand) {
    auto i = cursors.size();
    auto found = marks.find(route);
    auto after = found != marks.end() ? found->second : claim_marks::mark{};
    cursors.push_back(
      {select_due_[i].run(route, now, after.due, after.seq), route, room});
    advance(i);
  }
  std::vector<candidate> result;
  std::set<route_id> passed_by;
  perilous_choice perilous{x};
  while (!queue.empty() && result.size() < x.limit) {
    auto [due, seq, route, i] = queue.top();
    queue.pop();
    auto& rows = cursors[i].rows;
    candidate found;
    found.due = due;
    found.attempts = rows.count(2);
    found.ordering_key = rows.maybe_text(6);
    if (rows.integer(3) == std::numeric_limits<int64_t>::max())
      throw failure{malformed_row(db_->file())}; // has no next token
    found.held = {seq, route, rows.integer(3) + 1,
                  found.ordering_key.has_value()};
    if (found.attempts >= x.max_attempts && rows.integer(4) == 0)
      found.message = rows.maybe_text(5);
    found.perilous = is_perilous(rows.integer(4) != 0, found.attempts,
                                 x.max_attempts);
    found.passes_one_by = passed_by.count(route) > 0;
    if (found.perilous && !perilous.take(found.attempts)) {
      ++cursors[i].room; // it does not count
      passed_by.insert(route);
    } else {
      result.push_back(std::move(found));
    }
    advance(i);
  }
  return result;
}

claimed_delivery sqlite_store::take(const candidate& x, const event& content,
                                    const claim_deliveries& how,
                                    timestamp now) {
  marks_.permit(sql_.claim.execute(how.owner, now + micros(how.lease_duration),
                                   x.held.seq, x.held.route));
  if (x.ordering_key)
    sql_.block_others.execute(x.held.route, *x.ordering_key, x.held.seq);
  claimed_delivery result;
  result.lease = x.held;
  result.event = content;
  result.attempt = x.attempts + 1;
  result.perilous = x.perilous;
  return result;
}

buried_delivery sqlite_store::bury(const candidate& x, const event& content,
                                   const claim_deliveries& how, timestamp now) {
  buried_delivery result;
  result.message = x.message ? *x.message
                             : expired_message(x.attempts, how.max_attempts);
  sql_.bury.execute(now, result.message, x.held.seq, x.held.route);
  if (x.held.ordered)
    sql_.free_next.execute(x.held.route, x.held.seq);
  result.event_id = content.id;
  result.event_type = content.type;
  if (auto row = sql_.key_of_route.run(x.held.route); row.next())
    result.handler_key = row.text(0);
  result.route = x.held.route;
  result.attempts = x.attempts;
  return result;
}

event sqlite_store::load(event_seq seq, payload_blocks& payloads) {
  auto row = sql_.load_event.run(seq);
  if (!row.next())
    throw failure{make_error(errc::storage_failed, "store",
                             "SQLite file " + db_->file() + ": event "
                               + std::to_string(seq)
                               + " is gone, but not its deliveries")};
  event result;
  result.id = row.id(0);
  result.type = row.text(1);
  result.date = row.maybe_time(2);
  result.ordering_key = row.maybe_text(3);
  result.headers = headers_from_json(row.text(4));
  result.payload = payloads.copy(row.blob(5));
  if (!row.is_null(6))
    result.cause = row.id(6);
  return result;
}

} // namespace inbox::sqlite
