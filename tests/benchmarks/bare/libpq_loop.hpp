#pragma once

#include "../../../storage/postgres/connection.hpp"

#include <libpq-fe.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace bench {

/// A connection as a plain program has it: blocking, each statement prepared
/// once.
class libpq_connection {
public:
  /// Sets for all of its time what the library sets in each transaction.
  libpq_connection(const std::string& url, const std::string& prefix,
                   inbox::postgres::planning how);

  struct clear {
    void operator()(PGresult* x) const {
      PQclear(x);
    }
  };

  using result = std::unique_ptr<PGresult, clear>;

  /// Runs one of the library's texts, or ends the program with the server's
  /// error. Prepares it at the first time.
  result run(const char* text, const inbox::postgres::params& args);

  /// A statement of a transaction.
  struct step {
    const char* text;
    inbox::postgres::params args;
  };

  /// Runs texts of the library as one transaction, in one round trip, and
  /// returns what the last one answers.
  result run(const std::vector<step>& steps);

  /// Runs a text without parameters.
  result run(const std::string& text);

private:
  struct finish {
    void operator()(PGconn* x) const {
      PQfinish(x);
    }
  };

  result check(PGresult* x);
  const std::string& prepare(const char* text,
                             const inbox::postgres::params& args);

  std::unique_ptr<PGconn, finish> conn_;
  std::string prefix_;
  /// Names of prepared statements, by their texts.
  std::map<const char*, std::string> prepared_;
};

} // namespace bench
