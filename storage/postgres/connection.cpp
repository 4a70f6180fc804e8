#include "connection.hpp"

#include "failure.hpp"

#include "../../messages/error.hpp"

#include <iterator>
#include <utility>

namespace inbox::postgres {

namespace {

// How long the server may take is set anew in each transaction and ends with
// it. A session-wide SET would hit whoever gets the server's connection next
// from a transaction pooler, some poolers refuse the startup parameter
// `options`, and SET LOCAL warns outside of BEGIN ... COMMIT. As the first step
// of a pipeline it costs no round trip: the steps up to a sync are one
// transaction, and the timer starts anew with each of them. The idle timeout
// frees the locks of a transaction whose client's machine has gone away.
// Compiling our statements takes longer than running them.
constexpr auto free_settings = R"(
  select set_config('statement_timeout', $1, true),
         set_config('idle_in_transaction_session_timeout', $2, true),
         set_config('jit', 'off', true))";

// For a table that was small or empty when it was planned, the server prefers
// to read all of it. It goes on like that, also in statements that it is not
// told to keep, until the next ANALYZE, while a backlog of a million builds up.
// And it takes plans made for a call's own arguments to be better, so it plans
// each call anew: for a claim that finds nothing, that is most of its time.
const std::string lookup_settings = std::string{free_settings} + R"(,
         set_config('plan_cache_mode', 'force_generic_plan', true),
         set_config('enable_seqscan', 'off', true),
         set_config('enable_mergejoin', 'off', true))";

const std::string hash_settings = lookup_settings + R"(,
         set_config('enable_bitmapscan', 'off', true))";

constexpr auto no_hash = R"(,
         set_config('enable_hashjoin', 'off', true))";

const std::string index_settings = hash_settings + no_hash;

const std::string range_settings = lookup_settings + R"(,
         set_config('enable_indexscan', 'off', true),
         set_config('enable_bitmapscan', 'on', true))"
                                   + no_hash;

// Our statements go on with what others committed since they began to wait,
// which fails above this level. Databases and users can have another default.
// It has to come before the first snapshot of a transaction, so it is a command
// of its own and not one more set_config. Neither LOCAL, which warns outside of
// BEGIN ... COMMIT, nor a setting that stays: this one begins anew with each
// transaction.
const statement isolation{"set transaction_isolation to 'read committed'", ""};

/// Tells whether the server's connection is not the one, or its tables are not
/// those, that a statement was prepared with: a pooler is between, or somebody
/// has changed the schema.
bool is_stale(const std::string& state) {
  return state == "26000" || state == "42P05" || state == "0A000";
}

} // namespace

/// What is under way between the first byte sent and the last one received.
struct connection::exchange {
  /// Per sent command, the statement that the server is to keep; null for one
  /// whose rows are wanted.
  std::vector<const statement*> commands;
  size_t answered = 0;
  /// Whether each answer has the whole time.
  bool each = false;
  std::vector<rows> results;
  /// The first failed result, with an SQLSTATE if the server sent one.
  result_ptr failure;
  /// Whether the whole of it, including the commit, is on its way.
  bool sent = false;
  bool synced = false;

  [[nodiscard]] bool executed() const {
    return answered == commands.size();
  }
};

connection::connection(conn_ptr conn, const store_options& options,
                       transaction_scope scope)
  : conn_(std::move(conn)),
    settings_{statement{free_settings, ""}, statement{index_settings, ""},
              statement{hash_settings, ""}, statement{range_settings, ""}},
    statement_timeout_(milliseconds_text(options.statement_timeout)),
    idle_timeout_(milliseconds_text(options.deadline)),
    patience_(options.deadline),
    scope_(scope) {
  // nop
}

step connection::settings(planning how) const {
  return {&settings_[static_cast<size_t>(how)],
          params::of(statement_timeout_, idle_timeout_)};
}

caf::expected<std::vector<rows>> connection::run(std::vector<step> steps,
                                                 effect what, deadline until,
                                                 planning how) {
  if (scope_ == transaction_scope::outer)
    return attempt(steps, false, effect::none, until);
  // One question has one snapshot at any level.
  auto is_question = what == effect::none && steps.size() == 1;
  std::vector<step> first;
  if (!is_question)
    first.push_back({&isolation, {}});
  first.push_back(settings(how));
  steps.insert(steps.begin(), std::make_move_iterator(first.begin()),
               std::make_move_iterator(first.end()));
  auto keep = may_keep_ && how != planning::free;
  auto result = attempt(steps, keep, what, until);
  if (!result && keep && stale_) {
    // Nothing was done. From here on the server plans every statement anew.
    may_keep_ = false;
    result = attempt(steps, false, what, until);
  }
  if (result)
    result->erase(result->begin(),
                  result->begin() + static_cast<std::ptrdiff_t>(first.size()));
  return result;
}

caf::expected<std::vector<rows>>
connection::run_bare(std::vector<step> steps, effect what, deadline until) {
  return attempt(steps, false, what, until);
}

caf::expected<std::vector<rows>> connection::run_each(std::vector<step> steps) {
  return attempt(steps, false, effect::none, start(), true);
}

caf::expected<std::vector<rows>>
connection::attempt(const std::vector<step>& steps, bool keep, effect what,
                    deadline until, bool each) {
  stale_ = false;
  refusal_ = {};
  // If the server has hung up since, nothing is sent and nothing is in doubt.
  if (auto err = read())
    return err;
  exchange x;
  x.each = each;
  for (auto& entry : steps)
    if (!send(entry, keep, x))
      return end(make_error(errc::connection_lost, "store",
                            first_line(PQerrorMessage(conn_.get()))));
  if (PQpipelineSync(conn_.get()) != 1)
    return end(make_error(errc::connection_lost, "store",
                          first_line(PQerrorMessage(conn_.get()))));
  if (auto err = receive(x, what, until))
    return err;
  return std::move(x.results);
}

bool connection::send(const step& x, bool keep, exchange& to) {
  // The server keeps its answers until the sync, unless it is told not to.
  return send_statement(x, keep, to)
         && (!to.each || PQsendFlushRequest(conn_.get()) == 1);
}

bool connection::send_statement(const step& x, bool keep, exchange& to) {
  auto* conn = conn_.get();
  auto& name = x.what->name();
  auto& types = x.args.types();
  auto n = x.args.size();
  if (keep && kept_.count(name) == 0) {
    if (PQsendPrepare(conn, name.c_str(), x.what->text().c_str(), n,
                      types.data())
        != 1)
      return false;
    to.commands.push_back(x.what);
  }
  to.commands.push_back(nullptr);
  auto values = x.args.data();
  auto lengths = x.args.lengths();
  auto formats = x.args.formats();
  if (keep)
    return PQsendQueryPrepared(conn, name.c_str(), n, values.data(),
                               lengths.data(), formats.data(), 1)
           == 1;
  return PQsendQueryParams(conn, x.what->text().c_str(), n, types.data(),
                           values.data(), lengths.data(), formats.data(), 1)
         == 1;
}

caf::error connection::receive(exchange& x, effect what, deadline until) {
  auto* conn = conn_.get();
  auto alive = true;
  for (;;) {
    if (alive && !x.sent) {
      auto left = PQflush(conn);
      x.sent = left == 0;
      alive = left >= 0;
    }
    // Also what the server said before it hung up.
    auto answered_before = x.answered;
    if (!alive || PQisBusy(conn) == 0)
      take_results(x);
    if (x.each && x.answered > answered_before)
      until = start();
    if (x.synced || !alive || PQstatus(conn) == CONNECTION_BAD)
      return verdict_of(x, what);
    auto events = x.sent ? POLLIN : POLLIN | POLLOUT;
    if (wait_for(PQsocket(conn), static_cast<short>(events), until)
        == readiness::expired) {
      auto in_doubt = what == effect::commits && x.sent;
      return end(make_error(in_doubt ? errc::outcome_unknown : errc::timeout,
                            "store",
                            "no answer within options.store.deadline"));
    }
    alive = PQconsumeInput(conn) == 1;
  }
}

void connection::take_results(exchange& x) {
  auto* conn = conn_.get();
  // A null pointer ends the results of each command; at most as many as there
  // are commands follow one another.
  size_t nulls = 0;
  while (!x.synced && nulls <= x.commands.size() + 1
         && (PQstatus(conn) == CONNECTION_BAD || PQisBusy(conn) == 0)) {
    result_ptr result{PQgetResult(conn)};
    if (!result) {
      ++nulls;
      continue;
    }
    switch (PQresultStatus(result.get())) {
      case PGRES_PIPELINE_SYNC:
        x.synced = true;
        break;
      case PGRES_PIPELINE_ABORTED:
        break;
      case PGRES_TUPLES_OK:
      case PGRES_COMMAND_OK:
        if (x.executed())
          break;
        if (auto* kept = x.commands[x.answered++])
          kept_.insert(kept->name());
        else
          x.results.emplace_back(std::move(result));
        break;
      default:
        // What the server says counts more than what libpq makes of the end.
        if (!x.failure || state_of(x.failure.get()).empty())
          x.failure = std::move(result);
    }
  }
}

caf::error connection::verdict_of(exchange& x, effect what) {
  auto state = x.failure ? state_of(x.failure.get()) : std::string{};
  if (x.synced && !x.failure)
    return {};
  if (!state.empty() && (x.synced || !x.executed())) {
    // The server has undone it all and says so, also of a statement that took
    // too long. Where it goes on to the sync, the connection is good.
    auto err = error_of(x.failure.get());
    refusal_ = {x.results.size(), state, text_of(x.failure.get())};
    auto code = code_of(err);
    stale_ = x.synced && is_stale(state);
    if (stale_)
      kept_.clear();
    auto is_ours = scope_ == transaction_scope::call;
    if (!x.synced || (is_ours && code == errc::connection_lost))
      return end(std::move(err));
    return err;
  }
  auto text = first_line(x.failure ? PQresultErrorMessage(x.failure.get())
                                   : PQerrorMessage(conn_.get()));
  auto in_doubt = what == effect::commits && x.sent;
  return end(
    make_error(in_doubt ? errc::outcome_unknown : errc::connection_lost,
               "store", std::move(text)));
}

caf::error connection::read() {
  if (!conn_)
    return make_error(errc::connection_lost, "store",
                      "the connection was given up after an earlier error");
  if (PQconsumeInput(conn_.get()) == 0)
    return end(make_error(errc::connection_lost, "store",
                          first_line(PQerrorMessage(conn_.get()))));
  return {};
}

caf::error connection::end(caf::error reason) {
  give_up();
  return reason;
}

} // namespace inbox::postgres
