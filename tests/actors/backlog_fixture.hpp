#pragma once

#include "poller_fixture.hpp"

namespace inbox::test {

/// A poller that claims over two connections.
class backlog_fixture : public steady_poller_fixture {
public:
  /// What the second store gets.
  script<claimed_deliveries, claim_deliveries> ahead;

  backlog_fixture() {
    room_for_bytes = uint64_t{1} << 30;
    set_room({{1, 100}});
    claims.hold();
    ahead.hold();
  }

  void run() {
    run_with(
      {play<claiming_store>(claims, routings),
       play<claiming_store>(ahead, script<routed_events, route_events>{})});
  }

  /// Answers the oldest claim of a store, with as much as was asked for.
  void fill(script<claimed_deliveries, claim_deliveries>& of) {
    of.answer(batch(1, config.batch_size));
    settle_messages();
  }

  void end(script<claimed_deliveries, claim_deliveries>& of) {
    of.answer(claimed_deliveries{});
    settle_messages();
  }

  /// Lets both have a claim under way.
  void begin_backlog() {
    run();
    poke();
    CAF_CHECK_EQUAL(ahead.count(), 0u);
    fill(claims);
    CAF_REQUIRE_EQUAL(claims.count(), 2u);
    CAF_REQUIRE_EQUAL(ahead.count(), 1u);
  }

  /// Likewise, with too little room for a third one: the dispatcher is asked
  /// for it when `ahead` has been filled, and does not answer.
  void begin_short_backlog() {
    set_room({{1, 40}});
    begin_backlog();
    demands.hold();
    fill(ahead);
    CAF_REQUIRE_EQUAL(demands.count(), 2u);
  }
};

} // namespace inbox::test
