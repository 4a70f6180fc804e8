#include "postgres_failure_fixture.hpp"
#include "tcp_proxy.hpp"

#include "../../storage/postgres/connect.hpp"
#include "../../storage/postgres/connect_failure.hpp"
#include "../../storage/postgres/hosts.hpp"

#include <future>

// URLs that stand for more than one server.

using namespace inbox;
using namespace inbox::postgres;
using namespace std::chrono_literals;

namespace {

class fixture : public postgres_failure_fixture {
public:
  store_options options = place.options();
  tcp_proxy silent{tcp_proxy::freeze};

  fixture() {
    options.connect_timeout = 2s;
  }

  static std::string at(int port, const std::string& host = "127.0.0.1") {
    return host + ":" + std::to_string(port);
  }

  /// Connects, and checks that it took no longer than it may.
  caf::expected<conn_ptr> try_connect(const std::string& url,
                                      const resolver& how = resolve) {
    options.url = url;
    auto begin = std::chrono::steady_clock::now();
    auto result = postgres::connect(options, how);
    took = std::chrono::steady_clock::now() - begin;
    CAF_CHECK(took < options.connect_timeout + 1s);
    return result;
  }

  /// Returns the hosts in the order of trying, or the error.
  static std::string hosts(const std::string& url) {
    auto found = hosts_of(url);
    if (!found) {
      CAF_CHECK_EQUAL(inbox::code_of(found.error()), errc::invalid);
      CAF_CHECK_EQUAL(field_of(found.error()), "options.store.url");
      return describe(found.error());
    }
    std::string result;
    for (auto& x : found->hosts)
      result += (result.empty() ? "" : ", ") + to_string(x);
    return result;
  }

  static bool holds(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  }

  std::chrono::steady_clock::duration took{};
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(host_tests, fixture)

CAF_TEST(the hosts of a url) {
  CAF_CHECK_EQUAL(hosts("postgresql://a:1/db"), "a port 1");
  CAF_CHECK_EQUAL(hosts("postgresql://a:1,b:2,[::1]:3/db"),
                  "a port 1, b port 2, ::1 port 3");
  CAF_CHECK_EQUAL(hosts("postgresql:///?host=a,b&port=7"),
                  "a port 7, b port 7");
  CAF_CHECK_EQUAL(hosts("postgresql://a:1,b:1/?hostaddr=10.0.0.1,10.0.0.2"),
                  "a (10.0.0.1) port 1, b (10.0.0.2) port 1");
  CAF_CHECK_EQUAL(hosts("postgresql:///?hostaddr=10.0.0.1,10.0.0.2&host=a,b"
                        "&port=1,2"),
                  "a (10.0.0.1) port 1, b (10.0.0.2) port 2");
  // As libpq has it, PGPORT is not for a list.
  CAF_CHECK_EQUAL(hosts("postgresql://a:1,b,c/"),
                  "a port 1, b port 5432, c port 5432");
  CAF_CHECK_EQUAL(hosts("postgresql://a,b/"), "a port 5432, b port 5432");
  CAF_CHECK_EQUAL(hosts("postgresql:///?host=/tmp&port=1"), "/tmp port 1");
  // Only libpq reads that file.
  CAF_CHECK_EQUAL(hosts("postgresql:///?service=x"), "the server");
}

CAF_TEST(hosts that cannot be meant) {
  CAF_CHECK(holds(hosts("postgresql:///?host=a,b,c&port=1,2"), "number of"));
  CAF_CHECK(holds(hosts("postgresql:///?host=a,b&hostaddr=::1"), "number of"));
  for (std::string x : {"standby", "prefer-standby", "read-only"})
    CAF_CHECK(
      holds(hosts("postgresql://a/?target_session_attrs=" + x), "only reads"));
  for (std::string x : {"any", "primary", "read-write"})
    CAF_CHECK(holds(hosts("postgresql://a/?target_session_attrs=" + x), "a"));
}

CAF_TEST(a silent host does not keep from the next one) {
  tcp_proxy good;
  CAF_CHECK(
    try_connect("postgresql://" + at(silent.port()) + "," + at(good.port())));
  CAF_CHECK(took >= 1s); // its share
  CAF_CHECK(
    try_connect("postgresql://" + at(good.port()) + "," + at(silent.port())));
}

CAF_TEST(a silent address does not keep from the next one) {
  tcp_proxy good{tcp_proxy::pass, 2, silent.port()};
  auto two = [](const std::string& name) {
    CAF_CHECK_EQUAL(name, "db.example");
    return found_addresses{{"127.0.0.1", "127.0.0.2"}, ""};
  };
  CAF_CHECK(try_connect("postgresql://" + at(good.port(), "db.example"), two));
}

CAF_TEST(a name whose look up takes too long) {
  std::promise<void> forever;
  auto end = forever.get_future().share();
  auto hang = [end](const std::string&) {
    end.wait();
    return found_addresses{};
  };
  auto none = try_connect("postgresql://db.example/", hang);
  CAF_REQUIRE(!none);
  CAF_CHECK_EQUAL(inbox::code_of(none.error()), errc::connection_lost);
  CAF_CHECK(holds(describe(none.error()), "db.example"));
  CAF_CHECK(took >= 2s);
  tcp_proxy good;
  CAF_CHECK(try_connect("postgresql://db.example:1," + at(good.port()), hang));
  forever.set_value();
}

CAF_TEST(names are looked up) {
  tcp_proxy good;
  CAF_CHECK(try_connect("postgresql://" + at(good.port(), "localhost")));
  auto none = try_connect("postgresql://no-such-name.invalid/");
  CAF_REQUIRE(!none);
  CAF_CHECK_EQUAL(inbox::code_of(none.error()), errc::connection_lost);
  CAF_CHECK(holds(describe(none.error()), "no-such-name.invalid"));
}

CAF_TEST(all hosts are silent) {
  tcp_proxy other{tcp_proxy::freeze};
  auto none
    = try_connect("postgresql://" + at(silent.port()) + "," + at(other.port()));
  CAF_REQUIRE(!none);
  CAF_CHECK_EQUAL(inbox::code_of(none.error()), errc::connection_lost);
  for (auto port : {silent.port(), other.port()})
    CAF_CHECK(holds(describe(none.error()), "port " + std::to_string(port)));
}

CAF_TEST(a host that may be back later decides) {
  tcp_proxy good;
  auto code = [this](const std::string& user, const std::string& hosts) {
    auto result = try_connect("postgresql://" + user + "@" + hosts);
    return result ? errc{} : inbox::code_of(result.error());
  };
  auto dead = at(1);
  auto live = at(good.port());
  // The wrong password is not what keeps from the server that is away.
  CAF_CHECK_EQUAL(code("nobody:x", dead + "," + live), errc::connection_lost);
  CAF_CHECK_EQUAL(code("nobody:x", live + "," + dead), errc::connection_lost);
  CAF_CHECK_EQUAL(code("nobody:x", live + "," + live), errc::storage_failed);
  auto user = table("user");
  client.run("create role " + user + " login password 'x' connection limit 0");
  CAF_CHECK_EQUAL(code(user + ":x", dead + "," + live), errc::busy);
  CAF_CHECK_EQUAL(code(user + ":x", live + "," + dead), errc::connection_lost);
  client.run("drop role " + user);
}

CAF_TEST(the class of several errors) {
  auto lost = make_error(errc::connection_lost, "store", "first");
  auto busy = make_error(errc::busy, "store", "second");
  auto failed = make_error(errc::storage_failed, "options.store.url", "third");
  auto full = make_error(errc::storage_failed, "store", "fourth");
  CAF_CHECK_EQUAL(describe(combine({failed, full})),
                  "storage_failed: store: third; fourth");
  CAF_CHECK_EQUAL(describe(combine({full, failed})),
                  "storage_failed: options.store.url: fourth; third");
  CAF_CHECK_EQUAL(describe(combine({lost, failed})),
                  "connection_lost: store: first; third");
  CAF_CHECK_EQUAL(describe(combine({lost, busy, failed})),
                  "busy: store: first; second; third");
}

CAF_TEST(the state in a message) {
  CAF_CHECK_EQUAL(state_in("server at \"x\" failed: FATAL:  28P01: no\n"),
                  "28P01");
  CAF_CHECK_EQUAL(state_in("FATAL:  57P03: no\nFATAL:  28P01: no\n"), "28P01");
  CAF_CHECK_EQUAL(state_in("FATAL:  28p01: no"), "");
  CAF_CHECK_EQUAL(state_in("could not connect: refused"), "");
}

CAF_TEST_FIXTURE_SCOPE_END()
