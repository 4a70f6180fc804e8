#pragma once

#include "interfaces.hpp"
#include "known_routes.hpp"

#include "../storage/open_store.hpp"

#include <caf/actor_addr.hpp>
#include <caf/actor_clock.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <memory>

namespace inbox {

/// Owns one connection to a store and does what the roles of interfaces.hpp
/// ask for, one after another. Blocking: spawn it detached.
///
/// Receives: every request of `store_worker_actor`. Sends: `error_occurred` to
/// the notifier for each failure, besides answering it; `store_reopened` to the
/// inbox after each connection but the first. Which routes it has added and
/// removed, `routes` tells those that write. On failure: answers the store's
/// error; after a lost connection, or when the store has failed twice in a row
/// without saying what to do, it connects again with the next request, but not
/// before a growing pause is over (then it answers the last error at once).
class store_worker_state {
public:
  static inline const char* name = "inbox.store_worker";

  store_worker_state(store_worker_actor::pointer self, store_opener open,
                     std::shared_ptr<known_routes> routes,
                     observer_actor notifier, caf::actor_addr inbox = {});

  store_worker_actor::behavior_type make_behavior();

private:
  template <class Reply, class Verb>
  caf::result<Reply> run(Verb verb);

  caf::error connect();

  void failed(const caf::error& err);

  void tell_inbox();

  store_worker_actor::pointer self_;
  store_opener open_;
  std::shared_ptr<known_routes> routes_;
  observer_actor notifier_;
  /// No strong reference: the inbox has one to this actor.
  caf::actor_addr inbox_;
  bool was_open_ = false;
  store_ptr store_;
  /// How often in a row the store has failed for an unclear reason.
  int refusals_ = 0;
  caf::error last_error_;
  timespan pause_;
  caf::actor_clock::time_point not_before_;
};

using store_worker_impl
  = caf::stateful_actor<store_worker_state, store_worker_actor::impl>;

} // namespace inbox
