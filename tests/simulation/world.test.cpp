#include "world.hpp"
#include "caf_world.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>
#include <caf/test/unit_test.hpp>

#include <string>

using namespace simulation;
using namespace std::chrono_literals;

namespace {

class fixture {
public:
  fixture() {
    where.begin(1);
  }

  /// Notes `what` after that time, in the running process.
  void note_after(caf::timespan pause, std::string what) {
    where.after(pause, [this, what] { notes.push_back(what); });
  }

  /// Spawns an actor that does `what` after that time.
  void act_after(caf::timespan pause, world::action what) {
    actors.push_back(caf.system().spawn(
      [pause, what](caf::event_based_actor* self) -> caf::behavior {
        self->run_delayed(pause, what);
        return {[](int) {}};
      }));
  }

  /// Returns the order in which five actors that could all run did.
  std::string order_of_actors(uint64_t seed) {
    where.begin(seed);
    std::string result;
    for (auto c : {'a', 'b', 'c', 'd', 'e'})
      caf.system().spawn(
        [&result, c](caf::event_based_actor*) { result += c; });
    where.run_for(0ms);
    return result;
  }

  ~fixture() {
    where.end([this] {
      for (auto& x : actors)
        caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
    });
  }

  world where;
  caf_world caf{where};
  std::vector<std::string> notes;
  std::vector<caf::actor> actors;
};

using strings = std::vector<std::string>;

} // namespace

CAF_TEST_FIXTURE_SCOPE(world_tests, fixture)

CAF_TEST(time passes from one thing to do to the next) {
  where.after(3s, [&] {
    CAF_CHECK_EQUAL(where.micros(), 3'000'000);
    note_after(1s, "third");
  });
  note_after(2s, "first");
  note_after(3s, "second");
  where.run_for(3s);
  CAF_CHECK_EQUAL(notes, (strings{"first", "second"}));
  CAF_CHECK_EQUAL(where.micros(), 3'000'000);
  where.run_for(10s);
  CAF_CHECK_EQUAL(notes, (strings{"first", "second", "third"}));
}

CAF_TEST(sleeping blocks nobody else) {
  where.after(0s, [&] {
    where.sleep(2s);
    notes.push_back("slept");
    where.sleep(2s);
    notes.push_back("slept again");
  });
  note_after(1s, "one");
  note_after(3s, "three");
  where.run_for(4s);
  CAF_CHECK_EQUAL(notes, (strings{"one", "slept", "three", "slept again"}));
}

CAF_TEST(what could run runs in an order that follows from the seed) {
  auto first = order_of_actors(1);
  CAF_CHECK_EQUAL(first.size(), 5u);
  CAF_CHECK_EQUAL(order_of_actors(1), first);
  auto differs = false;
  for (uint64_t seed = 2; seed < 10; ++seed)
    differs = differs || order_of_actors(seed) != first;
  CAF_CHECK(differs);
}

CAF_TEST(actors are on the time of the world) {
  act_after(5s, [&] { notes.push_back("later"); });
  where.run_for(4s);
  CAF_CHECK(notes.empty());
  where.run_for(1s);
  CAF_CHECK_EQUAL(notes, strings{"later"});
}

CAF_TEST(nothing of a killed process happens any more) {
  auto victim = where.add_process();
  where.in(victim, [&] {
    note_after(2s, "timer");
    where.after(0s, [&] {
      where.sleep(2s);
      notes.push_back("sleeper");
    });
    act_after(2s, [&] { notes.push_back("actor"); });
  });
  note_after(2s, "other");
  where.run_for(1s);
  where.kill(victim);
  where.run_for(9s);
  CAF_CHECK_EQUAL(notes, strings{"other"});
  // Only with the world itself: what it waits for ends at once.
  where.end([] {});
  CAF_CHECK_EQUAL(notes, (strings{"other", "sleeper"}));
}

CAF_TEST(a paused process goes on later where it was) {
  auto victim = where.add_process();
  where.in(victim, [&] {
    note_after(2s, "timer");
    where.after(0s, [&] {
      where.sleep(3s);
      CAF_CHECK_EQUAL(where.current(), victim);
      CAF_CHECK_EQUAL(where.micros(), 6'000'000);
      notes.push_back("sleeper");
    });
  });
  note_after(4s, "other");
  where.run_for(1s);
  where.pause(victim, 5s);
  where.run_for(9s);
  CAF_CHECK_EQUAL(notes, (strings{"other", "timer", "sleeper"}));
}

CAF_TEST(what a process begins is its own) {
  auto process = where.add_process();
  where.in(process, [&] {
    where.after(1s, [&] {
      act_after(1s, [&] {
        CAF_CHECK_EQUAL(where.current(), process);
        notes.push_back("done");
      });
    });
  });
  where.run_for(5s);
  CAF_CHECK_EQUAL(notes, strings{"done"});
}

CAF_TEST_FIXTURE_SCOPE_END()
