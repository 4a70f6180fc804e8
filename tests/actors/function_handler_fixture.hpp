#pragma once

#include "../support/actor_fixture.hpp"

#include "../../actors/function_handler.hpp"
#include "../../actors/monotonic.hpp"

#include <chrono>
#include <memory>
#include <system_error>
#include <vector>

namespace inbox::test {

/// A worker whose function returns when the test says so.
class scripted_worker {
public:
  function_handler_state::jobs_ptr jobs;
  function_jobs::worker_id id = 0;
  std::shared_ptr<bool> retired = std::make_shared<bool>(false);

  /// The jobs that it was given.
  std::shared_ptr<std::vector<function_jobs::job>> taken
    = std::make_shared<std::vector<function_jobs::job>>();

  /// Looks for a job.
  void look(timespan now) const {
    if (auto next = jobs->next(id, now))
      taken->push_back(std::move(*next));
  }
};

class function_handler_fixture : public actor_fixture {
public:
  std::vector<scripted_worker> workers;
  function_handler_actor handler;

  mailbox<error_occurred> errors;
  bool no_threads = false;

  timespan monotonic() {
    return monotonic_now(&*self);
  }

  void run(uint32_t concurrency, uint32_t max_stuck) {
    handler = start<function_handler_impl>(
      [this](function_handler_state::jobs_ptr jobs, function_jobs::worker_id id,
             const function_owning_actor&) {
        if (no_threads)
          throw std::system_error{
            std::make_error_code(std::errc::resource_unavailable_try_again)};
        scripted_worker added{std::move(jobs), id};
        mailbox<run_functions> woken;
        woken.answer_with([this, added](const run_functions&) {
          added.look(monotonic());
          return caf::expected<void>{};
        });
        auto hdl = play<function_worker_actor>(woken);
        hdl->attach_functor(
          [retired = added.retired](const caf::error&) { *retired = true; });
        workers.push_back(added);
        return hdl;
      },
      concurrency, max_stuck,
      play<observer_actor>(mailbox<delivery_died>{}, errors));
  }

  /// Gives the handler event `n` with a deadline of 10 s.
  pending<outcome> handle(uint32_t n, cancellation canceled = {}) {
    handle_event x;
    x.event = nth_event(n);
    x.handler_key = "mail";
    x.timeout = std::chrono::seconds{10};
    x.cancellation = std::move(canceled);
    return begin<outcome>(handler, x);
  }

  mailbox<handled_events> handled;
  event_handing_actor dispatcher = play<event_handing_actor>(handled);

  /// Gives the handler events `first`, `first + 1`, ... as the dispatcher does,
  /// with leases to be relied on for `trust`.
  void give(uint32_t first, uint32_t count,
            timespan trust = std::chrono::hours{24}) {
    handle_events x;
    for (uint32_t n = first; n < first + count; ++n) {
      function_job next;
      next.which = nth_lease(n);
      next.request.event = nth_event(n);
      next.request.handler_key = "mail";
      next.request.timeout = std::chrono::seconds{10};
      next.trusted_until = monotonic() + trust;
      x.jobs.push_back(std::move(next));
    }
    tell_as(dispatcher, caf::actor_cast<event_taking_actor>(handler), x);
  }

  /// Returns what the dispatcher was told the end of.
  std::vector<lease> ended() const {
    std::vector<lease> result;
    for (auto& x : handled.got())
      for (auto& end : x.ended)
        result.push_back(end.which);
    return result;
  }

  /// Makes the function that worker `i` runs return, and the worker look for
  /// the next.
  void finish(size_t i, outcome result = done()) {
    auto& x = workers.at(i);
    x.jobs->finish(x.id, std::move(result), monotonic());
    auto news = x.jobs->has_news();
    x.look(monotonic());
    news = x.jobs->has_news() || news;
    if (news)
      tell(handler, functions_returned{});
  }

  /// Number of functions that worker `i` was given.
  size_t runs(size_t i) const {
    return workers.at(i).taken->size();
  }

  /// The last of them.
  const function_jobs::job& job(size_t i) const {
    return workers.at(i).taken->back();
  }

  bool retired(size_t i) const {
    return *workers.at(i).retired;
  }

  static bool is(const pending<outcome>& reply, verdict expected) {
    return *reply && **reply && (**reply)->verdict == expected;
  }

  static bool is_stuck(const pending<outcome>& reply) {
    return *reply && !**reply
           && code_of((*reply)->error()) == errc::handler_stuck;
  }

  inbox_stats stats() {
    return *ask<inbox_stats>(handler, get_stats{});
  }
};

} // namespace inbox::test
