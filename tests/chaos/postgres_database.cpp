#include "database.hpp"

#include "../support/sql_client.hpp"

#include <cstdlib>
#include <stdexcept>

namespace chaos {

namespace {

// No key on the row that changes: a lock there would be one more than the inbox
// has by itself.
constexpr auto watch_text = R"(
  create table chaos_watched (
    n bigint generated always as identity primary key,
    event_seq bigint, route_id integer, at timestamptz,
    progress_before int, progress_after int,
    attempts_before int, attempts_after int);
  create function chaos_watch() returns trigger language plpgsql as $$
  begin
    insert into chaos_watched
      (event_seq, route_id, at, progress_before, progress_after,
       attempts_before, attempts_after)
    values (new.event_seq, new.route_id, clock_timestamp(), old.progress,
            new.progress, old.attempts, new.attempts);
    return null;
  end $$;
  create trigger chaos_watch after update on chaos_delivery for each row
  when (old.progress >= 2 or new.progress >= 2
        or (old.lease_owner is not null and new.lease_owner is null))
  execute function chaos_watch())";

constexpr auto transitions_text = R"(
  select e.id, r.handler_key, (extract(epoch from w.at) * 1000000)::bigint,
         w.progress_before, w.progress_after, w.attempts_before,
         w.attempts_after
  from chaos_watched w
  join chaos_event e on e.seq = w.event_seq
  join chaos_route r on r.id = w.route_id
  order by w.n)";

constexpr auto deliveries_text = R"(
  select e.id, e.type, r.handler_key, d.event_seq,
         coalesce(d.ordering_key, ''), d.progress
  from chaos_delivery d
  join chaos_event e on e.seq = d.event_seq
  join chaos_route r on r.id = d.route_id)";

constexpr auto unfinished_text = R"(
  select (select count(*) from chaos_delivery where finished_at is null)
         + (select count(*) from chaos_event where unrouted))";

// All but the one that asks; the inbox's are the only others.
constexpr auto terminate_text = R"(
  select count(pg_terminate_backend(pid)) from pg_stat_activity
  where pid <> pg_backend_pid() and backend_type = 'client backend')";

class postgres_database : public database {
public:
  postgres_database() : database{"postgresql://"} {
    for (auto name : {"PGVERSION", "PGPORT"})
      if (std::getenv(name) == nullptr)
        throw std::runtime_error(std::string{name}
                                 + " is not set: run below pg_virtualenv");
  }

  void watch() override {
    sql_client{}.run(watch_text);
  }

  int64_t unfinished() override {
    return sql_client{}.number(unfinished_text);
  }

  void read(history& to) override {
    sql_client client;
    for (auto& row : client.run(transitions_text))
      to.transitions.push_back(read_transition(row));
    for (auto& row : client.run(deliveries_text))
      to.deliveries.push_back(read_final(row));
  }

  std::string disturb(std::mt19937_64& random) override {
    if (random() % 3 > 0) {
      sql_client{}.run(terminate_text);
      return "backends terminated";
    }
    // Like a crash: nobody is asked, and the log is replayed at the start.
    auto command
      = "pg_ctlcluster " + std::string{std::getenv("PGVERSION")}
        + " regress restart --mode immediate --skip-systemctl-redirect"
          " </dev/null";
    if (std::system(command.c_str()) != 0)
      throw std::runtime_error("the server could not be restarted");
    return "server restarted in immediate mode";
  }
};

} // namespace

database_ptr make_postgres_database() {
  return std::make_unique<postgres_database>();
}

} // namespace chaos
