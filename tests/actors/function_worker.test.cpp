#include "../../actors/function_worker.hpp"

#include "../support/actor_fixture.hpp"

#include <memory>
#include <optional>
#include <stdexcept>

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

class fixture : public actor_fixture {
public:
  mailbox<functions_returned> returned;

  using jobs_ptr = function_worker_state::jobs_ptr;

  template <class F>
  function_worker_actor start_worker(F f, const jobs_ptr& jobs) {
    auto id = jobs->add_worker();
    return caf::actor_cast<function_worker_actor>(start<function_worker_impl>(
      make_runner(
        std::make_shared<const handler_function>(make_handler_function(f))),
      jobs, id, play<function_owning_actor>(returned)));
  }

  static function_jobs::job make_job(uint32_t n, cancellation canceled = {}) {
    function_jobs::job x;
    x.ticket = n;
    x.request.event = nth_event(n);
    x.request.handler_key = "mail";
    x.request.attempt = 2;
    x.request.max_attempts = 3;
    x.request.timeout = 10s;
    x.request.cancellation = std::move(canceled);
    return x;
  }

  /// Runs `f` once in a worker and returns what it reports; null if it was not
  /// begun.
  template <class F>
  std::optional<outcome> run_if(F f, const cancellation& canceled) {
    auto jobs = std::make_shared<function_jobs>(1);
    auto worker = start_worker(f, jobs);
    std::optional<outcome> result;
    for (uint32_t n = 1; n <= 2; ++n) {
      // Whatever it did, the worker is there for the next one.
      auto job = make_job(n, canceled);
      job.request.event = nth_event(1);
      jobs->push({std::move(job)});
      tell(worker, run_functions{});
      CAF_CHECK_EQUAL(returned.count(), n);
      auto ended = jobs->take_ended();
      CAF_REQUIRE_EQUAL(ended.size(), 1u);
      CAF_CHECK_EQUAL(ended[0].ticket, n);
      if (n == 1)
        result = ended[0].result;
    }
    return result;
  }

  template <class F>
  outcome run(F f, const cancellation& canceled = {}) {
    auto result = run_if(std::move(f), canceled);
    CAF_REQUIRE(result);
    return *result;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(function_worker_tests, fixture)

CAF_TEST(a function gets the delivery and its outcome is reported) {
  auto result = run([](const delivery& x) {
    CAF_CHECK(x.event() == nth_event(1));
    CAF_CHECK_EQUAL(x.payload(), "payload 1");
    CAF_CHECK_EQUAL(x.handler_key(), "mail");
    CAF_CHECK_EQUAL(x.attempt(), 2u);
    CAF_CHECK_EQUAL(x.max_attempts(), 3u);
    CAF_CHECK(!x.canceled());
    auto left = x.deadline() - std::chrono::steady_clock::now();
    CAF_CHECK(left > 0s && left <= 10s);
    return snoozed(5s);
  });
  CAF_CHECK(result == snoozed(5s));
}

CAF_TEST(a function sees that it was canceled) {
  cancellation canceled;
  bool seen = false;
  auto result = run(
    [&](const delivery& x) {
      canceled.request();
      seen = x.canceled();
      return failed("canceled");
    },
    canceled);
  CAF_CHECK(seen);
}

CAF_TEST(a function that throws has failed) {
  auto result
    = run([](const delivery&) { throw std::runtime_error{"no paper"}; });
  CAF_CHECK(result == failed("the handler threw: no paper"));
}

CAF_TEST(a function that throws anything has failed) {
  auto result = run([](const delivery&) { throw 42; });
  CAF_CHECK(result
            == failed("the handler threw something that is no "
                      "std::exception"));
}

CAF_TEST(what was canceled before it began is not run) {
  cancellation canceled;
  canceled.request();
  auto it_was_run = [](const delivery&) { CAF_FAIL("it was run"); };
  CAF_CHECK(!run_if(it_was_run, canceled));
}

CAF_TEST(a worker is told once of many jobs and tells once of their ends) {
  auto jobs = std::make_shared<function_jobs>(1);
  std::vector<uuid> seen;
  auto worker = start_worker(
    [&](const delivery& x) { seen.push_back(x.event().id); }, jobs);
  for (uint32_t n = 1; n <= 3; ++n)
    jobs->push({make_job(n)});
  tell(worker, run_functions{});
  CAF_CHECK_EQUAL(seen, (std::vector<uuid>{nth_id(1), nth_id(2), nth_id(3)}));
  CAF_CHECK_EQUAL(returned.count(), 1u);
  CAF_CHECK_EQUAL(jobs->take_ended().size(), 3u);
}

// -- the forms of a function --------------------------------------------------

CAF_TEST(a function that returns nothing is done) {
  CAF_CHECK(run([](const delivery&) {}) == done());
}

CAF_TEST(a function that returns an error has failed with its text) {
  auto err = make_error(errc::invalid, "amount", "is negative");
  CAF_CHECK(run([&](const delivery&) { return err; })
            == failed("invalid: amount: is negative"));
}

CAF_TEST(a function that returns no error is done) {
  CAF_CHECK(run([](const delivery&) { return caf::error{}; }) == done());
}

CAF_TEST(a function may keep a state of its own) {
  int runs = 0;
  run([&runs, n = 0](const delivery&) mutable { runs = ++n; });
  CAF_CHECK_EQUAL(runs, 2);
}

CAF_TEST(a handler function may be any callable) {
  handler_function f = [](const delivery&) { return dead("no"); };
  CAF_CHECK(run(f) == dead("no"));
  struct functor {
    outcome operator()(const delivery&) const {
      return failed("never");
    }
  };
  returned = {};
  CAF_CHECK(run(functor{}) == failed("never"));
}

CAF_TEST_FIXTURE_SCOPE_END()
