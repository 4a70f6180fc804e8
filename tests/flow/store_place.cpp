#include "store_place.hpp"

#include "../support/postgres_url.hpp"
#include "../support/sqlite_client.hpp"

#include <caf/test/unit_test.hpp>
#include <libpq-fe.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>
#include <stdexcept>

namespace flow {

namespace {

/// Returns a name that no other place has, in no process that runs now.
std::string unique_name() {
  static std::atomic<int> counter{0};
  return "t" + std::to_string(getpid()) + "_" + std::to_string(++counter);
}

class memory_store_place : public store_place {
public:
  memory_store_place() {
    options_.url = "memory:" + unique_name();
  }

  const char* kind() const override {
    return "memory";
  }

  inbox::errc missing_table() const override {
    CAF_FAIL("the memory has no tables");
  }

  void execute(const std::string&) override {
    CAF_FAIL("there is no SQL in the memory");
  }

  int64_t number(const std::string&) override {
    CAF_FAIL("there is no SQL in the memory");
  }

  void age(std::chrono::hours) override {
    CAF_FAIL("the memory cannot be made older from outside");
  }

  void watch_settlements() override {
    CAF_FAIL("the memory cannot be watched from outside");
  }
};

class sqlite_store_place : public store_place {
public:
  sqlite_store_place()
    : folder_{std::filesystem::temp_directory_path() / unique_name()} {
    std::filesystem::create_directories(folder_);
    auto file = (folder_ / "inbox.db").string();
    options_.url = "sqlite:" + file;
    client_.emplace(file, std::chrono::seconds{10});
  }

  ~sqlite_store_place() override {
    client_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  const char* kind() const override {
    return "sqlite";
  }

  inbox::errc missing_table() const override {
    return inbox::errc::storage_failed;
  }

  void execute(const std::string& sql) override {
    number(sql);
  }

  int64_t number(const std::string& sql) override {
    sqlite_client::rows rows;
    try {
      rows = client_->run(with_prefix(sql));
    } catch (const std::runtime_error& x) {
      CAF_FAIL(sql << ": " << x.what());
    }
    return rows.empty() ? 0 : std::atoll(rows.back().at(0).c_str());
  }

  void age(std::chrono::hours interval) override {
    auto count = std::chrono::microseconds{interval}.count();
    auto less = " - " + std::to_string(count);
    execute("update @event set written_at = written_at" + less);
    execute("update @delivery set due = due" + less
            + ", finished_at = finished_at" + less);
  }

  void watch_settlements() override {
    execute("create table @audit (event_seq, route_id)");
    execute("create trigger @watch after update on @delivery "
            "when new.progress >= 2 begin "
            "insert into @audit values (new.event_seq, new.route_id); end");
  }

private:
  std::filesystem::path folder_;
  std::optional<sqlite_client> client_;
};

class postgres_store_place : public store_place {
public:
  postgres_store_place() : db_{PQconnectdb("")} {
    if (PQstatus(db_) != CONNECTION_OK)
      CAF_FAIL("no PostgreSQL server: " << std::string{PQerrorMessage(db_)});
    options_.prefix = unique_name();
    // So that a test can tell the connections of this place from all others.
    reach_test_server(options_, options_.prefix);
    execute("set client_min_messages = warning");
  }

  ~postgres_store_place() override {
    // Also what a test has made itself, if its name begins with the prefix.
    PQclear(PQexec(db_, with_prefix(R"(
      do $do$ declare x record; begin
        for x in select tablename from pg_tables
                 where starts_with(tablename, '@') loop
          execute format('drop table if exists %I cascade', x.tablename);
        end loop;
        execute 'drop function if exists @watch';
        execute 'drop function if exists @watch_done';
      end $do$)")
                          .c_str()));
    PQfinish(db_);
  }

  const char* kind() const override {
    return "postgres";
  }

  inbox::errc missing_table() const override {
    return inbox::errc::schema_mismatch;
  }

  void execute(const std::string& sql) override {
    number(sql);
  }

  int64_t number(const std::string& sql) override {
    auto* result = PQexec(db_, with_prefix(sql).c_str());
    auto status = PQresultStatus(result);
    std::string message = PQresultErrorMessage(result);
    int64_t value = 0;
    if (status == PGRES_TUPLES_OK && PQntuples(result) > 0)
      value = std::atoll(PQgetvalue(result, 0, 0));
    PQclear(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
      CAF_FAIL(sql << ": " << message);
    return value;
  }

  void age(std::chrono::hours interval) override {
    auto less = " - interval '" + std::to_string(interval.count()) + " hours'";
    execute("update @event set written_at = written_at" + less);
    execute("update @delivery set due = due" + less
            + ", finished_at = finished_at" + less);
    execute("update @queue set due = due" + less);
    execute("update @done set finished_at = finished_at" + less);
  }

  void watch_settlements() override {
    execute("create table @audit (event_seq bigint, route_id integer)");
    execute("create function @watch() returns trigger language plpgsql as "
            "$$ begin "
            "insert into @audit values (new.event_seq, new.route_id); "
            "return null; end $$");
    execute("create trigger @watch after insert or update on @delivery for "
            "each row when (new.progress >= 2) execute function @watch()");
    execute("create function @watch_done() returns trigger language plpgsql "
            "as $$ begin "
            "insert into @audit select s, new.route_id "
            "from unnest(new.event_seqs) s; "
            "return null; end $$");
    execute("create trigger @watch_done after insert on @done for each row "
            "execute function @watch_done()");
  }

private:
  PGconn* db_;
};

void run(const store_test& test, const store_place_ptr& place) {
  // What does not go through the pooler is tested without it.
  if (std::getenv("INBOX_TEST_POOLER") != nullptr
      && std::strcmp(place->kind(), "postgres") != 0)
    return;
  CAF_MESSAGE("on " << std::string{place->kind()});
  test(*place);
}

} // namespace

std::string store_place::with_prefix(const std::string& sql) const {
  std::string result;
  for (auto c : sql)
    result += c == '@' ? options_.prefix + "_" : std::string(1, c);
  return result;
}

int64_t store_place::settled_twice() {
  return number("select count(*) from (select 1 from @audit "
                "group by event_seq, route_id having count(*) > 1) twice");
}

store_place_ptr memory_place() {
  return std::make_unique<memory_store_place>();
}

store_place_ptr sqlite_place() {
  return std::make_unique<sqlite_store_place>();
}

store_place_ptr postgres_place() {
  if (std::getenv("INBOX_TEST_POSTGRES") == nullptr)
    return nullptr;
  return std::make_unique<postgres_store_place>();
}

void on_each_store(const store_test& test) {
  run(test, memory_place());
  on_durable_stores(test);
}

void on_postgres(const store_test& test) {
  if (auto place = postgres_place())
    run(test, place);
}

void on_durable_stores(const store_test& test) {
  run(test, sqlite_place());
  on_postgres(test);
}

} // namespace flow
