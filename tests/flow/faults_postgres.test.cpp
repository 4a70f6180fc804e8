#include "shop_at_work.hpp"

// The server refuses to work, for a while, in every way that it has.

using namespace flow;
using inbox::errc;

namespace {

using strike = std::function<void(store_place&, shop_at_work&)>;
using heal = std::function<void(store_place&)>;

/// Ends all sessions of the inbox.
void terminate(store_place& place) {
  place.execute("select pg_terminate_backend(pid, 10000) from pg_stat_activity "
                "where application_name = '"
                + place.options().prefix + "'");
}

strike sql(const std::string& text) {
  return [=](store_place& place, shop_at_work&) { place.execute(text); };
}

strike sql_then_terminate(const std::string& text) {
  return [=](store_place& place, shop_at_work&) {
    place.execute(text);
    terminate(place);
  };
}

heal sql_to_heal(const std::string& text) {
  return [=](store_place& place) { place.execute(text); };
}

/// A trigger that fails with a state. `when` is the rest of its definition.
fault raise(const char* what, const std::string& state, const std::string& when,
            errc code) {
  return {what,
          sql("create function @fault() returns trigger language plpgsql as "
              "$$ begin raise exception 'a fault' using errcode = '"
              + state + "'; end $$; create trigger @fault " + when
              + " for each statement execute function @fault()"),
          sql_to_heal("drop function @fault cascade"), code,
          state + ": a fault"};
}

// Every verb needs this table. A lock on a second one could meet a statement
// that holds that and waits for this.
const std::string locked = "begin; lock table @delivery";

/// Cancels what waits for a lock until the inbox has heard of it.
void cancel(store_place& place, shop_at_work& work) {
  place.execute(locked);
  CAF_CHECK(eventually([&] {
    place.execute("select pg_stat_clear_snapshot()");
    place.execute("select pg_cancel_backend(pid) from pg_stat_activity where "
                  "wait_event_type = 'Lock' and application_name = '"
                  + place.options().prefix + "'");
    for (auto& x : work.errors.all())
      if (inbox::describe(x).find("user request") != std::string::npos)
        return true;
    return false;
  }));
}

std::string in_database(const std::string& change) {
  return "do $$ begin execute format('alter database %I " + change
         + "', current_database()); end $$";
}

const std::string tables[] = {"schema", "route", "event",   "queue",
                              "claim",  "done",  "delivery"};

std::string rename_all(const std::string& from, const std::string& to) {
  std::string result;
  for (auto& x : tables)
    result += "alter table @" + x + from + " rename to @" + x + to + ";";
  return result;
}

// The role of the inbox is the prefix with an underscore: "@".
const std::vector<fault>& faults() {
  static const std::vector<fault> result{
    {"the server only reads",
     sql_then_terminate(in_database("set default_transaction_read_only = on")),
     sql_to_heal(in_database("reset default_transaction_read_only")),
     errc::connection_lost, "read-only"},
    {"too many connections",
     sql_then_terminate("alter role @ connection limit 0"),
     sql_to_heal("alter role @ connection limit -1"), errc::busy, "53300"},
    {"the role may not log in any more",
     sql_then_terminate("alter role @ nologin"),
     sql_to_heal("alter role @ login"), errc::storage_failed, "28000"},
    {"rights are taken away",
     sql("revoke all on @event, @delivery, @route from @"),
     sql_to_heal("grant all on @event, @delivery, @route to @"),
     errc::storage_failed, "42501"},
    {"rights are taken away between two connections",
     sql_then_terminate(
       "revoke all on @schema, @event, @delivery, @route from @"),
     sql_to_heal("grant all on @schema, @event, @delivery, @route to @"),
     errc::storage_failed, "42501"},
    {"tables go away", sql(rename_all("", "_x")),
     sql_to_heal(rename_all("_x", "")), errc::schema_mismatch, ""},
    {"tables go away between two connections",
     sql_then_terminate(rename_all("", "_x")),
     sql_to_heal(rename_all("_x", "")), errc::schema_mismatch,
     "are not there any more"},
    {"a lock is held for longer than all deadlines", sql(locked),
     sql_to_heal("commit"), errc::timeout, "statement timeout"},
    {"statements are canceled", cancel, sql_to_heal("commit"), errc::timeout,
     "user request"},
    raise("a deadlock", "40P01", "before insert or update on @delivery",
          errc::busy),
    raise("a conflict of transactions", "40001",
          "before insert or update on @delivery", errc::busy),
    raise("a full disk", "53100", "before insert on @event",
          errc::storage_failed),
    raise("a full disk for what changes", "53100", "before update on @delivery",
          errc::storage_failed),
    raise("no memory", "53200", "before insert or update on @delivery",
          errc::busy),
    raise("a disk that fails", "58030", "before insert or update on @delivery",
          errc::storage_failed),
    raise("a damaged page", "XX001", "before insert or update on @delivery",
          errc::storage_failed),
  };
  return result;
}

/// Lets the inbox work as a role of its own, whom things can be taken from.
class role {
public:
  explicit role(store_place& place) : place_{place} {
    place.execute("create role @ login nosuperuser password 'x'; "
                  "grant create on schema public to @; "
                  // What the audit writes down is nobody's right to deny.
                  "alter default privileges grant all on tables to @; "
                  "set role none");
  }

  role(const role&) = delete;
  role& operator=(const role&) = delete;

  ~role() {
    place_.execute("drop owned by @ cascade; drop role @");
  }

  [[nodiscard]] std::string url(const std::string& more = "") const {
    auto& prefix = place_.options().prefix;
    return "postgresql://" + prefix + "_:x@/?application_name=" + prefix + more;
  }

private:
  store_place& place_;
};

} // namespace

CAF_TEST(whatever the server refuses for a while is made up for) {
  for (auto& x : faults()) {
    auto place = postgres_place();
    CAF_REQUIRE(place);
    role who{*place};
    auto options = quick_options(*place);
    options.store.url = who.url();
    options.store.statement_timeout = 250ms;
    options.store.deadline = 500ms;
    if (x.text == "user request") { // not the server's own
      options.store.statement_timeout = 5s;
      options.store.deadline = 8s;
    }
    survive(x, *place, options);
  }
}

CAF_TEST(sessions that are ended for doing nothing are no loss) {
  auto place = postgres_place();
  CAF_REQUIRE(place);
  role who{*place};
  auto options = quick_options(*place);
  options.store.url = who.url("&options=-c%20idle_session_timeout%3D30ms");
  options.iteration_rate = 100ms;
  shop_at_work work{*place, options};
  work.shop->wait_until_ready(1);
  place->watch_settlements();
  CAF_REQUIRE(work.wait_for_error(errc::connection_lost, ""));
  CAF_CHECK(work.write_all());
  work.check_all_done();
  for (auto& x : work.errors.all())
    CAF_CHECK(inbox::is_transient(x));
}

CAF_TEST(claims that fail while writes go on make no storm) {
  using clock = std::chrono::steady_clock;
  auto place = postgres_place();
  CAF_REQUIRE(place);
  shop_at_work work{*place, quick_options(*place)};
  work.shop->wait_until_ready(1);
  place->watch_settlements();
  auto broken = raise("", "53100", "before update on @delivery",
                      errc::storage_failed);
  broken.strike(*place, work);
  auto began = clock::now();
  CAF_CHECK(work.write_all()); // each write wakes the poller
  auto took = clock::now() - began;
  auto errors = work.errors.size();
  broken.heal(*place);
  CAF_MESSAGE(errors << " errors within " << caf::timespan{took});
  CAF_CHECK_GREATER(errors, 0u);
  CAF_CHECK_LESS(errors, 20u + took / 50ms);
  work.check_all_done();
}
