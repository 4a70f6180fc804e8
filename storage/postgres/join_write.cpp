#include "../join_write.hpp"

#include "connect.hpp"
#include "failure.hpp"
#include "migrate.hpp"
#include "verbs.hpp"
#include "wake_text.hpp"

#include "../../messages/error.hpp"

#include <chrono>
#include <utility>

namespace inbox {

namespace {

using namespace postgres;

const statement set_savepoint{"savepoint caf_inbox_write", ""};
const statement take_back{"rollback to savepoint caf_inbox_write", ""};
const statement end_savepoint{"release savepoint caf_inbox_write", ""};

constexpr auto look_text = R"(
  select current_setting('transaction_isolation'), max(version)
  from {p}_schema)";

/// Bounds no wait: that is up to the settings of the connection.
store_options endless(const join_options& how) {
  store_options result;
  result.prefix = how.prefix;
  result.deadline = std::chrono::hours{24 * 3650};
  return result;
}

/// What went wrong in a transaction that is not ours.
caf::error blame(session& on, caf::error reason) {
  auto code = code_of(reason);
  // The savepoint is gone, with all that was written since.
  if (on.conn().lost() || code == errc::outcome_unknown)
    return make_error(errc::connection_lost, "connection", describe(reason));
  // Another session is no help if this transaction may only read.
  if (code == errc::connection_lost)
    return make_error(errc::invalid, "connection", describe(reason));
  return reason;
}

/// Sets the savepoint and looks at what the transaction is like.
caf::error begin(session& on) {
  std::vector<step> steps;
  steps.push_back({&set_savepoint, {}});
  steps.push_back({&on.sql(look_text), {}});
  auto answer = on.conn().run_bare(std::move(steps), effect::none, on.start());
  if (!answer)
    return std::move(answer.error());
  auto& row = answer->back();
  if (row.get<std::string>(0, 0) != "read committed")
    on.keep_snapshot();
  auto version = row.get<int32_t>(0, 1);
  if (auto err = row.check())
    return err;
  return check_current(version, on.prefix());
}

caf::expected<written_events> write_at(session& on,
                                       const std::vector<event>& events) {
  if (auto err = begin(on))
    return err;
  return postgres::write(on, events);
}

/// Ends the savepoint, and takes back what came after it if it is to be undone.
caf::error end(session& on, bool undone) {
  std::vector<step> steps;
  if (undone)
    steps.push_back({&take_back, {}});
  steps.push_back({&end_savepoint, {}});
  auto done = on.conn().run_bare(std::move(steps), effect::none, on.start());
  return done ? caf::error{} : std::move(done.error());
}

} // namespace

caf::expected<written_events> join_write(PGconn* connection,
                                         const std::vector<event>& events,
                                         const join_options& how) {
  if (auto err = check(how, events))
    return err;
  auto conn = borrow(connection);
  if (!conn)
    return std::move(conn.error());
  if (events.empty())
    return written_events{};
  session on{std::move(*conn), endless(how), transaction_scope::outer};
  auto result = write_at(on, events);
  auto err = end(on, !result);
  if (!result)
    return blame(on, std::move(result.error()));
  if (err)
    return blame(on, std::move(err));
  return result;
}

caf::error announce(PGconn* connection,
                    const std::vector<std::string>& event_types,
                    const join_options& how) {
  if (auto err = check(how))
    return err;
  if (PQtransactionStatus(connection) != PQTRANS_IDLE)
    return make_error(errc::invalid, "connection",
                      "must be idle, with no transaction open");
  statement notify{notify_text, how.prefix};
  auto text = write_wake_up(make_wake_up(event_types));
  const char* values[] = {text.c_str()};
  result_ptr answer{PQexecParams(connection, notify.text().c_str(), 1, nullptr,
                                 values, nullptr, nullptr, 0)};
  if (PQresultStatus(answer.get()) == PGRES_TUPLES_OK)
    return {};
  if (state_of(answer.get()).empty())
    return make_error(errc::connection_lost, "connection",
                      first_line(PQerrorMessage(connection)));
  return error_of(answer.get());
}

} // namespace inbox
