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
  create index on chaos_watched (event_seq, route_id);
  create function chaos_watch() returns trigger language plpgsql as $$
  begin
    insert into chaos_watched
      (event_seq, route_id, at, progress_before, progress_after,
       attempts_before, attempts_after)
    values (new.event_seq, new.route_id, clock_timestamp(),
            coalesce(old.progress, 0), new.progress, coalesce(old.attempts, 1),
            new.attempts);
    return null;
  end $$;
  create trigger chaos_watch after update on chaos_delivery for each row
  when (old.progress >= 2 or new.progress >= 2
        or (old.lease_owner is not null and new.lease_owner is null))
  execute function chaos_watch();
  create trigger chaos_watch_first after insert on chaos_delivery for each row
  when (new.lease_token > 0 and new.lease_owner is null)
  execute function chaos_watch();
  create function chaos_watch_done() returns trigger language plpgsql as $$
  begin
    insert into chaos_watched
      (event_seq, route_id, at, progress_before, progress_after,
       attempts_before, attempts_after)
    select s, new.route_id, clock_timestamp(),
           case when exists (
                  select from chaos_watched w
                  where w.event_seq = s and w.route_id = new.route_id
                    and w.progress_after >= 2) then 2 else 0 end, 2, 1, 1
    from unnest(new.event_seqs) s;
    return null;
  end $$;
  create trigger chaos_watch_done after insert on chaos_done for each row
  execute function chaos_watch_done())";

// Behind the queue a delivery has a row; what was done at once has a part of
// one.
constexpr auto deliveries_text = R"(
  select event_seq, route_id, ordering_key, progress, attempts
  from chaos_delivery
  union all
  select s, route_id, null, 0, 0 from chaos_queue, unnest(event_seqs) s
  union all
  select s, route_id, null, 0, 1 from chaos_claim, unnest(event_seqs) s
  union all
  select s, route_id, null, 2, 1 from chaos_done, unnest(event_seqs) s)";

// All but the one that asks; the inbox's are the only others.
constexpr auto terminate_text = R"(
  select count(pg_terminate_backend(pid)) from pg_stat_activity
  where pid <> pg_backend_pid() and backend_type = 'client backend')";

class postgres_database : public database {
public:
  postgres_database()
    : database{"postgresql://",
               {watch_text, "e.id", "convert_from(e.payload, 'UTF8')",
                "(extract(epoch from w.at) * 1000000)::bigint",
                deliveries_text}} {
    for (auto name : {"PGVERSION", "PGPORT"})
      if (std::getenv(name) == nullptr)
        throw std::runtime_error(std::string{name}
                                 + " is not set: run below pg_virtualenv");
  }

  int64_t deadlocks() override {
    return deadlocks_ + count_deadlocks();
  }

  std::optional<std::string> disturb(std::mt19937_64& random) override {
    if (random() % 3 > 0) {
      sql_client{}.run(terminate_text);
      return "backends terminated";
    }
    deadlocks_ += count_deadlocks(); // which the server forgets
    // Like a crash: nobody is asked, and the log is replayed at the start.
    auto command
      = "pg_ctlcluster " + std::string{std::getenv("PGVERSION")}
        + " regress restart --mode immediate --skip-systemctl-redirect"
          " </dev/null";
    if (std::system(command.c_str()) != 0)
      throw std::runtime_error("the server could not be restarted");
    return "server restarted in immediate mode";
  }

protected:
  rows run(const std::string& sql) override {
    return sql_client{}.run(sql);
  }

private:
  /// What sessions have not told yet is not in it.
  static int64_t count_deadlocks() {
    return sql_client{}.number("select deadlocks from pg_stat_database "
                               "where datname = current_database()");
  }

  int64_t deadlocks_ = 0;
};

} // namespace

database_ptr make_postgres_database() {
  return std::make_unique<postgres_database>();
}

} // namespace chaos
