#pragma once

#include "params.hpp"
#include "rows.hpp"

#include "../../messages/lease.hpp"

#include <cstddef>
#include <vector>

namespace inbox::postgres {

/// The leases of one call, in the order that the database gets them in, and
/// each lease once. What a statement answers names them by their numbers in it,
/// from 1.
class lease_batch {
public:
  explicit lease_batch(std::vector<lease> leases);

  /// Puts those that are done, by their positions in the call, behind all
  /// others, claim by claim. Returns how many others there are.
  size_t part(const std::vector<bool>& is_done);

  /// Positions in the call, in the order of the database.
  [[nodiscard]] const std::vector<size_t>& order() const noexcept {
    return order_;
  }

  /// Adds the three columns that name the first `count` leases.
  void add_to(params& args, size_t count) const;

  /// Likewise, of all.
  void add_to(params& args) const {
    add_to(args, order_.size());
  }

  /// Returns the tokens, each once, in order.
  [[nodiscard]] params tokens() const;

  /// Returns the leases that the answer names, in the call's order. Of one that
  /// is named twice in the call, the second is lost as well.
  [[nodiscard]] std::vector<lease> lost(rows& answer) const;

  /// Returns the leases that the answer names, however often the call does.
  [[nodiscard]] std::vector<lease> all_named(rows& answer) const;

private:
  /// Returns the positions that an answer gives the numbers of.
  [[nodiscard]] std::vector<size_t> named(rows& answer) const;

  std::vector<lease> leases_;
  std::vector<size_t> order_;
};

} // namespace inbox::postgres
