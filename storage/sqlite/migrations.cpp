#include "migrations.hpp"

#include "failure.hpp"
#include "statement.hpp"
#include "tables.hpp"
#include "transaction.hpp"

#include <sqlite3.h>

#include <iterator>
#include <optional>

namespace inbox::sqlite {

namespace {

// Step n brings the tables from version n to n + 1. A step that was released
// does not change any more. "#" stands for the keyword that makes SQLite check
// types, where it can.
constexpr const char* steps[] = {
  // Ids of events are never reused: a late lease must not fit a new event. The
  // payload comes last, since SQLite reads through what stands before a column.
  R"(
create table $schema (version integer not null);
create table $route (
  id integer primary key,
  event_type text not null,
  handler_key text not null,
  active integer not null default 1,
  unique (event_type, handler_key)) #;
create table $event (
  seq integer primary key autoincrement,
  id blob not null unique,
  type text not null,
  written_at integer not null,
  unrouted integer not null,
  date integer,
  ordering_key text,
  headers text,
  payload blob not null) #;
create index $event_unrouted on $event (type, seq) where unrouted = 1;
create table $delivery (
  event_seq integer not null,
  route_id integer not null,
  progress integer not null default 0,
  attempts integer not null default 0,
  due integer not null,
  lease_owner blob,
  lease_token integer not null default 0,
  lease_until integer,
  finished_at integer,
  ordering_key text,
  message text,
  primary key (event_seq, route_id)) without rowid, #;
create index $delivery_due on $delivery (route_id, due, event_seq)
  where progress < 2;
create index $delivery_order on $delivery (route_id, ordering_key, event_seq)
  where progress < 2 and ordering_key is not null;
insert into $schema values (0);
)",
  // Who waits for an earlier delivery of its ordering key is out of the range
  // that a claim reads. The mark saves reading; the claim decides. Whoever
  // writes or routes sets it, whoever finishes or erases a delivery clears it
  // for the next one: one process at a time.
  R"(
alter table $delivery add column blocked integer not null default 0;
update $delivery as d set blocked = 1
where progress < 2 and lease_owner is null and ordering_key is not null
  and exists (
  select 1 from $delivery earlier
  where earlier.route_id = d.route_id
    and earlier.ordering_key = d.ordering_key and earlier.progress < 2
    and earlier.event_seq < d.event_seq);
drop index $delivery_due;
create index $delivery_due on $delivery (route_id, due, event_seq)
  where progress < 2 and blocked = 0;
create index $delivery_free on $delivery (route_id, ordering_key, event_seq)
  where progress < 2 and blocked = 0 and ordering_key is not null;
create index $event_unrouted_order on $event (type, ordering_key, seq)
  where unrouted = 1 and ordering_key is not null;
)",
  // It comes behind the payload, where alone SQLite can add it: without one,
  // nothing behind the payload is read.
  R"(
alter table $event add column cause blob;
create index $event_cause on $event (cause) where cause is not null;
)",
};

/// Returns the step's SQL for this prefix and this SQLite.
std::string sql_of(const char* step, const std::string& prefix) {
  std::string result;
  for (auto c : with_prefix(prefix, step)) {
    if (c != '#')
      result += c;
    else if (sqlite3_libversion_number() >= 3037000)
      result += "strict";
  }
  // Older ones have no keyword there, and so nothing behind the comma.
  if (auto i = result.find(", ;"); i != std::string::npos)
    result.erase(i, 2);
  return result;
}

[[noreturn]] void mismatch(const connection& db, const std::string& text) {
  throw failure{make_error(errc::schema_mismatch, "store",
                           "SQLite file " + db.file() + ": " + text)};
}

bool has_table(connection& db, const std::string& name) {
  statement find{db, "select 1 from sqlite_master"
                     " where name = ? collate nocase"};
  return find.run(name).next();
}

/// Returns the version of the tables, 0 if there are none.
int64_t version_of(connection& db, const std::string& prefix) {
  auto table = prefix + "_schema";
  if (!has_table(db, table)) {
    for (auto* other : {"_route", "_event", "_delivery"})
      if (has_table(db, prefix + other))
        mismatch(db, "has a table " + prefix + other
                       + " that is not of this library: use another prefix");
    return 0;
  }
  statement columns{db, "select 1 from pragma_table_info(?)"
                        " where name = 'version'"};
  if (columns.run(table).next()) {
    // Others may keep several in a table of that name, or texts.
    statement select{db, "select max(version) from " + table
                           + " having count(*) = 1"
                             " and typeof(max(version)) = 'integer'"};
    auto rows = select.run();
    if (rows.next() && rows.integer(0) > 0)
      return rows.integer(0);
  }
  mismatch(db,
           "table " + table + " is not of this library: use another prefix");
}

void check_not_newer(const connection& db, const std::string& prefix,
                     int64_t version) {
  if (version > current_version())
    mismatch(db, "tables of prefix " + prefix + " have version "
                   + std::to_string(version) + ", this code knows "
                   + std::to_string(current_version()) + ": upgrade it");
}

bool is_current(connection& db, const std::string& prefix) {
  // Another process may be making the tables: see all of them or none.
  auto look = transaction::to_read(db);
  auto version = version_of(db, prefix);
  check_not_newer(db, prefix, version);
  return version == current_version();
}

} // namespace

int64_t current_version() {
  return static_cast<int64_t>(std::size(steps));
}

void check_current(connection& db, const std::string& prefix) {
  auto version = version_of(db, prefix);
  check_not_newer(db, prefix, version);
  if (version < current_version())
    mismatch(db, "tables of prefix " + prefix + " have version "
                   + std::to_string(version) + ", this code needs "
                   + std::to_string(current_version())
                   + ": an inbox brings them up to date");
}

void migrate(connection& db, const std::string& prefix,
             missing_tables missing) {
  // Without the lock first: most of the time there is nothing to do.
  if (is_current(db, prefix))
    return;
  auto work = transaction::to_write(db);
  auto version = version_of(db, prefix); // another process may be ahead of us
  if (version == 0 && missing == missing_tables::refuse)
    mismatch(db, "the tables of prefix " + prefix + " are not there any more");
  check_not_newer(db, prefix, version);
  for (; version < current_version(); ++version) {
    db.execute(sql_of(steps[version], prefix));
    statement update{db, "update " + prefix + "_schema set version = ?"};
    update.execute(version + 1);
  }
  work.commit();
}

} // namespace inbox::sqlite
