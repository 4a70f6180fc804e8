#pragma once

#include "bank_checker.hpp"
#include "history.hpp"

#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace chaos {

/// The database that the processes share, seen past the inbox.
class database {
public:
  virtual ~database() = default;

  [[nodiscard]] const std::string& url() const {
    return url_;
  }

  /// Notes every change that ends a lease or a final status from now on, in the
  /// database itself. The tables have to be there.
  void watch();

  /// Returns how many deliveries and unrouted events are not final.
  [[nodiscard]] int64_t unfinished();

  /// Adds what was noted, and the deliveries as they are now.
  void read(history& to);

  /// Makes the tables of the bank, with all accounts as they are opened.
  void open_bank();

  /// Adds what is in the tables of the bank, and the events that are about it.
  void read(books& to);

  /// Returns how many deadlocks the database knows to have ended.
  virtual int64_t deadlocks() {
    return 0;
  }

  /// Takes the database away for a while, in one of the ways that it has.
  /// Returns in words what was done, or nothing if it could not be.
  virtual std::optional<std::string> disturb(std::mt19937_64& random) = 0;

protected:
  using rows = std::vector<std::vector<std::string>>;

  /// What the databases say in different words.
  struct dialect {
    /// Makes the table of what is noted, and the trigger that does it.
    std::string watch;
    /// The id of event "e" as text.
    std::string id;
    /// The payload of event "e" as text.
    std::string payload;
    /// The time of what was noted, "w", in microseconds.
    std::string micros;
    /// All deliveries: event_seq, route_id, ordering_key, progress, attempts.
    std::string deliveries;
  };

  database(std::string url, dialect words)
    : url_{std::move(url)},
      words_{std::move(words)} {
    // nop
  }

  /// Runs SQL on a connection of its own. Throws std::runtime_error.
  virtual rows run(const std::string& sql) = 0;

private:
  std::string url_;
  dialect words_;
};

using database_ptr = std::unique_ptr<database>;

/// Prefix of the inbox's tables.
constexpr const char* prefix = "chaos";

/// Returns the server that the environment names, as pg_virtualenv does: it is
/// this program's alone, and is restarted at will.
[[nodiscard]] database_ptr make_postgres_database();

/// Returns a file in `folder`.
[[nodiscard]] database_ptr make_sqlite_database(const std::string& folder);

} // namespace chaos
