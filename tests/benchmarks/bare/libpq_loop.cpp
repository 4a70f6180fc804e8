#include "libpq_loop.hpp"

#include "../ours/setting.hpp"

namespace bench {

libpq_connection::libpq_connection(const std::string& url,
                                   const std::string& prefix,
                                   inbox::postgres::planning how)
  : conn_{PQconnectdb(url.c_str())},
    prefix_{prefix} {
  if (PQstatus(conn_.get()) != CONNECTION_OK)
    fail(PQerrorMessage(conn_.get()));
  std::string settings = "set plan_cache_mode = force_generic_plan;"
                         "set enable_seqscan = off;"
                         "set enable_mergejoin = off;"
                         "set jit = off;";
  using inbox::postgres::planning;
  settings += how == planning::by_range ? "set enable_indexscan = off;"
                                        : "set enable_bitmapscan = off;";
  if (how != planning::by_index_and_hash)
    settings += "set enable_hashjoin = off;";
  run(settings);
}

libpq_connection::result libpq_connection::check(PGresult* x) {
  auto status = PQresultStatus(x);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
    fail(PQerrorMessage(conn_.get()));
  return result{x};
}

const std::string&
libpq_connection::prepare(const char* text,
                          const inbox::postgres::params& args) {
  auto& name = prepared_[text];
  if (name.empty()) {
    inbox::postgres::statement filled{text, prefix_};
    name = filled.name();
    check(PQprepare(conn_.get(), name.c_str(), filled.text().c_str(),
                    args.size(), args.types().data()));
  }
  return name;
}

libpq_connection::result
libpq_connection::run(const char* text, const inbox::postgres::params& args) {
  auto& name = prepare(text, args);
  return check(PQexecPrepared(conn_.get(), name.c_str(), args.size(),
                              args.data().data(), args.lengths().data(),
                              args.formats().data(), 1));
}

// What is sent before a sync is a transaction.
libpq_connection::result libpq_connection::run(const std::vector<step>& steps) {
  for (auto& x : steps)
    prepare(x.text, x.args);
  PQenterPipelineMode(conn_.get());
  for (auto& x : steps)
    PQsendQueryPrepared(conn_.get(), prepared_[x.text].c_str(), x.args.size(),
                        x.args.data().data(), x.args.lengths().data(),
                        x.args.formats().data(), 1);
  PQpipelineSync(conn_.get());
  result last;
  for (size_t i = 0; i < steps.size(); ++i) {
    last = check(PQgetResult(conn_.get()));
    PQgetResult(conn_.get()); // the null behind each
  }
  result synced{PQgetResult(conn_.get())};
  if (PQresultStatus(synced.get()) != PGRES_PIPELINE_SYNC)
    fail(PQerrorMessage(conn_.get()));
  PQexitPipelineMode(conn_.get());
  return last;
}

libpq_connection::result libpq_connection::run(const std::string& text) {
  return check(PQexec(conn_.get(), text.c_str()));
}

} // namespace bench
