#include "app.hpp"
#include "child_process.hpp"

#include <algorithm>
#include <csignal>

// A process that is gone takes nothing with it.

using namespace flow;
using inbox::status;

namespace {

constexpr auto first_id = "ca000000-0000-0000-0000-000000000001";

/// Options with the short lease that hold_delivery has.
inbox::options short_options(const store_place& place) {
  auto result = quick_options(place);
  result.handler_timeout = 900ms;
  result.lease_duration = 1s;
  return result;
}

/// Makes the tables and the route, and writes events that nobody handles yet.
void write_events(store_place& place, uint32_t count) {
  inbox::registry handlers;
  on(handlers, "order", "mail", [](const inbox::delivery&) {});
  app maker{short_options(place), handlers};
  maker.wait_until_ready(1);
  CAF_CHECK(value(maker->off({"order", "mail", false})));
  for (auto& receipt : maker.write(make_many(count)))
    CAF_CHECK_EQUAL(receipt.handlers, 1u);
}

/// Lets a process drain and returns what it says of that.
std::string end(child_process& what) {
  what.write_line("end");
  auto report = what.read_line();
  CAF_MESSAGE(report);
  return report;
}

/// Has a process sleep at a delivery for so long that another one does it, and
/// calls `when_awake` then. Nothing that it does may count.
template <class F>
void let_oversleep(store_place& place, const std::string& how, F when_awake) {
  write_events(place, 1);
  place.watch_settlements();
  child_process sleeper{"hold_delivery", place, {"1", "900", how}};
  CAF_CHECK_EQUAL(sleeper.read_line(), std::string{first_id} + " 1");
  sleeper.wait_until_stopped();
  inbox::registry handlers;
  on(handlers, "order", "mail", [](const inbox::delivery&) {});
  app heir{short_options(place), handlers};
  heir.wait_until(1, "mail", status::done);
  auto before = heir.delivery(1, "mail");
  sleeper.go_on();
  when_awake(sleeper);
  CAF_CHECK_EQUAL(sleeper.wait(), 0);
  auto after = heir.delivery(1, "mail");
  CAF_CHECK_EQUAL(after.status, status::done);
  CAF_CHECK_EQUAL(after.attempts, 2u);
  CAF_CHECK_EQUAL(after.lease_token, before.lease_token);
  CAF_CHECK(after.finished == before.finished);
  CAF_CHECK_EQUAL(place.settled_twice(), 0);
}

} // namespace

CAF_TEST(the work of a killed process is taken over) {
  on_durable_stores([](store_place& place) {
    write_events(place, 20);
    place.watch_settlements();
    child_process victim{"hold_delivery", place, {"3", "900", "wait"}};
    CAF_CHECK_EQUAL(victim.read_line(), std::string{first_id} + " 1");
    auto began = std::chrono::steady_clock::now();
    victim.kill();
    record<std::pair<inbox::uuid, uint32_t>> calls;
    record<inbox::delivery_died> died;
    auto options = short_options(place);
    options.on_dead = [&](const inbox::delivery_died& x) { died.add(x); };
    inbox::registry handlers;
    on(handlers, "order", "mail", [&](const inbox::delivery& x) {
      calls.add({x.event().id, x.attempt()});
    });
    app heir{options, handlers};
    heir.wait_until_finished();
    auto took = std::chrono::steady_clock::now() - began;
    CAF_MESSAGE("handed over within " << caf::timespan{took});
    CAF_CHECK(took < 10s);
    CAF_CHECK_EQUAL(heir.summary("order", "mail").done, 20u);
    CAF_CHECK_EQUAL(calls.size(), 20u); // each of them once
    // The attempt that was cut off counts, those that had not begun as well:
    // nobody was left to give them back.
    CAF_CHECK_EQUAL(heir.delivery(1, "mail").attempts, 2u);
    CAF_CHECK_EQUAL(heir.delivery(20, "mail").attempts, 1u);
    CAF_CHECK_EQUAL(died.size(), 0u);
    CAF_CHECK_EQUAL(place.settled_twice(), 0);
  });
}

CAF_TEST(two seconds after a kill another process is at its work) {
  on_durable_stores([](store_place& place) {
    write_events(place, 1);
    auto options = short_options(place);
    options.iteration_rate = 200ms;
    // A lease and an iteration. A busy machine may be late, but not each time.
    auto best = caf::timespan::max();
    for (int tries = 0; best > 2s && tries < 3; ++tries) {
      child_process victim{"hold_delivery", place, {"9", "900", "wait"}};
      auto told = victim.read_line();
      record<std::chrono::steady_clock::time_point> begun;
      gate hold;
      inbox::registry handlers;
      on(handlers, "order", "mail", [&](const inbox::delivery&) {
        begun.add(std::chrono::steady_clock::now());
        hold.wait();
        return inbox::failed("once more");
      });
      on(handlers, "refund", "mail", [](const inbox::delivery&) {});
      app heir{options, handlers};
      heir.wait_until_ready(2);
      CAF_CHECK_EQUAL(begun.size(), 0u);
      auto killed = std::chrono::steady_clock::now();
      victim.kill();
      CAF_REQUIRE(begun.wait_for(1));
      best = std::min<caf::timespan>(best, begun.all().front() - killed);
      hold.open();
    }
    CAF_MESSAGE("taken over after " << best);
    CAF_CHECK(best <= 2s);
  });
}

CAF_TEST(work that kills its process each time ends dead with the reason) {
  on_durable_stores([](store_place& place) {
    write_events(place, 1);
    for (auto attempt : {" 1", " 2"}) {
      child_process victim{"hold_delivery", place, {"2", "900", "die"}};
      CAF_CHECK_EQUAL(victim.read_line(), first_id + std::string{attempt});
      CAF_CHECK_EQUAL(victim.wait(), -SIGKILL);
    }
    record<inbox::delivery_died> died;
    record<int> called;
    auto options = short_options(place);
    options.max_attempts = 2;
    options.on_dead = [&](const inbox::delivery_died& x) { died.add(x); };
    inbox::registry handlers;
    on(handlers, "order", "mail",
       [&](const inbox::delivery&) { called.add(1); });
    // Whoever finds it tells of it, and nobody else does.
    app heir{options, handlers};
    app rival{options, handlers};
    CAF_REQUIRE(died.wait_for(1));
    auto found = heir.delivery(1, "mail");
    CAF_CHECK_EQUAL(found.status, status::dead);
    CAF_CHECK_EQUAL(found.attempts, 2u);
    CAF_CHECK_EQUAL(found.message, "lease expired on attempt 2 of 2");
    heir.wait_until_finished();
    CAF_CHECK_EQUAL(heir.stats().dead + rival.stats().dead, 1u);
    heir.drain();
    rival.drain();
    auto report = died.all();
    CAF_REQUIRE_EQUAL(report.size(), 1u);
    CAF_CHECK_EQUAL(report[0].event_id, nth(1));
    CAF_CHECK_EQUAL(report[0].event_type, "order");
    CAF_CHECK_EQUAL(report[0].handler_key, "mail");
    CAF_CHECK_EQUAL(report[0].attempts, 2u);
    CAF_CHECK_EQUAL(report[0].message, found.message);
    CAF_CHECK_EQUAL(called.size(), 0u);
  });
}

CAF_TEST(what is claimed together with poison does not die of it) {
  on_durable_stores([](store_place& place) {
    write_events(place, 12);
    for (int life = 0; life < 3; ++life) {
      child_process victim{"hold_delivery", place, {"3", "900", "poison"}};
      CAF_CHECK_EQUAL(victim.wait(), -SIGKILL);
    }
    record<inbox::delivery_died> died;
    auto options = short_options(place);
    options.on_dead = [&](const inbox::delivery_died& x) { died.add(x); };
    inbox::registry handlers;
    on(handlers, "order", "mail", [](const inbox::delivery&) {});
    app heir{options, handlers};
    heir.wait_until_finished();
    CAF_CHECK_EQUAL(heir.summary("order", "mail").done, 11u);
    heir.drain();
    CAF_REQUIRE_EQUAL(died.size(), 1u);
    CAF_CHECK_EQUAL(died.all()[0].event_id, nth(1));
    CAF_CHECK_EQUAL(died.all()[0].message, "lease expired on attempt 3 of 3");
  });
}

CAF_TEST(a process that was asleep for longer than its lease settles nothing) {
  on_durable_stores([](store_place& place) {
    // Its deadline is over when it wakes up: it will want to settle a failure.
    let_oversleep(place, "sleep", [](child_process& sleeper) {
      CAF_CHECK(end(sleeper).find("done 0 dead 0 failed 0 lost 1") == 0);
    });
  });
}

CAF_TEST(who wakes up after its lease is canceled and its answer is lost) {
  on_durable_stores([](store_place& place) {
    // Its deadline is over as well, but nobody else could tell it.
    let_oversleep(place, "doze", [](child_process& sleeper) {
      CAF_CHECK_EQUAL(sleeper.read_line(), "canceled");
      auto report = end(sleeper);
      CAF_CHECK(report.find("done 0 dead 0 failed 0 lost 1 errors ") == 0);
      CAF_CHECK(report.find("errors 0") == std::string::npos); // and logged
    });
  });
}

CAF_TEST(nobody takes over what waits longer than a lease) {
  on_each_store([](store_place& place) {
    auto options = short_options(place);
    options.handler_timeout = 2800ms;
    options.lease_duration = 3s;
    record<uint32_t> attempts;
    inbox::registry slow;
    on(slow, "order", "mail", [&](const inbox::delivery& x) {
      attempts.add(x.attempt());
      std::this_thread::sleep_for(1200ms); // the work
    });
    app holder{options, slow};
    holder.write(make_many(4));
    // All at once, and the last one begins when its first lease is over.
    CAF_REQUIRE(eventually([&] { return holder.stats().claimed == 4; }));
    std::vector<int64_t> tokens;
    for (uint32_t n = 1; n <= 4; ++n)
      tokens.push_back(holder.delivery(n, "mail").lease_token);
    record<int> taken;
    inbox::registry greedy;
    on(greedy, "order", "mail", [&](const inbox::delivery&) { taken.add(1); });
    on(greedy, "refund", "mail", [](const inbox::delivery&) {});
    app other{options, greedy};
    other.wait_until_ready(2);
    holder.wait_until_finished();
    other.write(make(5, "refund")); // it is at work
    other.wait_until(5, "mail", status::done);
    CAF_CHECK_EQUAL(attempts.all(), (std::vector<uint32_t>(4, 1)));
    CAF_CHECK_EQUAL(taken.size(), 0u);
    CAF_CHECK_EQUAL(holder.stats().lost, 0u);
    for (uint32_t n = 1; n <= 4; ++n)
      CAF_CHECK_EQUAL(holder.delivery(n, "mail").lease_token, tokens[n - 1]);
  });
}

CAF_TEST(an inbox that is ended by force leaves its work to others) {
  on_each_store([](store_place& place) {
    app keeper{quick_options(place)};
    static_cast<void>(value(keeper->summary()));
    gate hold;
    record<uint32_t> attempts;
    auto options = short_options(place);
    inbox::registry handlers;
    on(handlers, "order", "mail", [&](const inbox::delivery& x) {
      attempts.add(x.attempt());
      if (x.attempt() == 1)
        hold.wait();
    });
    app victim{options, handlers};
    victim.write(make(1));
    CAF_REQUIRE(attempts.wait_for(1));
    caf::anon_send_exit(victim.actor(), caf::exit_reason::kill);
    CAF_REQUIRE(eventually([&] { return !victim->stats(); }));
    app heir{options, handlers};
    heir.wait_until(1, "mail", status::done);
    auto before = heir.delivery(1, "mail");
    CAF_CHECK_EQUAL(before.attempts, 2u);
    hold.open();
    heir.drain();
    CAF_CHECK_EQUAL(keeper.delivery(1, "mail").lease_token, before.lease_token);
  });
}
