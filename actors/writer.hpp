#pragma once

#include "interfaces.hpp"
#include "write_queue.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <vector>

namespace inbox {

/// Gathers writes while another one is being committed and stores them in one
/// statement: group commit. With several connections, a statement for many
/// events does not wait for others, and what waits is shared out among them.
/// Only the first connection has to be there: what another one cannot reach the
/// store for is left to the first, and the other one rests for a second.
///
/// While routes are being added, nothing is written: it must not miss them.
///
/// Where the poller has room to lend, the same statement claims what it writes.
///
/// Receives: `write_events`, `add_route`, `remove_route`. Sends: `write_events`
/// or `write_and_claim` to the store, and what is said of routes on to whoever
/// does that, one after another; to the poller
/// `borrow_room` before a write, `return_room` with what was claimed, and
/// `poke_poller` if anything else was stored, and `wake_others` to the waker.
/// On failure: answers `errc::invalid` for bad events before anything is
/// stored, `errc::busy` when too much waits, `errc::stopped` after `end_duty`,
/// and the store's error otherwise; but `errc::outcome_unknown` if a part of
/// the call is stored already.
class writer_state {
public:
  static inline const char* name = "inbox.writer";

  struct limits {
    size_t batch_events = 1000;
    size_t waiting_events = 20000;
    size_t waiting_bytes = 256 * 1024 * 1024;
    size_t payload_bytes = 16 * 1024 * 1024;
  };

  /// Each of the `stores` does one statement at a time.
  writer_state(writer_actor::pointer self, std::vector<writing_store> stores,
               routing_store routes, lending_actor poller, alerting_actor waker,
               limits bounds, uuid owner, timespan lease_duration);

  writer_actor::behavior_type make_behavior();

private:
  caf::result<written_events> accept(write_events& x);

  /// Has the store know a route, before anything is written from now on.
  caf::result<added_route> add(const add_route& x);

  caf::result<void> remove(const remove_route& x);

  /// Begins as many statements as are worth their while.
  void flush();

  /// Takes what goes into one statement now; may find nothing.
  [[nodiscard]] write_batch next_batch(const current_demand& room);

  /// Writes the next batch, and claims what there is room for.
  void write(current_demand room);

  void write_only(write_batch batch);

  /// Likewise, but claims, and gives the poller its room back.
  void write_and_claim_for(write_batch batch, std::vector<route_demand> demand);

  /// How many statements could begin now.
  [[nodiscard]] size_t count_free() const;

  /// Takes the first connection that is free.
  size_t begin_statement();

  void written(size_t which, const write_batch& batch,
               const std::vector<receipt>& receipts, size_t claimed);

  void failed(size_t which, const write_batch& batch, const caf::error& err);

  void put_back(const write_batch& batch);

  void stored(const write_batch& batch, const std::vector<receipt>& receipts,
              size_t claimed);

  void refused(const write_batch& batch, const caf::error& err);

  /// Answers a call if all of it has come to its end.
  void answer_if_ended(write_call& x);

  void count(const receipt& x);

  void finish_duty();

  writer_actor::pointer self_;
  struct connection {
    writing_store store;
    bool is_busy = false;
    /// By the monotonic clock.
    timespan rests_until{};
  };

  [[nodiscard]] bool is_free(const connection& x) const;

  std::vector<connection> connections_;
  routing_store routes_;
  lending_actor poller_;
  alerting_actor waker_;
  limits limits_;
  uuid owner_;
  timespan lease_duration_;
  write_queue queue_;
  /// Of all calls that are not answered yet.
  size_t waiting_ = 0;
  size_t waiting_bytes_ = 0;
  /// How many routes the store is being asked to know.
  size_t routes_asked_ = 0;
  /// Whether the poller has been asked for room.
  bool asking_ = false;
  bool ending_ = false;
  std::vector<caf::typed_response_promise<void>> ended_;
  inbox_stats stats_;
};

using writer_impl = caf::stateful_actor<writer_state, writer_actor::impl>;

} // namespace inbox
