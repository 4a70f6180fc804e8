#include "app.hpp"

#include <inbox/actors/caf_compat.hpp>

#include <sstream>

// Options at the ends of their ranges work, and what a configuration says is
// read as it is meant or refused by its name.

using namespace flow;
using inbox::errc;
using inbox::status;
using inbox::timespan;

namespace {

constexpr timespan ten_years = 24h * 365 * 10;

/// Everything as large as it may be.
inbox::options largest(const store_place& place) {
  auto x = quick_options(place);
  x.store.prefix += std::string(32 - x.store.prefix.size(), '_');
  x.store.connect_timeout = ten_years;
  x.store.statement_timeout = ten_years - 1ms;
  x.store.deadline = ten_years - 1ns;
  x.request_timeout = ten_years;
  x.handler_timeout = ten_years - 1ns;
  x.lease_duration = ten_years;
  x.iteration_rate = ten_years;
  x.iteration_seed = 86400;
  x.max_attempts = 32767;
  x.backoff = {ten_years, ten_years, 1000};
  x.max_stuck_workers = 1000;
  x.batch_size = 100'000;
  x.max_in_flight = 1'000'000;
  x.max_in_flight_bytes = uint64_t{16} << 30;
  x.write_batch_size = 100'000;
  x.max_waiting_writes = 10'000'000;
  x.max_waiting_bytes = uint64_t{16} << 30;
  x.payload_limit = uint64_t{512} << 20;
  x.erase_interval = ten_years;
  x.retention_days = 3650;
  x.drain_grace = ten_years;
  return x;
}

/// Everything as small as it may be; SQLite's and PostgreSQL's own times are
/// left alone, since within a millisecond no connection is made.
inbox::options smallest(const store_place& place) {
  auto x = quick_options(place);
  x.iteration_rate = 1ms;
  x.iteration_seed = 0;
  x.max_attempts = 1;
  x.backoff = {0s, 1ms, 1};
  x.max_stuck_workers = 0;
  x.batch_size = 1;
  x.max_in_flight = 1;
  x.max_in_flight_bytes = 1;
  x.write_batch_size = 1;
  x.max_waiting_writes = 1;
  x.max_waiting_bytes = 1;
  x.payload_limit = 0;
  x.erase_interval = 1ms;
  x.retention_days = 0;
  x.drain_grace = 0s;
  return x;
}

struct config_case {
  std::string what;
  /// The group's content in a file.
  std::string text;
  /// What the error names behind "inbox." or "options.", or empty.
  std::string field;
};

/// Reads a file as an application does, and checks what it says.
caf::expected<inbox::options> read_file(const std::string& group) {
  struct config : caf::actor_system_config {
    config() {
      inbox::add_options(custom_options_);
    }
  };
  config x;
  std::istringstream in{"inbox { " + group + " }"};
  if (auto err = x.parse(std::vector<std::string>{}, in))
    return err;
  return inbox::read_options(content(x));
}

const config_case config_cases[] = {
  {"seconds beyond all nanoseconds", "iteration-rate = 9223372036854775807s",
   "iteration_rate"},
  {"an hour beyond", "handler-timeout = 2562048h", "handler_timeout"},
  {"minutes beyond, below zero", "drain-grace = -153722868min", "drain_grace"},
  {"a duration below zero", "iteration-rate = -1s", "iteration_rate"},
  {"no duration", "iteration-rate = 0s", "iteration_rate"},
  {"a duration without a unit", "iteration-rate = 5", "iteration-rate"},
  {"a duration as a text", "iteration-rate = \"5\"", "iteration-rate"},
  {"a duration as a fraction", "iteration-rate = 0.5", "iteration-rate"},
  {"a list of durations", "iteration-rate = [1s, 2s]", "iteration-rate"},
  {"a group instead of a value", "iteration-rate { x = 1 }", "iteration-rate"},
  {"a count below zero", "batch-size = -1", "batch-size"},
  {"a count beyond 32 bits", "batch-size = 4294967296", "batch-size"},
  {"a count beyond its 64 bits", "payload-limit = -9223372036854775808",
   "payload-limit"},
  {"a fraction of a count", "max-attempts = 2.5", "max-attempts"},
  {"a number that is none", "backoff-factor = \"nan\"", "backoff-factor"},
  {"a number without end", "backoff-factor = \"inf\"", "backoff-factor"},
  {"SQL in the prefix", "store-prefix = \"x; drop table y; --\"",
   "store.prefix"},
  {"broken UTF-8 in the prefix", "store-prefix = \"x\xC3\"", "store.prefix"},
  {"an unknown option", "batch-siz = 3", "batch-siz"},
  {"an option as it is in the code", "batch_size = 3", "batch_size"},
  {"a list of URLs", "store-url = [\"memory:a\", \"memory:b\"]", "store-url"},
};

} // namespace

CAF_TEST(options at the ends of their ranges work) {
  on_each_store([](store_place& place) {
    for (auto& options : {largest(place), smallest(place)}) {
      CAF_REQUIRE(!options.validate());
      CAF_CHECK(inbox::longest_drain(options) >= options.drain_grace);
      record<caf::error> errors;
      auto telling = options;
      telling.on_error = [&](const caf::error& x) { errors.add(x); };
      inbox::registry handlers;
      on(handlers, "order", "mail", [](const inbox::delivery& x) {
        return x.event().id == nth(2) && x.attempt() == 1 ? inbox::failed("no")
                                                          : inbox::done();
      });
      app shop{telling, handlers};
      inbox::client box{shop.system(), shop.actor(), telling};
      shop.wait_until_ready(1);
      CAF_CHECK(value(box.write(make(1, "order", ""))).result
                == inbox::write_result::stored);
      shop.wait_until(1, "mail", status::done);
      CAF_CHECK(box.write(make(2, "order", "")));
      shop.wait_until(2, "mail",
                      telling.max_attempts > 1 ? status::failed : status::dead);
      CAF_CHECK_EQUAL(value(box.drain()).abandoned, 0u);
      for (auto& x : errors.all())
        CAF_ERROR(inbox::describe(x));
    }
  });
}

CAF_TEST(what a configuration cannot mean is named) {
  for (auto& [what, text, field] : config_cases) {
    CAF_MESSAGE(what);
    auto read = read_file(text);
    auto err = read ? read->validate() : read.error();
    CAF_CHECK_EQUAL(err, errc::invalid);
    auto prefix = std::string{read ? "options." : "inbox."};
    CAF_CHECK_EQUAL(inbox::field_of(err), prefix + field);
  }
}

CAF_TEST(a configuration that is no group of options is no configuration) {
  caf::settings settings;
  caf::put(settings, "inbox", 5);
  auto read = inbox::read_options(settings);
  CAF_REQUIRE(!read);
  CAF_CHECK_EQUAL(read.error(), errc::invalid);
  CAF_CHECK_EQUAL(inbox::field_of(read.error()), "inbox");
}

CAF_TEST(of an option that is there twice the last one counts) {
  auto read = read_file("batch-size = 3\n batch-size = 4");
  CAF_CHECK_EQUAL(value(std::move(read)).batch_size, 4u);
  read = read_file("batch-size = 3 } inbox { batch-size = 5");
  CAF_CHECK_EQUAL(value(std::move(read)).batch_size, 5u);
}
