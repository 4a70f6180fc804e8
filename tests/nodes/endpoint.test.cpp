#include "../../nodes/endpoint.hpp"
#include "../../nodes/spawn_remote_inbox.hpp"
#include "../support/caf_fixture.hpp"

#include "../../messages/error.hpp"

// Where an inbox may be published, and the options of those who use it.

using namespace inbox;
using namespace std::chrono_literals;

CAF_TEST(addresses of the machine itself) {
  for (auto x : {"localhost", "127.0.0.1", "127.255.0.1", "::1"})
    CAF_CHECK(is_loopback(x));
  for (auto x : {"0.0.0.0", "::", "10.0.0.1", "128.0.0.1", "127.0.0.1.org",
                 "localhost.org", "", "::2", "2130706433", "127.1 "})
    CAF_CHECK(!is_loopback(x));
}

CAF_TEST(an endpoint is a line in a log) {
  CAF_CHECK_EQUAL(to_string(endpoint{"storage", 4242, true}), "storage:4242");
  CAF_CHECK_EQUAL(to_string(endpoint{"::1", 4242}), "[::1]:4242");
}

CAF_TEST(options name the field that cannot be) {
  CAF_CHECK(!remote_options{}.validate());
  auto field = [](auto change) {
    remote_options x;
    change(x);
    return field_of(x.validate());
  };
  CAF_CHECK_EQUAL(field([](auto& x) { x.request_timeout = 0s; }),
                  "request_timeout");
  CAF_CHECK_EQUAL(field([](auto& x) { x.request_timeout = 48h; }),
                  "request_timeout");
  CAF_CHECK_EQUAL(field([](auto& x) { x.reconnect.min = -1s; }), "reconnect");
  CAF_CHECK_EQUAL(field([](auto& x) { x.reconnect.max = 1ms; }), "reconnect");
  CAF_CHECK_EQUAL(field([](auto& x) { x.reconnect.factor = 0; }),
                  "reconnect.factor");
  CAF_CHECK_EQUAL(field([](auto& x) { x.register_interval = 0s; }),
                  "register_interval");
  CAF_CHECK_EQUAL(field([](auto& x) { x.max_open_requests = 0; }),
                  "max_open_requests");
  CAF_CHECK_EQUAL(field([](auto& x) { x.max_open_bytes = 0; }),
                  "max_open_bytes");
}
