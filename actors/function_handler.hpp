#pragma once

#include "function_jobs.hpp"
#include "handler.hpp"
#include "interfaces.hpp"

#include <caf/disposable.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>

namespace inbox {

/// Makes a plain function a handler actor: lets workers on threads of their own
/// run it, so that it may block, and replaces workers that do not return.
///
/// Receives: `handle_event`, whose deadline runs from its arrival, from anyone;
/// `handle_events`, whose deadlines run from the begin of each function, and
/// `return_events` from the dispatcher. Sends: `handled_events` to the
/// dispatcher, `run_functions` to workers, `error_occurred` to the notifier
/// when one gets stuck. On failure: a worker that has not returned when the
/// deadline is over counts as stuck; a fresh one takes its place. A request
/// that finds no worker free until its own deadline has failed and is not
/// begun. When more than `max_stuck` are stuck at once, what finds no worker
/// free is answered `errc::handler_stuck`, or given back, until one returns;
/// likewise when the system has no thread for another worker.
class function_handler_state {
public:
  static inline const char* name = "inbox.function_handler";

  using jobs_ptr = std::shared_ptr<function_jobs>;

  /// Makes a worker that reports to `owner`. Detaching is the spawner's choice.
  using worker_source = std::function<function_worker_actor(
    jobs_ptr jobs, function_jobs::worker_id id, function_owning_actor owner)>;

  function_handler_state(function_handler_actor::pointer self,
                         worker_source make_worker, uint32_t concurrency,
                         uint32_t max_stuck, observer_actor notifier = {});

  ~function_handler_state();

  function_handler_actor::behavior_type make_behavior();

private:
  using promise = caf::typed_response_promise<outcome>;

  /// Who waits for a job, other than the dispatcher.
  struct asker {
    promise reply;
    std::string handler_key;
  };

  using asker_map = std::unordered_map<uint64_t, asker>;

  caf::result<outcome> handle(handle_event& x);

  void handle_all(handle_events& x);

  /// Lets workers begin with what waits.
  void start();

  /// Makes one more worker; false if there is no thread for it.
  bool add_worker();

  void retire(function_jobs::worker_id which);

  /// Answers what waits that the handler can take no more.
  void refuse_waiting(const std::string& why);

  /// Likewise, if as many workers are stuck as may be.
  void refuse_if_stuck();

  void return_waiting();

  /// Answers one job, or keeps its end for the dispatcher until `flush`.
  void end(function_jobs::ending&& x);

  void flush();

  /// Passes on what has ended.
  void pass_on();

  /// Ends what is over its time.
  void expire();

  /// Looks at that time whether the time of a job is over.
  void watch(timespan until);

  function_handler_actor::pointer self_;
  worker_source make_worker_;
  jobs_ptr jobs_;
  size_t max_stuck_;
  /// Null where nobody is to be told.
  observer_actor notifier_;
  std::map<function_jobs::worker_id, function_worker_actor> workers_;
  /// By ticket. What has none is the dispatcher's.
  asker_map askers_;
  uint64_t last_ticket_ = 0;
  event_handing_actor dispatcher_;
  handled_events for_dispatcher_;
  caf::disposable watch_;
  /// When `watch_` goes off, if it is set.
  timespan watched_until_ = timespan::max();
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
