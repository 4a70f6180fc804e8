#pragma once

#include "store_place.hpp"

#include "../support/sql_client.hpp"
#include "../support/sqlite_client.hpp"

namespace flow {

/// Calls `test` with a place on each database, PostgreSQL only where that is
/// wanted, and with a client that goes past the inbox.
template <class Test>
void with_each_client(Test test) {
  {
    auto file = sqlite_place();
    sqlite_client client{file->options().url.substr(7)};
    test(*file, client);
  }
  if (auto server = postgres_place()) {
    sql_client client{server->options().url};
    test(*server, client);
  }
}

} // namespace flow
