#pragma once

#include "../support/actor_fixture.hpp"

#include "../../actors/completer.hpp"

#include <algorithm>
#include <memory>
#include <vector>

namespace inbox::test {

/// A completer between a dispatcher, a store and a notifier.
class completer_fixture : public actor_fixture {
public:
  script<settled_deliveries, settle_deliveries> store;
  script<settled_jointly, settle_jointly> joint;
  mailbox<end_leases> ended;
  mailbox<refuse_ends> refusals;
  mailbox<delivery_died> deaths;
  mailbox<error_occurred> errors;
  mailbox<wake_others> alerts;
  lease_ending_actor dispatcher = play<lease_ending_actor>(ended, refusals);
  completer_actor completer;

  completer_fixture() {
    restart(100);
  }

  void restart(uint32_t batch_size) {
    completer = start<completer_impl>(play<settling_store>(store, joint),
                                      play<observer_actor>(deaths, errors),
                                      play<alerting_actor>(alerts), batch_size);
  }

  /// Hands over the end of attempt `n`.
  void settle(uint32_t n, verdict how = verdict::done, timespan delay = {}) {
    ended_attempt x;
    x.settlement.delay = delay;
    x.settlement.lease = nth_lease(n);
    x.settlement.verdict = how;
    if (how == verdict::dead)
      x.obituary = std::make_shared<const delivery_died>(
        delivery_died{nth_id(n), "order", "mail", 3, "no paper"});
    tell_as(dispatcher, completer, settle_attempts{{x}});
  }

  void settle(uint32_t first, uint32_t count, verdict how,
              timespan delay = {}) {
    for (uint32_t n = first; n < first + count; ++n)
      settle(n, how, delay);
  }

  /// Makes the store know a lease no more, once it has been settled.
  void fence() {
    auto gone = std::make_shared<std::vector<lease>>();
    store.answer_with([gone](const settle_deliveries& x) {
      settled_deliveries reply;
      for (auto& y : x.settlements)
        if (std::count(gone->begin(), gone->end(), y.lease) > 0) {
          reply.lost.push_back(y.lease);
          reply.ended_before.push_back(y.lease);
        } else {
          gone->push_back(y.lease);
        }
      return reply;
    });
  }

  /// Makes the store have others hold all leases.
  void lose_all() {
    store.answer_with([](const settle_deliveries& x) {
      return settled_deliveries{leases_of(x.settlements), {}};
    });
  }

  /// Makes the store refuse statements that hold attempt `n`.
  void refuse(uint32_t n, const caf::error& err) {
    store.answer_with([=](const settle_deliveries& x) {
      for (auto& y : x.settlements)
        if (y.lease == nth_lease(n))
          return caf::expected<settled_deliveries>{err};
      return caf::expected<settled_deliveries>{settled_deliveries{}};
    });
  }

  /// Number of settlements in each statement so far.
  std::vector<size_t> sizes() const {
    std::vector<size_t> result;
    for (auto& x : store.got())
      result.push_back(x.settlements.size());
    return result;
  }

  /// Sequence numbers of all leases that the dispatcher was told are over.
  std::vector<event_seq> over() const {
    std::vector<event_seq> result;
    for (auto& x : ended.got())
      for (auto& y : x.leases)
        result.push_back(y.seq);
    return result;
  }

  inbox_stats stats() {
    return *ask<inbox_stats>(completer, get_stats{});
  }
};

} // namespace inbox::test
