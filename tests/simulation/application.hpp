#pragma once

#include "database.hpp"
#include "recorder.hpp"
#include "world.hpp"

#include "../../actors/interfaces.hpp"
#include "../../actors/registry.hpp"
#include "../../messages/options.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <set>
#include <vector>

namespace simulation {

/// What an application's handlers do, in percent of all calls.
struct manners {
  uint64_t slow = 0;
  uint64_t failing = 0;
  uint64_t throwing = 0;
  uint64_t overdue = 0;
  uint64_t endless = 0;
  /// Ends its own process.
  uint64_t deadly = 0;
  /// Of those that an actor handles: it ends.
  uint64_t quitting = 0;
};

/// A process with an inbox: it writes events, handles them, and can be told to
/// drain its inbox. An order is for the handler keys "mail" and "stock",
/// functions, a refund for "mail", an actor.
class application : public std::enable_shared_from_this<application> {
public:
  struct surroundings {
    world& where;
    caf::actor_system& system;
    database& store;
    recorder& log;
  };

  application(surroundings around, inbox::options config, manners how,
              uint32_t concurrency, uint64_t random_seed);

  /// Starts the process.
  void start();

  /// Writes each of these, one after another, until it is stored.
  void write(std::vector<std::vector<inbox::event>> batches);

  /// Drains the inbox.
  void drain();

  /// Takes its handler of refunds off and registers it again.
  void change_handler();

  /// From now on no handler does anything bad, and none blocks for long.
  void calm_down() {
    calm_ = true;
  }

  /// Ends all actors.
  void stop();

  [[nodiscard]] world::process_id process() const noexcept {
    return process_;
  }

  /// Tells whether all was written.
  [[nodiscard]] bool is_finished() const noexcept {
    return next_ == batches_.size();
  }

  /// Tells whether it was told to drain its inbox.
  [[nodiscard]] bool is_draining() const noexcept {
    return draining_;
  }

  [[nodiscard]] bool is_drained() const noexcept {
    return drained_;
  }

private:
  void act(std::function<void()> what);

  void write_next();

  void register_handler();

  void replace_handler();

  void end_handler();

  inbox::outcome handle(const inbox::delivery& x);

  /// Blocks for that long, or until nobody waits any more.
  void work(caf::timespan duration, const inbox::delivery& x);

  /// What to do with a request to the actor.
  void answer(inbox::handler_actor::pointer self, const inbox::handle_event& x,
              caf::typed_response_promise<inbox::outcome> reply);

  inbox::handler_actor spawn_handler();

  surroundings around_;
  inbox::options config_;
  manners manners_;
  uint32_t concurrency_;
  uint64_t random_seed_;
  world::process_id process_;
  inbox::inbox_actor inbox_;
  caf::actor actor_;
  caf::event_based_actor* self_ = nullptr;
  caf::actor handler_;
  /// The calls that it has not answered yet.
  std::set<size_t> answering_;
  std::vector<std::vector<inbox::event>> batches_;
  size_t next_ = 0;
  bool writing_ = false;
  bool calm_ = false;
  bool draining_ = false;
  bool drained_ = false;
};

} // namespace simulation
