#include "libpq_loop.hpp"

#include "../ours/setting.hpp"

namespace bench {

libpq_connection::libpq_connection(const std::string& url,
                                   const std::string& prefix)
  : conn_{PQconnectdb(url.c_str())},
    prefix_{prefix} {
  if (PQstatus(conn_.get()) != CONNECTION_OK)
    fail(PQerrorMessage(conn_.get()));
  // What the library sets in each of its transactions.
  run(std::string{"set plan_cache_mode = force_generic_plan"});
  run(std::string{"set enable_seqscan = off"});
  run(std::string{"set enable_bitmapscan = off"});
  run(std::string{"set jit = off"});
}

libpq_connection::result libpq_connection::check(PGresult* x) {
  auto status = PQresultStatus(x);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
    fail(PQerrorMessage(conn_.get()));
  return result{x};
}

libpq_connection::result
libpq_connection::run(const char* text, const inbox::postgres::params& args) {
  auto& name = prepared_[text];
  if (name.empty()) {
    inbox::postgres::statement filled{text, prefix_};
    name = filled.name();
    check(PQprepare(conn_.get(), name.c_str(), filled.text().c_str(),
                    args.size(), args.types().data()));
  }
  return check(PQexecPrepared(conn_.get(), name.c_str(), args.size(),
                              args.data().data(), args.lengths().data(),
                              args.formats().data(), 1));
}

libpq_connection::result libpq_connection::run(const std::string& text) {
  return check(PQexec(conn_.get(), text.c_str()));
}

} // namespace bench
