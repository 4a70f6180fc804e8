#pragma once

#include "handler.hpp"
#include "interfaces.hpp"

#include <caf/disposable.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace inbox {

/// Makes a plain function a handler actor: lets workers on threads of their own
/// run it, so that it may block, and replaces workers that do not return.
///
/// Receives: `handle_event`. Sends: `run_function` to a worker,
/// `error_occurred` to the notifier when one gets stuck. On failure: a worker
/// that has not returned when the deadline is over counts as stuck; a fresh one
/// takes its place. A request that finds no worker free until its own deadline
/// has failed and is not begun. When more than `max_stuck` are stuck at once,
/// requests that find no worker free are answered `errc::handler_stuck` until
/// one returns; likewise when the system has no thread for another worker.
class function_handler_state {
public:
  static inline const char* name = "inbox.function_handler";

  /// Makes a worker that reports to `owner`. Detaching is the spawner's choice.
  using worker_source
    = std::function<function_worker_actor(function_owning_actor owner)>;

  function_handler_state(function_handler_actor::pointer self,
                         worker_source make_worker, uint32_t concurrency,
                         uint32_t max_stuck, observer_actor notifier = {});

  ~function_handler_state();

  function_handler_actor::behavior_type make_behavior();

private:
  using promise = caf::typed_response_promise<outcome>;

  struct waiting {
    handle_event request;
    promise reply;
    /// When it arrived, by the monotonic clock.
    timespan since{};
  };

  struct job {
    std::string handler_key;
    function_worker_actor worker;
    promise reply;
    inbox::cancellation cancellation;
    caf::disposable deadline;
    bool stuck = false;
  };

  void start_next();

  void run(waiting next);

  /// Takes an idle worker or makes a new one; null if there is no thread for
  /// it.
  function_worker_actor find_worker();

  /// Answers all that wait that their handler can take no more.
  void refuse_waiting(const std::string& why);

  void expired(uint64_t ticket);

  void returned(const function_returned& x);

  [[nodiscard]] size_t running() const {
    return jobs_.size() - stuck_;
  }

  void retire(const function_worker_actor& worker);

  function_handler_actor::pointer self_;
  worker_source make_worker_;
  size_t concurrency_;
  size_t max_stuck_;
  /// Null where nobody is to be told.
  observer_actor notifier_;
  std::vector<function_worker_actor> idle_;
  std::map<uint64_t, job> jobs_;
  size_t stuck_ = 0;
  std::deque<waiting> waiting_;
  uint64_t last_ticket_ = 0;
  inbox_stats stats_;
};

using function_handler_impl
  = caf::stateful_actor<function_handler_state, function_handler_actor::impl>;

/// Spawns a handler actor for `f` (see `make_handler_function`) with at most
/// `concurrency` calls at a time, each on a thread of its own. It is what
/// `register_handler` takes to register a function by message, with the same
/// concurrency: what waits here for a worker has its deadline run down. End it
/// with `caf::anon_send_exit`.
[[nodiscard]] handler_actor
spawn_handler(caf::actor_system& sys, handler_function f,
              uint32_t concurrency = 1, uint32_t max_stuck = 4);

} // namespace inbox
