#pragma once

#include "../messages/claim.hpp"
#include "../messages/duties.hpp"

#include <cstdint>
#include <map>
#include <vector>

namespace inbox {

/// Returns the room of all routes.
[[nodiscard]] uint64_t sum_of(const std::vector<route_demand>& demand);

/// What is left of the room that the dispatcher has told of, so that it need
/// not be asked before every claim. Plain data and arithmetic, no actor.
///
/// The dispatcher does not know of what is sent to it behind a question for
/// room, nor of claims that are under way: these are taken out of its answer.
class room_account {
public:
  using question = uint64_t;

  /// Notes that a question goes out now. It replaces one that is out already.
  question ask();

  /// Whether an answer is still to come.
  [[nodiscard]] bool is_asked() const noexcept {
    return asked_;
  }

  /// Whether the answer to that question is the one to come.
  [[nodiscard]] bool awaits(question which) const noexcept {
    return asked_ && which == last_;
  }

  /// Takes the answer that was to come.
  void fill(current_demand answer);

  /// Keeps what a claim may take, until `release` for the same claim.
  void reserve(const claim_deliveries& x);

  void release(const claim_deliveries& x);

  /// Takes out what goes to the dispatcher now.
  void spend(const std::vector<claimed_delivery>& deliveries);

  /// What is left; routes without any are not in its demand.
  [[nodiscard]] current_demand left() const;

  /// Whether it is worth a claim of that many deliveries: small claims cost as
  /// much as large ones.
  [[nodiscard]] bool is_enough_for(uint64_t deliveries) const;

private:
  struct expense {
    std::map<route_id, uint32_t> deliveries;
    uint64_t bytes = 0;
    bool perilous = false;

    void add(const expense& x);
  };

  /// The most that a claim may come to.
  static expense most_of(const claim_deliveries& x);

  current_demand offered_;
  /// Since the question that was answered last, and since the latest one.
  expense spent_;
  expense unknown_;
  expense reserved_;
  question last_ = 0;
  bool asked_ = false;
};

} // namespace inbox
