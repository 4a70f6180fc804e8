#pragma once

#include "delivery.hpp"
#include "lease.hpp"
#include "outcome.hpp"
#include "type_ids.hpp"

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

/// How one attempt of a function handler ended.
struct handled_event {
  lease which;
  outcome result;
  timespan took{};

  template <class Inspector>
  friend bool inspect(Inspector& f, handled_event& x) {
    return f.object(x).fields(f.field("which", x.which),
                              f.field("result", x.result),
                              f.field("took", x.took));
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
