#pragma once

#include "recorder.hpp"
#include "world.hpp"

#include "../../messages/error.hpp"
#include "../../storage/memory/memory_store.hpp"
#include "../../storage/open_store.hpp"

#include <memory>
#include <optional>

namespace simulation {

/// How many calls of a hundred come to which bad end.
struct troubles {
  /// The answer takes up to a second.
  uint64_t slow = 0;
  /// An error, and nothing is changed.
  uint64_t refused = 0;
  /// The request does not arrive; nobody knows.
  uint64_t request_lost = 0;
  /// It is done, but the answer does not arrive.
  uint64_t answer_lost = 0;
  /// It is done after the caller has given up.
  uint64_t late = 0;
};

/// A database server in a world: what it does is the memory store's work, at
/// one moment. How it is reached is left to chance.
class database {
public:
  database(world& where, recorder& log);

  /// Begins with empty tables.
  void begin();

  /// Makes a route.
  void add(const inbox::add_route& x);

  /// Returns what opens connections that wait for an answer that long. For the
  /// process in whose course it is called.
  [[nodiscard]] inbox::store_opener opener(caf::timespan deadline);

  void set_troubles(const troubles& x) {
    troubles_ = x;
  }

  /// While it is down, nobody gets a connection, and what was sent to it does
  /// not happen.
  void set_down(bool down) {
    down_ = down;
  }

  /// Sets its clock, from what it is now.
  void set_clock(caf::timespan forward) {
    clock_error_ += forward;
  }

  /// Tells whether nothing is left to be done.
  [[nodiscard]] bool is_finished() const;

  /// Returns how many deliveries are leased to that owner.
  [[nodiscard]] size_t leased_to(const inbox::uuid& owner) const;

  /// Adds how all deliveries are.
  void read(chaos::history& to) const;

private:
  friend class connection;

  /// What becomes of one call.
  struct fate {
    /// When it is done, from now; or not at all.
    std::optional<caf::timespan> done;
    /// When the caller hears of it, from now.
    caf::timespan answered{};
    /// What it hears, unless it is the answer.
    std::optional<inbox::errc> error;
  };

  [[nodiscard]] fate choose_fate(caf::timespan deadline);

  struct row;

  using rows = std::vector<row>;

  [[nodiscard]] rows snapshot() const;

  /// Does `what` and writes down which leases and final states it has ended.
  template <class F>
  void watch(F what);

  world* world_;
  recorder* log_;
  troubles troubles_;
  bool down_ = false;
  caf::timespan clock_error_{0};
  std::shared_ptr<inbox::memory::tables> tables_;
  std::unique_ptr<inbox::memory::memory_store> store_;
};

} // namespace simulation
