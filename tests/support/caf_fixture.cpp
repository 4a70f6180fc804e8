// Each version of CAF has a deterministic scheduler, by another name. CAF 1.x
// does not export the one of the old test DSL, and its new one has headers that
// must come before those of the old DSL. So both stay inside of this file.

#if __has_include(<caf/test/fixture/deterministic.hpp>)
#  include <caf/test/fixture/deterministic.hpp>
#  include <caf/test/reporter.hpp>
#  define INBOX_HAS_CAF_1_FIXTURE
#else
#  include <caf/test/dsl.hpp>
#endif

#include "caf_fixture.hpp"

#include <algorithm>

namespace inbox::test {

#ifdef INBOX_HAS_CAF_1_FIXTURE

/// The new fixture insists on a test runner to report to.
class silent_reporter {
public:
  silent_reporter() : reporter_(caf::test::reporter::make_default()) {
    reporter_->verbosity(0);
    caf::test::reporter::instance(reporter_.get());
  }

  ~silent_reporter() {
    caf::test::reporter::instance(nullptr);
  }

  silent_reporter(const silent_reporter&) = delete;
  silent_reporter& operator=(const silent_reporter&) = delete;

private:
  std::unique_ptr<caf::test::reporter> reporter_;
};

struct deterministic_fixture::impl : silent_reporter,
                                     caf::test::fixture::deterministic {
  size_t consume_messages() {
    return dispatch_messages();
  }
};

#else

struct deterministic_fixture::impl : test_coordinator_fixture<> {
  /// Forgets all timeouts: the destructor of the base triggers whatever is
  /// left, for ever if some actor repeats itself.
  ~impl() override {
    consume_messages();
    sched.clock().schedule.clear();
  }

  bool has_pending_timeout() {
    return sched.has_pending_timeout();
  }

  /// CAF's own goes on to a later one if the actor of the next one has ended.
  bool trigger_timeout() override {
    if (!has_pending_timeout())
      return false;
    auto& clock = sched.clock();
    clock.advance_time(std::max(next_timeout() - clock.now(),
                                caf::actor_clock::duration_type{0}));
    return true;
  }

  caf::actor_clock::time_point next_timeout() {
    auto& queue = sched.clock().schedule;
    auto is_pending = [](auto& entry) { return !entry.second.f.disposed(); };
    return std::find_if(queue.begin(), queue.end(), is_pending)->first;
  }
};

#endif

deterministic_fixture::deterministic_fixture()
  : impl_(std::make_unique<impl>()),
    sys(impl_->sys),
    self(sys, true) {
  // nop
}

deterministic_fixture::~deterministic_fixture() {
  // A check that failed half way leaves actors which never end. They leak, but
  // do not turn a failed test into one that hangs.
  sys.await_actors_before_shutdown(false);
}

size_t deterministic_fixture::settle_messages() {
  return impl_->consume_messages();
}

caf::actor_clock::time_point deterministic_fixture::now() const {
  return sys.clock().now();
}

void deterministic_fixture::advance(caf::timespan interval) {
  settle_messages();
  auto end = now() + interval;
  while (impl_->has_pending_timeout() && impl_->next_timeout() <= end) {
    impl_->trigger_timeout();
    settle_messages();
  }
  if (now() < end)
    impl_->advance_time(end - now());
  settle_messages();
}

bool deterministic_fixture::has_pending_timeout() {
  return impl_->has_pending_timeout();
}

} // namespace inbox::test
