#pragma once

#include "interfaces.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <deque>
#include <memory>
#include <vector>

namespace inbox {

/// Gathers writes while another one is being committed and stores them in one
/// statement: group commit.
///
/// Where the poller has room to lend, the same statement claims what it writes.
///
/// Receives: `write_events`. Sends: `write_events` or `write_and_claim` to the
/// store; to the poller `borrow_room` before a write, `return_room` with what
/// was claimed, and `poke_poller` if anything else was stored. On failure:
/// answers `errc::invalid` for bad events before anything is stored,
/// `errc::busy` when too much waits, `errc::stopped` after `end_duty`, and the
/// store's error otherwise; but `errc::outcome_unknown` if a part of the call
/// is stored already.
class writer_state {
public:
  static inline const char* name = "inbox.writer";

  struct limits {
    size_t batch_events = 1000;
    size_t waiting_events = 20000;
    size_t waiting_bytes = 256 * 1024 * 1024;
    size_t payload_bytes = 16 * 1024 * 1024;
  };

  writer_state(writer_actor::pointer self, writing_store store,
               lending_actor poller, limits bounds, uuid owner,
               timespan lease_duration);

  writer_actor::behavior_type make_behavior();

private:
  using promise = caf::typed_response_promise<written_events>;

  /// One call of `write_events` on its way; a large one takes several batches.
  struct call {
    std::vector<event> events;
    std::vector<receipt> receipts;
    size_t sent = 0;
    /// Payloads of all its events.
    size_t bytes = 0;
    /// Set after a batch that it was in was refused: maybe because of another
    /// call's event, so it is tried by itself.
    bool alone = false;
    promise reply;
  };

  using call_ptr = std::shared_ptr<call>;

  /// Some events of one call, within a batch.
  struct part {
    call_ptr owner;
    size_t begin = 0;
    size_t count = 0;
  };

  caf::result<written_events> accept(write_events& x);

  void flush();

  std::vector<part> next_batch(std::vector<event>& batch);

  /// Writes the next batch, and claims what there is room for.
  void write(current_demand room);

  /// Writes these and claims, and gives the poller its room back.
  void write_and_claim_for(std::vector<part> parts, std::vector<event> events,
                           std::vector<route_demand> demand);

  void written(const std::vector<part>& parts,
               const std::vector<receipt>& receipts, size_t claimed);

  void failed(const std::vector<part>& parts, const caf::error& err);

  void stored(const std::vector<part>& parts,
              const std::vector<receipt>& receipts, size_t claimed);

  void refused(const std::vector<part>& parts, const caf::error& err);

  /// Ends a call: it waits no more.
  void forget(const call& x);

  void count(const receipt& x);

  void finish_duty();

  writer_actor::pointer self_;
  writing_store store_;
  lending_actor poller_;
  limits limits_;
  uuid owner_;
  timespan lease_duration_;
  std::deque<call_ptr> calls_;
  size_t waiting_ = 0;
  size_t waiting_bytes_ = 0;
  bool writing_ = false;
  bool ending_ = false;
  std::vector<caf::typed_response_promise<void>> ended_;
  inbox_stats stats_;
};

using writer_impl = caf::stateful_actor<writer_state, writer_actor::impl>;

} // namespace inbox
