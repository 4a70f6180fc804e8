#include "sqlite_store.hpp"

#include "failure.hpp"
#include "transaction.hpp"

#include "../micros.hpp"

namespace inbox::sqlite {

caf::expected<settled_deliveries>
sqlite_store::settle(const settle_deliveries& x) {
  if (x.settlements.empty())
    return settled_deliveries{};
  return guarded([&] {
    auto work = transaction::to_write(*db_);
    auto now = now_();
    settled_deliveries result;
    for (auto& entry : x.settlements) {
      auto& held = entry.lease;
      if (apply(entry, now)) {
        if (held.ordered && is_final(entry.verdict))
          sql_.free_next.execute(held.route, held.seq);
        else if (is_final(entry.verdict))
          marks_.permit(db_->changes());
        continue;
      }
      result.lost.push_back(held);
      if (was_ended(held))
        result.ended_before.push_back(held);
    }
    work.commit();
    return result;
  });
}

bool sqlite_store::apply(const settlement& x, timestamp now) {
  auto due = now + micros(x.delay);
  auto& [seq, route, token, ordered] = x.lease;
  switch (x.verdict) {
    case verdict::done:
      return sql_.settle_done.execute(now, seq, route, token) > 0;
    case verdict::failed:
      return sql_.settle_failed.execute(due, x.message, seq, route, token) > 0;
    case verdict::dead:
      return sql_.settle_dead.execute(now, x.message, seq, route, token) > 0;
    case verdict::snoozed:
      return sql_.settle_snoozed.execute(due, seq, route, token) > 0;
    case verdict::released:
      return sql_.settle_released.execute(seq, route, token) > 0;
  }
  return false;
}

caf::expected<renewed_leases> sqlite_store::renew(const renew_leases& x) {
  if (x.leases.empty())
    return renewed_leases{};
  return guarded([&] {
    auto work = transaction::to_write(*db_);
    auto until = now_() + micros(x.duration);
    renewed_leases result;
    for (auto& entry : x.leases)
      if (sql_.renew.execute(until, entry.seq, entry.route, entry.token) == 0)
        result.lost.push_back(entry);
    work.commit();
    return result;
  });
}

} // namespace inbox::sqlite
