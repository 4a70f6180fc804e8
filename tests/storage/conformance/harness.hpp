#pragma once

#include "../local_test_stores.hpp"
#include "../postgres_test_store.hpp"

#include <caf/test/dsl.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

// Every file here is compiled once per store, which the build names.
#if defined(INBOX_TEST_STORE_MEMORY)
using tested_store = memory_test_store;
#elif defined(INBOX_TEST_STORE_SQLITE)
using tested_store = sqlite_test_store;
#elif defined(INBOX_TEST_STORE_POSTGRES)
using tested_store = postgres_test_store;
#else
#  error "no store to test"
#endif

using namespace inbox;
using namespace std::chrono_literals;

/// A fresh store, and its verbs in a form that fails the test on an error.
class fixture {
public:
  tested_store place;
  store_ptr db = place.open();
  uuid owner = nth(0xFFFF);
  timespan lease_duration = 60s;
  uint32_t max_attempts = 5;
  /// Of all routes that were added.
  std::map<route_id, remove_route> names;

  /// Returns the same id for the same number.
  static uuid nth(uint32_t n) {
    uuid result{};
    result.data[0] = 0xA5;
    for (int i = 0; i < 4; ++i)
      result.data[15 - i] = static_cast<uint8_t>(n >> (8 * i));
    return result;
  }

  static event make(uint32_t n, std::string type = "order") {
    event result;
    result.id = nth(n);
    result.type = std::move(type);
    result.payload = "payload " + std::to_string(n);
    return result;
  }

  static event make_ordered(uint32_t n, std::string key) {
    auto result = make(n);
    result.ordering_key = std::move(key);
    return result;
  }

  template <class T>
  static T get(caf::expected<T> x) {
    if (!x)
      CAF_FAIL("unexpected error: " << describe(x.error()));
    return std::move(*x);
  }

  // -- verbs ------------------------------------------------------------------

  std::vector<receipt> write(const std::vector<event>& events) {
    return get(db->write(events)).receipts;
  }

  receipt write(const event& x) {
    return write(std::vector{x}).at(0);
  }

  route_id add(std::string key, std::string type = "order") {
    auto route = get(db->add({type, key})).route;
    names[route] = {std::move(type), std::move(key)};
    return route;
  }

  void remove(route_id route) {
    if (auto result = db->remove(names.at(route)); !result)
      CAF_FAIL("unexpected error: " << describe(result.error()));
  }

  uint32_t route(std::vector<route_id> routes, uint32_t limit = 100) {
    return get(db->route({std::move(routes), limit})).events;
  }

  claimed_deliveries claim(std::vector<route_demand> demand, uint32_t limit) {
    return get(db->claim(
      {owner, std::move(demand), limit, lease_duration, max_attempts}));
  }

  claimed_deliveries claim(route_id route, uint32_t limit = 100) {
    return claim({{route, limit}}, limit);
  }

  /// Claims the one delivery that there must be.
  claimed_delivery claim_one(route_id route) {
    auto result = claim(route, 1);
    if (result.claimed.size() != 1)
      CAF_FAIL("nothing to claim");
    return result.claimed[0];
  }

  bool settle(const lease& x, verdict how, timespan delay = 0s,
              std::string message = "") {
    settle_deliveries request;
    request.settlements.push_back({x, how, delay, std::move(message)});
    auto lost = get(db->settle(request)).lost;
    CAF_CHECK(lost.empty() || lost == std::vector{x});
    return lost.empty();
  }

  bool renew(const lease& x, timespan duration) {
    auto lost = get(db->renew({{x}, duration})).lost;
    CAF_CHECK(lost.empty() || lost == std::vector{x});
    return lost.empty();
  }

  erased_events erase(timespan older_than, event_seq after = 0,
                      uint32_t limit = 100, bool unfinished = false) {
    return get(db->erase({after, limit, older_than, unfinished}));
  }

  event_record find(uint32_t n) {
    return get(db->find({nth(n)}));
  }

  /// Returns how the only delivery of an event stands.
  delivery_info info(uint32_t n) {
    auto deliveries = find(n).deliveries;
    if (deliveries.size() != 1)
      CAF_FAIL("event has " << deliveries.size() << " deliveries");
    return deliveries[0];
  }

  store_summary summarize() {
    return get(db->summarize());
  }

  void advance(std::chrono::microseconds interval) {
    place.advance(interval);
  }

  // -- shorthands -------------------------------------------------------------

  /// Checks that `time` is `offset` after the time at which `f` runs.
  template <class F, class Time>
  void check_time(F f, Time time, timespan offset = 0s) {
    auto before = place.now();
    f();
    auto after = place.now();
    auto shift = std::chrono::floor<std::chrono::microseconds>(offset);
    CAF_CHECK_LESS_OR_EQUAL(micros_of(before + shift), micros_of(time()));
    CAF_CHECK_LESS_OR_EQUAL(micros_of(time()), micros_of(after + shift));
  }

  static int64_t micros_of(timestamp x) {
    return x.time_since_epoch().count();
  }

  /// Returns the numbers of the events that were claimed, in order.
  static std::vector<int> numbers(const claimed_deliveries& x) {
    std::vector<int> result;
    for (auto& entry : x.claimed)
      result.push_back(number_of(entry.event.id));
    return result;
  }

  static int number_of(const uuid& id) {
    return id.data[15] + 256 * id.data[14];
  }

  static std::string results(const std::vector<receipt>& receipts) {
    std::string result;
    for (auto& x : receipts)
      result += (result.empty() ? "" : " ") + to_string(x.result) + ":"
                + std::to_string(x.handlers);
    return result;
  }
};

using ints = std::vector<int>;
