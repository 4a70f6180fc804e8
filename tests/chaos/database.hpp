#pragma once

#include "history.hpp"

#include <chrono>
#include <memory>
#include <random>
#include <string>

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
  virtual void watch() = 0;

  /// Returns how many deliveries and unrouted events are not final.
  [[nodiscard]] virtual int64_t unfinished() = 0;

  /// Adds what was noted, and the deliveries as they are now.
  virtual void read(history& to) = 0;

  /// Takes the database away for a while, in one of the ways that it has.
  /// Returns in words what was done.
  virtual std::string disturb(std::mt19937_64& random) = 0;

protected:
  explicit database(std::string url) : url_{std::move(url)} {
    // nop
  }

private:
  std::string url_;
};

using database_ptr = std::unique_ptr<database>;

/// Prefix of the inbox's tables.
constexpr const char* prefix = "chaos";

/// Returns the server that the environment names, as pg_virtualenv does: it is
/// this program's alone, and is restarted at will.
[[nodiscard]] database_ptr make_postgres_database();

/// Returns a file in `folder`.
[[nodiscard]] database_ptr make_sqlite_database(const std::string& folder);

/// Reads a row of strings: a transition (id, key, micros, progress before and
/// after, attempts before and after), or a final delivery (id, type, key, seq,
/// ordering key, progress).
[[nodiscard]] transition read_transition(const std::vector<std::string>& row);
[[nodiscard]] final_delivery read_final(const std::vector<std::string>& row);

} // namespace chaos
