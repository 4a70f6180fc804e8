#pragma once

#include "../support/actor_fixture.hpp"

#include "../../actors/dispatcher.hpp"
#include "../../actors/monotonic.hpp"

#include <string>

namespace inbox::test {

/// A completer that keeps what it gets, whichever messages it comes in.
class kept_ends {
public:
  mailbox<settle_attempts> messages;

  [[nodiscard]] std::vector<ended_attempt> got() const {
    std::vector<ended_attempt> result;
    for (auto& x : messages.got())
      result.insert(result.end(), x.ends.begin(), x.ends.end());
    return result;
  }

  [[nodiscard]] size_t count() const {
    return got().size();
  }

  [[nodiscard]] ended_attempt last() const {
    return messages.last().ends.back();
  }
};

/// A dispatcher among a completer that keeps settlements, a poller that keeps
/// pokes, and handlers that answer when a test says so.
class dispatcher_fixture : public actor_fixture {
public:
  kept_ends settled;
  kept_ends settled_jointly;
  mailbox<error_occurred> errors;
  mailbox<poke_poller> pokes;
  dispatcher_state::settings config;
  /// How long the leases of what is dispatched are to be relied on.
  timespan trust = std::chrono::hours{24};
  dispatcher_actor dispatcher;
  poked_actor poller = play<poked_actor>(pokes);

  dispatcher_fixture() {
    using namespace std::chrono_literals;
    config.handler_timeout = 10s;
    config.settle_timeout = 8s;
    config.max_in_flight = 400;
    config.policy.max_attempts = 3;
    config.cancel_patience = 2s;
    config.random_seed = 1;
    restart();
  }

  void restart() {
    dispatcher = start<dispatcher_impl>(
      play<completing_actor>(settled.messages),
      play<completing_actor>(settled_jointly.messages),
      play<observer_actor>(mailbox<delivery_died>{}, errors), config);
  }

  /// Makes a handler that holds its answers serve a route.
  handler_script serve(route_id route = 1, uint32_t concurrency = 1,
                       const std::string& key = "mail") {
    handler_script result;
    result.hold();
    serve_with(play<handler_actor>(result), route, concurrency, key);
    return result;
  }

  template <class Handle>
  void serve_with(const Handle& handler, route_id route = 1,
                  uint32_t concurrency = 1, const std::string& key = "mail") {
    tell(dispatcher,
         serve_route{route, "order", key, caf::actor_cast<caf::actor>(handler),
                     concurrency});
  }

  /// Hands over the deliveries `first`, `first + 1`, ... of a route.
  void dispatch(uint32_t first, uint32_t count = 1, route_id route = 1,
                uint32_t attempt = 1) {
    dispatch_deliveries batch;
    batch.trusted_until = monotonic_now(&*self) + trust;
    for (uint32_t n = first; n < first + count; ++n)
      batch.deliveries.push_back(nth_delivery(n, route, attempt));
    tell(dispatcher, std::move(batch));
  }

  /// Lets the handler answer its oldest request.
  void answer(handler_script& handler, outcome result) {
    handler.answer(std::move(result));
    settle_messages();
  }

  /// Tells the dispatcher that the store has confirmed.
  void confirm(uint32_t n, route_id route = 1) {
    tell(dispatcher, end_leases{{nth_lease(n, route)}});
  }

  void lose(uint32_t n, route_id route = 1) {
    tell(dispatcher, lose_leases{{nth_lease(n, route)}});
  }

  /// Asks for demand as the poller does, who is then poked when there is more.
  std::vector<route_demand> demand() {
    auto reply = ask_as<current_demand>(poller, dispatcher, get_demand{});
    CAF_REQUIRE(*reply && **reply);
    return (**reply)->demand;
  }

  /// Returns the room of a route, or 0.
  uint32_t room(route_id route = 1) {
    for (auto& x : demand())
      if (x.route == route)
        return x.room;
    return 0;
  }

  std::vector<lease> held() {
    return ask<held_leases>(dispatcher, get_leases{})->leases;
  }

  inbox_stats stats() {
    return *ask<inbox_stats>(dispatcher, get_stats{});
  }

  lane_stats lane(size_t i = 0) {
    return stats().lanes.at(i);
  }

  pending<drain_report> drain(timespan grace) {
    return begin<drain_report>(dispatcher, drain_dispatcher{grace});
  }

  /// Returns the settlement of delivery `n`; fails if there is not exactly one.
  settlement settlement_of(uint32_t n, route_id route = 1) {
    std::vector<settlement> result;
    for (auto& x : settled.got())
      if (x.settlement.lease == nth_lease(n, route))
        result.push_back(x.settlement);
    CAF_REQUIRE_EQUAL(result.size(), 1u);
    return result[0];
  }
};

} // namespace inbox::test
