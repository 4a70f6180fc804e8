#include "sqlite_store.hpp"

#include "failure.hpp"
#include "transaction.hpp"

#include "../follow.hpp"

namespace inbox::sqlite {

traced_event sqlite_store::traced(const query& row) {
  traced_event result;
  result.id = row.id(1);
  result.type = row.text(2);
  result.written = row.time(3);
  auto counts = sql_.count_of_event.run(row.integer(0));
  counts.next();
  result.pending = counts.count(0);
  result.in_progress = counts.count(1);
  result.failed = counts.count(2);
  result.done = counts.count(3);
  result.dead = counts.count(4);
  return result;
}

caf::expected<trace> sqlite_store::follow(const find_trace& x) {
  return guarded([&] {
    auto look = transaction::to_read(*db_);
    auto find = [this](const uuid& id) -> std::optional<traced_event> {
      auto row = sql_.trace_event.run(id);
      if (!row.next())
        return std::nullopt;
      auto result = traced(row);
      if (!row.is_null(4))
        result.cause = row.id(4);
      return result;
    };
    auto find_caused = [this](const uuid& id, size_t limit) {
      std::vector<traced_event> result;
      auto rows = sql_.trace_caused.run(id, limit);
      while (rows.next())
        result.emplace_back(traced(rows)).cause = id;
      return result;
    };
    return follow_causes(x, find, find_caused);
  });
}

} // namespace inbox::sqlite
