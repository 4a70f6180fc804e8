#pragma once

#include "postgres_fixture.hpp"

#include "../../storage/postgres/statement.hpp"

/// What tests of the queue share.
class postgres_queue_fixture : public postgres_fixture {
public:
  /// Adds events that were written an hour ago, past the store: in rows of 256
  /// deliveries, or of less.
  void fill(inbox::route_id route, long first, long count, int shift = 8) {
    auto range = "generate_series(" + std::to_string(first) + ", "
                 + std::to_string(first + count - 1) + ") as n";
    sql_client passing; // so that the server counts at once
    passing.run("insert into " + table("event")
                + " (seq, id, written_at, unrouted, type, payload) "
                  "select n, gen_random_uuid(), now() - interval '1 hour', "
                  "false, 'order', 'x' from "
                + range + "; insert into " + table("queue")
                + " (first_seq, due, route_id, event_seqs, sizes) "
                  "select min(n), now() - interval '1 hour', "
                + std::to_string(route)
                + ", array_agg(n), array_agg(1) from (select n from " + range
                + " order by n) x group by n >> " + std::to_string(shift));
  }

  /// Returns the first argument of the locks of a kind.
  std::string class_of(const char* kind) const {
    auto hash = inbox::postgres::stable_hash(kind + place.options().prefix);
    return std::to_string(static_cast<int32_t>(hash));
  }

  inbox::claim_deliveries reading_on(inbox::route_id route, uint32_t limit) {
    auto result = demand(route, limit);
    result.read_on = true;
    return result;
  }

  long queue_reads() {
    return stat("idx_tup_read", "pg_stat_user_indexes", "queue");
  }

  /// Returns how many deliveries the rows of a table name.
  long count_named(const std::string& name) {
    return client.number(
      "select coalesce(sum(cardinality(event_seqs)), 0) from " + table(name));
  }

  static inbox::settle_deliveries
  all_done(const std::vector<inbox::claimed_delivery>& xs) {
    using namespace std::chrono_literals;
    inbox::settle_deliveries result;
    for (auto& x : xs)
      result.settlements.push_back({x.lease, inbox::verdict::done, 0s, ""});
    return result;
  }
};
