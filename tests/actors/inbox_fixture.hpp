#pragma once

#include "../support/actor_fixture.hpp"
#include "../support/log_lines.hpp"
#include "../support/virtual_store.hpp"

#include "../../actors/inbox_actor.hpp"

#include <string>
#include <utility>

namespace inbox::test {

/// A whole inbox on virtual time: all its actors, with a store in memory.
/// Register handlers and change options before `run`.
class inbox_fixture : public actor_fixture {
public:
  virtual_store place{*this};
  store_faults& faults = place.faults;
  mailbox<delivery_died> deaths;
  mailbox<error_occurred> errors;
  log_lines log;
  options config;
  registry handlers;
  inbox_environment environment;
  uint64_t random_seed = 0;
  inbox_actor inbox;

  inbox_fixture() {
    config.iteration_seed = 0;
    config.logger = log.logger;
    config.observer
      = caf::actor_cast<caf::actor>(play<observer_actor>(deaths, errors));
  }

  void run(connection_use connections = connection_use::one) {
    CAF_REQUIRE_EQUAL(config.validate(), caf::error{});
    if (!environment.open)
      environment.open = place.opener();
    environment.connections = connections;
    environment.detach = false;
    environment.owner = nth_id(99);
    environment.random_seed = random_seed;
    inbox = inbox_actor{start<inbox_impl>(config, handlers, environment)};
  }

  // -- what users ask ---------------------------------------------------------

  receipt write(uint32_t n, std::string type = "order") {
    auto reply = ask<written_events>(inbox, write_events{
                                              {nth_event(n, std::move(type))}});
    if (!reply)
      CAF_FAIL("unexpected error: " << describe(reply.error()));
    return reply->receipts.at(0);
  }

  /// Returns whether the handler was added.
  template <class Handle>
  bool add(const Handle& handler, std::string key = "mail",
           std::string type = "order") {
    auto reply = ask<registered_handler>(
      inbox, register_handler{std::move(type), std::move(key),
                              caf::actor_cast<caf::actor>(handler), 1});
    return reply && reply->added;
  }

  /// Returns whether there was a handler.
  bool remove(std::string key = "mail", bool forget = false) {
    auto reply = ask<unregistered_handler>(
      inbox, unregister_handler{"order", std::move(key), forget});
    return reply && reply->removed;
  }

  inbox_stats stats() {
    return *ask<inbox_stats>(inbox, get_stats{});
  }

  pending<drain_report> drain() {
    return begin<drain_report>(inbox, drain_inbox{});
  }

  timestamp virtual_now() {
    return timestamp{std::chrono::duration_cast<std::chrono::microseconds>(
      now().time_since_epoch())};
  }

  // -- what is in the store ---------------------------------------------------

  delivery_info info(uint32_t n, const std::string& key = "mail") {
    auto found = place.open()->find(find_event{nth_id(n)});
    for (auto& x : found->deliveries)
      if (x.handler_key == key)
        return x;
    CAF_FAIL("no delivery of event " << n << " to " << key);
  }

  status status_of(uint32_t n, const std::string& key = "mail") {
    return info(n, key).status;
  }
};

} // namespace inbox::test
