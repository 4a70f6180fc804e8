#pragma once

#include "world.hpp"

#include "../../messages/delivery.hpp"
#include "../chaos/history.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace simulation {

/// Writes down what happens in a world, for the checker, and looks at once for
/// what that cannot see. Nothing counts any more once the world ends.
class recorder {
public:
  explicit recorder(world& where) : world_{&where} {
    // nop
  }

  void begin(bool tracing);

  /// What is true besides, if less goes wrong.
  struct expectations {
    /// Nothing is ever done twice, nor canceled.
    bool calm = false;
    /// The database answers at once.
    bool prompt_store = false;
    /// The database's clock is never set.
    bool sound_clock = true;
    /// How long a call may take, in microseconds.
    int64_t handler_timeout = 0;
  };

  void expect(const expectations& x) {
    expected_ = x;
  }

  // -- what happens -----------------------------------------------------------

  /// A handler is called. `canceled` is asked as long as the call is open.
  /// Returns what `call_ended` needs.
  size_t call_began(const inbox::uuid& event_id, const std::string& handler_key,
                    uint32_t attempt, std::function<bool()> canceled);

  void call_ended(size_t call, bool succeeded);

  void acknowledged(const inbox::event& x);

  /// The database ended a lease or a final state; `message` is the last
  /// failure.
  void changed(chaos::transition x, const std::string& message);

  /// An application was told of a dead delivery.
  void died(const inbox::delivery_died& x);

  void killed(world::process_id which);

  /// A process was paused, for longer than its leases bear.
  void stalled(world::process_id which);

  /// A process was told to drain its inbox.
  void draining(world::process_id which);

  /// It has drained, and so many deliveries are still leased to it.
  void drained(size_t leased);

  /// Something happened that must not.
  void violated(std::string what);

  /// The database's clock was set: no lease is as long as it was said to be.
  void clock_was_set() {
    expected_.sound_clock = false;
    seen_.clock_was_set = true;
  }

  /// The database was away.
  void database_was_down() {
    expected_.prompt_store = false;
  }

  template <class Describe>
  void trace(Describe describe) {
    if (tracing_)
      print(describe());
  }

  // -- what was written down --------------------------------------------------

  [[nodiscard]] chaos::history& seen() noexcept {
    return seen_;
  }

  [[nodiscard]] const chaos::history& seen() const noexcept {
    return seen_;
  }

  [[nodiscard]] const std::vector<std::string>& violations() const noexcept {
    return violations_;
  }

  /// Returns the number of calls for what a living process, never paused, had
  /// handled already.
  [[nodiscard]] size_t repeated() const noexcept {
    return repeated_;
  }

  /// Returns the number of calls in such processes that were canceled before
  /// their deadline.
  [[nodiscard]] size_t canceled() const noexcept {
    return given_up_;
  }

  /// Returns the number of deliveries whose end an application was told of.
  [[nodiscard]] size_t deaths() const noexcept {
    return deaths_.size();
  }

  /// Tells whether a process was never paused nor killed.
  [[nodiscard]] bool is_well(world::process_id process) const;

  [[nodiscard]] size_t kills() const noexcept {
    return seen_.kills.size();
  }

private:
  using name = std::pair<std::string, std::string>;

  struct open_call {
    size_t index = 0;
    std::function<bool()> canceled;
  };

  void look_for_others(const name& where);

  void look_for_repetition(const name& where);

  void look_for_draining();

  void print(const std::string& line) const;

  world* world_;
  bool tracing_ = false;
  expectations expected_;
  chaos::history seen_;
  std::multimap<name, open_call> open_;
  /// Who has handled what.
  std::map<name, size_t> handled_;
  size_t repeated_ = 0;
  size_t given_up_ = 0;
  std::vector<bool> stalled_;
  std::map<name, size_t> deaths_;
  std::map<world::process_id, int64_t> draining_;
  /// Attempts that ended early because they were canceled.
  std::set<std::pair<name, uint32_t>> canceled_;
  std::vector<std::string> violations_;
};

} // namespace simulation
