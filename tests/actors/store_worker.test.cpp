#include "../../actors/store_worker.hpp"

#include "../support/actor_fixture.hpp"
#include "../support/virtual_store.hpp"

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

const auto gone = make_error(errc::connection_lost, "store", "gone");

class fixture : public actor_fixture {
public:
  virtual_store place{*this};
  store_faults& faults = place.faults;
  mailbox<error_occurred> errors;
  std::shared_ptr<known_routes> routes = std::make_shared<known_routes>();
  store_worker_actor worker;

  fixture() {
    restart(place.opener());
  }

  void restart(store_opener open) {
    worker = start_worker(std::move(open));
  }

  store_worker_actor start_worker(store_opener open,
                                  caf::actor_addr inbox = {}) {
    return start<store_worker_impl>(
      [known = routes, open = std::move(open)] { return known->open(open); },
      routes, play<observer_actor>(mailbox<delivery_died>{}, errors), inbox);
  }

  /// Asks for something that every store can do; returns what went wrong.
  errc summarize() {
    auto reply = ask<store_summary>(worker, get_summary{});
    return reply ? errc{} : code_of(reply.error());
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(store_worker_tests, fixture)

CAF_TEST(a connection is opened with the first request and kept) {
  CAF_CHECK_EQUAL(faults.opened(), 0u);
  CAF_CHECK_EQUAL(summarize(), errc{});
  CAF_CHECK_EQUAL(summarize(), errc{});
  CAF_CHECK_EQUAL(faults.opened(), 1u);
  CAF_CHECK_EQUAL(errors.count(), 0u);
}

CAF_TEST(every role is done by its verb) {
  auto route = ask<added_route>(worker, add_route{"order", "mail"})->route;
  auto written = ask<written_events>(worker, write_events{nth_events(1, 2)});
  CAF_REQUIRE_EQUAL(written->receipts.size(), 2u);
  CAF_CHECK_EQUAL(written->receipts[0].result, write_result::stored);
  CAF_CHECK_EQUAL(ask<routed_events>(worker, route_events{{route}, 10})->events,
                  0u);
  auto claimed = ask<claimed_deliveries>(
    worker, claim_deliveries{nth_id(9), {{route, 1}}, 1, 20s, 3});
  CAF_REQUIRE_EQUAL(claimed->claimed.size(), 1u);
  auto lease = claimed->claimed[0].lease;
  CAF_CHECK(
    ask<renewed_leases>(worker, renew_leases{{lease}, 20s})->lost.empty());
  CAF_CHECK(ask<settled_deliveries>(
              worker, settle_deliveries{{{lease, verdict::done, {}, {}}}})
              ->lost.empty());
  auto found = ask<event_record>(worker, find_event{nth_id(1)});
  CAF_REQUIRE_EQUAL(found->deliveries.size(), 1u);
  CAF_CHECK_EQUAL(found->deliveries[0].status, status::done);
  CAF_CHECK_EQUAL(ask<store_summary>(worker, get_summary{})->routes.size(), 1u);
  CAF_CHECK_EQUAL(
    ask<erased_events>(worker, erase_events{0, 10, 1s, false})->events, 0u);
  CAF_CHECK(*begin<void>(worker, remove_route{"order", "mail"}));
  for (auto* verb : {"add", "write", "route", "claim", "renew", "settle",
                     "find", "summarize", "erase", "remove"})
    CAF_CHECK_EQUAL(faults.calls(verb), 1u);
  CAF_CHECK_EQUAL(errors.count(), 0u);
}

// -- errors of a statement ----------------------------------------------------

CAF_TEST(after the loss of a connection the next request opens another) {
  for (auto code :
       {errc::connection_lost, errc::timeout, errc::outcome_unknown}) {
    auto before = faults.opened();
    CAF_CHECK_EQUAL(summarize(), errc{});
    faults.fail_next("summarize", make_error(code, "store", "gone"));
    CAF_CHECK_EQUAL(summarize(), code);
    CAF_CHECK_EQUAL(faults.open_now(), 0u);
    CAF_CHECK_EQUAL(summarize(), errc{});
    CAF_CHECK_EQUAL(faults.opened(), before == 0 ? 2u : before + 1);
  }
  CAF_CHECK_EQUAL(errors.count(), 3u);
}

CAF_TEST(other errors keep the connection) {
  for (auto code : {errc::busy, errc::invalid, errc::storage_failed}) {
    faults.fail_next("summarize", make_error(code, "store", "no"));
    CAF_CHECK_EQUAL(summarize(), code);
  }
  CAF_CHECK_EQUAL(summarize(), errc{});
  CAF_CHECK_EQUAL(faults.opened(), 1u);
  CAF_CHECK_EQUAL(errors.count(), 3u);
}

CAF_TEST(every error is answered and reported once) {
  faults.fail_next("remove", make_error(errc::busy, "store", "locked"));
  auto reply = begin<void>(worker, remove_route{"order", "mail"});
  CAF_REQUIRE(*reply && !**reply);
  CAF_CHECK_EQUAL(describe((*reply)->error()), "busy: store: locked");
  CAF_REQUIRE_EQUAL(errors.count(), 1u);
  CAF_CHECK_EQUAL(describe(errors.last().reason), "busy: store: locked");
}

CAF_TEST(what a store throws is an error and ends the connection) {
  faults.throw_next("summarize", std::runtime_error{"wild"});
  CAF_CHECK_EQUAL(summarize(), errc::storage_failed);
  CAF_CHECK_EQUAL(faults.open_now(), 0u);
  CAF_REQUIRE_EQUAL(errors.count(), 1u);
  CAF_CHECK_EQUAL(describe(errors.last().reason),
                  "storage_failed: store: wild");
  CAF_CHECK_EQUAL(summarize(), errc{});
  CAF_CHECK_EQUAL(faults.opened(), 2u);
}

// -- errors of the connection -------------------------------------------------

CAF_TEST(between two tries to connect is a growing pause) {
  faults.fail_open(gone, 9);
  size_t tries = 0;
  for (auto pause :
       {100ms, 200ms, 400ms, 800ms, 1600ms, 3200ms, 5000ms, 5000ms, 5000ms}) {
    CAF_CHECK_EQUAL(summarize(), errc::connection_lost);
    CAF_CHECK_EQUAL(faults.opened(), ++tries);
    // Meanwhile the same error is answered at once.
    advance(pause - 1ms);
    CAF_CHECK_EQUAL(summarize(), errc::connection_lost);
    CAF_CHECK_EQUAL(faults.opened(), tries);
    advance(1ms);
  }
  CAF_CHECK_EQUAL(errors.count(), 9u); // only what was tried is reported
  CAF_CHECK_EQUAL(summarize(), errc{});
  // After a success the pauses are short again.
  faults.fail_next("summarize", gone);
  CAF_CHECK_EQUAL(summarize(), errc::connection_lost);
  faults.fail_open(gone);
  CAF_CHECK_EQUAL(summarize(), errc::connection_lost);
  advance(100ms);
  CAF_CHECK_EQUAL(summarize(), errc{});
}

CAF_TEST(any reason not to connect is answered as it is) {
  faults.fail_open(make_error(errc::schema_mismatch, "store", "too new"));
  CAF_CHECK_EQUAL(summarize(), errc::schema_mismatch);
  CAF_CHECK_EQUAL(summarize(), errc::schema_mismatch);
  CAF_CHECK_EQUAL(errors.count(), 1u);
}

CAF_TEST(an opener that throws is an error as well) {
  restart(
    []() -> caf::expected<store_ptr> { throw std::runtime_error{"wild"}; });
  CAF_CHECK_EQUAL(summarize(), errc::storage_failed);
  CAF_CHECK_EQUAL(errors.count(), 1u);
  advance(100ms);
  CAF_CHECK_EQUAL(summarize(), errc::storage_failed);
  CAF_CHECK_EQUAL(errors.count(), 2u);
}

CAF_TEST(a connection is good once the store knows the routes again) {
  for (auto key : {"mail", "stock"})
    CAF_CHECK(ask<added_route>(worker, add_route{"order", key}));
  CAF_CHECK(*begin<void>(worker, remove_route{"order", "stock"}));
  // A backup of before, say.
  CAF_CHECK(place.open()->remove({"order", "mail"}));
  faults.fail_next("write", gone);
  auto write = [this](uint32_t n) {
    return ask<written_events>(worker, write_events{nth_events(n, 1)});
  };
  CAF_CHECK(!write(1));
  auto before = faults.calls("add");
  faults.fail_next("add", make_error(errc::busy, "store", "locked"));
  CAF_CHECK_EQUAL(code_of(write(1).error()), errc::busy);
  CAF_CHECK_EQUAL(faults.open_now(), 0u);
  CAF_CHECK_EQUAL(faults.calls("write"), 1u);
  advance(100ms);
  auto written = write(1);
  CAF_REQUIRE(written);
  CAF_CHECK_EQUAL(written->receipts.at(0).handlers, 1u);
  CAF_CHECK_EQUAL(faults.calls("add"), before + 2);
}

CAF_TEST(a connection is good once it knows the routes of other workers) {
  auto writes = start_worker(place.opener());
  auto write = [&](uint32_t n) {
    return ask<written_events>(writes, write_events{nth_events(n, 1)});
  };
  CAF_CHECK_EQUAL(write(1)->receipts.at(0).handlers, 0u);
  for (auto key : {"mail", "stock"})
    CAF_CHECK(ask<added_route>(worker, add_route{"order", key}));
  CAF_CHECK(*begin<void>(worker, remove_route{"order", "stock"}));
  for (auto key : {"mail", "stock"})
    CAF_CHECK(place.open()->remove({"order", key}));
  faults.fail_next("write", gone);
  CAF_CHECK(!write(2));
  CAF_CHECK_EQUAL(write(3)->receipts.at(0).handlers, 1u);
}

CAF_TEST(a route that could not be removed is not brought back) {
  CAF_CHECK(ask<added_route>(worker, add_route{"order", "mail"}));
  // It was, and the answer did not come.
  CAF_CHECK(place.open()->remove({"order", "mail"}));
  faults.fail_next("remove", gone);
  auto reply = begin<void>(worker, remove_route{"order", "mail"});
  CAF_CHECK(*reply && !**reply);
  auto written = ask<written_events>(worker, write_events{nth_events(1, 1)});
  CAF_CHECK_EQUAL(written->receipts.at(0).handlers, 0u);
}

CAF_TEST(the inbox is told of every connection but the first) {
  mailbox<store_reopened> told;
  auto inbox = play<routing_actor>(told);
  worker = start_worker(place.opener(),
                        caf::actor_cast<caf::actor_addr>(inbox));
  CAF_CHECK_EQUAL(summarize(), errc{});
  CAF_CHECK_EQUAL(told.count(), 0u);
  for (size_t n = 1; n <= 2; ++n) {
    faults.fail_next("summarize", gone);
    CAF_CHECK_EQUAL(summarize(), errc::connection_lost);
    faults.fail_open(gone);
    CAF_CHECK_EQUAL(summarize(), errc::connection_lost);
    advance(100ms);
    CAF_CHECK_EQUAL(told.count(), n - 1);
    CAF_CHECK_EQUAL(summarize(), errc{});
    settle_messages();
    CAF_CHECK_EQUAL(told.count(), n);
  }
}

// -- the end ------------------------------------------------------------------

CAF_TEST(the connection is closed before the end of duty is answered) {
  CAF_CHECK_EQUAL(summarize(), errc{});
  CAF_CHECK_EQUAL(faults.open_now(), 1u);
  CAF_CHECK(*begin<void>(worker, end_duty{}));
  CAF_CHECK_EQUAL(faults.open_now(), 0u);
  auto late = begin<store_summary>(worker, get_summary{});
  CAF_REQUIRE(*late && !**late);
  CAF_CHECK((*late)->error() == caf::sec::request_receiver_down);
  CAF_CHECK_EQUAL(faults.opened(), 1u);
}

CAF_TEST(a store that fails twice for an unclear reason is opened anew) {
  auto unclear = make_error(errc::storage_failed, "store", "moved away");
  CAF_CHECK_EQUAL(summarize(), errc{});
  faults.fail_next("summarize", unclear);
  CAF_CHECK_EQUAL(summarize(), errc::storage_failed);
  CAF_CHECK_EQUAL(summarize(), errc{}); // once may be the statement's fault
  CAF_CHECK_EQUAL(faults.opened(), 1u);
  faults.fail_next("summarize", unclear, 2);
  CAF_CHECK_EQUAL(summarize(), errc::storage_failed);
  CAF_CHECK_EQUAL(summarize(), errc::storage_failed);
  CAF_CHECK_EQUAL(faults.open_now(), 0u);
  CAF_CHECK_EQUAL(summarize(), errc{});
  CAF_CHECK_EQUAL(faults.opened(), 2u);
}

CAF_TEST_FIXTURE_SCOPE_END()
