#pragma once

#include "connection.hpp"

#include <utility>
#include <vector>

namespace inbox::postgres {

/// An explicit transaction, for when a statement depends on the answer to the
/// one before and each has to see what others committed in between. Rolls back
/// unless it was committed.
class transaction {
public:
  /// Runs `first` as well, in the same round trip. Gives the connection up if
  /// it fails.
  [[nodiscard]] static caf::expected<transaction>
  begin(connection& on, deadline until, planning how = planning::by_index,
        std::vector<step> first = {});

  transaction(transaction&& other) noexcept;

  ~transaction();

  [[nodiscard]] caf::expected<rows> run(const statement& what, params args);

  [[nodiscard]] caf::error commit();

  /// Runs statements of the application: see `connection::run_each`. However
  /// long they take, what comes after them has the time of a call, and so it
  /// has if that is to undo them.
  [[nodiscard]] caf::expected<std::vector<rows>>
  run_each(std::vector<step> steps);

  /// Gives what is left another time: until `until`.
  void prolong(deadline until) noexcept {
    until_ = until;
  }

  /// Has all calls of the connection run in this transaction, with other plans
  /// from here on.
  [[nodiscard]] caf::error take_in(planning how);

private:
  transaction(connection& on, deadline until) : on_(&on), until_(until) {
    // nop
  }

  connection* on_; // null when there is nothing left to end
  deadline until_;
};

} // namespace inbox::postgres
