#include "postgres_queue_fixture.hpp"

#include <future>

// The queue, out of which a claim takes deliveries by a row for all of them.

using namespace inbox;
using namespace std::chrono_literals;

CAF_TEST_FIXTURE_SCOPE(queue_tests, postgres_queue_fixture)

CAF_TEST(a claim that is alone keeps others from its routes only) {
  auto db = open(hasty_options());
  auto mine = add_route(*db);
  auto other = get(db->add({"order", "other"})).route;
  fill(mine, 1, 10);
  fill(other, 11, 10);
  // Takes what a claim of the first route takes, and stands still.
  client.run("begin; select pg_advisory_xact_lock("
             + class_of("caf-inbox claim ") + ", " + std::to_string(mine)
             + ")");
  CAF_CHECK(!db->claim(demand(mine, 10)));
  CAF_CHECK_EQUAL(get(db->claim(demand(other, 10))).claimed.size(), 10u);
  client.run("rollback");
  CAF_CHECK_EQUAL(get(db->claim(demand(mine, 10))).claimed.size(), 10u);
}

CAF_TEST(what erases unfinished work waits for claims) {
  auto db = open();
  auto mine = add_route(*db);
  get(db->write({make(1)}));
  client.run("begin; select pg_advisory_xact_lock("
             + class_of("caf-inbox claim ") + ", " + std::to_string(mine)
             + ")");
  auto erased = std::async(std::launch::async, [&] {
    return db->erase({0, 9, 0s, true});
  });
  await_blocked();
  client.run("with taken as (delete from " + table("queue")
             + " returning *) insert into " + table("claim")
             + " (token, lease_until, owner, route_id, block, due, event_seqs) "
               "select 4711, now() + interval '1 hour', gen_random_uuid(), "
               "route_id, 0, due, event_seqs from taken; commit");
  CAF_CHECK_EQUAL(get(erased.get()).events, 0u);
}

CAF_TEST(an expired claim is given out again one by one) {
  auto db = open();
  auto mine = add_route(*db);
  get(db->write(make_many(6)));
  auto claimed = get(db->claim(demand(mine, 6))).claimed;
  get(db->settle({{{claimed[0].lease, verdict::done, 0s, ""},
                   {claimed[1].lease, verdict::failed, 1h, "no"}}}));
  CAF_CHECK(get(db->renew({{claimed[2].lease}, 1h})).lost.empty());
  place.advance(2min);
  auto again = get(db->claim(demand(mine, 2))).claimed;
  CAF_REQUIRE_EQUAL(again.size(), 2u);
  CAF_CHECK_EQUAL(again[0].event.id, claimed[3].event.id);
  CAF_CHECK_EQUAL(again[0].attempt, 2u);
  // The one that is left, though expired, is its holder's until it is taken.
  auto ends = get(db->settle(all_done(claimed)));
  CAF_CHECK_EQUAL(ends.lost.size(), 4u);
  CAF_CHECK_EQUAL(ends.ended_before.size(), 2u);
  CAF_CHECK_EQUAL(count("queue"), 0);
  CAF_CHECK_EQUAL(count("claim"), 0);
  CAF_CHECK(get(db->settle(all_done(again))).lost.empty());
  auto mail = get(db->summarize()).routes.at(0);
  CAF_CHECK_EQUAL(mail.done, 5u);
  CAF_CHECK_EQUAL(mail.failed, 1u);
}

CAF_TEST(a lease is renewed while it is being settled) {
  // Two connections of one node: whichever comes first, nothing is lost.
  auto one = open();
  auto two = open();
  auto mine = add_route(*one);
  for (uint8_t round = 0; round < 30; ++round) {
    get(one->write(make_many(20, round)));
    auto claimed = get(one->claim(demand(mine, 20))).claimed;
    CAF_REQUIRE_EQUAL(claimed.size(), 20u);
    renew_leases longer;
    longer.duration = 1min;
    for (auto& x : claimed)
      longer.leases.push_back(x.lease);
    auto renewed = std::async(std::launch::async,
                              [&] { return two->renew(longer); });
    auto settled = get(one->settle(all_done(claimed)));
    CAF_CHECK(settled.lost.empty());
    CAF_CHECK(renewed.get());
  }
  CAF_CHECK_EQUAL(count("claim"), 0);
  auto mail = get(one->summarize()).routes.at(0);
  CAF_CHECK_EQUAL(mail.done, 600u);
  CAF_CHECK_EQUAL(mail.in_progress, 0u); // nor is anything there twice
}

CAF_TEST(a token of another claim settles nothing) {
  auto db = open();
  auto mine = add_route(*db);
  get(db->write(make_many(2)));
  auto first = get(db->claim(demand(mine, 1))).claimed.at(0).lease;
  auto second = get(db->claim(demand(mine, 1))).claimed.at(0).lease;
  auto wrong = first;
  wrong.token = second.token;
  CAF_CHECK_EQUAL(
    get(db->settle({{{wrong, verdict::done, 0s, ""}}})).lost.size(), 1u);
  CAF_CHECK_EQUAL(get(db->renew({{wrong}, 1h})).lost.size(), 1u);
  CAF_CHECK(get(db->settle({{{first, verdict::done, 0s, ""},
                             {second, verdict::done, 0s, ""}}}))
              .lost.empty());
}

CAF_TEST(erasing takes events out of what waits together) {
  auto db = open();
  auto mine = add_route(*db);
  get(db->write(make_many(6)));
  auto claimed = get(db->claim(demand(mine, 1))).claimed;
  auto first = get(db->erase({0, 3, 0s, true})); // one of them runs
  CAF_CHECK_EQUAL(first.events, 2u);
  CAF_CHECK_EQUAL(first.deliveries, 2u);
  CAF_CHECK_EQUAL(count_named("queue"), 3);
  auto others = get(db->claim(demand(mine, 9))).claimed;
  CAF_REQUIRE_EQUAL(others.size(), 3u);
  CAF_CHECK_EQUAL(others[0].event.id, id(3));
  place.advance(1h);
  CAF_CHECK_EQUAL(get(db->erase({0, 9, 0s, true})).events, 4u);
  CAF_CHECK_EQUAL(count("claim"), 0);
  CAF_CHECK_EQUAL(get(db->settle(all_done(others))).lost.size(), 3u);
  CAF_CHECK(!get(db->find({claimed[0].event.id})).event);
}

CAF_TEST(a claim looks at so many batches and no more) {
  auto db = open();
  auto mine = add_route(*db);
  fill(mine, 1, 300, 0);
  auto first = get(db->claim(demand(mine, 300)));
  CAF_CHECK_EQUAL(first.claimed.size(), 256u);
  CAF_CHECK(first.more);
  auto second = get(db->claim(demand(mine, 300)));
  CAF_CHECK_EQUAL(second.claimed.size(), 44u);
  CAF_CHECK(!second.more);
}

CAF_TEST(erasing takes events out of what was done together) {
  auto db = open();
  auto mine = add_route(*db);
  get(db->write(make_many(5)));
  auto claimed = get(db->claim(demand(mine, 5))).claimed;
  get(db->settle(all_done(claimed)));
  CAF_CHECK_EQUAL(count("done"), 1);
  auto first = get(db->erase({0, 2, 0s, false}));
  CAF_CHECK_EQUAL(first.events, 2u);
  CAF_CHECK_EQUAL(first.deliveries, 2u);
  CAF_CHECK_EQUAL(client.number("select deliveries from " + table("done")), 3);
  CAF_CHECK_EQUAL(get(db->summarize()).routes.at(0).done, 3u);
  CAF_CHECK_EQUAL(get(db->erase({first.next, 9, 0s, false})).deliveries, 3u);
  CAF_CHECK_EQUAL(count("done"), 0);
}

CAF_TEST_FIXTURE_SCOPE_END()
