#pragma once

#include "bank.hpp"
#include "history.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace chaos {

/// What the database holds of the bank at the end of a run.
struct books {
  /// By account.
  std::map<int64_t, int64_t> balances;
  /// The events of the bank's types, by id.
  std::map<std::string, transfer> transfers;
  /// Likewise, and the ids of the transfers that they are for.
  std::map<std::string, std::string> receipts;
  /// The ids of the events whose handlers have left a row, once for each row.
  std::vector<std::string> applied;
  std::vector<std::string> filed;
};

struct bank_findings {
  /// Transfers that are done, and applied.
  size_t applied = 0;
  /// Those whose effects took time of their own among them.
  size_t slow = 0;
  /// Transfers that are not done, and were not applied.
  size_t dead = 0;
  /// Transfers that were applied more than once.
  size_t twice = 0;
  /// Done, and not applied.
  size_t missing = 0;
  /// Applied, and not done; or by nobody knows what.
  size_t left_over = 0;
  /// Accounts that do not have what those transfers make of them which are
  /// done.
  size_t wrong_balances = 0;
  /// How much more there is than at the beginning.
  int64_t created = 0;
  /// Events that were emitted by a transfer and have been handled.
  size_t receipts = 0;
  /// Transfers whose receipts are not as many as they have to be, and receipts
  /// whose effect is not there once if they are done, or there if they are not.
  size_t wrong_receipts = 0;
  /// Some of the above in words.
  std::vector<std::string> examples;

  /// Tells whether there were transfers of both kinds, and nothing is wrong.
  [[nodiscard]] bool good() const;
};

/// Compares the bank's tables with what has become of the deliveries.
[[nodiscard]] bank_findings check(const books& what,
                                  const std::vector<final_delivery>& ends);

} // namespace chaos
