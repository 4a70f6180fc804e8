#include "../../actors/notifier.hpp"
#include "../../actors/callback_caller.hpp"

#include "../support/actor_fixture.hpp"
#include "../support/log_lines.hpp"

#include <stdexcept>

using namespace inbox;
using namespace inbox::test;

namespace {

class fixture : public actor_fixture {
public:
  const delivery_died death{nth_id(1), "order", "mail", 3, "no paper"};
  const caf::error reason = make_error(errc::busy, "store", "locked");

  log_lines log;
  mailbox<delivery_died> deaths;
  mailbox<error_occurred> errors;
  callback_caller_state::callbacks calls;
  notifier_state::receivers to;
  notifier_actor notifier;

  void run() {
    to.logger = log.logger;
    if (calls)
      to.callbacks = start<callback_caller_impl>(calls, log.logger);
    notifier = start<notifier_impl>(to);
  }

  uint64_t counted() {
    return ask<inbox_stats>(notifier, get_stats{})->errors;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(notifier_tests, fixture)

CAF_TEST(callbacks get what has happened) {
  std::vector<std::string> told;
  calls.on_dead = [&told](const delivery_died& x) {
    told.push_back(x.handler_key + " " + x.message);
  };
  calls.on_error = [&told](const caf::error& x) {
    told.push_back(describe(x));
  };
  run();
  tell(notifier, death);
  tell(notifier, error_occurred{reason});
  CAF_CHECK_EQUAL(told, (std::vector<std::string>{"mail no paper",
                                                  "busy: store: locked"}));
}

CAF_TEST(an observer gets the same as messages) {
  to.observer = play<observer_actor>(deaths, errors);
  run();
  tell(notifier, death);
  tell(notifier, error_occurred{reason});
  CAF_REQUIRE_EQUAL(deaths.count(), 1u);
  CAF_CHECK_EQUAL(deaths.last().event_id, nth_id(1));
  CAF_CHECK_EQUAL(deaths.last().attempts, 3u);
  CAF_REQUIRE_EQUAL(errors.count(), 1u);
  CAF_CHECK(errors.last().reason == reason);
}

CAF_TEST(without anybody to tell there is the log) {
  run();
  tell(notifier, death);
  tell(notifier, error_occurred{reason});
  CAF_REQUIRE_EQUAL(log.lines().size(), 2u);
  CAF_CHECK_EQUAL(log.lines()[0],
                  "delivery_died event=a5000000-0000-0000-0000-000000000001 "
                  "type=\"order\" key=\"mail\" attempts=3 "
                  "message=\"no paper\"");
  CAF_CHECK_EQUAL(log.lines()[1],
                  "error_occurred error=\"busy: store: locked\"");
}

CAF_TEST(errors are counted) {
  run();
  CAF_CHECK_EQUAL(counted(), 0u);
  tell(notifier, error_occurred{reason});
  tell(notifier, error_occurred{reason});
  tell(notifier, death);
  CAF_CHECK_EQUAL(counted(), 2u);
}

CAF_TEST(a callback that throws ends nothing) {
  calls.on_dead = [](const delivery_died&) {
    throw std::runtime_error{"wild"};
  };
  calls.on_error = [](const caf::error&) { throw 42; };
  to.observer = play<observer_actor>(deaths, errors);
  run();
  for (int i = 0; i < 2; ++i) {
    tell(notifier, death);
    tell(notifier, error_occurred{reason});
  }
  CAF_CHECK_EQUAL(deaths.count(), 2u);
  CAF_CHECK_EQUAL(errors.count(), 2u);
  CAF_CHECK_EQUAL(counted(), 2u);
  CAF_CHECK(log.has("callback_threw callback=on_dead what=\"wild\""));
  CAF_CHECK(log.has("callback_threw callback=on_error "
                    "what=\"no std::exception\""));
}

CAF_TEST(an observer that has ended ends nothing) {
  auto observer = play<observer_actor>(deaths, errors);
  to.observer = observer;
  run();
  stop(observer);
  tell(notifier, error_occurred{reason});
  CAF_CHECK_EQUAL(counted(), 1u);
}

CAF_TEST(the end comes after all callbacks) {
  script<void, end_duty> last;
  mailbox<delivery_died> told;
  last.hold();
  to.callbacks = play<callback_caller_actor>(told, errors, last);
  run();
  post(notifier, death);
  auto ended = begin<void>(notifier, end_duty{});
  CAF_CHECK_EQUAL(told.count(), 1u);
  CAF_CHECK(!*ended); // a callback is still at it
  last.release();
  settle_messages();
  CAF_CHECK(*ended && **ended);
}

CAF_TEST(without callbacks the end comes at once) {
  run();
  auto ended = begin<void>(notifier, end_duty{});
  CAF_CHECK(*ended && **ended);
}

CAF_TEST_FIXTURE_SCOPE_END()
