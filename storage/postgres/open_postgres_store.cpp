#include "open_postgres_store.hpp"

#include "connect.hpp"
#include "migrate.hpp"
#include "postgres_store.hpp"

#include "../../messages/error.hpp"

#include <utility>

namespace inbox {

caf::expected<store_ptr> open_postgres_store(const store_options& options,
                                             missing_tables missing) {
  if (auto err = check(options))
    return err;
  // Else a statement that is canceled in time would count as a dead server.
  if (options.deadline <= options.statement_timeout)
    return make_error(errc::invalid, "options.store.deadline",
                      "must be longer than store.statement_timeout");
  auto conn = postgres::connect(options);
  if (!conn)
    return std::move(conn.error());
  postgres::session on{std::move(*conn), options};
  if (auto err = postgres::migrate(on, missing))
    return err;
  return store_ptr{new postgres::postgres_store{std::move(on)}};
}

} // namespace inbox
