#include "database.hpp"

#include "../support/sqlite_client.hpp"

#include <thread>

namespace chaos {

namespace {

using namespace std::chrono_literals;

constexpr auto watch_text = R"(
  create table chaos_watched (
    n integer primary key, event_seq, route_id, at, progress_before,
    progress_after, attempts_before, attempts_after);
  create trigger chaos_watch after update on chaos_delivery
  when old.progress >= 2 or new.progress >= 2
       or (old.lease_owner is not null and new.lease_owner is null)
  begin
    insert into chaos_watched
      (event_seq, route_id, at, progress_before, progress_after,
       attempts_before, attempts_after)
    values (new.event_seq, new.route_id,
            cast(round((julianday('now') - 2440587.5) * 86400000) * 1000
                 as integer),
            old.progress, new.progress, old.attempts, new.attempts);
  end)";

// Ids are kept as bytes.
constexpr auto id_text = R"(
  lower(substr(hex(e.id), 1, 8) || '-' || substr(hex(e.id), 9, 4) || '-'
        || substr(hex(e.id), 13, 4) || '-' || substr(hex(e.id), 17, 4) || '-'
        || substr(hex(e.id), 21)))";

constexpr auto patience = 60s;

class sqlite_database : public database {
public:
  explicit sqlite_database(const std::string& file)
    : database{"sqlite:" + file,
               {watch_text, id_text, "cast(e.payload as text)", "w.at",
                "select * from chaos_delivery"}},
      file_{file} {
    // nop
  }

  std::optional<std::string> disturb(std::mt19937_64& random) override {
    // Another process has the only lock, for longer than a statement waits for
    // it, or shorter.
    std::chrono::milliseconds pause{200 + random() % 3'000};
    // Nor does this wait for long: who has the lock may be paused, and would
    // not be woken up meanwhile.
    sqlite_client client{file_, 500ms};
    if (!lock(client))
      return std::nullopt;
    std::this_thread::sleep_for(pause);
    client.run("rollback");
    return "file locked for " + std::to_string(pause.count()) + " ms";
  }

protected:
  rows run(const std::string& sql) override {
    return sqlite_client{file_, patience}.run(sql);
  }

private:
  /// Begins a transaction that keeps all others from writing. Returns false if
  /// somebody else has one.
  static bool lock(sqlite_client& client) {
    return sqlite3_exec(client.handle(), "begin immediate", nullptr, nullptr,
                        nullptr)
           == SQLITE_OK;
  }

  std::string file_;
};

} // namespace

database_ptr make_sqlite_database(const std::string& folder) {
  return std::make_unique<sqlite_database>(folder + "/inbox.db");
}

} // namespace chaos
