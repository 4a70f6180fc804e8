#include "function_jobs_fixture.hpp"

// What becomes of jobs that no worker has begun.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

CAF_TEST_FIXTURE_SCOPE(function_jobs_waiting_tests, function_jobs_fixture)

CAF_TEST(what waits can be taken back) {
  auto one = jobs.add_worker();
  for (uint64_t n = 1; n <= 3; ++n)
    push(n);
  static_cast<void>(next(one));
  tickets taken;
  for (auto& x : jobs.take_waiting()) {
    CAF_CHECK(!x.result);
    taken.push_back(x.ticket);
  }
  CAF_CHECK_EQUAL(taken, (tickets{2, 3}));
  CAF_CHECK(jobs.is_busy());
  jobs.finish(one, done(), 0s);
  CAF_CHECK(!jobs.is_busy());
  CAF_CHECK_EQUAL(next(one), 0u);
}

CAF_TEST(what comes together goes out one by one) {
  auto one = jobs.add_worker();
  std::vector<function_job> together(4);
  for (size_t n = 0; n < together.size(); ++n) {
    together[n].which.seq = static_cast<event_seq>(n + 1);
    together[n].request.timeout = 10s;
    together[n].trusted_until = 1h;
  }
  together[1].trusted_until = 0s;
  CAF_CHECK_EQUAL(jobs.push(std::move(together), 7), 11u);
  CAF_CHECK_EQUAL(jobs.push({}, 11), 11u);
  push(20);
  CAF_CHECK_EQUAL(next(one), 8u);
  jobs.finish(one, done(), 0s);
  CAF_CHECK_EQUAL(next(one), 10u); // the lease of the second one is too old
  tickets taken;
  std::vector<event_seq> seqs;
  for (auto& x : jobs.take_waiting()) {
    taken.push_back(x.ticket);
    seqs.push_back(x.which.seq);
  }
  CAF_CHECK_EQUAL(taken, (tickets{11, 20}));
  CAF_CHECK_EQUAL(seqs, (std::vector<event_seq>{4, 0}));
  auto ended = jobs.take_ended();
  CAF_REQUIRE_EQUAL(ended.size(), 2u);
  CAF_CHECK_EQUAL(ended[0].which.seq, 1);
  CAF_CHECK_EQUAL(ended[1].which.seq, 2);
  CAF_CHECK_EQUAL(ended[1].ticket, 9u);
}

CAF_TEST(what waits for too long ends and what may wait longer stays) {
  auto one = jobs.add_worker();
  for (uint64_t n = 1; n <= 4; ++n) {
    function_jobs::job x;
    x.ticket = n;
    x.request.timeout = 100s;
    x.expires = n % 2 == 0 ? 5s : 9s;
    jobs.push(std::move(x));
  }
  CAF_CHECK_EQUAL(next(one), 1u);
  CAF_CHECK(jobs.next_expiry(0s) == timespan{5s});
  jobs.expire_waiting(5s - 1ns);
  CAF_CHECK(jobs.take_ended().empty());
  jobs.expire_waiting(5s);
  auto ended = jobs.take_ended();
  CAF_REQUIRE_EQUAL(ended.size(), 2u);
  for (size_t i = 0; i < ended.size(); ++i) {
    CAF_CHECK_EQUAL(ended[i].ticket, 2 * (i + 1));
    CAF_CHECK(ended[i].result && ended[i].result->verdict == verdict::failed);
  }
  CAF_CHECK(jobs.wants_worker()); // for the third one
  CAF_CHECK_EQUAL(next(jobs.add_worker()), 3u);
  CAF_CHECK(!jobs.wants_worker());
}

CAF_TEST_FIXTURE_SCOPE_END()
