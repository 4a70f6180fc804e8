#pragma once

#include "../../actors/caf_compat.hpp"

#include <caf/actor_clock.hpp>
#include <caf/actor_system.hpp>
#include <caf/all.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/test/unit_test.hpp>

#include <memory>

namespace inbox::test {

/// A fixture in which actors run and time passes only when the test says so.
///
/// The part of CAF's test DSL that names messages (`expect`, `inject`) is not
/// available in both versions of CAF. Tests use the checks of the DSL, real
/// actors as test doubles, and the functions below.
class deterministic_fixture {
public:
  deterministic_fixture();

  ~deterministic_fixture();

  deterministic_fixture(const deterministic_fixture&) = delete;
  deterministic_fixture& operator=(const deterministic_fixture&) = delete;

  /// Lets all actors work off their mailboxes; time stands still.
  size_t settle_messages();

  /// Returns the current virtual time.
  [[nodiscard]] caf::actor_clock::time_point now() const;

  /// Lets `interval` pass, stopping at each timeout on the way, so that what an
  /// actor starts there begins at its proper time.
  void advance(caf::timespan interval);

  /// Returns whether any actor waits for a point in time.
  [[nodiscard]] bool has_pending_timeout();

  /// Sends `msg` from `self` to `to`, settles, and returns the answer. Fails
  /// the test if there is none yet.
  template <class Reply, class Handle, class Message>
  caf::expected<Reply> ask(const Handle& to, Message msg) {
    return fetch<Reply>(request(self, to, caf::infinite, std::move(msg)));
  }

  /// Returns the answer to a request that `self` made before. Requests of
  /// `self` never time out: CAF 1.x would not measure that in virtual time.
  template <class Reply, class Pending>
  caf::expected<Reply> fetch(Pending&& pending) {
    settle_messages();
    if (!self->has_next_message())
      CAF_FAIL("no answer has arrived");
    caf::expected<Reply> result{caf::error{caf::sec::runtime_error}};
    std::move(pending).receive(
      [&result](Reply& reply) { result = std::move(reply); },
      [&result](caf::error& err) { result = std::move(err); });
    return result;
  }

  /// Ends actors that would otherwise keep each other alive for ever.
  template <class... Handles>
  void stop(const Handles&... handles) {
    (caf::anon_send_exit(handles, caf::exit_reason::user_shutdown), ...);
    settle_messages();
  }

  /// Returns the state of `hdl`, an actor of type `caf::stateful_actor<...>`.
  template <class Actor, class Handle>
  auto& state_of(const Handle& hdl) {
    auto ptr = caf::actor_cast<caf::abstract_actor*>(hdl);
    return get_state(dynamic_cast<Actor&>(*ptr), 0);
  }

private:
  /// The state is a function in CAF 1.x and a member in 0.18.
  template <class Actor>
  static auto get_state(Actor& actor, int) -> decltype(actor.state()) {
    return actor.state();
  }

  template <class Actor>
  static auto get_state(Actor& actor, long) -> decltype((actor.state)) {
    return actor.state;
  }

  struct impl;

  std::unique_ptr<impl> impl_;

public:
  /// Host system of all actors, with a deterministic scheduler.
  caf::actor_system& sys;

  /// Sends and receives for the test.
  caf::scoped_actor self;
};

} // namespace inbox::test
