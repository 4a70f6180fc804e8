// The statements of the SQLite store in plain loops, without actors.

#include "../ours/setting.hpp"
#include "works.hpp"

#include "../../../storage/sqlite/claim_marks.hpp"
#include "../../../storage/sqlite/statements.hpp"
#include "../../../storage/sqlite/transaction.hpp"

#include <boost/uuid/random_generator.hpp>
#include <sqlite3.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace bench {

using namespace inbox::sqlite;
using std::chrono::steady_clock;

namespace {

using inbox::timestamp;

timestamp now() {
  return std::chrono::time_point_cast<timestamp::duration>(
    std::chrono::system_clock::now());
}

/// A file as a plain program has it: nothing interrupts a statement.
class file {
public:
  explicit file(const setting& how)
    : db{how.url.substr(how.url.find(':') + 1), std::chrono::seconds{5}},
      sql{db, how.prefix} {
    sqlite3_progress_handler(db.handle(), 0, nullptr, nullptr);
    const std::string type = "order"; // has to outlive its rows
    auto found = sql.active_routes.run(type);
    if (!found.next())
      fail("there is no route");
    route = found.route(0);
  }

  connection db;
  statements sql;
  inbox::route_id route = 0;
};

struct claimed {
  int64_t seq;
  int64_t token;
};

std::vector<claimed> claim(file& on, statement& due, const setting& how,
                           const inbox::uuid& owner) {
  std::vector<claimed> result;
  auto tx = transaction::to_write(on.db);
  auto at = now();
  {
    claim_marks::mark from;
    auto rows = due.run(on.route, at, from.due, from.seq);
    while (result.size() < how.batch_size && rows.next())
      result.push_back({rows.integer(1), rows.integer(3) + 1});
  }
  for (auto& x : result) {
    on.sql.claim.execute(owner, at + std::chrono::seconds{20}, x.seq, on.route);
    auto event = on.sql.load_event.run(x.seq);
    if (!event.next() || event.blob(5).size() != how.payload)
      fail("an event is missing");
  }
  tx.commit();
  return result;
}

void settle(file& on, const std::vector<claimed>& what) {
  auto tx = transaction::to_write(on.db);
  auto at = now();
  for (auto& x : what)
    if (on.sql.settle_done.execute(at, x.seq, on.route, x.token) != 1)
      fail("a lease was lost");
  tx.commit();
}

} // namespace

nlohmann::json process_sqlite(const setting& how) {
  file on{how};
  statement due{on.db, on.sql.select_due};
  inbox::uuid owner = boost::uuids::random_generator{}();
  auto begin = steady_clock::now();
  uint64_t count = 0;
  while (count < how.records) {
    auto next = claim(on, due, how, owner);
    if (next.empty())
      fail("there is less than expected");
    settle(on, next);
    count += next.size();
  }
  return rate_of(count, seconds_since(begin));
}

nlohmann::json write_sqlite(const setting& how) {
  file on{how};
  std::vector<std::vector<inbox::event>> batches;
  for_batches(how, [&](auto events) { batches.push_back(std::move(events)); });
  auto begin = steady_clock::now();
  for (auto& batch : batches) {
    auto tx = transaction::to_write(on.db);
    auto at = now();
    std::optional<std::string> no_headers;
    for (auto& x : batch) {
      if (on.sql.insert_event.execute(x.id, x.type, at, false, x.date,
                                      x.ordering_key, no_headers, x.payload,
                                      x.cause)
          != 1)
        fail("an event was not stored");
      on.sql.insert_delivery.execute(on.db.last_insert_id(), on.route,
                                     x.ordering_key, at);
    }
    tx.commit();
  }
  return rate_of(how.records, seconds_since(begin));
}

} // namespace bench
