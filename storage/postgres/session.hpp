#pragma once

#include "connection.hpp"

#include <string>
#include <unordered_map>

namespace inbox::postgres {

/// What the verbs share: the connection, and their statements with the names of
/// this inbox's tables.
class session {
public:
  session(conn_ptr conn, const store_options& options);

  /// Returns the statement for a constant text.
  [[nodiscard]] const statement& sql(const char* text);

  /// Returns until when a verb that begins now may take.
  [[nodiscard]] deadline start() const;

  /// Runs one statement as a transaction of its own.
  [[nodiscard]] caf::expected<rows> run(const char* text, params args,
                                        effect what, deadline until,
                                        planning how = planning::by_index);

  /// Likewise, with a deadline from now.
  [[nodiscard]] caf::expected<rows> run(const char* text, params args,
                                        effect what);

  [[nodiscard]] connection& conn() noexcept {
    return conn_;
  }

  [[nodiscard]] const std::string& prefix() const noexcept {
    return prefix_;
  }

private:
  connection conn_;
  std::string prefix_;
  timespan patience_;
  std::unordered_map<const char*, statement> statements_;
};

} // namespace inbox::postgres
