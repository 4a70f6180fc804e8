#include "rows_parts.hpp"
#include "rows_sqlite_tables.hpp"

#include "../../messages/error.hpp"

#include <set>
#include <string>

namespace inbox::fuzz {

namespace {

/// Returns whether there is an answer. An error has to be one that the store
/// knows of, and not that of an exception which nobody expected.
template <class T>
bool good(const caf::expected<T>& x) {
  if (x)
    return true;
  require(code_of(x.error()) != errc{}, "an error is one of ours");
  require(holds(describe(x.error()), ": SQLite file ")
            || field_of(x.error()) != "store",
          "an error is that of SQLite or of a row");
  return false;
}

claim_deliveries claim_of(uint32_t max_attempts) {
  claim_deliveries result;
  result.owner = odd_tables::nth_id(7);
  result.demand = {{1, 3}, {2, 3}};
  result.limit = 5;
  result.lease_duration = std::chrono::seconds{10};
  result.max_attempts = max_attempts;
  return result;
}

void check_claim(store& on, const odd_tables& tables, uint32_t max_attempts) {
  auto answer = on.claim(claim_of(max_attempts));
  if (!good(answer))
    return;
  settle_deliveries ends;
  renew_leases renewals;
  for (auto& x : answer->claimed) {
    check_read(x.event);
    require(!x.event.id.is_nil() || tables.has_nil(), "an event has an id");
    require(x.lease.route == 1 || x.lease.route == 2,
            "a claim is of a route that was asked for");
    require(x.attempt >= 1 && x.attempt <= max_attempts,
            "an attempt has a number");
    auto verdict = static_cast<inbox::verdict>(ends.settlements.size() % 5);
    ends.settlements.push_back({x.lease, verdict, {}, "text"});
    renewals.leases.push_back(x.lease);
  }
  for (auto& x : answer->buried)
    require(x.route == 1 || x.route == 2,
            "a burial is of a route that was asked for");
  good(on.renew(renewals));
  if (auto settled = on.settle(ends); good(settled))
    require(settled->lost.size() <= ends.settlements.size(),
            "no more is lost than was settled");
}

void check_find(store& on) {
  for (uint8_t n = 1; n <= odd_tables::events; ++n)
    if (auto found = on.find({odd_tables::nth_id(n)}); good(found)) {
      if (found->event)
        check_read(*found->event);
      for (auto& x : found->deliveries)
        check_read(x);
    }
}

void check_follow(store& on) {
  for (uint8_t n = 1; n <= odd_tables::events; ++n)
    for (uint32_t limit : {1, 100})
      if (auto found = on.follow({odd_tables::nth_id(n), limit}); good(found)) {
        require(found->ancestors.size() <= limit
                  && found->descendants.size() <= limit,
                "no more is followed than was asked for");
        std::set<uuid> seen;
        for (auto& x : found->descendants)
          require(seen.insert(x.id).second, "nothing is led to twice");
      }
}

void check_summary(store& on) {
  good(on.summarize());
}

void check_write(store& on) {
  event known;
  known.id = odd_tables::nth_id(1);
  known.type = "order";
  auto fresh = known;
  fresh.id = odd_tables::nth_id(9);
  auto written = on.write({known, fresh});
  if (good(written))
    require(written->receipts.size() == 2, "each event has a receipt");
}

void check_routes(store& on) {
  for (auto key : {"mail", "new"})
    if (good(on.add({"order", key})))
      good(on.remove({"order", key}));
  good(on.route({{1, 2}, 10}));
}

void check_erase(store& on) {
  for (auto unfinished : {false, true}) {
    erase_events what;
    what.limit = 10;
    what.unfinished = unfinished;
    good(on.erase(what));
  }
}

} // namespace

void check_sqlite_rows(source in) {
  static odd_tables tables;
  if (!tables.fill(in))
    return;
  auto& on = tables.opened();
  check_find(on);
  check_follow(on);
  check_summary(on);
  check_claim(on, tables, 3);
  check_claim(on, tables, 1);
  check_find(on);
  check_write(on);
  check_routes(on);
  check_erase(on);
}

} // namespace inbox::fuzz
