#include "session.hpp"

#include <utility>

namespace inbox::postgres {

namespace {

/// How long after a duplicate more of them are expected: when a sender repeats
/// what it did not see acknowledged. Also the least time between two errors of
/// a connection in the server's log, see `insert_form::all_new`.
constexpr std::chrono::minutes time_of_duplicates{1};

/// Retries and the like come one by one, and a claim that did not expect any
/// costs one more round trip.
constexpr std::chrono::seconds time_of_others{1};

// A statement of its own, so that the next one sees what was committed while
// this one was waiting.
constexpr auto read_routes_text = "select pg_advisory_xact_lock_shared($1)";
constexpr auto change_routes_text = "select pg_advisory_xact_lock($1)";

// Fails if one of these rows is not what the snapshot has. Whoever adds a route
// changes the others of its type for that; where there is none, an event stays
// unrouted, and is routed later.
constexpr auto check_routes_text = R"(
  select from {p}_route order by id for share)";

} // namespace

session::session(conn_ptr conn, const store_options& options,
                 transaction_scope scope)
  : conn_(std::move(conn), options, scope),
    prefix_(options.prefix),
    routes_lock_(
      static_cast<int64_t>(stable_hash("caf-inbox routes " + options.prefix))),
    effects_lock_(
      static_cast<int64_t>(stable_hash("caf-inbox effects " + options.prefix))),
    duplicates_{time_of_duplicates},
    others_{time_of_others} {
  // nop
}

const statement& session::sql(const char* text) {
  auto i = statements_.find(text);
  if (i == statements_.end())
    i = statements_.emplace(text, statement{text, prefix_}).first;
  return i->second;
}

deadline session::start() const {
  return conn_.start();
}

caf::expected<rows> session::run(std::vector<step> steps, effect what,
                                 deadline until, planning how) {
  auto results = conn_.run(std::move(steps), what, until, how);
  if (!results)
    return std::move(results.error());
  return std::move(results->back());
}

caf::expected<rows> session::run(const char* text, params args, effect what,
                                 deadline until, planning how) {
  std::vector<step> steps;
  steps.push_back({&sql(text), std::move(args)});
  return run(std::move(steps), what, until, how);
}

caf::expected<rows> session::run(const char* text, params args, effect what) {
  return run(text, std::move(args), what, start());
}

caf::expected<bool> session::ask(const char* text, params args,
                                 deadline until) {
  auto answer = run(text, std::move(args), effect::none, until);
  if (!answer)
    return std::move(answer.error());
  auto result = answer->get<bool>(0, 0);
  if (auto err = answer->check())
    return err;
  return result;
}

caf::expected<rows> session::run_with_routes(route_access access,
                                             std::vector<step> steps,
                                             deadline until, planning how) {
  auto* lock = access == route_access::read ? read_routes_text
                                            : change_routes_text;
  if (keeps_snapshot_)
    steps.insert(steps.begin(), {&sql(check_routes_text), {}});
  steps.insert(steps.begin(), {&sql(lock), params::of(routes_lock_)});
  return run(std::move(steps), effect::commits, until, how);
}

caf::expected<rows> session::run_with_routes(route_access access,
                                             const char* text, params args,
                                             deadline until, planning how) {
  std::vector<step> steps;
  steps.push_back({&sql(text), std::move(args)});
  return run_with_routes(access, std::move(steps), until, how);
}

} // namespace inbox::postgres
