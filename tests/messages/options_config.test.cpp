#include "../../messages/options.hpp"

#include "../../messages/error.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/test/dsl.hpp>

#include <sstream>

using namespace inbox;
using namespace std::chrono_literals;

namespace {

class config : public caf::actor_system_config {
public:
  config() {
    add_options(custom_options_);
  }

  /// Reads what an application gets from its command line and its file.
  caf::expected<options> read(std::vector<std::string> arguments,
                              const std::string& file = "") {
    std::istringstream in{file};
    if (auto err = parse(std::move(arguments), in))
      return err;
    return read_options(content);
  }
};

} // namespace

CAF_TEST(without any setting the defaults stay) {
  auto x = config{}.read({});
  CAF_REQUIRE(x);
  CAF_CHECK_EQUAL(x->iteration_rate, options{}.iteration_rate);
  CAF_CHECK_EQUAL(x->store.url, options{}.store.url);
  CAF_CHECK(!x->validate());
  options mine;
  mine.batch_size = 7;
  auto kept = read_options(caf::settings{}, mine);
  CAF_REQUIRE(kept);
  CAF_CHECK_EQUAL(kept->batch_size, 7u);
}

CAF_TEST(every option can be set on the command line) {
  auto x = config{}.read({"--inbox.store-url=memory:x",
                          "--inbox.store-prefix=mine",
                          "--inbox.store-connect-timeout=1s",
                          "--inbox.store-statement-timeout=2s",
                          "--inbox.store-deadline=3s",
                          "--inbox.iteration-rate=4s",
                          "--inbox.iteration-seed=5",
                          "--inbox.handler-timeout=6s",
                          "--inbox.max-attempts=7",
                          "--inbox.backoff-min=8s",
                          "--inbox.backoff-max=9s",
                          "--inbox.backoff-factor=1.5",
                          "--inbox.max-stuck-workers=10",
                          "--inbox.lease-duration=11s",
                          "--inbox.batch-size=12",
                          "--inbox.max-in-flight=13",
                          "--inbox.write-batch-size=14",
                          "--inbox.max-waiting-writes=15",
                          "--inbox.payload-limit=16",
                          "--inbox.request-timeout=17s",
                          "--inbox.erase-interval=18h",
                          "--inbox.retention-days=19",
                          "--inbox.erase-unfinished",
                          "--inbox.drain-grace=20ms"});
  CAF_REQUIRE(x);
  CAF_CHECK_EQUAL(x->store.url, "memory:x");
  CAF_CHECK_EQUAL(x->store.prefix, "mine");
  CAF_CHECK_EQUAL(x->store.connect_timeout, timespan{1s});
  CAF_CHECK_EQUAL(x->store.statement_timeout, timespan{2s});
  CAF_CHECK_EQUAL(x->store.deadline, timespan{3s});
  CAF_CHECK_EQUAL(x->iteration_rate, timespan{4s});
  CAF_CHECK_EQUAL(x->iteration_seed, 5u);
  CAF_CHECK_EQUAL(x->handler_timeout, timespan{6s});
  CAF_CHECK_EQUAL(x->max_attempts, 7u);
  CAF_CHECK_EQUAL(x->backoff.min, timespan{8s});
  CAF_CHECK_EQUAL(x->backoff.max, timespan{9s});
  CAF_CHECK_EQUAL(x->backoff.factor, 1.5);
  CAF_CHECK_EQUAL(x->max_stuck_workers, 10u);
  CAF_CHECK_EQUAL(x->lease_duration, timespan{11s});
  CAF_CHECK_EQUAL(x->batch_size, 12u);
  CAF_CHECK_EQUAL(x->max_in_flight, 13u);
  CAF_CHECK_EQUAL(x->write_batch_size, 14u);
  CAF_CHECK_EQUAL(x->max_waiting_writes, 15u);
  CAF_CHECK_EQUAL(x->payload_limit, 16u);
  CAF_CHECK_EQUAL(x->request_timeout, timespan{17s});
  CAF_CHECK_EQUAL(x->erase_interval, timespan{18h});
  CAF_CHECK_EQUAL(x->retention_days, 19u);
  CAF_CHECK(x->erase_unfinished);
  CAF_CHECK_EQUAL(x->drain_grace, timespan{20ms});
  CAF_CHECK(!x->validate());
}

CAF_TEST(a configuration file sets options as a group) {
  auto x = config{}.read({"--inbox.batch-size=3"}, R"(
    inbox {
      store-url = "sqlite:/var/lib/inbox.db"
      handler-timeout = 1min
      batch-size = 2
    })");
  CAF_REQUIRE(x);
  CAF_CHECK_EQUAL(x->store.url, "sqlite:/var/lib/inbox.db");
  CAF_CHECK_EQUAL(x->handler_timeout, timespan{1min});
  CAF_CHECK_EQUAL(x->batch_size, 3u); // the command line wins
}

CAF_TEST(a setting of the wrong type is named) {
  struct row {
    const char* name;
    caf::config_value value;
  };
  const row table[] = {
    {"max-attempts", caf::config_value{-1}},
    {"max-attempts", caf::config_value{int64_t{1} << 40}},
    {"max-attempts", caf::config_value{"many"}},
    {"batch-size", caf::config_value{1.5}},
    {"payload-limit", caf::config_value{-1}},
    {"handler-timeout", caf::config_value{"soon"}},
    {"backoff-factor", caf::config_value{"x"}},
    {"erase-unfinished", caf::config_value{"perhaps"}},
  };
  for (auto& [name, value] : table) {
    CAF_MESSAGE(name);
    caf::settings settings;
    caf::put(settings, std::string{"inbox."} + name, value);
    auto x = read_options(settings);
    CAF_REQUIRE(!x);
    CAF_CHECK_EQUAL(code_of(x.error()), errc::invalid);
    CAF_CHECK_EQUAL(field_of(x.error()), std::string{"inbox."} + name);
  }
}

CAF_TEST(of several bad settings one is named) {
  caf::settings settings;
  caf::put(settings, "inbox.max-attempts", "x");
  caf::put(settings, "inbox.batch-size", "y");
  auto x = read_options(settings);
  CAF_REQUIRE(!x);
  CAF_CHECK_EQUAL(field_of(x.error()), "inbox.max-attempts");
}
