#include "../../messages/options.hpp"

#include "../../messages/error.hpp"

#include <caf/test/dsl.hpp>

#include <functional>
#include <limits>

using namespace inbox;
using namespace std::chrono_literals;

namespace {

constexpr auto eleven_years = timespan{24h * 365 * 11};
constexpr auto most = std::numeric_limits<uint32_t>::max();

struct change {
  std::string field;
  std::function<void(options&)> apply;
};

#define CHANGE(name, statement)                                                \
  {                                                                            \
    name, [](options& x) { x.statement; }                                      \
  }

// Each makes one field bad; more than one row where a field has two ends.
const change bad[] = {
  CHANGE("store.url", store.url = ""),
  CHANGE("store.prefix", store.prefix = ""),
  CHANGE("store.prefix", store.prefix = "1a"),
  CHANGE("store.prefix", store.prefix = "_a"),
  CHANGE("store.prefix", store.prefix = "A"),
  CHANGE("store.prefix", store.prefix = "a-b"),
  CHANGE("store.prefix", store.prefix = "a;drop table x"),
  CHANGE("store.prefix", store.prefix = "a\""),
  CHANGE("store.prefix", store.prefix = "a\xC3\xA4"),
  CHANGE("store.prefix", store.prefix = std::string(33, 'a')),
  CHANGE("store.connect_timeout", store.connect_timeout = 0s),
  CHANGE("store.connect_timeout", store.connect_timeout = -1s),
  CHANGE("store.connect_timeout", store.connect_timeout = eleven_years),
  CHANGE("store.statement_timeout", store.statement_timeout = 0s),
  CHANGE("store.statement_timeout", store.statement_timeout = 999us),
  CHANGE("store.deadline", store.deadline = 0s),
  CHANGE("store.deadline", store.deadline = timespan::max()),
  CHANGE("iteration_rate", iteration_rate = 0s),
  CHANGE("iteration_rate", iteration_rate = timespan::min()),
  CHANGE("iteration_rate", iteration_rate = timespan::max()),
  CHANGE("iteration_seed", iteration_seed = 86401),
  CHANGE("handler_timeout", handler_timeout = 0s),
  CHANGE("handler_timeout", handler_timeout = eleven_years),
  CHANGE("max_attempts", max_attempts = 0),
  CHANGE("max_attempts", max_attempts = 32768),
  CHANGE("max_attempts", max_attempts = most),
  CHANGE("backoff.factor", backoff.factor = 0.9),
  CHANGE("backoff.factor", backoff.factor = 1001),
  CHANGE("backoff.factor", backoff.factor = std::nan("")),
  CHANGE("backoff.factor",
         backoff.factor = std::numeric_limits<double>::infinity()),
  CHANGE("backoff.max", backoff.max = 4s),
  CHANGE("backoff.max", backoff.max = eleven_years),
  CHANGE("backoff.min", backoff.min = -1s),
  CHANGE("max_stuck_workers", max_stuck_workers = 1001),
  CHANGE("lease_duration", lease_duration = 0s),
  CHANGE("lease_duration", lease_duration = eleven_years),
  CHANGE("batch_size", batch_size = 0),
  CHANGE("batch_size", batch_size = 100'001),
  CHANGE("max_in_flight", max_in_flight = 0),
  CHANGE("max_in_flight", max_in_flight = 1'000'001),
  CHANGE("write_batch_size", write_batch_size = 0),
  CHANGE("write_batch_size", write_batch_size = 100'001),
  CHANGE("max_waiting_writes", max_waiting_writes = 0),
  CHANGE("max_waiting_writes", max_waiting_writes = most),
  CHANGE("payload_limit", payload_limit = 512 * 1024 * 1024 + 1),
  CHANGE("request_timeout", request_timeout = 0s),
  CHANGE("erase_interval", erase_interval = 0s),
  CHANGE("retention_days", retention_days = 3651),
  CHANGE("drain_grace", drain_grace = -1ns),
  CHANGE("drain_grace", drain_grace = eleven_years),
};

// Each value is good, but they do not nest.
const change at_odds[] = {
  CHANGE("lease_duration", lease_duration = 10s),
  CHANGE("lease_duration", handler_timeout = 20s),
  CHANGE("store.deadline", store.deadline = 5s),
  CHANGE("store.deadline", store.statement_timeout = 8s),
  CHANGE("request_timeout", request_timeout = 8s),
  CHANGE("max_in_flight", max_in_flight = 199),
  CHANGE("max_waiting_writes", max_waiting_writes = 999),
};

const change good[] = {
  CHANGE("", store.prefix = "a"),
  CHANGE("", store.prefix = std::string(32, 'a')),
  CHANGE("", store.prefix = "a_1"),
  CHANGE("", iteration_rate = 1ms),
  CHANGE("", iteration_seed = 0),
  CHANGE("", max_attempts = 1),
  CHANGE("", max_attempts = 32767),
  CHANGE("", backoff.min = 0s),
  CHANGE("", backoff.factor = 1),
  CHANGE("", backoff.max = 5s),
  CHANGE("", max_stuck_workers = 0),
  CHANGE("", lease_duration = 10001ms),
  CHANGE("", batch_size = 1),
  CHANGE("", max_in_flight = 2000),
  CHANGE("", payload_limit = 0),
  CHANGE("", retention_days = 0),
  CHANGE("", drain_grace = 0s),
};

} // namespace

CAF_TEST(the defaults are those of the documentation) {
  options x;
  CAF_CHECK(!x.validate());
  CAF_CHECK_EQUAL(x.store.url, "sqlite:inbox.db");
  CAF_CHECK_EQUAL(x.store.prefix, "inbox");
  CAF_CHECK_EQUAL(x.iteration_rate, timespan{5s});
  CAF_CHECK_EQUAL(x.iteration_seed, 2u);
  CAF_CHECK_EQUAL(x.handler_timeout, timespan{10s});
  CAF_CHECK_EQUAL(x.max_attempts, 5u);
  CAF_CHECK_EQUAL(x.erase_interval, timespan{24h});
  CAF_CHECK_EQUAL(x.retention_days, 60u);
  CAF_CHECK(!x.erase_unfinished);
}

CAF_TEST(every bad value is named) {
  auto check_all = [](const auto& changes) {
    for (auto& [field, apply] : changes) {
      options x;
      apply(x);
      auto err = x.validate();
      CAF_CHECK_EQUAL(code_of(err), errc::invalid);
      CAF_CHECK_EQUAL(field_of(err), "options." + field);
    }
  };
  check_all(bad);
  check_all(at_odds);
}

CAF_TEST(the ends of every range are good) {
  for (auto& [field, apply] : good) {
    options x;
    apply(x);
    CAF_CHECK_EQUAL(describe(x.validate()), "no error");
  }
}

CAF_TEST(store options are checked alone as well) {
  for (auto& [field, apply] : bad) {
    if (field.rfind("store.", 0) != 0)
      continue;
    options x;
    apply(x);
    auto err = check(x.store);
    CAF_CHECK_EQUAL(code_of(err), errc::invalid);
    CAF_CHECK_EQUAL(field_of(err), "options." + field);
  }
  CAF_CHECK(!check(store_options{}));
}

CAF_TEST(an error about the URL does not repeat it) {
  options x;
  x.store.url = "postgresql://u:secret@h/db";
  x.store.prefix = "";
  CAF_CHECK_EQUAL(describe(x.validate()).find("secret"), std::string::npos);
}
