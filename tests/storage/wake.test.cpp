#include "../../messages/error.hpp"
#include "../../storage/postgres/wake_text.hpp"
#include "../../storage/wake_channel.hpp"
#include "../../storage/wake_signal.hpp"

#include <caf/test/dsl.hpp>

#include <poll.h>

// What inboxes tell each other over the store, without a server.

using namespace inbox;

namespace {

bool can_be_read(const wake_signal& x) {
  pollfd entry{x.descriptor(), POLLIN, 0};
  return ::poll(&entry, 1, 0) == 1;
}

std::vector<std::string> many_types(size_t count, size_t length = 1) {
  std::vector<std::string> result;
  for (size_t i = 0; i < count; ++i)
    result.push_back(std::to_string(i) + std::string(length, 'x'));
  return result;
}

std::vector<std::string> through_text(std::vector<std::string> types) {
  return postgres::read_wake_up(postgres::write_wake_up({std::move(types)}))
    .event_types;
}

} // namespace

CAF_TEST(hints are gathered until they are taken) {
  wake_signal signal;
  CAF_CHECK(!can_be_read(signal));
  CAF_CHECK(!signal.take());
  signal.ring({{"order"}});
  signal.ring({{"mail", "order"}});
  CAF_CHECK(can_be_read(signal));
  auto what = signal.take();
  CAF_REQUIRE(what);
  CAF_CHECK_EQUAL(what->event_types,
                  (std::vector<std::string>{"order", "mail"}));
  CAF_CHECK(!can_be_read(signal));
  CAF_CHECK(!signal.take());
}

CAF_TEST(the end stays to be seen) {
  wake_signal signal;
  signal.ring({});
  signal.end();
  CAF_CHECK(signal.take());
  CAF_CHECK(can_be_read(signal));
  CAF_CHECK(signal.ended());
}

CAF_TEST(a hint for many types is one for any) {
  wake_up what{many_types(wake_up::most_types)};
  merge(what, {{"0x"}});
  CAF_CHECK_EQUAL(what.event_types.size(), wake_up::most_types);
  merge(what, {{"one more"}});
  CAF_CHECK(what.event_types.empty());
  merge(what, {{"order"}});
  CAF_CHECK(what.event_types.empty());
  wake_up other{{"order"}};
  merge(other, {});
  CAF_CHECK(other.event_types.empty());
}

CAF_TEST(a hint comes back from its text as it was) {
  for (auto& types : {many_types(1), many_types(wake_up::most_types, 250),
                      std::vector<std::string>{"a \"quoted\"\n'; drop", "ü"}})
    CAF_CHECK_EQUAL(through_text(types), types);
  CAF_CHECK(through_text({}).empty());
}

CAF_TEST(a text that is too long for the server is a hint for any type) {
  std::vector<std::string> types(wake_up::most_types, std::string(255, '\x01'));
  CAF_CHECK(postgres::write_wake_up({types}).empty());
}

CAF_TEST(whatever else somebody notifies is a hint for any type) {
  for (auto text : {"", "{", "7", "{\"a\": 1}", "[1]", "[\"order\", null]",
                    "[[\"order\"]]", "\xFF\xFE"})
    CAF_CHECK(postgres::read_wake_up(text).event_types.empty());
  auto too_many
    = postgres::write_wake_up({many_types(wake_up::most_types + 1)});
  CAF_CHECK(postgres::read_wake_up(too_many).event_types.empty());
}

CAF_TEST(only PostgreSQL has a channel) {
  store_options options;
  for (auto url : {"memory:", "sqlite:inbox.db", "postgresql://host/db"}) {
    options.url = url;
    auto found = find_wake_channel(options, {});
    CAF_REQUIRE(found);
    CAF_CHECK_EQUAL(bool{*found}, options.url.front() == 'p');
  }
  options.listen = false;
  auto found = find_wake_channel(options, {});
  CAF_CHECK(found && !*found);
  options.listen = true;
  for (auto url : {"sqlite:inbox.db", "memory:", "nonsense"}) {
    options.listen_url = url;
    auto refused = find_wake_channel(options, {});
    CAF_REQUIRE(!refused);
    CAF_CHECK_EQUAL(code_of(refused.error()), errc::invalid);
    CAF_CHECK_EQUAL(field_of(refused.error()), "options.store.listen_url");
  }
}
