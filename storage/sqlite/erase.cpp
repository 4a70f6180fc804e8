#include "sqlite_store.hpp"

#include "failure.hpp"
#include "transaction.hpp"

#include "../micros.hpp"

#include <algorithm>

namespace inbox::sqlite {

caf::expected<erased_events> sqlite_store::erase(const erase_events& x) {
  return guarded([&] {
    auto work = transaction::to_write(*db_);
    auto now = now_();
    auto newest = now - micros(x.older_than);
    erased_events result;
    std::vector<event_seq> old;
    uint32_t seen = 0;
    uint64_t bytes = 0;
    auto max_bytes = std::max<uint64_t>(x.max_bytes, 1);
    auto is_full = [&] { return seen == x.limit || bytes >= max_bytes; };
    {
      auto rows = sql_.select_old.run(now, x.after, x.limit);
      for (; !is_full() && rows.next(); ++seen) {
        auto seq = rows.integer(0);
        auto size = payload_size_.run(seq);
        if (size.next())
          bytes += static_cast<uint64_t>(size.integer(0));
        auto is_old = rows.time(1) <= newest;
        auto deliveries = rows.integer(2);
        auto unfinished = rows.integer(3);
        auto leased = rows.integer(4);
        result.next = is_old ? seq : 0;
        if (is_old
            && (x.unfinished ? leased == 0
                             : deliveries > 0 && unfinished == 0
                                 && rows.time(5) <= newest))
          old.push_back(seq);
      }
    }
    if (!is_full())
      result.next = 0;
    for (auto seq : old) {
      std::vector<route_id> guards;
      if (x.unfinished)
        for (auto rows = sql_.find_guards.run(seq); rows.next();)
          guards.push_back(rows.route(0));
      for (auto route : guards)
        sql_.free_next.execute(route, seq);
      result.deliveries += sql_.erase_deliveries.execute(seq);
      result.events += sql_.erase_event.execute(seq);
    }
    work.commit();
    return result;
  });
}

} // namespace inbox::sqlite
