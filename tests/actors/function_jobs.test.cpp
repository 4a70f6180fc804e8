#include "function_jobs_fixture.hpp"

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

CAF_TEST_FIXTURE_SCOPE(function_jobs_tests, function_jobs_fixture)

CAF_TEST(a worker ends a job and takes the next one at once) {
  auto one = jobs.add_worker();
  push(1);
  push(2);
  CAF_CHECK_EQUAL(next(one), 1u);
  jobs.finish(one, done(), 3s);
  CAF_CHECK(jobs.has_news());
  CAF_CHECK_EQUAL(next(one, 3s), 2u);
  // The owner is told once of what it has not looked at.
  jobs.finish(one, done(), 5s);
  CAF_CHECK(!jobs.has_news());
  CAF_CHECK_EQUAL(next(one, 5s), 0u);
  auto ended = jobs.take_ended();
  CAF_REQUIRE_EQUAL(ended.size(), 2u);
  CAF_CHECK_EQUAL(ended[0].took, timespan{3s});
  CAF_CHECK_EQUAL(ended[1].took, timespan{2s});
  // It is asleep now.
  push(3);
  CAF_CHECK_EQUAL(*jobs.wake(), one);
}

CAF_TEST(workers take jobs in order until there is none) {
  auto one = jobs.add_worker();
  auto two = jobs.add_worker();
  for (uint64_t n = 1; n <= 3; ++n)
    push(n);
  CAF_CHECK_EQUAL(next(one), 1u);
  CAF_CHECK_EQUAL(next(two), 2u);
  jobs.finish(two, done(), 3s);
  CAF_CHECK_EQUAL(next(two), 3u);
  jobs.finish(one, failed("no paper"), 4s);
  CAF_CHECK_EQUAL(next(one), 0u);
  auto ended = jobs.take_ended();
  CAF_REQUIRE_EQUAL(ended.size(), 2u);
  CAF_CHECK_EQUAL(ended[0].ticket, 2u);
  CAF_CHECK(ended[0].result == done());
  CAF_CHECK_EQUAL(ended[0].took, timespan{3s});
  CAF_CHECK(ended[1].result == failed("no paper"));
  CAF_CHECK(jobs.take_ended().empty());
}

CAF_TEST(a worker is wanted for each job up to the concurrency) {
  CAF_CHECK(!jobs.wants_worker());
  push(1);
  CAF_CHECK(jobs.wants_worker());
  auto one = jobs.add_worker();
  CAF_CHECK(!jobs.wants_worker()); // it is about to look
  push(2);
  CAF_CHECK(jobs.wants_worker());
  CAF_CHECK_EQUAL(next(one), 1u);
  CAF_CHECK(jobs.wants_worker());
  jobs.remove_worker(jobs.add_worker());
  CAF_CHECK(jobs.wants_worker());
  static_cast<void>(jobs.add_worker());
  push(3);
  CAF_CHECK(!jobs.wants_worker());
}

CAF_TEST(a worker that sleeps is woken once for a job) {
  auto one = jobs.add_worker();
  CAF_CHECK_EQUAL(next(one), 0u);
  CAF_CHECK(!jobs.wake());
  push(1);
  CAF_CHECK(jobs.wake() == one);
  CAF_CHECK(!jobs.wake());
  CAF_CHECK_EQUAL(next(one), 1u);
}

CAF_TEST(the owner is told once of what it has not taken) {
  auto one = jobs.add_worker();
  CAF_CHECK(!jobs.has_news());
  for (uint64_t n = 1; n <= 3; ++n)
    push(n);
  static_cast<void>(next(one));
  jobs.finish(one, done(), 0s);
  CAF_CHECK(jobs.has_news());
  static_cast<void>(next(one));
  jobs.finish(one, done(), 0s);
  CAF_CHECK(!jobs.has_news());
  CAF_CHECK_EQUAL(jobs.take_ended().size(), 2u);
  CAF_CHECK(!jobs.has_news());
  static_cast<void>(next(one));
  jobs.finish(one, done(), 0s);
  CAF_CHECK(jobs.has_news());
}

CAF_TEST(what was canceled or comes too late is not begun) {
  auto one = jobs.add_worker();
  cancellation canceled;
  push(1, canceled);
  canceled.request();
  function_jobs::job late;
  late.ticket = 2;
  late.not_after = 5s;
  jobs.push({late});
  function_jobs::job over;
  over.ticket = 3;
  over.request.timeout = 10s;
  over.expires = 5s;
  jobs.push({over});
  CAF_CHECK_EQUAL(next(one, 5s), 0u);
  CAF_CHECK(jobs.has_news());
  auto ended = jobs.take_ended();
  CAF_REQUIRE_EQUAL(ended.size(), 3u);
  CAF_CHECK(!ended[0].result);
  CAF_CHECK(!ended[1].result);
  CAF_CHECK(ended[2].result && ended[2].result->verdict == verdict::failed);
}

CAF_TEST(a job has its time from its begin and no longer than it may wait) {
  auto one = jobs.add_worker();
  push(1);
  CAF_CHECK_EQUAL(jobs.next(one, 100s)->request.timeout, timespan{10s});
  CAF_CHECK(jobs.next_expiry(101s) == timespan{110s});
  jobs.finish(one, done(), 101s);
  function_jobs::job hasty;
  hasty.ticket = 2;
  hasty.request.timeout = 10s;
  hasty.expires = 105s;
  jobs.push({hasty});
  CAF_CHECK(jobs.next_expiry(101s) == timespan{105s});
  CAF_CHECK_EQUAL(jobs.next(one, 102s)->request.timeout, timespan{3s});
  CAF_CHECK(expire(105s - 1ns).empty());
  CAF_CHECK_EQUAL(expire(105s), tickets{2});
}

CAF_TEST(a job that commits has the time for it) {
  auto one = jobs.add_worker();
  push(1);
  static_cast<void>(next(one));
  CAF_CHECK(jobs.may_commit(one, 3s, 5s));
  CAF_CHECK(jobs.next_expiry(3s) == timespan{10s}); // it had longer
  CAF_CHECK(jobs.may_commit(one, 8s, 5s));
  CAF_CHECK(expire(12s).empty());
  CAF_CHECK_EQUAL(expire(13s), tickets{1});
  CAF_CHECK(!jobs.may_commit(one, 13s, 5s));
}

CAF_TEST(a stuck worker does not count until it returns) {
  auto one = jobs.add_worker();
  auto two = jobs.add_worker();
  push(1);
  push(2);
  static_cast<void>(next(one));
  static_cast<void>(next(two, 1s));
  CAF_CHECK_EQUAL(expire(10s), tickets{1});
  CAF_CHECK(expire(10s).empty());
  CAF_CHECK_EQUAL(jobs.stuck(), 1u);
  CAF_CHECK_EQUAL(jobs.open(), 2u);
  push(3);
  CAF_CHECK(jobs.wants_worker());
  jobs.finish(one, done(), 11s); // there is a place for it still
  CAF_CHECK_EQUAL(jobs.stuck(), 0u);
  CAF_CHECK(jobs.take_surplus().empty());
  CAF_CHECK(jobs.take_ended().empty());
  CAF_CHECK_EQUAL(next(one, 11s), 3u);
}

CAF_TEST(a stuck worker that was replaced is of no more use) {
  auto one = jobs.add_worker();
  push(1);
  static_cast<void>(next(one));
  static_cast<void>(expire(10s));
  static_cast<void>(jobs.add_worker());
  static_cast<void>(jobs.add_worker());
  push(2);
  jobs.finish(one, done(), 11s);
  CAF_CHECK(jobs.has_news());
  CAF_CHECK_EQUAL(jobs.take_surplus(),
                  std::vector<function_jobs::worker_id>{one});
  CAF_CHECK_EQUAL(next(one, 11s), 0u);
}

CAF_TEST(an end says which attempt it is of) {
  auto one = jobs.add_worker();
  auto two = jobs.add_worker();
  std::vector<function_jobs::job> added(4);
  for (size_t n = 0; n < added.size(); ++n) {
    added[n].ticket = n + 1;
    added[n].which = {static_cast<event_seq>(n + 7), 1, 0, false};
    added[n].request.timeout = 1s;
  }
  added[1].not_after = 0s;
  added[2].request.handler_key = "mail";
  auto seq_of = [](auto& x) { return x.which.seq; };
  for (auto& x : added)
    jobs.push(std::move(x));
  CAF_CHECK_EQUAL(next(one), 1u);
  jobs.finish(one, done(), 0s);
  CAF_CHECK_EQUAL(next(two), 3u); // the second one's lease is too old
  auto ended = jobs.take_ended();
  CAF_REQUIRE_EQUAL(ended.size(), 2u);
  CAF_CHECK_EQUAL(seq_of(ended[0]), 7);
  CAF_CHECK_EQUAL(seq_of(ended[1]), 8);
  auto overdue = jobs.expire_running(1s);
  CAF_REQUIRE_EQUAL(overdue.size(), 1u);
  CAF_CHECK_EQUAL(seq_of(overdue[0].end), 9);
  CAF_CHECK_EQUAL(overdue[0].handler_key, "mail");
  auto waiting = jobs.take_waiting();
  CAF_REQUIRE_EQUAL(waiting.size(), 1u);
  CAF_CHECK_EQUAL(seq_of(waiting[0]), 10);
}

CAF_TEST(what runs is canceled when its time is over and when all has to end) {
  auto one = jobs.add_worker();
  auto two = jobs.add_worker();
  std::vector<function_jobs::job> added(2);
  cancellation first = added[0].request.cancellation;
  cancellation second = added[1].request.cancellation;
  added[0].ticket = 1;
  added[0].request.timeout = 1s;
  added[1].ticket = 2;
  added[1].request.timeout = 5s;
  for (auto& x : added)
    jobs.push(std::move(x));
  static_cast<void>(next(one));
  static_cast<void>(next(two));
  static_cast<void>(expire(1s));
  CAF_CHECK(first.requested());
  CAF_CHECK(!second.requested());
  jobs.cancel_running();
  CAF_CHECK(second.requested());
}

CAF_TEST_FIXTURE_SCOPE_END()
