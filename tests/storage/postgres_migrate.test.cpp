#include "postgres_fixture.hpp"

#include "../../storage/postgres/migrations.hpp"
#include "../../storage/postgres/statement.hpp"

using namespace inbox;
using namespace std::chrono_literals;

// Tables of earlier versions, with rows in them, that are brought up to date.

namespace {

class fixture : public postgres_fixture {
public:
  /// Makes the tables as an inbox of that version of them would have.
  void make_tables(size_t version) {
    client.run("create table " + table("schema")
               + " (version integer primary key)");
    for (size_t i = 0; i < version; ++i) {
      for (auto text : postgres::migrations()[i])
        client.run(postgres::statement{text, place.options().prefix}.text());
      client.run("insert into " + table("schema") + " values ("
                 + std::to_string(i + 1) + ")");
    }
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(migrate_tests, fixture)

CAF_TEST(tables of version 1 learn who waits for whom) {
  open();
  // Everything that was added since is taken back.
  client.run("drop view " + table("status") + "; create view " + table("status")
             + " as select 1 as x; drop table " + table("queue") + ", "
             + table("claim") + ", " + table("done") + "; drop index "
             + table("event_unrouted_ordered") + "; drop index "
             + table("delivery_free") + "; alter table " + table("delivery")
             + " drop column blocked; create index " + table("delivery_due")
             + " on " + table("delivery")
             + " (route_id, due, event_seq) where progress < 2; alter table "
             + table("event") + " drop column cause; delete from "
             + table("schema") + " where version > 1");
  client.run("insert into " + table("delivery")
             + " (event_seq, route_id, due, ordering_key, progress,"
               " finished_at) values"
               " (1, 1, now(), 'a', 2, now()), (2, 1, now(), 'a', 0, null),"
               " (3, 1, now(), 'a', 0, null), (4, 1, now(), 'b', 1, null),"
               " (5, 1, now(), null, 0, null), (6, 1, now(), null, 0, null),"
               " (4, 2, now(), 'a', 0, null), (5, 2, now(), 'a', 0, null),"
               " (7, 2, now(), 'a', 0, null); update "
             + table("delivery")
             + " set lease_owner = gen_random_uuid(), lease_until = now() "
               "where event_seq = 7");
  open();
  CAF_CHECK_EQUAL(client.value("select string_agg(event_seq || ':' || route_id,"
                               " ' ' order by event_seq) from "
                               + table("delivery") + " where blocked"),
                  "3:1 5:2");
}

CAF_TEST(tables of version 3 get a queue of batches) {
  make_tables(3);
  client.run("insert into " + table("route")
             + " (id, event_type, handler_key) overriding system value values "
               "(1, 'order', 'mail'); insert into "
             + table("event")
             + " (seq, id, written_at, unrouted, type, payload) overriding "
               "system value select n, ('b7000000-0000-0000-0000-00000000000' "
               "|| n - 1)::uuid, now(), false, 'order', 'payload' "
               "from generate_series(1, 6) n; insert into "
             + table("queue")
             + " select n, now(), 1, 7 from generate_series(2, 6) n; "
               "insert into "
             + table("done")
             + " (block, lease_token, finished_at, route_id,"
               " deliveries, event_seqs) values (0, 8, now(), 1, 1, '{1}'); "
               "insert into "
             + table("claim")
             + " values (8, now() + interval '1 hour', gen_random_uuid(), 1, 2,"
               " '{1,2,3}')");
  auto db = open();
  CAF_CHECK_EQUAL(statuses(), "done in_progress in_progress pending pending "
                              "pending");
  auto claimed = get(db->claim(demand(1, 9))).claimed;
  CAF_REQUIRE_EQUAL(claimed.size(), 3u);
  CAF_CHECK_EQUAL(claimed[0].event.id, id(3));
  place.advance(2h);
  claimed = get(db->claim(demand(1, 2))).claimed;
  CAF_REQUIRE_EQUAL(claimed.size(), 2u);
  CAF_CHECK_EQUAL(claimed[0].event.id, id(1));
  CAF_CHECK_EQUAL(claimed[0].attempt, 2u);
}

CAF_TEST(tables of version 5 learn of causes) {
  make_tables(5);
  client.run("insert into " + table("event")
             + " (id, written_at, unrouted, type, payload) values ("
               "'b7000000-0000-0000-0000-000000000001', now(), true, 'order',"
               " 'payload')");
  auto db = open();
  auto before = get(db->find({id(1)})).event;
  CAF_REQUIRE(before);
  CAF_CHECK(!before->cause);
  CAF_CHECK_EQUAL(before->payload.view(), "payload");
  auto x = make(2);
  x.cause = id(1);
  get(db->write({x}));
  CAF_CHECK(get(db->find({x.id})).event == x);
  // A node of before writes on, until it opens its store again.
  client.run("insert into " + table("event")
             + " (id, written_at, unrouted, type, payload) values ("
               "gen_random_uuid(), now(), true, 'order', 'late')");
  auto route = add_route(*db);
  CAF_CHECK_EQUAL(get(db->route({{route}, 9})).events, 3u);
  CAF_CHECK_EQUAL(get(db->claim(demand(route, 9))).claimed.size(), 3u);
}

CAF_TEST(tables of version 6 have claims closer together) {
  auto fill = [this] {
    return client.value("select o.option_value from pg_class c"
                        " cross join lateral pg_options_to_table(c.reloptions)"
                        " as o where c.oid = '"
                        + table("claim")
                        + "'::regclass and o.option_name = 'fillfactor'");
  };
  make_tables(6);
  CAF_CHECK_EQUAL(fill(), "50");
  open();
  CAF_CHECK_EQUAL(fill(), "80");
}

CAF_TEST_FIXTURE_SCOPE_END()
