#include "database.hpp"

#include <caf/test/unit_test.hpp>

using namespace simulation;
using namespace std::chrono_literals;

namespace {

class fixture {
public:
  fixture() {
    where.begin(1);
    log.begin(false);
    store.begin();
    store.add({"order", "mail"});
  }

  /// Writes an event in process `process`; the answer comes meanwhile or later.
  void write(uint8_t n, world::process_id process = 0) {
    where.in(process, [&] {
      auto open = store.opener(1s);
      where.after(0s, [this, n, open] {
        auto connected = open();
        if (!connected) {
          failure = connected.error();
          return;
        }
        inbox::event x;
        x.id.data[15] = n;
        x.type = "order";
        auto written = (*connected)->write({x});
        answered_at = where.micros();
        if (!written)
          failure = written.error();
        auto again = (*connected)->write({x});
        usable = again || inbox::code_of(again.error()) != code();
      });
    });
  }

  [[nodiscard]] inbox::errc code() const {
    return inbox::code_of(failure);
  }

  size_t count() {
    chaos::history seen;
    store.read(seen);
    return seen.deliveries.size();
  }

  world where;
  recorder log{where};
  database store{where, log};
  caf::error failure;
  int64_t answered_at = 0;
  bool usable = false;
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(database_tests, fixture)

CAF_TEST(without trouble all is done within milliseconds) {
  write(1);
  where.run_for(20ms);
  CAF_CHECK(!failure);
  CAF_CHECK_EQUAL(count(), 1u);
  CAF_CHECK(usable);
}

CAF_TEST(what is refused changes nothing) {
  troubles all;
  all.refused = 100;
  write(1);
  where.after(0s, [&] { where.after(5ms, [&] { store.set_troubles(all); }); });
  write(2);
  store.set_troubles(all);
  where.run_for(1s);
  CAF_CHECK(failure);
  CAF_CHECK_EQUAL(count(), 0u);
}

CAF_TEST(a lost answer leaves what it was about) {
  troubles all;
  all.answer_lost = 100;
  store.set_troubles(all);
  write(1);
  where.run_for(3s);
  CAF_CHECK(code() == inbox::errc::outcome_unknown);
  CAF_CHECK_EQUAL(count(), 1u);
}

CAF_TEST(a late request is done after its caller has given up) {
  troubles all;
  all.late = 100;
  store.set_troubles(all);
  write(1);
  size_t meanwhile = 1;
  where.after(1s, [&] { meanwhile = count(); });
  where.run_for(3s);
  CAF_CHECK(code() == inbox::errc::outcome_unknown);
  CAF_CHECK(answered_at >= 1'000'000);
  CAF_CHECK_EQUAL(meanwhile, 0u);
  CAF_CHECK_EQUAL(count(), 1u);
}

CAF_TEST(a database that is down does nothing and is not reached) {
  write(1);
  where.after(50us, [&] { store.set_down(true); });
  where.run_for(3s);
  CAF_CHECK(failure);
  CAF_CHECK_EQUAL(count(), 0u);
  store.set_down(false);
  failure = {};
  write(1);
  where.run_for(1s);
  CAF_CHECK(!failure);
}

CAF_TEST(what a killed process has sent may arrive) {
  size_t arrived = 0;
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    where.begin(seed);
    store.begin();
    store.add({"order", "mail"});
    troubles all;
    all.late = 100;
    store.set_troubles(all);
    auto process = where.add_process();
    write(1, process);
    where.run_for(500ms);
    where.kill(process);
    where.run_for(3s);
    arrived += count();
    where.end([] {});
  }
  CAF_CHECK(arrived > 50 && arrived < 150);
}

CAF_TEST_FIXTURE_SCOPE_END()
