#pragma once

#include "../support/actor_fixture.hpp"

#include "../../actors/function_handler.hpp"

#include <chrono>
#include <memory>
#include <system_error>
#include <vector>

namespace inbox::test {

/// A worker whose function returns when the test says so.
struct scripted_worker {
  mailbox<run_function> runs;
  std::shared_ptr<bool> retired = std::make_shared<bool>(false);
};

class function_handler_fixture : public actor_fixture {
public:
  std::vector<scripted_worker> workers;
  function_handler_actor handler;

  mailbox<error_occurred> errors;
  bool no_threads = false;

  void run(uint32_t concurrency, uint32_t max_stuck) {
    handler = start<function_handler_impl>(
      [this](const function_owning_actor&) {
        if (no_threads)
          throw std::system_error{
            std::make_error_code(std::errc::resource_unavailable_try_again)};
        scripted_worker added;
        auto hdl = play<function_worker_actor>(added.runs);
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

  /// Makes the last function that worker `i` was given return.
  void finish(size_t i, outcome result = done()) {
    auto ticket = workers.at(i).runs.last().ticket;
    tell(handler, function_returned{ticket, std::move(result)});
  }

  /// Number of functions that worker `i` was given.
  size_t runs(size_t i) const {
    return workers.at(i).runs.count();
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
