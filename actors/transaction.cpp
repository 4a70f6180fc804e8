#include "transaction.hpp"

#include "guarded.hpp"

namespace inbox {

transaction::transaction(source begin) : begin_{std::move(begin)} {
  // nop
}

caf::expected<open_transaction*> transaction::open() {
  if (!open_) {
    auto begun = guarded(begin_);
    if (!begun)
      return std::move(begun.error());
    open_ = std::move(*begun);
  }
  return open_.get();
}

caf::expected<pg_conn*> transaction::postgres() {
  auto on = open();
  if (!on)
    return std::move(on.error());
  return (*on)->postgres();
}

caf::expected<sqlite3*> transaction::sqlite() {
  auto on = open();
  if (!on)
    return std::move(on.error());
  return (*on)->sqlite();
}

caf::expected<uint64_t> transaction::run(const sql_effect& x) {
  auto on = open();
  if (!on)
    return std::move(on.error());
  return (*on)->run(x);
}

} // namespace inbox
