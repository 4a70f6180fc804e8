#pragma once

#include "../../actors/function_jobs.hpp"

#include "../support/samples.hpp"

#include <caf/test/unit_test.hpp>

#include <chrono>
#include <cstdint>
#include <utility>
#include <vector>

namespace inbox::test {

using tickets = std::vector<uint64_t>;

/// Jobs of a function that two workers may run at a time.
struct function_jobs_fixture {
  function_jobs jobs{2};

  void push(uint64_t ticket, const cancellation& canceled = {}) {
    function_jobs::job x;
    x.ticket = ticket;
    x.request.timeout = std::chrono::seconds{10};
    x.request.cancellation = canceled;
    jobs.push({std::move(x)});
  }

  /// Lets a worker look for a job; returns its ticket, or 0.
  uint64_t next(function_jobs::worker_id who, timespan now = timespan{0}) {
    auto job = jobs.next(who, now);
    return job ? job->ticket : 0;
  }

  tickets expire(timespan now) {
    tickets result;
    for (auto& x : jobs.expire_running(now)) {
      CAF_CHECK(x.end.result && x.end.result->verdict == verdict::failed);
      result.push_back(x.end.ticket);
    }
    return result;
  }
};

} // namespace inbox::test
