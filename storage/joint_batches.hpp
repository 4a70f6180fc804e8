#pragma once

#include "../messages/settlement.hpp"

#include <caf/expected.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace inbox {

/// Ends of attempts that are to share a transaction.
using joint_batch = std::vector<const settlement*>;

/// Why a settlement that was sent before is refused if it has not ended the
/// attempt.
constexpr auto sent_in_vain
  = "the answer to the commit was lost, and it has not happened";

/// What came of one transaction.
struct joint_try {
  /// Whose lease is not held, by place in the batch: nothing of theirs was
  /// executed. If it has not committed, for them or for a reason, the rest was
  /// not either.
  std::vector<size_t> lost;
  /// Why it was undone, if it was for the effects of some.
  std::optional<std::string> reason;
  /// Whose effects they were; empty if that is not known.
  std::optional<size_t> culprit;
  /// Whether the same may succeed if it is tried again.
  bool again = false;
  /// Whether it was the commit that found it, and `deferred_check::behind_each`
  /// finds whose it was.
  bool found_late = false;
  bool committed = false;
};

/// When to check what the commit would: constraints that are deferred.
enum class deferred_check {
  by_commit,
  /// Behind the effects of each as well.
  behind_each,
};

/// Commits or undoes one transaction. Fails if that is not to blame on what is
/// in it.
using joint_transaction
  = std::function<caf::expected<joint_try>(const joint_batch&, deferred_check)>;

/// Ends the attempts of `settlements` in as few transactions as may be: without
/// those who are to blame, and in halves where nobody knows who is. Each is
/// executed a few times at most. Fills in all of the answer but
/// `ended_before`. After an error, those before may have committed.
[[nodiscard]] caf::expected<settled_jointly>
settle_in_batches(const joint_batch& settlements,
                  const joint_transaction& together);

} // namespace inbox
