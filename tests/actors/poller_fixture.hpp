#pragma once

#include "../support/actor_fixture.hpp"

#include "../../actors/poller.hpp"

namespace inbox::test {

/// A poller between a dispatcher with room for what a test says, a store, and
/// a notifier.
class poller_fixture : public actor_fixture {
public:
  script<current_demand, get_demand> demands;
  mailbox<dispatch_deliveries> dispatched;
  script<claimed_deliveries, claim_deliveries> claims;
  script<routed_events, route_events> routings;
  mailbox<delivery_died> deaths;
  poller_state::settings config;
  uint64_t room_for_bytes = 1000;
  poller_actor poller;

  poller_fixture() {
    using namespace std::chrono_literals;
    config.owner = nth_id(99);
    config.iteration_rate = 5s;
    config.iteration_jitter = 2s;
    config.lease_duration = 20s;
    config.batch_size = 10;
    config.max_attempts = 3;
    config.random_seed = 1;
    set_room({{1, 4}});
  }

  void run() {
    run_with({play<claiming_store>(claims, routings)});
  }

  void run_with(std::vector<claiming_store> stores) {
    poller = start<poller_impl>(
      play<dispatching_actor>(demands, dispatched), std::move(stores),
      play<observer_actor>(deaths, mailbox<error_occurred>{}), config);
  }

  void set_room(std::vector<route_demand> demand) {
    current_demand reply{std::move(demand), {}, room_for_bytes};
    for (auto& x : reply.demand)
      reply.routes.push_back(x.route);
    demands.answer_with([reply](const get_demand&) { return reply; });
  }

  void poke() {
    tell(poller, poke_poller{});
  }

  static claimed_deliveries batch(uint32_t first, uint32_t count,
                                  route_id route = 1) {
    claimed_deliveries result;
    for (uint32_t n = first; n < first + count; ++n)
      result.claimed.push_back(nth_delivery(n, route));
    return result;
  }

  /// Makes the next claim return `reply`, and all later ones nothing.
  void claim_once(claimed_deliveries reply) {
    auto next = std::make_shared<claimed_deliveries>(std::move(reply));
    claims.answer_with([next](const claim_deliveries&) {
      return std::exchange(*next, claimed_deliveries{});
    });
  }

  inbox_stats stats() {
    return *ask<inbox_stats>(poller, get_stats{});
  }
};

/// Likewise, with iterations at known times.
class steady_poller_fixture : public poller_fixture {
public:
  steady_poller_fixture() {
    config.iteration_jitter = timespan{0};
  }

  pending<void> end() {
    return begin<void>(poller, end_duty{});
  }
};

} // namespace inbox::test
