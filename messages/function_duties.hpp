#pragma once

#include "delivery.hpp"
#include "lease.hpp"
#include "outcome.hpp"
#include "type_ids.hpp"

#include <utility>
#include <vector>

/// The messages between the dispatcher, the function handlers and their
/// workers. They never leave the process.

namespace inbox {

/// One attempt for a function handler.
struct function_job {
  lease which;
  /// Its `timeout` counts from the moment at which the function begins.
  handle_event request;
  /// As in `dispatch_deliveries`: it is not begun after that.
  timespan trusted_until{};

  template <class Inspector>
  friend bool inspect(Inspector& f, function_job& x) {
    return f.object(x).fields(f.field("which", x.which),
                              f.field("request", x.request),
                              f.field("trusted_until", x.trusted_until));
  }
};

/// Gives a function handler several attempts, to be run in this order. Each is
/// answered in a `handled_events`.
struct handle_events {
  std::vector<function_job> jobs;

  template <class Inspector>
  friend bool inspect(Inspector& f, handle_events& x) {
    return f.object(x).fields(f.field("jobs", x.jobs));
  }
};

/// What a transaction of the handler's own has made of the end of its attempt.
struct own_commit {
  /// It has ended it.
  bool happened = false;
  /// It may have: the answer was lost.
  bool in_doubt = false;

  template <class Inspector>
  friend bool inspect(Inspector& f, own_commit& x) {
    return f.object(x).fields(f.field("happened", x.happened),
                              f.field("in_doubt", x.in_doubt));
  }
};

/// What came of one call of a handler's function.
struct function_result {
  function_result(outcome x, own_commit how = {})
    : answer{std::move(x)},
      commit{how} {
    // nop
  }

  outcome answer;
  own_commit commit;
};

/// How one attempt of a function handler ended.
struct handled_event {
  lease which;
  outcome result;
  timespan took{};
  own_commit commit = {};

  template <class Inspector>
  friend bool inspect(Inspector& f, handled_event& x) {
    return f.object(x).fields(f.field("which", x.which),
                              f.field("result", x.result),
                              f.field("took", x.took),
                              f.field("commit", x.commit));
  }
};

/// Tells the dispatcher what became of attempts that it gave to a function
/// handler.
struct handled_events {
  std::vector<handled_event> ended;
  /// Not begun, and not going to be: they do not count.
  std::vector<lease> unbegun;
  /// Whether these were not begun because too many workers are stuck.
  bool stuck = false;

  template <class Inspector>
  friend bool inspect(Inspector& f, handled_events& x) {
    return f.object(x).fields(f.field("ended", x.ended),
                              f.field("unbegun", x.unbegun),
                              f.field("stuck", x.stuck));
  }
};

/// Makes a function handler give back what it has not begun.
struct return_events {
  template <class Inspector>
  friend bool inspect(Inspector& f, return_events& x) {
    return f.object(x).fields();
  }
};

/// Tells a function worker that there are jobs.
struct run_functions {
  template <class Inspector>
  friend bool inspect(Inspector& f, run_functions& x) {
    return f.object(x).fields();
  }
};

/// Tells a function handler that jobs have ended.
struct functions_returned {
  template <class Inspector>
  friend bool inspect(Inspector& f, functions_returned& x) {
    return f.object(x).fields();
  }
};

} // namespace inbox
