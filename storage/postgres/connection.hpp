#pragma once

#include "clock.hpp"
#include "connect.hpp"
#include "params.hpp"
#include "rows.hpp"
#include "statement.hpp"

#include <caf/expected.hpp>

#include <array>
#include <set>
#include <string>
#include <vector>

namespace inbox::postgres {

/// Whether the loss of an answer leaves open what is in the database.
enum class effect {
  /// Nothing is committed: statements that read, or the middle of an explicit
  /// transaction.
  none,
  /// Ends with a commit of changes.
  commits,
};

/// What the server may make of a statement. It keeps most plans, and the tables
/// may have been empty when it made one. Then it would as well go through all
/// of a table, in the order of an index, and look for each row in what it is
/// to be joined with: so such a table's key is compared by "= any(array[...])",
/// which gives no order but can be looked up.
enum class planning {
  /// Whatever looks best, anew each time: for what reads whole tables, or is
  /// rare.
  free,
  /// Tables are read by index, row by row.
  by_index,
  /// Likewise, but what was read is joined as looks best: for thousands of
  /// rows.
  by_index_and_hash,
  /// Likewise by index, but what is in a range of it is looked up first, and
  /// then read page by page: for many rows that stand beside each other.
  by_range,
};

/// Whose transactions the statements run in.
enum class transaction_scope {
  /// Each call's own.
  call,
  /// One that is open already and that somebody else ends. Its settings and its
  /// isolation level stay as they are, and its server keeps no statement.
  outer,
};

/// A statement to run. The pointer's target outlives the call.
struct step {
  const statement* what;
  params args;
};

/// One connection, driven without blocking against absolute deadlines.
///
/// Receives steps and sends them in one go (libpq's pipeline mode), so that a
/// transaction of several statements costs one round trip. After an error that
/// leaves the connection in doubt it is thrown away, and every further call
/// fails with `errc::connection_lost`. Running statements are not canceled: a
/// cancel request is a connection of its own that blocks, and the server ends
/// them itself, since `statement_timeout` is below the deadline.
///
/// Sends no SIGPIPE: libpq writes with MSG_NOSIGNAL, or masks it under TLS.
class connection {
public:
  connection(conn_ptr conn, const store_options& options,
             transaction_scope scope = transaction_scope::call);

  /// Runs the steps as one transaction, which an error undoes as a whole: at
  /// the level read committed, unless it is a single one without effect. In an
  /// outer transaction an error breaks all of that.
  [[nodiscard]] caf::expected<std::vector<rows>>
  run(std::vector<step> steps, effect what, deadline until,
      planning how = planning::by_index);

  /// Runs the steps as they are: for the parts of an explicit transaction.
  [[nodiscard]] caf::expected<std::vector<rows>>
  run_bare(std::vector<step> steps, effect what, deadline until);

  /// Likewise, for statements of the application, each of which may take the
  /// time of a call from the answer to the one before: see `refusal`.
  [[nodiscard]] caf::expected<std::vector<rows>>
  run_each(std::vector<step> steps);

  /// What the server said of the step that it refused last.
  struct refused_step {
    /// How many were answered before it.
    size_t place = 0;
    std::string state;
    /// The state and the server's primary message.
    std::string text;
  };

  [[nodiscard]] const refused_step& refusal() const noexcept {
    return refusal_;
  }

  /// Returns until when a call that begins now may take.
  [[nodiscard]] deadline start() const {
    return after(patience_);
  }

  /// Tells whether an error undoes the call and nothing else.
  [[nodiscard]] bool undoes_calls() const noexcept {
    return scope_ == transaction_scope::call;
  }

  /// Says whose transactions further calls run in.
  void set_scope(transaction_scope scope) noexcept {
    scope_ = scope;
  }

  // -- for others (borrow.cpp) ------------------------------------------------

  /// Hands the connection out for commands of libpq that wait, until
  /// `take_back`.
  [[nodiscard]] caf::expected<PGconn*> lend();

  /// Fails, naming "connection", unless it is idle in a transaction that goes
  /// on. To be called before anything else, if it was handed out.
  [[nodiscard]] caf::error take_back();

  // -- its transactions -------------------------------------------------------

  /// Returns the step that comes first in every transaction, once its isolation
  /// level is set.
  [[nodiscard]] step settings(planning how = planning::by_index) const;

  // -- what others notify (notifications.cpp) ---------------------------------

  /// Returns the texts that other sessions have notified since, on the channels
  /// that this one listens on.
  [[nodiscard]] caf::expected<std::vector<std::string>> take_notifications();

  /// Returns what can be read when something has come; negative once the
  /// connection is lost.
  [[nodiscard]] int socket() const noexcept;

  /// Returns the number of the process that serves the connection, as it was
  /// said when it began.
  [[nodiscard]] int server_process() const noexcept;

  [[nodiscard]] bool lost() const noexcept {
    return conn_ == nullptr;
  }

  /// Ends the connection.
  void give_up() noexcept {
    conn_.reset();
  }

private:
  struct exchange;

  caf::expected<std::vector<rows>> attempt(const std::vector<step>& steps,
                                           bool keep, effect what,
                                           deadline until, bool each = false);
  bool send(const step& x, bool keep, exchange& to);
  bool send_statement(const step& x, bool keep, exchange& to);
  caf::error receive(exchange& x, effect what, deadline until);
  void take_results(exchange& x);
  caf::error verdict_of(exchange& x, effect what);
  /// Reads what has come. An error if the connection is gone.
  caf::error read();
  caf::error end(caf::error reason);

  conn_ptr conn_;
  /// By planning.
  std::array<statement, 4> settings_;
  std::string statement_timeout_;
  std::string idle_timeout_;
  timespan patience_;
  transaction_scope scope_;
  refused_step refusal_;
  /// Statements that the server keeps, as far as this connection knows.
  std::set<std::string> kept_;
  /// False once the server turned out not to know what it was told to keep.
  bool may_keep_ = true;
  /// Whether the last error was about what the server was told to keep.
  bool stale_ = false;
};

} // namespace inbox::postgres
